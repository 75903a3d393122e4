"""Who may call Zalo now: never more than 80 % of the package, the most urgent first, and nobody starves."""

import asyncio
from bisect import bisect_left
from collections import Counter

import pytest

from tests.services import Valkey
from zalobot.budget import Budget, Room
from zalobot.store.coordination import Coordination, InProcess, connect
from zalobot.zalo.allowance import Kind
from zalobot.zalo.packages import calls_per_minute, without_openapi

OA = "42"


class Minutes:
    """A clock that is moved on, for a budget of one process."""

    def __init__(self, limit: int = 100) -> None:
        self.now = 1_000_000_000.0
        self.coordination = InProcess(clock=lambda: self.now)
        self.budget = Budget(self.coordination, OA, limit, clock=lambda: self.now)
        self.sent: list[tuple[float, Kind]] = []

    async def relay(self, waiting: Counter[Kind]) -> float:
        """One round of a relay with these messages waiting; the seconds until the next could be of use."""
        room = await self.budget.room(48)
        used, apart = 0, Counter[Kind]()
        for kind in sorted(waiting):
            going = min(waiting[kind], room.calls - used)
            used, waiting[kind] = used + going, waiting[kind] - going
            self.sent += [(self.now, kind)] * going
        for kind, share in room.apart.items():
            apart[kind] = min(waiting[kind], share)
            waiting[kind] -= apart[kind]
            self.sent += [(self.now, kind)] * apart[kind]
        await self.budget.give_back(room.without(used, apart))
        return room.wait

    def most_in_a_minute(self) -> int:
        at = [instant for instant, _ in self.sent]
        return max(bisect_left(at, start + 60) - first for first, start in enumerate(at))


@pytest.mark.parametrize("limit", [20, 100, 2000])
async def test_no_minute_sees_more_than_four_fifths_of_the_package(limit: int) -> None:
    """Everything waits at once: replies, news, reminders, and look-ups beside."""
    town = Minutes(limit)
    waiting = Counter(dict.fromkeys((Kind.REPLY, Kind.STATUS, Kind.REMINDER), 100_000))
    until = town.now + 300
    while town.now < until:
        await town.relay(waiting)
        if await town.budget._ask(Kind.LOOK_UP) == 0:
            town.sent.append((town.now, Kind.LOOK_UP))
        town.now += 0.05
    assert limit * 0.6 <= town.most_in_a_minute() <= limit * 0.8


async def test_replies_go_first_and_nothing_starves() -> None:
    town = Minutes(100)
    waiting = Counter(dict.fromkeys((Kind.REPLY, Kind.STATUS, Kind.REMINDER), 100_000))
    for _ in range(6000):
        await town.relay(waiting)
        if await town.budget._ask(Kind.LOOK_UP) == 0:
            town.sent.append((town.now, Kind.LOOK_UP))
        town.now += 0.05
    went = Counter(kind for _, kind in town.sent)
    assert went[Kind.REPLY] > 0.7 * went.total()
    assert went[Kind.STATUS] >= 5 * 5
    assert went[Kind.REMINDER] >= 5 * 2
    assert went[Kind.LOOK_UP] >= 5 * 2


async def test_without_a_flood_everything_may_use_the_whole() -> None:
    town = Minutes(100)
    waiting = Counter({Kind.REMINDER: 1000})
    while town.now < 1_000_000_180:
        await town.relay(waiting)
        town.now += 0.05
    assert 200 <= len(town.sent) <= 240


async def test_a_reply_that_comes_into_a_flood_of_reminders_is_next() -> None:
    town = Minutes(100)
    waiting = Counter({Kind.REMINDER: 5000})
    for _ in range(200):
        await town.relay(waiting)
        town.now += 0.05
    waiting[Kind.REPLY] = 1
    came = town.now
    while waiting[Kind.REPLY]:
        await town.relay(waiting)
        town.now += 0.05
    assert town.now - came <= 1.2


async def test_what_is_not_used_is_there_for_the_next() -> None:
    town = Minutes(100)
    for _ in range(100):
        await town.relay(Counter())
    waiting = Counter({Kind.REPLY: 100})
    await town.relay(waiting)
    assert waiting[Kind.REPLY] == 94


async def test_look_ups_leave_room_for_replies() -> None:
    town = Minutes(100)
    while await town.budget._ask(Kind.LOOK_UP) == 0:
        pass
    assert (await town.budget.room(48)).calls >= 3


async def test_a_limit_that_is_reached_ends_the_minute_for_everybody() -> None:
    town = Minutes(100)
    other = Budget(town.coordination, OA, 100, clock=lambda: town.now)
    await town.budget.refused(20.5)
    assert (await other.room(48)).calls == 0
    assert (await other.room(48)).apart == {}
    assert await other._ask(Kind.LOOK_UP) > 0
    town.now += 21.5
    assert (await other.room(48)).calls > 0


async def test_zalo_s_own_count_is_honoured() -> None:
    town = Minutes(0)
    assert town.budget.limit == 100
    await town.budget.heard({"X-RateLimit-Limit": "60", "X-RateLimit-Remain": "41"})
    assert town.budget.limit == 60
    assert (await town.budget.room(48)).calls == 4
    await town.budget.heard({"X-RateLimit-Limit": "60", "X-RateLimit-Remain": "2"})
    assert (await town.budget.room(48)).calls == 0
    town.now += 60.5 - town.now % 60 + 2
    assert (await town.budget.room(48)).calls > 0


async def test_a_setting_does_not_make_much_of_zalo_s_minute_look_little() -> None:
    town = Minutes(1_000_000)
    await town.budget.heard({"X-RateLimit-Limit": "100", "X-RateLimit-Remain": "6"})
    assert (await town.budget.room(48)).calls == 48
    await town.budget.heard({"X-RateLimit-Limit": "100", "X-RateLimit-Remain": "5"})
    assert (await town.budget.room(48)).calls == 0


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Limit": "many", "X-RateLimit-Remain": "-1"}])
async def test_headers_that_say_nothing_change_nothing(headers: dict[str, str]) -> None:
    town = Minutes(0)
    await town.budget.heard(headers)
    assert (town.budget.limit, (await town.budget.room(3)).calls) == (100, 3)


def test_the_least_that_was_said_holds_and_a_setting_above_all() -> None:
    budget = Budget(InProcess(), OA)
    budget.package(2000)
    assert budget.limit == 2000
    budget.package(0)
    assert budget.limit == 100
    fixed = Budget(InProcess(), OA, 500)
    fixed.package(100)
    assert fixed.limit == 500


@pytest.mark.parametrize(
    ("name", "calls", "without"),
    [
        ("Gói Tăng trưởng", 100, False),
        ("TOÀN DIỆN", 2000, False),
        ("Tiêu chuẩn", 0, True),
        ("Cơ bản", 0, True),
        ("", 0, False),
    ],
)
def test_packages_as_zalo_names_them(name: str, calls: int, without: bool) -> None:
    assert (calls_per_minute(name), without_openapi(name)) == (calls, without)


@pytest.fixture(params=["in process", "redis"])
async def two(request: pytest.FixtureRequest) -> list[Coordination]:
    if request.param == "in process":
        alone = connect("")
        return [alone, alone]
    valkey: Valkey = request.getfixturevalue("valkey")
    made = [connect(valkey.url), connect(valkey.url)]
    return made


async def test_processes_share_the_allowance_and_give_back(two: list[Coordination]) -> None:
    here, there = (Budget(coordination, OA, 100) for coordination in two)
    room = await here.room(48)
    assert room.calls == 6
    assert (await there.room(48)).calls == 0
    await here.give_back(room.without(2, {}))
    assert (await there.room(48)).calls == 4
    await asyncio.gather(*[coordination.close() for coordination in set(two)])


async def test_who_waits_for_one_call_gets_it_when_there_is_room() -> None:
    budget = Budget(InProcess(), OA, 3000)
    room = await budget.room(10_000)
    await budget.went()
    waits = asyncio.create_task(budget.go(Kind.STATUS))
    await asyncio.sleep(0.01)
    await budget.give_back(Room(room.calls))
    await asyncio.wait_for(waits, 5)
    assert waits.done()
