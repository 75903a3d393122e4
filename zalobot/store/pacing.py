"""How a number of calls a minute is given out: the generic cell rate algorithm, here and as Redis runs it.

The one rule: one number per bucket, the moment at which it will be full again, in microseconds; so nothing has to tick,
and a bucket that was forgotten is a full one.
"""

from collections.abc import Callable
from dataclasses import dataclass

BURST_SECONDS = 5  # how much of a minute's budget may be spent at once

# Up to ARGV[3] calls; the first that does not fit tells how long until it would. By the server's clock.
DRAW = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local each, tolerated = tonumber(ARGV[1]), tonumber(ARGV[2])
local calls = math.max(0, math.min(tonumber(ARGV[3]), math.floor((now + tolerated - full) / each)))
if calls > 0 then
  full = full + calls * each
  redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
end
return {calls, math.max(0, full + each - now - tolerated)}
"""

# ARGV[1] microseconds more until it is full (less, to give back), or, with ARGV[2], at least so many from now.
CHARGE = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + tonumber(ARGV[1])
full = math.max(full, now + tonumber(ARGV[2]))
if full <= now then redis.call('DEL', KEYS[1]) return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
return 0
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one call adds to the time until the bucket is full, and how much of it is tolerated; microseconds."""

    each: int
    tolerated: int

    @classmethod
    def of(cls, per_minute: float, *, spare: float = 0.0, beside: float = 0.0) -> "Pace":
        """The pace of so many calls in any 60 seconds, a twelfth of them at once; raises ValueError without a rate.

        `spare` (0 to 1) is how much of what may go at once is left for others; `beside` is how many calls may be
        charged at once that were not drawn.
        """
        burst = burst_of(per_minute)
        # Both are part of the minute's budget, not on top of it.
        each = round(60e6 / max(per_minute - burst - beside, per_minute / 2))
        return cls(each, round(max(1.0, burst * (1 - spare)) * each))


def burst_of(per_minute: float) -> float:
    """How many calls of such a pace may go at once; raises ValueError without a rate."""
    if per_minute <= 0:
        raise ValueError("a budget needs a rate above zero")
    return max(1.0, per_minute * BURST_SECONDS / 60)


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many calls may go now, and in how many seconds the next one could."""

    calls: int
    wait: float


class Buckets:
    """The buckets of one process alone."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_at: dict[str, int] = {}

    def draw(self, bucket: str, pace: Pace, most: int) -> Drawn:
        """Take up to `most` calls."""
        now = self._now()
        full = max(self._full_at.get(bucket, 0), now)
        calls = max(0, min(most, (now + pace.tolerated - full) // pace.each))
        full += calls * pace.each
        if calls:
            self._full_at[bucket] = full
        return Drawn(calls, max(0, full + pace.each - now - pace.tolerated) / 1e6)

    def charge(self, bucket: str, microseconds: int, at_least: int = 0) -> None:
        """Move the moment at which the bucket is full, and no nearer than `at_least` from now."""
        now = self._now()
        full = max(max(self._full_at.get(bucket, 0), now) + microseconds, now + at_least)
        self._full_at[bucket] = full

    def _now(self) -> int:
        return round(self._clock() * 1e6)
