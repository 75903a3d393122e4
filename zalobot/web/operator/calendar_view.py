"""A year of the working calendar as twelve tables: every day with its letter, its number and what makes it so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from zalobot.workdays import Day, DayKind, WorkCalendar

_LOOKS = {
    DayKind.WORKING: ("", ""),
    DayKind.WEEKEND: ("d-w", ""),
    DayKind.HOLIDAY: ("d-off", "L"),
    DayKind.COMPENSATORY: ("d-off", "L"),
    DayKind.OFF: ("d-off", "N"),
    DayKind.SWAP_OFF: ("d-swap", "H"),
    DayKind.MAKEUP: ("d-make", "B"),
    DayKind.HALF: ("d-half", "½"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month. `look` is a class of the sheet, `letter` says the same; `edited`: it is on the form."""

    day: Day
    look: str
    letter: str
    today: bool
    edited: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its weeks (None where the day is of another month or unknown), its working days, whether it is over."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    working: int
    past: bool


def year(calendar: WorkCalendar, number: int, today: date, edited: Collection[date] = ()) -> tuple[Month, ...]:
    """The twelve months of a year; days the calendar does not know are left empty."""
    return tuple(_month(calendar, number, month, today, edited) for month in range(1, 13))


def _month(calendar: WorkCalendar, number: int, month: int, today: date, edited: Collection[date]) -> Month:
    first = date(number, month, 1)
    after = date(number + month // 12, month % 12 + 1, 1)
    known = [first + timedelta(n) for n in range((after - first).days)]
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_cell(calendar, on, today, edited) if calendar.first <= on <= calendar.last else None for on in known]
    cells += [None] * (-len(cells) % 7)
    working = sum(cell.day.is_working for cell in cells if cell is not None)
    weeks = tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7))
    return Month(month, weeks, working, after <= today)


def _cell(calendar: WorkCalendar, on: date, today: date, edited: Collection[date]) -> Cell:
    day = calendar.day(on)
    look, letter = ("d-new", "M") if on in edited else _LOOKS[day.kind]
    return Cell(day, look, letter, on == today, on in edited)


def to_come(calendar: WorkCalendar, today: date, limit: int = 8) -> list[Day]:
    """The named days from today on."""
    return [day for day in calendar.days if day.date >= today][:limit]
