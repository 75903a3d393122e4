"""A steady rate of events, whatever the service does: how fast are they acknowledged when nobody is overloaded?

The one rule: an event is sent when it is due, on an idle connection, never after waiting for another one's answer.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from bench.conversation import Conversation, Script
from bench.crowd import Astray, Measured
from bench.machine import CpuWatch
from bench.wire import Caller

Connect = Callable[[Callable[[Exception], None]], Awaitable[Caller]]


@dataclass(frozen=True, slots=True)
class Due:
    """One event: the second at which it is to be sent, by whom, and which line."""

    at: float
    script: Script
    step: int


def plan(people: Iterator[Script], turns: int, rate: float, gap: float, until: float) -> list[Due]:
    """Persons arrive evenly and speak every `gap` to 1.5 `gap` seconds, always by the same dice.

    The rate is reached after `turns * gap` seconds.
    """
    dice = random.Random(7)
    arrivals = [number * turns / rate for number in range(int(until * rate / turns))]
    events = (
        Due(arrival + step * gap + dice.uniform(0, gap / 2), script, step)
        for arrival, script in zip(arrivals, people, strict=False)
        for step in range(turns)
    )
    return sorted((event for event in events if event.at < until), key=lambda event: event.at)


class Steady:
    """Sends a plan and measures the events that are due at `warm` seconds or later."""

    def __init__(self, conversation: Conversation, watch: CpuWatch, *, replies: bool) -> None:
        self._conversation = conversation
        self._watch = watch
        self._replies = replies
        self._measured: Measured | None = None
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._spoke: dict[bytes, float] = {}
        self._idle: list[Caller] = []
        self._under_way = 0
        self._owed = 0

    def fail(self, error: Exception) -> None:
        """End the run: the first reason is the one that is reported."""
        if not self._failure.done():
            self._failure.set_exception(error)

    def arrived(self, person: bytes, body: bytes) -> None:
        """A message reached the sink."""
        self._owed -= 1
        spoke = self._spoke.pop(person, None)
        if spoke is not None and self._measured:
            self._measured.replies.append(perf_counter() - spoke)

    async def run(self, events: list[Due], connect: Connect, warm: float, patience: float) -> Measured:
        """Send all events, then wait until every one is acknowledged and answered."""
        callers = [await connect(self.fail) for _ in range(64)]
        self._idle = list(callers)
        measured = Measured()
        try:
            await self._send_all(events, callers, connect, warm, measured)
            measured.seconds, measured.cpu = self._watch.spent()
            self._measured = None
            await self._settled(patience)
        finally:
            for caller in callers:
                caller.close()
        return measured

    async def _send_all(
        self, events: list[Due], callers: list[Caller], connect: Connect, warm: float, measured: Measured
    ) -> None:
        start = perf_counter()
        for due in events:
            if due.at >= warm and not self._measured:
                self._measured = measured
                self._watch.begin()
            await self._until(start + due.at)
            if not self._idle:
                callers.append(await connect(self.fail))
                self._idle.append(callers[-1])
            measured.late.append(perf_counter() - start - due.at)
            self._send(due)

    async def _until(self, instant: float) -> None:
        wait = instant - perf_counter()
        if wait > 0:
            await asyncio.wait([self._failure], timeout=wait)
        if self._failure.done():
            self._failure.result()

    async def _settled(self, patience: float) -> None:
        give_up = perf_counter() + patience
        while self._under_way or self._owed > 0:
            if perf_counter() > give_up:
                raise Astray(f"{self._under_way} events were not acknowledged, {self._owed} messages not delivered")
            await self._until(perf_counter() + 0.02)

    def _send(self, due: Due) -> None:
        now = perf_counter()
        if self._replies:
            self._owed += self._conversation.turns[due.step].replies
            self._spoke[due.script.person] = now
        self._under_way += 1
        caller = self._idle.pop()
        caller.send(due.script.requests[due.step], partial(self._acknowledged, caller, now))

    def _acknowledged(self, caller: Caller, sent: float, status: int) -> None:
        if status != 200:
            self.fail(Astray(f"the webhook answered {status}"))
        self._under_way -= 1
        self._idle.append(caller)
        if self._measured:
            self._measured.events += 1
            self._measured.acks.append(perf_counter() - sent)
