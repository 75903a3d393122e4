"""The simulated clock moves forward only, in hops everybody is awaited at."""

from datetime import datetime, timedelta

import pytest

from tests.simulator.moments import LOCAL, THURSDAY
from zalobot.simulator.clock import SimClock


def frozen(start: datetime) -> SimClock:
    return SimClock(start, real=lambda: THURSDAY)


async def test_a_jump_stops_at_every_half_hour_five_minutes_before_it_and_at_its_end() -> None:
    clock = frozen(THURSDAY + timedelta(minutes=12))
    hops: list[str] = []

    async def listener(now: datetime) -> None:
        hops.append(f"{now.astimezone(LOCAL):%H:%M}")

    clock.on_hop(listener)
    await clock.advance(timedelta(minutes=100))
    assert hops == ["08:25", "08:30", "08:55", "09:00", "09:25", "09:30", "09:52"]


async def test_a_slow_listener_is_awaited_before_the_next_hop() -> None:
    clock = frozen(THURSDAY)
    seen: list[datetime] = []

    async def listener(now: datetime) -> None:
        seen.append(clock.now())
        assert clock.now() == now

    clock.on_hop(listener)
    await clock.to(THURSDAY + timedelta(hours=1))
    assert seen == [THURSDAY + timedelta(minutes=minutes) for minutes in (25, 30, 55, 60)]


async def test_a_listener_taken_off_hears_nothing() -> None:
    clock = frozen(THURSDAY)
    heard: list[datetime] = []

    async def listener(now: datetime) -> None:
        heard.append(now)

    clock.on_hop(listener)()
    await clock.advance(timedelta(hours=1))
    assert heard == []


async def test_the_clock_never_goes_back() -> None:
    clock = frozen(THURSDAY)
    with pytest.raises(ValueError, match="never goes back"):
        await clock.to(THURSDAY - timedelta(seconds=1))


async def test_between_jumps_the_clock_runs_with_real_time() -> None:
    real = [THURSDAY]
    clock = SimClock(THURSDAY - timedelta(days=3), real=lambda: real[0])
    real[0] += timedelta(seconds=5)
    assert clock.now() == THURSDAY - timedelta(days=3) + timedelta(seconds=5)
