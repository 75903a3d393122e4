"""The relay says to Zalo what the outbox holds.

The one rule: every claimed row ends as an Outcome, and an unknown outcome is settled by what Zalo shows of the
conversation before anything is sent again.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from zalobot import metrics, outbox
from zalobot.errors import ConsentNeeded, OutcomeUnknown, Retryable, Undeliverable
from zalobot.outbox import Leaving, Outcome
from zalobot.services import Now
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import Coordination
from zalobot.store.database import Store
from zalobot.store.models import OutboxState
from zalobot.zalo.client import ZaloClient
from zalobot.zalo.messages import Outgoing

log = logging.getLogger(__name__)

ATTEMPTS = 10
SKEW = timedelta(seconds=30)  # how far Zalo's clock may be from ours
DIED = timedelta(minutes=2)  # longer than any HTTP timeout: a row still sending then was left by a process that died
ASK_AFTER = timedelta(seconds=3)
PLAIN_TEXT_HELPS = (-201, -233)
TOPIC = "outbox"


class Relay:
    """Sends what is queued. `in_flight` bounds the calls under way."""

    def __init__(
        self,
        store: Store,
        client: ZaloClient,
        coordination: Coordination,
        blobs: BlobStore,
        now: Now,
        *,
        in_flight: int = 48,
    ) -> None:
        self.store, self.client, self.coordination, self.blobs, self.now = store, client, coordination, blobs, now
        self.in_flight = in_flight
        self._outcomes: list[Outcome] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Go on until cancelled; what is under way is then finished and settled."""
        watcher = asyncio.create_task(self._watch())
        try:
            while True:
                await self._round()
        finally:
            watcher.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.store.run(outbox.settle, self._outcomes, self.now())

    async def drain(self) -> None:
        """Send until nothing is due any more (the demo's clock, tests)."""
        while await self._exchange() or self._tasks or self._outcomes:
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def settle_unknown(self, *, orphaned: timedelta = DIED) -> int:
        """Ask Zalo's conversation about rows nobody knows the outcome of; gives back how many were settled.

        `orphaned`: a row that has been sending for longer was left by a process that died. At the start of a single
        process that is zero: nothing can be under way yet.
        """
        now = self.now()
        rows = await self.store.read(outbox.unsettled, now - ASK_AFTER, now - orphaned)
        under_way = {task.get_name() for task in self._tasks}
        outcomes = [await self._asked(row) for row in rows if row.id not in under_way]
        known = [outcome for outcome in outcomes if outcome is not None]
        await self.store.run(outbox.settle, known, self.now())
        if known:
            self._wake.set()
        return len(known)

    async def _watch(self) -> None:
        while True:
            await self.coordination.wait(TOPIC, 1.0)
            self._wake.set()

    async def _round(self) -> None:
        self._wake.clear()
        claimed = await self._exchange()
        if claimed or self._outcomes:
            return
        try:
            await asyncio.wait_for(self._wake.wait(), await self._patience())
        except TimeoutError:
            return

    async def _exchange(self) -> int:
        outcomes, self._outcomes = self._outcomes, []
        room = self.in_flight - len(self._tasks)
        try:
            claimed = await self.store.run(outbox.exchange, outcomes, self.now(), room)
        except Exception:
            self._outcomes = outcomes + self._outcomes
            log.exception("outbox exchange failed")
            await asyncio.sleep(1)
            return 0
        for row in claimed:
            task = asyncio.create_task(self._send(row), name=row.id)
            self._tasks.add(task)
            task.add_done_callback(self._done)
        return len(claimed)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()

    async def _patience(self) -> float:
        due = await self.store.read(outbox.next_due)
        if due is None:
            return 1.0
        return min(1.0, max(0.01, (due - self.now()).total_seconds()))

    async def _send(self, row: Leaving) -> None:
        self._outcomes.append(await self.attempt(row))

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
        except (ValueError, OSError) as error:  # nothing was sent: a body Zalo has no form for, a file that is gone
            log.exception("not sendable", extra={"outbox_id": row.id})
            return Outcome(row.id, OutboxState.FAILED, None, None, f"{type(error).__name__}: {error}")
        except Exception as error:  # a bug of ours must not leave the row as sending
            log.exception("send failed", extra={"outbox_id": row.id})
            return Outcome(row.id, OutboxState.UNKNOWN, None, None, f"{type(error).__name__}: {error}", self.now())
        metrics.SENDS.labels("0").inc()
        return Outcome(row.id, OutboxState.SENT, sent.message_id)

    async def _uploaded(self, outgoing: Outgoing) -> Outgoing:
        if outgoing.image_blob:
            name = outgoing.file_name or "image.jpg"
            image_id = await self.client.upload_image(
                await asyncio.to_thread(self.blobs.get, outgoing.image_blob), name
            )
            return replace(outgoing, image_id=image_id, image_blob="")
        if outgoing.file_blob:
            token = await self.client.upload_file(
                await asyncio.to_thread(self.blobs.get, outgoing.file_blob), outgoing.file_name
            )
            return replace(outgoing, file_token=token, file_blob="")
        return outgoing

    def _again(self, row: Leaving, error: Retryable) -> Outcome:
        metrics.SENDS.labels(str(error.code)).inc()
        if row.attempts >= ATTEMPTS:
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
            shown = await self.client.conversation(row.person_id)
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

    def _later(self, seconds: float) -> datetime:
        return self.now() + timedelta(seconds=seconds)


def backoff(attempts: int, least: float = 0.0) -> float:
    """Seconds until the next attempt: doubling from two, at most ten minutes, with jitter so that rows spread."""
    wait = max(least, min(600.0, 2.0**attempts))
    return wait * random.uniform(1.0, 1.25)


def candidates(shown: Sequence[dict[str, Any]], row: Leaving) -> list[str]:
    """The ids under which Zalo shows these words as sent by the account (`src` 0) since the attempt, oldest first."""
    since = (row.since - SKEW) if row.since else None
    found = []
    for item in shown:
        if str(item.get("src")) != "0" or not outbox.same_words(row.outgoing, str(item.get("message", ""))):
            continue
        at = int(str(item.get("time") or 0))
        if since is None or at >= since.timestamp() * 1000:
            found.append((at, str(item.get("message_id", ""))))
    return [message_id for _, message_id in sorted(found)]
