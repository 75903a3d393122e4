"""How many calls to Zalo may go now, and whose: one allowance for all processes of an account.

The one rule: at most 80 % of what the package allows in any 60 seconds. The most urgent goes first, and every kind has
a share of its own that it gets in any case, so that nobody starves behind a flood of replies.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from zalobot import metrics
from zalobot.store.coordination import Coordination
from zalobot.store.pacing import Pace, burst_of
from zalobot.zalo.allowance import Kind
from zalobot.zalo.packages import SMALLEST

log = logging.getLogger(__name__)

USED = 0.8  # of the package: staff in the OA's inbox, and clocks that differ, need the rest
LEFT_TO_OTHERS = 0.05  # when Zalo says that less than this is left of the minute, somebody else is calling, too

_SHARES = {Kind.STATUS: 0.10, Kind.REMINDER: 0.05, Kind.LOOK_UP: 0.05}
_SPARE = {
    Kind.REPLY: 0.0,
    Kind.STATUS: 0.0,
    Kind.REMINDER: 0.4,
    Kind.LOOK_UP: 0.6,
}  # of a burst, for what is more urgent
_LOOK = 5.0  # seconds: how long a waiting call sleeps at most before it looks again


@dataclass(frozen=True, slots=True)
class Room:
    """What may leave now: `calls` messages, the most urgent first; besides, `apart` of each kind that has waited for
    its share. What is not used goes back (`Budget.give_back`). `wait`: seconds until there is more."""

    calls: int
    apart: Mapping[Kind, int] = field(default_factory=dict)
    wait: float = 0.0

    def without(self, used: int, apart: Mapping[Kind, int]) -> "Room":
        """What is left after so many messages left, and so many of each kind on its share."""
        left = {kind: calls - apart.get(kind, 0) for kind, calls in self.apart.items()}
        return Room(self.calls - used, left, self.wait)


class Rooms(Protocol):
    """What the relay asks before it claims anything."""

    async def room(self, most: int) -> Room:
        """How many of up to `most` messages may leave now; they count as gone until they are given back."""

    async def give_back(self, left: Room) -> None:
        """Give back what was not used."""


class Boundless:
    """Room for everything, where nobody counts: tests, the clock of the demo."""

    async def room(self, most: int) -> Room:
        """All of it."""
        return Room(most)

    async def give_back(self, left: Room) -> None:
        """It is not counted."""


class Budget:
    """The allowance of one account (`zalo.allowance.Allowance`, and `room` for the relay).

    `limit` is the number of calls a minute that a setting says; 0: what Zalo's answers and the package say.
    """

    def __init__(
        self, coordination: Coordination, oa_id: str, limit: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        self._coordination, self._bucket, self._set = coordination, f"zalo:{oa_id}", limit
        self._clock = clock
        self._package = self._header = 0
        self._lines = {kind: asyncio.Lock() for kind in Kind}
        self._shut_until = 0.0

    @property
    def limit(self) -> int:
        """The calls a minute that are allowed, as far as is known: the least of what was said, else the smallest
        package's."""
        return self._set or min((said for said in (self._package, self._header) if said), default=SMALLEST)

    def package(self, calls_per_minute: int) -> None:
        """What the account's package allows; 0 where that is not known."""
        self._package = calls_per_minute

    async def room(self, most: int) -> Room:
        """How many of up to `most` messages may leave now; they count as gone until they are given back."""
        drawn = await self._coordination.draw(self._bucket, self._pace(Kind.REPLY), most)
        if drawn.calls == most:
            return Room(most)
        apart, wait = {}, drawn.wait
        for kind in (Kind.STATUS, Kind.REMINDER):
            got, until = await self._share(kind, most)
            if got:
                apart[kind] = got
            wait = min(wait, until)
        return Room(drawn.calls, apart, wait)

    async def give_back(self, left: Room) -> None:
        """Give back what was not used."""
        for kind, calls in left.apart.items():
            if calls:
                await self._coordination.charge(self._name(kind), self._share_pace(kind), -calls)
        if unused := left.calls + sum(left.apart.values()):
            await self._coordination.charge(self._bucket, self._pace(Kind.REPLY), -unused)

    async def go(self, kind: Kind) -> None:
        """Wait until one call of this kind may go; in this process first come, first served."""
        async with self._lines[kind]:
            while (wait := await self._ask(kind)) > 0:  # noqa: ASYNC110  # the bucket may be in another process
                await asyncio.sleep(min(wait, _LOOK))

    async def went(self) -> None:
        """Count a call that could not wait."""
        await self._coordination.charge(self._bucket, self._pace(Kind.REPLY), 1)

    async def heard(self, headers: Mapping[str, str]) -> None:
        """Take the limit that Zalo names; stop until the minute's end when others have used it up."""
        limit, remain = _number(headers, "X-RateLimit-Limit"), _number(headers, "X-RateLimit-Remain")
        if limit:
            self._header = limit
            metrics.RATE_LIMIT.set(limit)
        if remain is None:
            return
        metrics.RATE_REMAIN.set(remain)
        if remain <= (limit or self._header or SMALLEST) * LEFT_TO_OTHERS:
            await self.refused(60.5 - self._clock() % 60)

    async def refused(self, seconds: float) -> None:
        """Let nothing go for so long, in every process."""
        now = self._clock()
        if now + seconds <= self._shut_until + 1:
            return  # one of several calls that were under way together
        self._shut_until = now + seconds
        metrics.RATE_SHUT.inc()
        log.warning("Zalo's limit of calls is reached: nothing goes for %.0f s", seconds)
        await self._coordination.shut(self._bucket, self._pace(Kind.REPLY), seconds)
        for kind in _SHARES:
            await self._coordination.shut(self._name(kind), self._share_pace(kind), seconds)

    async def _ask(self, kind: Kind) -> float:
        """0.0: go; otherwise the seconds until it is worth asking again."""
        drawn = await self._coordination.draw(self._bucket, self._pace(kind))
        if drawn.calls or kind not in _SHARES:
            return 0.0 if drawn.calls else max(drawn.wait, 0.001)
        got, until = await self._share(kind, 1)
        return 0.0 if got else max(min(drawn.wait, until), 0.001)

    async def _share(self, kind: Kind, most: int) -> tuple[int, float]:
        """Up to `most` calls out of a kind's own share, and the seconds until there is more in it."""
        drawn = await self._coordination.draw(self._name(kind), self._share_pace(kind), most)
        if drawn.calls:
            await self._coordination.charge(self._bucket, self._pace(Kind.REPLY), drawn.calls)
        return drawn.calls, drawn.wait

    def _name(self, kind: Kind) -> str:
        return f"{self._bucket}:{kind.name.lower()}"

    def _pace(self, kind: Kind) -> Pace:
        rate = self.limit * USED
        beside = sum(burst_of(rate * share) for share in _SHARES.values())
        return Pace.of(rate, spare=_SPARE[kind], beside=beside)

    def _share_pace(self, kind: Kind) -> Pace:
        return Pace.of(self.limit * USED * _SHARES[kind])


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None
