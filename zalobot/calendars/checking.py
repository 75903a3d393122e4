"""What an administrator should know of the calendar: how far it reaches, what is not decided, where others differ.

The one rule: the public `holidays` list is a hint. It lacks decisions and is never copied.
"""

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zalobot.calendars import horizon
from zalobot.calendars.sheet import said
from zalobot.workdays import LOCAL, WorkCalendar

LIST = "holidays"  # optional: compared with only where it is installed


@dataclass(frozen=True, slots=True)
class Line:
    """One finding; `state` is ok, warn or red."""

    state: str
    text: str


def findings(calendar: WorkCalendar, now: datetime) -> list[Line]:
    """Everything there is to say of the calendar from today on."""
    today = max(now.astimezone(LOCAL).date(), calendar.first)
    ahead = horizon.horizon(calendar, now)
    lines = [Line(horizon.state(ahead.days), f"known to {ahead.last}, {ahead.days} days ahead")]
    undecided = [day for day in calendar.days if day.provisional and day.date >= today]
    lines += [Line("warn", f"not decided yet: {said(day)}") for day in undecided]
    if importlib.util.find_spec(LIST) is None:
        return [*lines, Line("ok", f"the list `{LIST}` is not installed: not compared")]
    return lines + [Line("warn", text) for text in _differences(calendar, today)]


def _differences(calendar: WorkCalendar, today: date) -> Iterator[str]:
    """Weekdays on which the list and the calendar do not agree, and the Saturdays it does not know to be worked."""
    public = importlib.import_module(LIST).Vietnam(years=range(today.year, calendar.last.year + 1))
    days = ((today + timedelta(number)) for number in range((calendar.last - today).days + 1))
    for on in days:
        off, listed = not calendar.is_working(on), on in public
        if off and not listed and on.weekday() < 5:
            yield f"{on}: off here ({calendar.day(on).name}), no holiday in `{LIST}`"
        elif listed and not off:
            yield f"{on}: worked here, a holiday in `{LIST}` ({public[on]})"
