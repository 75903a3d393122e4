"""One contract, kept by the in-process twin and over Redis; and what happens when Redis goes."""

import asyncio
import time
from bisect import bisect_left
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from tests.services import Valkey
from zalobot.store.coordination import Bell, Coordination, InProcess, OverRedis, connect
from zalobot.store.pacing import Drawn, Pace


@pytest.fixture(params=["in process", "redis"])
async def two(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Coordination, Coordination]]:
    """The coordination of two processes; the twin has only one."""
    if request.param == "in process":
        alone = connect("")
        yield alone, alone
        return
    url = request.getfixturevalue("valkey_url")
    here, there = connect(url), connect(url)
    yield here, there
    await here.close()
    await there.close()


@pytest.fixture
async def over_redis(valkey: Valkey) -> AsyncIterator[OverRedis]:
    opened = OverRedis(valkey.url)
    yield opened
    await opened.close()


async def quiet(coordination: Coordination, topic: str) -> None:
    """Wait until the listener has said that it listens."""
    while await coordination.wait(topic, 0.3):
        pass


async def until_heard(publisher: Coordination, listener: Coordination, topic: str, seconds: float = 5) -> bool:
    """Publish again and again until the listener wakes."""
    for _ in range(int(seconds / 0.1)):
        await publisher.publish(topic)
        if await listener.wait(topic, 0.1):
            return True
    return False


# The contract


async def test_whoever_waits_is_woken_by_another_process(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    await quiet(here, "inbox")
    waiting = asyncio.create_task(here.wait("inbox", 5))
    await asyncio.sleep(0.05)
    await there.publish("inbox")
    assert await waiting


async def test_a_wait_that_nobody_ends_lasts_its_time(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    await quiet(here, "inbox")
    await there.publish("outbox")
    started = time.monotonic()
    assert not await here.wait("inbox", 0.2)
    assert 0.15 < time.monotonic() - started < 20


async def test_what_was_published_between_two_waits_is_not_slept_through(
    two: tuple[Coordination, Coordination],
) -> None:
    here, there = two
    await quiet(here, "inbox")
    await here.publish("inbox")
    assert await here.wait("inbox", 0.01)
    assert not await here.wait("inbox", 0.01)
    await there.publish("inbox")
    assert await here.wait("inbox", 5)


@pytest.mark.parametrize("turns", range(5))
async def test_who_is_cancelled_as_the_bell_rings_ends(turns: int) -> None:
    """At whatever turn of the loop it comes: a waiter that lives on would keep its process from ending."""
    bell = connect("").subscribe("inbox")
    waiting = asyncio.create_task(_for_ever(bell))
    await asyncio.sleep(0.01)
    bell.ring()
    for _ in range(turns):
        await asyncio.sleep(0)
    waiting.cancel()
    done, _ = await asyncio.wait([waiting], timeout=4)
    waiting.cancel()
    assert done == {waiting}


async def _for_ever(bell: Bell) -> None:
    while True:
        await bell.wait(5)


async def test_every_subscriber_of_a_topic_is_woken(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    bells = [here.subscribe("ticket"), here.subscribe("ticket"), there.subscribe("ticket")]
    for bell in bells:
        while await bell.wait(0.3):
            pass
    await there.publish("ticket")
    assert [await bell.wait(5) for bell in bells] == [True, True, True]


async def test_a_key_is_new_once(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    assert [
        await here.seen_recently("a", 60),
        await there.seen_recently("a", 60),
        await here.seen_recently("b", 60),
    ] == [
        False,
        True,
        False,
    ]


async def test_a_key_is_forgotten_after_its_time(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    await here.seen_recently("a", 0.6)
    assert await there.seen_recently("a", 0.6)
    await asyncio.sleep(0.7)
    assert not await there.seen_recently("a", 0.6)


async def test_processes_share_one_budget(two: tuple[Coordination, Coordination]) -> None:
    """36 a minute: 3 at once, then one every 60/33 s."""
    given = [await two[i % 2].draw("zalo", Pace.of(36)) for i in range(5)]
    assert [drawn.calls for drawn in given] == [1, 1, 1, 0, 0]
    assert 0 < given[4].wait <= given[3].wait <= 60 / 33


async def test_as_many_are_given_as_fit(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    assert (await here.draw("zalo", Pace.of(36), 48)).calls == 3
    assert (await there.draw("zalo", Pace.of(36), 48)).calls == 0
    assert await here.draw("another", Pace.of(36), 2) == Drawn(2, 0.0)


async def test_what_was_not_used_is_given_back(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    assert (await here.draw("zalo", Pace.of(36), 3)).calls == 3
    await there.charge("zalo", Pace.of(36), -2)
    assert (await here.draw("zalo", Pace.of(36), 3)).calls == 2
    await there.charge("zalo", Pace.of(36), -48)
    assert (await here.draw("zalo", Pace.of(36), 48)).calls == 3


async def test_what_went_unasked_counts(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    await here.charge("zalo", Pace.of(36), 5)
    assert (await there.draw("zalo", Pace.of(36))).calls == 0
    assert 2 * 60 / 33 < (await there.draw("zalo", Pace.of(36))).wait <= 3 * 60 / 33


async def test_a_shut_bucket_gives_nothing(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    await here.shut("zalo", Pace.of(3600), 0.3)
    assert (await there.draw("zalo", Pace.of(3600))).calls == 0
    await asyncio.sleep(0.35)
    assert (await there.draw("zalo", Pace.of(3600))).calls == 1


async def test_a_refused_call_costs_nothing_and_may_go_after_its_wait(two: tuple[Coordination, Coordination]) -> None:
    here, there = two
    while (drawn := await here.draw("zalo", Pace.of(60))).calls:
        pass
    refused = [drawn.wait, *[(await there.draw("zalo", Pace.of(60))).wait for _ in range(5)]]
    assert refused == sorted(refused, reverse=True)
    assert refused[-1] > 0
    await asyncio.sleep(refused[-1])
    assert (await there.draw("zalo", Pace.of(60))).calls == 1


def test_a_budget_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="rate"):
        Pace.of(0)


@pytest.mark.parametrize("rate", [1, 2, 7, 100, 2000])
async def test_no_sixty_seconds_see_more_than_the_rate(rate: int) -> None:
    now = 1000.0
    budget = InProcess(clock=lambda: now)
    given: list[float] = []
    while now < 1200:
        drawn = await budget.draw("zalo", Pace.of(rate), 3)
        given += [now] * drawn.calls
        if not drawn.calls:
            now += drawn.wait + 1e-6
    windows = [bisect_left(given, start + 60) - first for first, start in enumerate(given)]
    assert rate * 0.5 <= max(windows) <= rate


# Redis goes, Redis comes back


async def test_a_lost_redis_is_answered_for_by_the_twin(valkey: Valkey, over_redis: OverRedis) -> None:
    assert not await over_redis.seen_recently("a", 60)
    valkey.kill()
    assert not await over_redis.seen_recently("b", 60)
    assert await over_redis.seen_recently("b", 60)
    assert (await over_redis.draw("zalo", Pace.of(12))).calls == 1
    assert (await over_redis.draw("zalo", Pace.of(12))).calls == 0
    await over_redis.publish("inbox")
    assert await over_redis.wait("inbox", 0.01)


async def test_a_lost_redis_does_not_slow_its_callers(valkey: Valkey, over_redis: OverRedis) -> None:
    await over_redis.publish("inbox")
    valkey.kill()
    started = time.monotonic()
    for i in range(300):
        await over_redis.seen_recently(str(i), 60)
    assert time.monotonic() - started < 30  # a third of a second each would be a hundred


async def test_a_redis_that_hangs_holds_a_caller_for_a_third_of_a_second(valkey: Valkey, over_redis: OverRedis) -> None:
    await over_redis.publish("inbox")
    with valkey.frozen():
        started = time.monotonic()
        assert not await over_redis.seen_recently("a", 60)
        assert time.monotonic() - started < 1.5


async def test_redis_is_used_again_once_it_is_back(valkey: Valkey, over_redis: OverRedis) -> None:
    other = OverRedis(valkey.url)
    await quiet(over_redis, "inbox")
    assert await until_heard(other, over_redis, "inbox")
    valkey.kill()
    for coordination in (over_redis, other):
        assert not await coordination.seen_recently("a", 60)
    valkey.start()
    assert await until_heard(other, over_redis, "inbox")
    await asyncio.sleep(0.6)
    assert not await over_redis.seen_recently("b", 60)
    assert await other.seen_recently("b", 60)
    await other.close()


async def test_one_line_says_that_redis_is_gone_and_one_that_it_is_back(
    valkey: Valkey, over_redis: OverRedis, caplog: pytest.LogCaptureFixture
) -> None:
    await over_redis.publish("inbox")
    valkey.kill()
    for i in range(12):
        await over_redis.seen_recently(str(i), 60)
        await asyncio.sleep(0.06)
    valkey.start()
    for i in range(12):
        await over_redis.seen_recently(str(i), 60)
        await asyncio.sleep(0.06)
    assert [record.msg.split(",")[0] for record in caplog.records] == ["redis is gone", "redis is back"]


async def test_a_start_without_redis_is_a_start(valkey: Valkey) -> None:
    valkey.kill()
    coordination = connect(valkey.url)
    assert [await coordination.wait("inbox", 0.05) for _ in range(2)] == [True, False]
    assert (await coordination.draw("zalo", Pace.of(100))).calls == 1
    await coordination.close()


async def test_flushing_redis_at_any_instant_loses_no_wake_up_and_frees_the_budget(
    valkey: Valkey, over_redis: OverRedis
) -> None:
    other = OverRedis(valkey.url)
    await quiet(over_redis, "inbox")
    async with Redis.from_url(valkey.url) as admin:
        for i in range(50):
            await over_redis.draw("zalo", Pace.of(60))
            assert await over_redis.seen_recently("a", 60) is False
            await other.publish("inbox")
            if i % 2:
                await asyncio.sleep(0.001)
            await admin.flushall()
            assert await over_redis.wait("inbox", 5)
    assert (await over_redis.draw("zalo", Pace.of(60))).calls == 1
    await other.close()
