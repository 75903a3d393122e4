"""What a day is: its kind, its shifts, the document that makes it so; and what is nonsense about a set of days.

The one rule: a day of a worked kind has shifts, any other day has none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from itertools import pairwise
from typing import Any


class DayKind(StrEnum):
    """What a day is. A half day (nửa ngày) and a make-up day (làm bù) are worked; a swapped day (hoán đổi) is not."""

    WORKING = "working"
    HALF = "half"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SWAP_OFF = "swap_off"
    COMPENSATORY = "compensatory"
    OFF = "off"


WORKED = frozenset({DayKind.WORKING, DayKind.HALF, DayKind.MAKEUP})


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of working time within one day, local; `end` is the first moment after it."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Shift":
        """Read "07:30-11:30" (a dash of either length). Raises ValueError."""
        start, _, end = text.replace("–", "-").partition("-")
        return cls(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))

    def to_json(self) -> list[str]:
        return [f"{self.start:%H:%M}", f"{self.end:%H:%M}"]


Shifts = tuple[Shift, ...]
Week = tuple[Shifts, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the calendar knows it, with its public name and the document (văn bản) that makes it so."""

    date: date
    shifts: Shifts = ()
    kind: DayKind = DayKind.WORKING
    name: str = ""
    source: str = ""
    provisional: bool = False

    @property
    def is_working(self) -> bool:
        """Has it any working time?"""
        return bool(self.shifts)

    def to_json(self) -> dict[str, Any]:
        shifts = [shift.to_json() for shift in self.shifts]
        return {
            "date": self.date.isoformat(),
            "kind": str(self.kind),
            "shifts": shifts,
            "name": self.name,
            "source": self.source,
            "provisional": self.provisional,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Day":
        return cls(
            date.fromisoformat(data["date"]),
            _shifts_from_json(data["shifts"]),
            DayKind(data["kind"]),
            data.get("name", ""),
            data.get("source", ""),
            data.get("provisional", False),
        )


@dataclass(frozen=True, slots=True)
class Season:
    """From the day `starts` on the hours of the week are these, until the next season (giờ mùa hè, mùa đông)."""

    starts: date
    week: Week


def week_problems(week: Week, seasons: Sequence[Season]) -> Iterator[str]:
    """Every reason why these are no weeks."""
    weeks = [("week", week), *((f"season from {season.starts}", season.week) for season in seasons)]
    for where, hours in weeks:
        if len(hours) != 7:
            yield f"{where}: {len(hours)} days instead of 7"
        for number, shifts in enumerate(hours, 1):
            yield from _shift_problems(f"{where}, day {number}", shifts)
    starts = [season.starts for season in seasons]
    if any(later <= earlier for earlier, later in pairwise(starts)):
        yield "seasons are not in order of their first day"


def day_problems(days: Iterable[Day], first: date, last: date) -> Iterator[str]:
    """Every reason why these cannot be the named days between `first` and `last`."""
    if first > last:
        yield f"the last known day {last} is before the first {first}"
    seen: set[date] = set()
    for day in days:
        if day.date in seen:
            yield f"{day.date} is there twice"
        seen.add(day.date)
        if not first <= day.date <= last:
            yield f"{day.date} is outside {first}..{last}"
        if (day.kind in WORKED) != bool(day.shifts):
            yield f"{day.date}: a {day.kind} day {'without' if day.kind in WORKED else 'with'} working time"
        yield from _shift_problems(str(day.date), day.shifts)


def _shift_problems(where: str, shifts: Sequence[Shift]) -> Iterator[str]:
    for shift in shifts:
        if any(edge.second or edge.microsecond for edge in (shift.start, shift.end)):
            yield f"{where}: a shift is not in whole minutes"
        if shift.end <= shift.start:
            yield f"{where}: a shift ends at {shift.end:%H:%M}, before it begins at {shift.start:%H:%M}"
    for earlier, later in pairwise(shifts):
        if later.start < earlier.end:
            yield f"{where}: the shift from {later.start:%H:%M} begins before the one before it ends"


def _shifts_from_json(data: Iterable[Sequence[str]]) -> Shifts:
    return tuple(Shift(time.fromisoformat(start), time.fromisoformat(end)) for start, end in data)


def week_to_json(week: Week) -> list[list[list[str]]]:
    """Seven lists of [start, end]."""
    return [[shift.to_json() for shift in shifts] for shifts in week]


def week_from_json(data: Iterable[Iterable[Sequence[str]]]) -> Week:
    """The week `week_to_json` wrote. Raises ValueError."""
    return tuple(_shifts_from_json(shifts) for shifts in data)
