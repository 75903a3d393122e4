"""What the wall calendars of the year say, one after the other: days change late, and the known days end.

The one rule: this is the clerk's own memory (days and the minutes worked, as in tests/oracle.py). The calendar of the
service is told of each change by its verb, and is never asked what it made of it.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tests.oracle import DAY, FULL, HERE, MIDNIGHT, MINUTE, Hours, Wall
from zalobot.calendars import DayChange
from zalobot.workdays import Day, DayKind, Shift, WorkCalendar

MORNING: Hours = ((450, 690),)


@dataclass(frozen=True)
class Change:
    """What is entered at an instant (UTC), by which document: days with their hours, or a new last known day."""

    at: datetime
    source: str
    days: tuple[tuple[date, Hours], ...] = ()
    until: date | None = None

    def verb_days(self) -> list[DayChange]:
        """The same as the verb wants it."""
        return [_day_change(day, hours) for day, hours in self.days]


@dataclass
class Walls:
    """The wall calendars with the instants from which each hangs on the wall."""

    since: list[datetime]
    walls: list[Wall]
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def of(cls, calendar: WorkCalendar, now: datetime) -> "Walls":
        """The first one: weeks and named days as the pack has them."""
        named = {day.date: _minutes(day.shifts) for day in calendar.days}
        wall: Wall = {}
        day = calendar.first
        while day <= calendar.last:
            wall[day] = named.get(day, _minutes(calendar.week[day.weekday()]))
            day += DAY
        return cls([now], [wall])

    def at(self, instant: datetime) -> Wall:
        """What hangs on the wall at an instant."""
        return self.walls[max(0, bisect_right(self.since, instant) - 1)]

    def change(self, change: Change, now: datetime) -> None:
        """Hang up the next one."""
        wall = dict(self.walls[-1])
        if change.until is not None:
            day = max(wall) + DAY
            while day <= change.until:
                wall[day] = FULL if day.weekday() < 5 else ()
                day += DAY
        wall.update(change.days)
        self.since.append(now)
        self.walls.append(wall)
        self.changes.append(change)


# -- sums over a wall, beside those of the oracle --------------------------------------------------------------------


def local(instant: datetime) -> datetime:
    """The time on the wall clock."""
    return instant.astimezone(HERE).replace(tzinfo=None)


def utc(moment: datetime) -> datetime:
    """The instant of a time on the wall clock."""
    return moment.replace(tzinfo=HERE).astimezone(UTC)


def worked(wall: Wall, start: datetime, end: datetime) -> timedelta | None:
    """The time worked between two local moments, shift by shift; None where a day is not known."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if day not in wall:
            return None if datetime.combine(day, MIDNIGHT) < end else total
        for begins, ends in wall[day]:
            midnight = datetime.combine(day, MIDNIGHT)
            total += max(timedelta(), min(end, midnight + ends * MINUTE) - max(start, midnight + begins * MINUTE))
        day += DAY
    return total


def opens(wall: Wall, day: date) -> datetime | None:
    """When work begins that day."""
    hours = wall.get(day)
    return datetime.combine(day, MIDNIGHT) + hours[0][0] * MINUTE if hours else None


def closes(wall: Wall, day: date) -> datetime | None:
    """When work ends that day."""
    hours = wall.get(day)
    return datetime.combine(day, MIDNIGHT) + hours[-1][1] * MINUTE if hours else None


def _minutes(shifts: tuple[Shift, ...]) -> Hours:
    return tuple((s.start.hour * 60 + s.start.minute, s.end.hour * 60 + s.end.minute) for s in shifts)


def _day_change(day: date, hours: Hours) -> DayChange:
    kind = DayKind.HALF if hours == MORNING else DayKind.MAKEUP if hours else DayKind.OFF
    shifts = tuple(_shift(start, end) for start, end in hours) if kind is DayKind.HALF else ()
    return DayChange(day, kind, shifts, "Theo quyết định mới")


def _shift(start: int, end: int) -> Shift:
    midnight = datetime.combine(date(2026, 1, 1), MIDNIGHT)
    return Shift((midnight + start * MINUTE).time(), (midnight + end * MINUTE).time())


def shortened(calendar: WorkCalendar, last: date) -> WorkCalendar:
    """The calendar as if nothing past `last` were known yet."""
    days: tuple[Day, ...] = tuple(day for day in calendar.days if day.date <= last)
    return WorkCalendar(calendar.version, calendar.week, days, calendar.first, last, calendar.seasons)
