"""The relay's loop: claim what is due, give each row to the way it goes, write down what became of it.

The one rule: claimed is claimed. Whatever ends this process's work, the rows it holds are attempted and settled first.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from zalobot import channel_policy, outbox
from zalobot.budget import Boundless, Room, Rooms
from zalobot.channel_policy import Policy
from zalobot.channels.routing import Desk
from zalobot.outbox import Leaving, Outcome
from zalobot.relay.choosing import attempt_by_choice
from zalobot.relay.hours import exchange
from zalobot.relay.settling import ask
from zalobot.relay.ways import Ways, completed
from zalobot.services import Now
from zalobot.store.coordination import Coordination
from zalobot.store.database import Store
from zalobot.store.models import Channel, OutboxState, Priority
from zalobot.store.presence import CONFIRM, Presence
from zalobot.zalo.allowance import Kind

log = logging.getLogger(__name__)

DIED = timedelta(minutes=10)  # a row still sending then was left, whatever its process says
ASK_AFTER = timedelta(seconds=3)
ANNOUNCE = 1.0  # seconds: who was cut off is back before anybody believes that they are gone
GATHER = 0.008  # seconds between exchanges: answers and new messages share one transaction
CHAT = (Channel.CS, Channel.CS_PAID)
TOPIC = "outbox"


class Relay:
    """Sends what is queued. `in_flight` bounds the calls under way; by its `presence` others know that it lives."""

    def __init__(
        self,
        store: Store,
        ways: Ways,
        coordination: Coordination,
        now: Now,
        *,
        presence: Presence,
        policy: Policy | None = None,
        budget: Rooms | None = None,
        in_flight: int = 48,
    ) -> None:
        self.store, self.ways, self.coordination, self.now = store, completed(ways), coordination, now
        self.desk = Desk(policy or channel_policy.policy(), frozenset(self.ways))
        self.presence, self.in_flight, self.budget = presence, in_flight, budget or Boundless()
        self._outcomes: list[Outcome] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[str] = set()  # rows claimed here whose outcome is not yet written down
        self._seen = True
        self._wake = asyncio.Event()
        self._short = 0.0  # seconds until there is room for more than was claimed; 0: nothing was left behind

    async def run(self) -> None:
        """Go on until cancelled; what is under way is then finished and settled."""
        self._seen = await asyncio.to_thread(self.presence.announce)
        beside = [asyncio.create_task(work()) for work in (self._watch, self._recover, self._be_there)]
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
        while await self._exchange() or self._tasks or self._outcomes or self._short:
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            elif self._short:
                await asyncio.sleep(self._short)

    async def settle_unknown(self) -> int:
        """Look for rows nobody knows the outcome of; gives back how many were settled.

        Among them those that another process has claimed and left, or one of our own whose claim we never heard of.
        """
        now = self.now()
        holders = await self.store.read(outbox.holders, now - ASK_AFTER)
        gone = await asyncio.to_thread(self.presence.gone, holders - {self.presence.id})
        left_by = [*gone, self.presence.id]
        rows = await self.store.read(outbox.unsettled, now, now - ASK_AFTER, left_by, now - DIED)
        settled = 0
        for row in rows:
            if row.id not in self._held:
                outcome = await ask(self.store, self.ways, row, self.now)
                await self.store.run(outbox.settle, [outcome], self.now())
                settled += outcome.state is not OutboxState.UNKNOWN
        if settled:
            self._wake.set()
        return settled

    async def _recover(self) -> None:
        """Soon after the start: what a former life of this process left, without waiting for the lease of its jobs."""
        for _ in range(2):  # the first look may find somebody gone, the second believes it
            await asyncio.sleep(max(ASK_AFTER.total_seconds(), CONFIRM))
            try:
                await self.settle_unknown()
            except Exception:
                log.exception("what was left unsettled could not be looked at")

    async def _be_there(self) -> None:
        while True:
            await asyncio.sleep(ANNOUNCE)
            self._seen = await asyncio.to_thread(self.presence.announce)

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
        # Who cannot be seen to live would have what they hold taken from them.
        free = self.in_flight - len(self._tasks) if self._seen else 0
        room = await self.budget.room(free) if free > 0 else Room(0)
        apart = {Priority(kind): calls for kind, calls in room.apart.items()}
        outcomes, self._outcomes = self._outcomes, []
        under_way = asyncio.ensure_future(
            self.store.run(exchange, outcomes, self.now(), room.calls, self.presence.id, apart)
        )
        try:
            claimed = await asyncio.shield(under_way)
        except asyncio.CancelledError:
            self._begin(outcomes, await under_way)  # claimed is claimed: it leaves before we do
            raise
        except Exception:
            self._outcomes = outcomes + self._outcomes
            raise
        self._begin(outcomes, claimed)
        await self._give_back(free, room, claimed)
        return len(claimed)

    async def _give_back(self, free: int, room: Room, claimed: Sequence[Leaving]) -> None:
        """What nobody was waiting for goes back; where all was used there may be more to say when there is room."""
        apart = Counter(Kind(row.apart) for row in claimed if row.apart is not None)
        used = len(claimed) - apart.total()
        self._short = room.wait if used == room.calls < free else 0.0
        await self.budget.give_back(room.without(used, apart))

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
        patience = 1.0 if due is None else min(1.0, max(0.01, (due - now).total_seconds()))
        return min(patience, self._short) if self._short else patience

    async def _send(self, row: Leaving) -> None:
        outcome = await self.attempt(row)
        if outcome is None or (outcome.tried and outcome.tried.channel not in CHAT):
            await self.budget.give_back(Room(1))  # it went another way, which does not count
        if outcome is None:
            self._held.discard(row.id)
            return
        self._outcomes.append(outcome)  # looked up after the wait: the list there was before may be written down by now

    async def attempt(self, row: Leaving) -> Outcome | None:
        """One attempt to send, whatever happens, as an Outcome; None for a row that waits and has it written down."""
        return await attempt_by_choice(self.store, self.ways, self.desk, row, self.now)
