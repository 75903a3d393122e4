"""The deadline receipt as it is shown: the strip of days from day 0 to the due day, and the facts below it.

The one rule: the strip is drawn from the receipt that was made then, not from today's calendar.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from zalobot.province import Paper
from zalobot.receipt import Receipt, Skipped, Span
from zalobot.web import filters
from zalobot.web.filters import ending, local
from zalobot.web.workday import Off, merged
from zalobot.workdays import DayKind

_DAY = timedelta(days=1)
_LYING = 5  # more cells than this stand upright on a phone; then even two days off share a cell


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the strip, or a run of days off. `look` is 0, off, did, now, due or empty (a counted day to come)."""

    look: str
    first: date
    last: date
    number: int = 0
    at: datetime | None = None
    ends: datetime | None = None
    holiday: bool = False

    @property
    def days(self) -> int:
        """How many days the cell stands for."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Struck:
    """An earlier way of counting; `became` is the due time that took the place of its own."""

    due: datetime
    became: datetime
    struck_at: datetime
    reason: str
    counted: tuple[date, ...] = ()
    calendar_version: str = ""


@dataclass(frozen=True, slots=True)
class Waited:
    """A pause for the business that moved the due time by `length` of working time."""

    start: datetime
    end: datetime
    length: filters.Span


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What `_macros/receipt.html` draws. `amount` is the days (hard) or hours (simple) of the rule."""

    klass: str
    amount: int
    received: datetime
    due: datetime
    days: tuple[Cell, ...]
    skipped: tuple[Off, ...]
    rule_version: str
    calendar_version: str
    law: str
    decision: str = ""
    waits: tuple[Waited, ...] = ()
    clock: int = 1
    spans: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    parts: tuple[int, ...] = ()
    struck: tuple[Struck, ...] = ()


def strip(receipt: Receipt, now: datetime) -> tuple[Cell, ...]:
    """The cells from day 0 to the due day; runs of days off merge where the strip would grow too long."""
    numbers = {counted.date: counted.number for counted in receipt.counted}
    skipped = {day.date: day for day in receipt.skipped}
    today, last = local(now).date(), ending(receipt.due).date()
    first = local(receipt.received).date()
    cells = [Cell("0", first, first, at=receipt.received)]
    day = first + _DAY
    while day <= last:
        if day in skipped and day != last:
            cells.append(Cell("off", day, day, holiday=skipped[day].kind is not DayKind.WEEKEND))
        else:
            cells.append(_counted(day, numbers.get(day, 0), today, ending(receipt.due) if day == last else None))
        day += _DAY
    return _shortened(cells)


def skipped_runs(skipped: tuple[Skipped, ...], papers: Mapping[str, tuple[Paper, ...]]) -> tuple[Off, ...]:
    """The skipped days as runs with one reason each, and the files of its document (`Province.papers`)."""
    runs: list[Off] = []
    for day in skipped:
        runs = merged(runs, Off(day.date, day.date, day.name, day.source, papers.get(day.source, ())))
    return tuple(runs)


def by_day(spans: tuple[Span, ...]) -> tuple[tuple[date, tuple[Span, ...]], ...]:
    """The stretches of working time a simple part was counted through, day by day."""
    days = groupby(spans, key=lambda one: local(one.start).date())
    return tuple((day, tuple(found)) for day, found in days)


def _counted(day: date, number: int, today: date, ends: datetime | None) -> Cell:
    look = "due" if ends else "did" if day < today else "now" if day == today else ""
    return Cell(look, day, day, number=number, ends=ends)


def _shortened(cells: list[Cell]) -> tuple[Cell, ...]:
    least = 2 if len(cells) > _LYING + 1 else 3
    out: list[Cell] = []
    run: list[Cell] = []
    for cell in [*cells, None]:
        if cell is not None and cell.look == "off":
            run.append(cell)
            continue
        out += [Cell("off", run[0].first, run[-1].last)] if len(run) >= least else run
        run = []
        if cell is not None:
            out.append(cell)
    return tuple(out)
