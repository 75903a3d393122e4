"""What the year brings from outside: how much is reported when, which days change late, what breaks for how long."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.oracle import DAY, FULL, Wall
from tests.proofs.year.machine import Down
from tests.proofs.year.walls import MORNING, Change, local, utc

BY_MONTH = (1.3, 0.7, 1.2, 1.0, 1.0, 0.9, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4)
BY_WEEKDAY = (1.2, 1.1, 1.0, 1.0, 0.9, 0.3, 0.2)


@dataclass(frozen=True)
class Scenario:
    """A span of time with all that will happen in it; instants are UTC."""

    begins: datetime
    ends: datetime
    known_until: date
    changes: tuple[Change, ...]
    downs: tuple[Down, ...]
    succession: tuple[datetime, str, str] | None = None


def instant(*when: int) -> datetime:
    """A local time as an instant."""
    return utc(datetime(*when))  # type: ignore[arg-type]  # noqa: DTZ001


def the_year(chance: random.Random, wall: Wall) -> Scenario:
    """2026 with Tết, three ends of the known days, and every kind of late change."""
    begins, ends = instant(2026, 1, 5, 7, 0), instant(2027, 1, 5, 7, 0)
    changes = (
        Change(instant(2026, 3, 9, 8, 50), "Công điện 01", ((date(2026, 3, 10), ()),)),
        Change(instant(2026, 5, 14, 20, 5), "Công điện 02", ((date(2026, 5, 15), ()),)),
        Change(instant(2026, 6, 5, 15, 0), "Quyết định 03", ((date(2026, 6, 8), MORNING),)),
        Change(instant(2026, 6, 30, 10, 0), "Quyết định 04", until=date(2026, 7, 31)),
        Change(instant(2026, 7, 20, 10, 0), "Quyết định 05", ((date(2026, 7, 25), FULL), (date(2026, 7, 27), ()))),
        Change(instant(2026, 8, 4, 10, 7), "Quyết định 06", until=date(2026, 12, 31)),
        Change(
            instant(2026, 8, 17, 9, 0),
            "Quyết định 07",
            ((date(2026, 8, 31), ()), (date(2026, 9, 1), ()), (date(2026, 9, 2), ())),
        ),
        Change(instant(2026, 8, 18, 9, 0), "Quyết định 08", ((date(2026, 8, 22), FULL),)),
        Change(instant(2026, 8, 21, 16, 40), "Quyết định 09", ((date(2026, 8, 22), ()),)),
        Change(instant(2026, 10, 14, 11, 0), "Công điện 10", ((date(2026, 10, 14), MORNING),)),
        Change(instant(2026, 11, 16, 6, 0), "Công điện 11", ((date(2026, 11, 16), ()),)),
        Change(instant(2026, 11, 16, 17, 30), "Công điện 12", ((date(2026, 11, 17), ()), (date(2026, 11, 18), ()))),
        Change(instant(2026, 12, 29, 14, 0), "Quyết định 13", ((date(2027, 1, 1), ()),), until=date(2027, 6, 30)),
    )
    return Scenario(
        begins,
        ends,
        date(2026, 6, 30),
        tuple(sorted([*changes, *_sudden(chance, changes)], key=lambda change: change.at)),
        _downs(chance, begins, ends, 18),
        (instant(2026, 9, 14, 8, 30), "SKHCN", "SCT"),
    )


def around_tet(chance: random.Random, wall: Wall) -> Scenario:
    """Two months of it: Tết, a day off entered the evening before, an end of the known days that is noticed late."""
    begins, ends = instant(2026, 1, 28, 7, 0), instant(2026, 3, 25, 7, 0)
    changes = (
        Change(instant(2026, 2, 9, 20, 10), "Công điện 01", ((date(2026, 2, 10), ()),)),
        Change(instant(2026, 2, 12, 9, 0), "Quyết định 02", ((date(2026, 2, 14), FULL), (date(2026, 2, 23), ()))),
        Change(instant(2026, 3, 3, 10, 7), "Quyết định 03", until=date(2026, 4, 30)),
        Change(instant(2026, 3, 11, 11, 0), "Công điện 04", ((date(2026, 3, 11), MORNING),)),
    )
    downs = _downs(chance, begins, ends, 4)
    return Scenario(begins, ends, date(2026, 2, 28), changes, downs, (instant(2026, 3, 16, 8, 30), "SKHCN", "SCT"))


def _sudden(chance: random.Random, changes: tuple[Change, ...]) -> list[Change]:
    """Some more days off, each entered the day before."""
    taken = {day for change in changes for day, _ in change.days}
    found = []
    for number in range(6):
        day = date(2026, 3, 15) + chance.randrange(90) * DAY
        if day.weekday() < 5 and day not in taken and day - DAY not in taken:
            taken.add(day)
            entered = instant(day.year, day.month, day.day, chance.randint(7, 21), chance.randrange(60)) - DAY
            found.append(Change(entered + timedelta(seconds=17), f"Công điện {20 + number}", ((day, ()),)))
    return found


def _downs(chance: random.Random, begins: datetime, ends: datetime, count: int) -> tuple[Down, ...]:
    """Outages of minutes, hours and days; in half of them only Zalo is away."""
    span, found = (ends - begins).total_seconds(), list[Down]()
    for _ in range(count):
        start = begins + timedelta(seconds=chance.uniform(0.02, 0.97) * span)
        hours = chance.choice((chance.uniform(0.2, 1), chance.uniform(2, 9), chance.uniform(24, 80)))
        down = Down(start, start + timedelta(hours=hours), chance.random() < 0.6)
        if all(down.ends + timedelta(hours=1) < o.begins or o.ends + timedelta(hours=1) < down.begins for o in found):
            found.append(down)
    return tuple(sorted(found, key=lambda down: down.begins))


def reports(chance: random.Random, begins: datetime, ends: datetime, count: int) -> list[datetime]:
    """When businesses write: by month, weekday and hour."""
    hours = [begins + timedelta(hours=n) for n in range(int((ends - begins) / timedelta(hours=1)) - 24)]
    weights = [_load(local(hour)) for hour in hours]
    picked = chance.choices(hours, weights, k=count)
    return sorted(hour + timedelta(seconds=chance.randrange(3600)) for hour in picked)


def _load(moment: datetime) -> float:
    by_hour = 0.15 if moment.hour < 6 or moment.hour >= 22 else 1.0 if 7 <= moment.hour < 18 else 0.5
    return by_hour * BY_WEEKDAY[moment.weekday()] * BY_MONTH[moment.month - 1]


EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
