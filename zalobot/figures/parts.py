"""A part as it enters the figures, and the period whose parts are counted.

The one rule: a part is counted where its due time lies, whether it was answered or not: who is late cannot leave the
count by staying silent, and who is quick gains nothing by it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from zalobot.workdays import LOCAL

DAYS = 90


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in Vietnam, `last` included."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The midnights around it; a due time at the second one (convention A) still belongs to it."""
        return _midnight(self.first), _midnight(self.last + timedelta(1))


class PeriodKind(StrEnum):
    """The periods one can look at; each ends at the last midnight. The value stands in addresses (`?ky=quy`)."""

    DAYS = "90"
    QUARTER = "quy"
    MONTH = "thang"
    WEEK = "tuan"


def period_of(kind: PeriodKind, now: datetime) -> Period:
    """The period: 90 days, 7 days, or the calendar quarter or month that yesterday belongs to."""
    last = latest(now).last
    match kind:
        case PeriodKind.DAYS:
            return latest(now)
        case PeriodKind.WEEK:
            return Period(last - timedelta(6), last)
        case PeriodKind.MONTH:
            return Period(last.replace(day=1), last)
        case PeriodKind.QUARTER:
            return Period(last.replace(month=last.month - (last.month - 1) % 3, day=1), last)


def latest(now: datetime) -> Period:
    """The 90 days that ended at the last midnight."""
    yesterday = now.astimezone(LOCAL).date() - timedelta(1)
    return Period(yesterday - timedelta(DAYS - 1), yesterday)


@dataclass(frozen=True, slots=True)
class CountedPart:
    """A part of the period. `clock` is the one its due time belongs to, `minutes` the working time from the start of
    that clock to the answer, `late_minutes` from the due time to a late answer; None where there is none, or where the
    calendar cannot tell. `verdict` is '' where none is public, `former` are the agencies that held it before, in order.
    """

    code: str
    agency: str
    topic: str
    klass: str
    clock: int
    started_at: datetime
    due_at: datetime
    answered_at: datetime | None
    minutes: int | None
    late_minutes: int | None
    verdict: str
    former: tuple[str, ...]

    @property
    def in_time(self) -> bool:
        """Whether the answer came no later than it was due."""
        return self.answered_at is not None and self.answered_at <= self.due_at


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)
