"""The relay says to Zalo what the outbox holds.

The one rule: every claimed row ends as an Outcome, and an unknown outcome is settled by what Zalo shows of the
conversation before anything is sent again.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from zalobot import metrics, outbox, reference
from zalobot.errors import ConsentNeeded, OutcomeUnknown, PastHorizon, Retryable, Undeliverable
from zalobot.outbox import Leaving, Outcome
from zalobot.services import Now
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import Coordination
from zalobot.store.database import Store
from zalobot.store.models import OutboxState
from zalobot.store.presence import Presence
from zalobot.zalo.client import ZaloClient
from zalobot.zalo.messages import Outgoing

log = logging.getLogger(__name__)

ATTEMPTS = 10  # of a message whose outcome stays unknown and which Zalo does not show
RETRIES = 300  # two days at ten minutes each: as long as Zalo lets us answer (an outage must not cost a word)
SKEW = timedelta(seconds=30)  # how far Zalo's clock may be from ours
DIED = timedelta(minutes=2)  # longer than any HTTP timeout: a row still sending then was left by a process that died
ASK_AFTER = timedelta(seconds=3)
GATHER = 0.008  # seconds between exchanges: answers and new messages share one transaction
PAGE, PAGES = 10, 5  # how much of a conversation is looked through
PLAIN_TEXT_HELPS = (-201, -233)
TOPIC = "outbox"


class Relay:
    """Sends what is queued. `in_flight` bounds the calls under way; `presence` tells whether it is the only one."""

    def __init__(
        self,
        store: Store,
        client: ZaloClient,
        coordination: Coordination,
        blobs: BlobStore,
        now: Now,
        *,
        presence: Presence,
        in_flight: int = 48,
    ) -> None:
        self.store, self.client, self.coordination, self.blobs, self.now = store, client, coordination, blobs, now
        self.presence, self.in_flight = presence, in_flight
        self._outcomes: list[Outcome] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[str] = set()  # rows claimed here whose outcome is not yet written down
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Go on until cancelled; what is under way is then finished and settled."""
        beside = [asyncio.create_task(self._watch()), asyncio.create_task(self._recover())]
        try:
            while True:
                await self._round()
                await asyncio.sleep(GATHER)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.store.run(outbox.settle, self._outcomes, self.now())

    async def drain(self) -> None:
        """Send until nothing is due any more (the demo's clock, tests)."""
        while await self._exchange() or self._tasks or self._outcomes:
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def settle_unknown(self) -> int:
        """Ask Zalo's conversation about rows nobody knows the outcome of; gives back how many were settled.

        Where no other relay lives, a row that is sending but not by us was left by one that died.
        """
        alone = await asyncio.to_thread(self.presence.alone)
        now = self.now()
        rows = await self.store.read(outbox.unsettled, now - ASK_AFTER, now - (ASK_AFTER if alone else DIED))
        outcomes = [await self._asked(row) for row in rows if row.id not in self._held]
        known = [outcome for outcome in outcomes if outcome is not None]
        if known:
            await self.store.run(outbox.settle, known, self.now())
            self._wake.set()
        return len(known)

    async def _recover(self) -> None:
        """Soon after the start: what a former life of this process left, without waiting for the lease of its jobs."""
        await asyncio.sleep(ASK_AFTER.total_seconds())
        try:
            await self.settle_unknown()
        except Exception:
            log.exception("what was left unsettled could not be looked at")

    async def _watch(self) -> None:
        while True:
            await self.coordination.wait(TOPIC, 1.0)
            self._wake.set()

    async def _round(self) -> None:
        self._wake.clear()
        try:
            if await self._exchange() or self._outcomes:
                return
            patience = await self._patience()
        except Exception:  # the database's trouble: it must not end the relay
            log.exception("a round of the outbox failed")
            await asyncio.sleep(1)
            return
        # Not wait_for: on Python 3.11 it swallows a cancellation that comes as we are woken, and the relay never ends.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._wake.wait()

    async def _exchange(self) -> int:
        outcomes, self._outcomes = self._outcomes, []
        room = self.in_flight - len(self._tasks)
        under_way = asyncio.ensure_future(self.store.run(exchange, outcomes, self.now(), room))
        try:
            claimed = await asyncio.shield(under_way)
        except asyncio.CancelledError:
            self._begin(outcomes, await under_way)  # claimed is claimed: it leaves before we do
            raise
        except Exception:
            self._outcomes = outcomes + self._outcomes
            raise
        self._begin(outcomes, claimed)
        return len(claimed)

    def _begin(self, settled: Sequence[Outcome], claimed: Sequence[Leaving]) -> None:
        self._held.difference_update(outcome.id for outcome in settled)
        for row in claimed:
            self._held.add(row.id)
            task = asyncio.create_task(self._send(row))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()

    async def _patience(self) -> float:
        now = self.now()
        due = await self.store.read(outbox.next_due, now)
        return 1.0 if due is None else min(1.0, max(0.01, (due - now).total_seconds()))

    async def _send(self, row: Leaving) -> None:
        outcome = await self.attempt(row)
        self._outcomes.append(outcome)  # looked up after the wait: the list there was before may be written down by now

    async def attempt(self, row: Leaving) -> Outcome:
        """One attempt to send, whatever happens, as an Outcome."""
        try:
            outgoing = await self._uploaded(row.outgoing)
            sent = await self.client.send(row.person_id, outgoing)
        except Retryable as error:
            return self._again(row, error)
        except OutcomeUnknown as error:
            metrics.SENDS.labels("unknown").inc()
            return Outcome(row.id, OutboxState.UNKNOWN, None, error.code, str(error), self.now())
        except ConsentNeeded as error:
            log.error("Zalo needs an administrator's consent", extra={"outbox_id": row.id})
            return Outcome(row.id, OutboxState.QUEUED, None, error.code, str(error), self._later(60))
        except Undeliverable as error:
            return self._given_up(row, error)
        except (ValueError, OSError) as error:  # nothing was sent: a body Zalo has no form for, a disk that fails
            log.exception("not sendable", extra={"outbox_id": row.id})
            return Outcome(row.id, OutboxState.FAILED, None, None, f"{type(error).__name__}: {error}")
        except Exception as error:  # a bug of ours must not leave the row as sending
            log.exception("send failed", extra={"outbox_id": row.id})
            return Outcome(row.id, OutboxState.UNKNOWN, None, None, f"{type(error).__name__}: {error}", self.now())
        metrics.SENDS.labels("0").inc()
        return Outcome(row.id, OutboxState.SENT, sent.message_id[:64])

    async def _uploaded(self, outgoing: Outgoing) -> Outgoing:
        if outgoing.image_blob:
            name = outgoing.file_name or "image.jpg"
            image_id = await self.client.upload_image(await self._file(outgoing.image_blob), name)
            return replace(outgoing, image_id=image_id, image_blob="")
        if outgoing.file_blob:
            token = await self.client.upload_file(await self._file(outgoing.file_blob), outgoing.file_name)
            return replace(outgoing, file_token=token, file_blob="")
        return outgoing

    async def _file(self, sha256: str) -> bytes:
        try:
            return await asyncio.to_thread(self.blobs.get, sha256)
        except KeyError as error:
            raise Undeliverable(0, f"the file {sha256} is gone") from error

    def _again(self, row: Leaving, error: Retryable) -> Outcome:
        metrics.SENDS.labels(str(error.code)).inc()
        if row.attempts >= RETRIES:
            return Outcome(row.id, OutboxState.FAILED, None, error.code, f"given up after {row.attempts}: {error}")
        return Outcome(
            row.id, OutboxState.QUEUED, None, error.code, str(error), self._later(backoff(row.attempts, error.after))
        )

    def _given_up(self, row: Leaving, error: Undeliverable) -> Outcome:
        metrics.SENDS.labels(str(error.code)).inc()
        if error.code in PLAIN_TEXT_HELPS and row.outgoing.buttons:
            return Outcome(row.id, OutboxState.QUEUED, not_before=self.now(), outgoing=outbox.plainly(row))
        return Outcome(row.id, OutboxState.FAILED, None, error.code, str(error))

    async def _asked(self, row: Leaving) -> Outcome | None:
        try:
            shown = await self._shown(row)
        except Exception as error:
            log.warning("conversation not to be had: %s", error, extra={"outbox_id": row.id})
            return None
        ids = candidates(shown, row)
        taken = await self.store.read(outbox.known_ids, ids)
        free = [message_id for message_id in ids if message_id not in taken]
        if free:
            return Outcome(row.id, OutboxState.SENT, free[0])
        if row.attempts >= ATTEMPTS:
            return Outcome(row.id, OutboxState.FAILED, error="outcome unknown, not in the conversation")
        return Outcome(row.id, OutboxState.QUEUED, not_before=self._later(backoff(row.attempts)))

    async def _shown(self, row: Leaving) -> list[dict[str, Any]]:
        """What Zalo shows of the conversation since the attempt, as far back as that takes."""
        shown: list[dict[str, Any]] = []
        for page in range(PAGES):
            shown += (more := await self.client.conversation(row.person_id, PAGE, page * PAGE))
            if len(more) < PAGE or (row.since and said_at(more[-1]) < millis(row.since - SKEW)):
                break
        return shown

    def _later(self, seconds: float) -> datetime:
        return self.now() + timedelta(seconds=seconds)


def exchange(session: Session, outcomes: Sequence[Outcome], now: datetime, room: int) -> list[Leaving]:
    """Settle what ended and claim what may leave now: outside working time nothing for staff but replies."""
    return outbox.exchange(session, outcomes, now, room, closed=_closed(session, now))


def _closed(session: Session, now: datetime) -> bool:
    here = session.info.get(reference.PROVINCE)
    if here is None:
        return False
    try:
        return not here.calendar.is_working_time(now)
    except PastHorizon:  # nothing is promised, but people are not woken up either
        return not here.calendar.is_usually_working_time(now)


def backoff(attempts: int, least: float = 0.0) -> float:
    """Seconds until the next attempt: doubling from two, at most ten minutes, with jitter so that rows spread."""
    wait = max(least, min(600.0, 2.0**attempts))
    return wait * random.uniform(1.0, 1.25)


def candidates(shown: Sequence[dict[str, Any]], row: Leaving) -> list[str]:
    """The ids under which Zalo shows these words as sent by the account (`src` 0) since the attempt, oldest first."""
    since = millis(row.since - SKEW) if row.since else 0
    found = [
        (said_at(item), str(item.get("message_id", "")))
        for item in shown
        if str(item.get("src")) == "0" and outbox.same_words(row.outgoing, str(item.get("message", "")))
    ]
    return [message_id for at, message_id in sorted(found) if at >= since]


def said_at(item: dict[str, Any]) -> int:
    """When a message of a conversation was said, in milliseconds since the epoch."""
    said = str(item.get("time", ""))
    return int(said) if said.isdecimal() else 0


def millis(instant: datetime) -> int:
    """An instant as Zalo writes it."""
    return int(instant.timestamp() * 1000)
