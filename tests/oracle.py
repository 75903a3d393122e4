"""The oracle of deadlines: counts day by day and minute by minute, as a clerk with a wall calendar would.

It knows nothing of `zalobot.workdays`: its calendar is a dict from day to the minutes worked. Run by itself,
`python -m tests.oracle --examples 100000`, it compares both on that many random calendars and says how long it took.
"""

import argparse
import random
import sys
import time as clock
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from zalobot.deadlines import Convention, Klass, RuleVersion, count
from zalobot.errors import PastHorizon
from zalobot.workdays import Day, DayKind, Season, Shift, WorkCalendar

HERE = timezone(timedelta(hours=7))
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
MIDNIGHT = time()
Hours = tuple[tuple[int, int], ...]
Wall = dict[date, Hours]
Pick = Callable[[int, int], int]

FULL: Hours = ((450, 690), (780, 1020))
HOURS: tuple[Hours, ...] = (FULL, FULL, FULL, ((420, 690), (810, 1020)), ((480, 1020),), ((0, 1439),), ((450, 690),))
HALVES: tuple[Hours, ...] = (((450, 690),), ((780, 1020),), ((600, 601),), ((450, 500), (500, 555), (900, 1000)))


# -- the clerk --------------------------------------------------------------------------------------------------------


def works(wall: Wall, moment: datetime) -> bool | None:
    """Is this local moment worked? None: the wall calendar does not say."""
    hours = wall.get(moment.date())
    if hours is None:
        return None
    minute = moment.hour * 60 + moment.minute
    for start, end in hours:  # noqa: SIM110 (asked millions of times)
        if start <= minute < end:
            return True
    return False


def later(wall: Wall, moment: datetime, left: timedelta) -> datetime | None:
    """`left` of working time later, ticking minutes off one by one, a day off at once."""
    while left:
        if wall.get(moment.date()) == () and moment.time() == MIDNIGHT:
            moment += DAY
            continue
        tick = SECOND if moment.second or left < MINUTE else MINUTE
        match works(wall, moment):
            case None:
                return None
            case True:
                left -= tick
        moment += tick
    return moment


def earlier(wall: Wall, moment: datetime, left: timedelta) -> datetime | None:
    """`left` of working time earlier."""
    while left:
        if moment.time() == MIDNIGHT and wall.get(moment.date() - DAY) == ():
            moment -= DAY
            continue
        tick = SECOND if moment.second or left < MINUTE else MINUTE
        moment -= tick
        match works(wall, moment):
            case None:
                return None
            case True:
                left -= tick
    return moment


def begins(wall: Wall, moment: datetime) -> datetime | None:
    """The next worked moment, this one included."""
    while not (working := works(wall, moment)):
        if working is None:
            return None
        whole = not wall[moment.date()] and moment.time() == MIDNIGHT
        moment += DAY if whole else SECOND if moment.second else MINUTE
    return moment


def working_day(wall: Wall, day: date, n: int) -> date | None:
    """The n-th worked day after a day."""
    while n:
        day += DAY
        if day not in wall:
            return None
        n -= bool(wall[day])
    return day


def hard(wall: Wall, received: datetime, n: int, convention: str) -> datetime | None:
    """When n working days after receipt end."""
    day: date | None = received.date()
    if convention == "B":
        hours = wall[received.date()]
        minutes = received.hour * 60 + received.minute
        if not hours or minutes >= hours[-1][1]:
            day = working_day(wall, received.date(), 1)
    last = working_day(wall, day, n) if day else None
    if last is None:
        return None
    midnight = datetime.combine(last, MIDNIGHT)
    return midnight + DAY if convention == "A" else midnight + wall[last][-1][1] * MINUTE


def simple(wall: Wall, received: datetime, hours: int) -> datetime | None:
    """When so many working hours after receipt are over."""
    start = begins(wall, received)
    return later(wall, start, timedelta(hours=hours)) if start else None


# -- random calendars, once for the clerk and once for us -------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One calendar in both forms, and a question about it."""

    wall: Wall
    calendar: WorkCalendar
    received: datetime
    amount: timedelta
    n: int
    hours: int


def case(pick: Pick) -> Case:
    """A case made from random whole numbers, so that both hypothesis and `random` can make one."""
    first = date(2025, 1, 1) + pick(0, 900) * DAY
    length = pick(12, 45)
    week = _week(pick)
    seasons = ((first + pick(1, length) * DAY, _week(pick)),) if pick(0, 3) == 0 else ()
    wall = {}
    for day in (first + n * DAY for n in range(length)):
        hours = week
        for starts, other in seasons:
            hours = other if starts <= day else hours
        wall[day] = hours[day.weekday()]
    named = dict(_named(pick, first + pick(0, length - 1) * DAY, wall) for _ in range(pick(0, 6)))
    wall.update({day: hours for day, (_, hours) in named.items()})
    if not any(wall.values()):
        wall[first] = FULL
        named[first] = (DayKind.MAKEUP, FULL)
    calendar = WorkCalendar(
        version="random",
        week=tuple(_shifts(hours) for hours in week),
        days=tuple(Day(day, _shifts(hours), kind) for day, (kind, hours) in named.items()),
        first=first,
        last=first + (length - 1) * DAY,
        seasons=tuple(Season(starts, tuple(_shifts(hours) for hours in other)) for starts, other in seasons),
    )
    received = datetime.combine(first, MIDNIGHT) + pick(0, length * 1440 - 1) * MINUTE
    received += (pick(0, 59) if pick(0, 3) == 0 else 0) * SECOND
    amount = pick(1, 3600 if pick(0, 9) == 0 else 900) * MINUTE // (60 if pick(0, 3) == 0 else 1)
    return Case(wall, calendar, received, amount, pick(1, 6), pick(1, 12))


def _week(pick: Pick) -> tuple[Hours, ...]:
    usual = HOURS[pick(0, len(HOURS) - 1)]
    saturday = HALVES[pick(0, len(HALVES) - 1)] if pick(0, 2) == 0 else ()
    days = [usual] * 5 + [saturday, ()]
    if pick(0, 2) == 0:
        days[pick(0, 6)] = ()
    return tuple(days)


def _named(pick: Pick, day: date, wall: Wall) -> tuple[date, tuple[DayKind, Hours]]:
    match pick(0, 3):
        case 0:
            return day, (DayKind.HALF, HALVES[pick(0, len(HALVES) - 1)])
        case 1:
            return day, (DayKind.MAKEUP, FULL)
        case _:
            return day, (DayKind.HOLIDAY, ())


def _shifts(hours: Hours) -> tuple[Shift, ...]:
    def at(minute: int) -> time:
        return time(minute // 60, minute % 60)

    return tuple(Shift(at(start), at(end)) for start, end in hours)


# -- both asked the same ----------------------------------------------------------------------------------------------


def difference(asked: Case) -> str:
    """The first thing on which ours and the clerk differ, in words; "" where they agree on everything."""
    for what, ours, clerks in _answers(asked):
        if ours != clerks:
            return f"{what}: {ours}, the clerk says {clerks}"
    return ""


def _answers(asked: Case) -> Iterator[tuple[str, Any, Any]]:
    """What both are asked, with our answer and the clerk's."""
    wall, calendar, moment = asked.wall, asked.calendar, asked.received
    ours = moment.replace(tzinfo=HERE)
    day = moment.date()
    yield "later", _local(lambda: calendar.add_working(ours, asked.amount)), later(wall, moment, asked.amount)
    yield "earlier", _local(lambda: calendar.add_working(ours, -asked.amount)), earlier(wall, moment, asked.amount)
    yield "begins", _local(lambda: calendar.next_working_moment(ours)), begins(wall, moment)
    yield "is working time", calendar.is_working_time(ours), works(wall, moment)
    yield "is working", calendar.is_working(day), bool(wall[day])
    yield "n-th working day", _or_none(lambda: calendar.nth_working_day(day, asked.n)), working_day(wall, day, asked.n)
    rule = RuleVersion("1", "", date(2025, 1, 1), simple_hours=asked.hours, hard_days=asked.n)
    for convention in Convention:
        due = _local(lambda how=convention: count(ours, rule, Klass.HARD, calendar, how).due)
        yield f"hard {convention}", due, hard(wall, moment, asked.n, convention)
    due = _local(lambda: count(ours, rule, Klass.SIMPLE, calendar).due)
    yield "simple", due, simple(wall, moment, asked.hours)


def _or_none(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except PastHorizon:
        return None


def _local(ask: Callable[[], datetime]) -> datetime | None:
    got = _or_none(ask)
    return got.astimezone(HERE).replace(tzinfo=None) if got else None


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare due times with the oracle on random calendars.")
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20260101)
    asked = parser.parse_args()
    started = clock.monotonic()
    for number in range(asked.examples):
        seed = f"{asked.seed}/{number}"
        if found := difference(case(random.Random(seed).randint)):
            sys.exit(f"calendar {seed}: {found}")
    took = clock.monotonic() - started
    print(f"{asked.examples} random calendars, seed {asked.seed}: no difference, {took:.0f} s")


if __name__ == "__main__":
    main()
