"""Two questions a page asks of the working calendar: how long a full day is, and which days between two are off."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from zalobot.errors import PastHorizon
from zalobot.province import Paper
from zalobot.web.filters import HERE
from zalobot.workdays import WorkCalendar

_DAY = timedelta(days=1)
_A_WEEK, _LONG = 5, 31  # working days, days; Tết is at the most ten days off


@dataclass(frozen=True, slots=True)
class Off:
    """A run of days off with the same reason. `name` is empty for the weekly rest days; `papers` are the files of the
    document `source`."""

    first: date
    last: date
    name: str = ""
    source: str = ""
    papers: tuple[Paper, ...] = ()

    @property
    def days(self) -> int:
        """How many days the run has."""
        return (self.last - self.first).days + 1


def whole_day(day: date) -> tuple[datetime, datetime]:
    """The two midnights (Vietnam) around a day."""
    first = datetime.combine(day, time(), HERE)
    return first, first + _DAY


def day_length(calendar: WorkCalendar, near: date) -> timedelta:
    """The working time of a full day: the longest of the next five working days, however long a holiday is between;
    eight hours where the calendar does not reach."""
    longest, met = timedelta(), 0
    for ahead in range(_LONG):
        try:
            worked = calendar.worked_on(near + ahead * _DAY)
        except PastHorizon:
            break
        longest, met = max(longest, worked), met + bool(worked)
        if met == _A_WEEK:
            break
    return longest or timedelta(hours=8)


def days_off(calendar: WorkCalendar, after: date, before: date) -> list[Off]:
    """The days off strictly between two days, runs of the same reason merged; empty past the calendar's horizon."""
    out: list[Off] = []
    current = after + _DAY
    while current < before:
        try:
            day = calendar.day(current)
        except PastHorizon:
            return out
        if not day.is_working:
            out = merged(out, Off(current, current, day.name, day.source))
        current += _DAY
    return out


def merged(runs: list[Off], more: Off) -> list[Off]:
    """Add a day off to runs: it prolongs the last run when it follows it and has the same reason."""
    if runs and runs[-1].last + _DAY == more.first and (runs[-1].name, runs[-1].source) == (more.name, more.source):
        return [*runs[:-1], replace(runs[-1], last=more.last)]
    return [*runs, more]
