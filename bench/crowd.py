"""Persons in conversation with a service, as state machines over callbacks.

The one rule: a person says the next line only when the last one is acknowledged and answered.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

from bench.conversation import Conversation, Script
from bench.sink import words
from bench.wire import Caller


class Astray(Exception):
    """A person was not answered, or not as expected: the figures of this run would be worth nothing."""


@dataclass(slots=True)
class Measured:
    """What one stretch of load showed; times in seconds."""

    seconds: float = 0.0
    events: int = 0
    conversations: int = 0
    acks: list[float] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)


class Crowd:
    """All chairs, who sits on them, and what was measured so far. `replies` False: acknowledgements are enough."""

    def __init__(self, conversation: Conversation, people: Iterator[Script], *, replies: bool) -> None:
        self.conversation = conversation
        self.people = people
        self.replies = replies
        self.seated: dict[bytes, Person] = {}
        self.measured = Measured()
        self.stopping = False
        self.heard = b""
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        """End the run: the first reason is the one that is reported."""
        if not self.failure.done():
            self.failure.set_exception(error)

    def arrived(self, person: bytes, body: bytes) -> None:
        """A message reached the sink."""
        self.heard = body
        if chair := self.seated.get(person):
            chair.hear(body)

    async def last(self, seconds: float, patience: float) -> None:
        """Let them talk for so long; raises Astray when somebody is not answered within `patience` seconds."""
        end = perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            await asyncio.wait([self.failure], timeout=min(left, 1.0))
            if self.failure.done():
                self.failure.result()
            if self.longest_wait() > patience:
                raise Astray(f"a person waited for {patience} s; the last message was {words(self.heard)!r}")

    async def disperse(self, patience: float) -> None:
        """Nobody says anything new; wait for the answers that are still owed."""
        self.stopping, self.measured = True, Measured()
        while any(chair.waits for chair in self.seated.values()):
            await self.last(0.02, patience)

    def longest_wait(self) -> float:
        """Seconds since the person who waits longest spoke."""
        return perf_counter() - min((chair.at for chair in self.seated.values() if chair.waits), default=perf_counter())


class Person:
    """One chair: when a conversation ends, the next person sits down on it."""

    def __init__(self, crowd: Crowd, caller: Caller) -> None:
        self._crowd = crowd
        self._caller = caller
        self._acknowledged = False
        self._awaited = 0
        self._heard = b""
        self.waits = False
        self.at = 0.0

    def sit_down(self) -> None:
        """Begin a new person's conversation."""
        self._script = next(self._crowd.people)
        self._step = 0
        self._crowd.seated[self._script.person] = self
        self._speak()

    def _speak(self) -> None:
        self._acknowledged = False
        self._awaited = self._crowd.conversation.turns[self._step].replies if self._crowd.replies else 0
        self.waits = True
        self.at = perf_counter()
        self._caller.send(self._script.requests[self._step], self._acknowledge)

    def _acknowledge(self, status: int) -> None:
        if status != 200:
            self._crowd.fail(Astray(f"the webhook answered {status} to line {self._step + 1}"))
            return
        self._acknowledged = True
        self._crowd.measured.acks.append(perf_counter() - self.at)
        self._go_on()

    def hear(self, body: bytes) -> None:
        """A message for this person reached the sink."""
        self._heard = body
        self._awaited -= 1
        if self._awaited == 0:
            self._crowd.measured.replies.append(perf_counter() - self.at)
            self._go_on()

    def _go_on(self) -> None:
        if not self._acknowledged or self._awaited > 0:
            return
        self.waits = False
        self._crowd.measured.events += 1
        self._step += 1
        if self._step == len(self._crowd.conversation.turns):
            self._leave()
        elif not self._crowd.stopping:
            self._speak()

    def _leave(self) -> None:
        if self._crowd.replies and self._crowd.conversation.ends.encode() not in self._heard:
            self._crowd.fail(Astray(f"a conversation ended with {words(self._heard)!r}"))
            return
        self._crowd.measured.conversations += 1
        del self._crowd.seated[self._script.person]
        if not self._crowd.stopping:
            self.sit_down()
