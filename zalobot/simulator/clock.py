"""The simulator's clock: real time plus an offset, moved forward in small hops.

The one rule: whoever has duties in time (the bot's jobs, in `demo`) registers with `on_hop` and is awaited after every
hop, so that a jump of three days runs what three days would have run.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

Listener = Callable[[datetime], Awaitable[None]]

STOPS = (25, 30, 55, 60)  # minutes of the hour


def _real_now() -> datetime:
    return datetime.now(UTC)


class SimClock:
    """`now()` runs with real time; `advance` and `to` add to it. It never goes back."""

    def __init__(self, start: datetime | None = None, real: Callable[[], datetime] = _real_now) -> None:
        self._real = real
        self._offset = timedelta(0)
        self._listeners: list[Listener] = []
        self._moving = asyncio.Lock()
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """The simulated instant, aware, in UTC."""
        return self._real() + self._offset

    def set(self, instant: datetime) -> None:
        """Begin at `instant` (aware) without running anybody's duties; for the start only."""
        self._offset = instant.astimezone(UTC) - self._real()

    def on_hop(self, listener: Listener) -> Callable[[], None]:
        """Await `listener(now)` after every hop; the returned function takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def advance(self, delta: timedelta) -> None:
        """Move forward by `delta`, stopping at every half hour on the way."""
        await self.to(self.now() + delta)

    async def to(self, instant: datetime) -> None:
        """Move forward to `instant`; ValueError when it has passed already."""
        async with self._moving:
            if instant < self.now():
                raise ValueError(f"the clock never goes back: {instant.isoformat()} is before {self.now().isoformat()}")
            while (now := self.now()) < instant:
                self._offset += min(instant, _next_stop(now)) - now
                for listener in tuple(self._listeners):
                    await listener(self.now())


def _next_stop(now: datetime) -> datetime:
    """The next full or half hour, or five minutes before one: duties of 08:00 run at 08:00 and not at 08:12, and
    those of 16:55 before work ends at 17:00."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return next(stop for minutes in STOPS if (stop := hour + timedelta(minutes=minutes)) > now)
