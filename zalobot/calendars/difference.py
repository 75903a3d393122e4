"""What two calendars say differently, day by day, and how that is said in a few words. Pure.

The one rule: the words are made when the change is made, and kept: receipts and messages repeat them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zalobot import templating
from zalobot.spoken import excerpt
from zalobot.workdays import Day, WorkCalendar

LISTED = 8  # runs of days named in a reason; the rest are a number
REASON = 480


@dataclass(frozen=True, slots=True)
class Run:
    """Days on end that now are the same thing for the same reason."""

    first: date
    last: date
    day: Day


@dataclass(frozen=True, slots=True)
class Difference:
    """What is new. `until` is the new last known day where the calendar was extended."""

    runs: tuple[Run, ...]
    source: str
    until: date | None = None


def changed_days(old: WorkCalendar, new: WorkCalendar) -> list[tuple[Day, Day]]:
    """The days known to both that are not the same any more: as they were, as they are."""
    first, last = max(old.first, new.first), min(old.last, new.last)
    known = (first + timedelta(number) for number in range((last - first).days + 1))
    pairs = ((old.day(on), new.day(on)) for on in known)
    return [(before, after) for before, after in pairs if before != after]


def difference(old: WorkCalendar, new: WorkCalendar, source: str) -> Difference:
    """What the new calendar brings, in runs of equal days."""
    runs: list[Run] = []
    for _, day in changed_days(old, new):
        if runs and _goes_on(runs[-1], day):
            runs[-1] = Run(runs[-1].first, day.date, runs[-1].day)
        else:
            runs.append(Run(day.date, day.date, day))
    return Difference(tuple(runs), source, new.last if new.last > old.last else None)


def in_words(change: Difference) -> str:
    """The reason for a recount, in one line."""
    return excerpt(templating.render("counted/changed", change=change).text, REASON)


def listed(runs: Sequence[Run]) -> tuple[Sequence[Run], int]:
    """The runs to be named, and how many are left over."""
    return runs[:LISTED], max(0, len(runs) - LISTED)


def _goes_on(run: Run, day: Day) -> bool:
    return run.last + timedelta(1) == day.date and (run.day.kind, run.day.shifts, run.day.name) == (
        day.kind,
        day.shifts,
        day.name,
    )
