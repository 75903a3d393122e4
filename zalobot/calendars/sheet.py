"""The calendar for a terminal: a year of months with a letter for each day that is not what the week says."""

import calendar as months
from collections.abc import Iterator
from datetime import date, timedelta

from zalobot.workdays import Day, DayKind, WorkCalendar

LETTERS = {
    DayKind.HOLIDAY: "L",
    DayKind.SWAP_OFF: "H",
    DayKind.MAKEUP: "B",
    DayKind.HALF: "½",
    DayKind.COMPENSATORY: "N",
    DayKind.OFF: "N",
}
LEGEND = "L holiday   H day off for a worked one   B worked instead   N other day off   ½ half day   ? not decided yet"
_HEAD = "Mo  Tu  We  Th  Fr  Sa  Su"
_WIDTH, _BESIDE = 30, 2


def year(calendar: WorkCalendar, of: int) -> Iterator[str]:
    """The lines of a year: twelve months in pairs, the working days of each, and the days that have a letter."""
    for first in range(1, 13, _BESIDE):
        blocks = [_month(calendar, of, number) for number in range(first, first + _BESIDE)]
        for row in range(max(len(block) for block in blocks)):
            yield "".join((block[row] if row < len(block) else "").ljust(_WIDTH) for block in blocks).rstrip()
        yield ""
    known = [on for on in _days(date(of, 1, 1), date(of, 12, 31)) if calendar.first <= on <= calendar.last]
    yield f"{sum(calendar.is_working(on) for on in known)} working days in {of}, calendar {calendar.version}"
    yield LEGEND
    yield ""
    yield from (said(calendar.day(on)) for on in known if letter(calendar.day(on)))


def letter(day: Day) -> str:
    """The letter of a day, with a question mark where it is only expected; empty for a usual one."""
    known = LETTERS.get(day.kind, "")
    return f"{known}?" if day.provisional else known


def said(day: Day) -> str:
    """One line: the day, its kind and hours, its name and document."""
    hours = " ".join(f"{shift.start:%H:%M}-{shift.end:%H:%M}" for shift in day.shifts)
    facts = [day.date.isoformat(), f"{day.kind}{' ' + hours if hours else ''}"]
    facts += [text for text in (day.name, day.source) if text]
    return "  ".join(facts) + ("  (not decided yet)" if day.provisional else "")


def _month(calendar: WorkCalendar, of: int, number: int) -> list[str]:
    first = date(of, number, 1)
    days = list(_days(first, first + timedelta(months.monthrange(of, number)[1] - 1)))
    known = [on for on in days if calendar.first <= on <= calendar.last]
    title = f"{of}-{number:02}  {sum(calendar.is_working(on) for on in known)} working days"
    if len(known) < len(days):
        title = f"{of}-{number:02}  {'not known' if not known else 'known in part'}"
    rows = [title, _HEAD]
    cells = ["    "] * first.weekday() + [_cell(calendar, on) for on in days]
    return rows + ["".join(cells[start : start + 7]) for start in range(0, len(cells), 7)]


def _cell(calendar: WorkCalendar, on: date) -> str:
    if not calendar.first <= on <= calendar.last:
        return " .  "
    return f"{on.day:2}{letter(calendar.day(on)):2}"


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(number) for number in range((last - first).days + 1))
