"""The deadline meter: what it says and how its bar is drawn, computed in one place for every page.

The one rule: all lengths are working time, and overdue is asked of `now`, never stored. A minute's meters are kept:
many people look at the same parts.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from zalobot.errors import PastHorizon
from zalobot.receipt import Receipt
from zalobot.web.filters import Span, ending, local, span
from zalobot.web.workday import day_length, whole_day
from zalobot.workdays import WorkCalendar

_GAP = 0.9  # per cent of the bar between two cells
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_NONE = Span()
_MOST_OVER = 2  # overtime is drawn at most this many times as long as the time allowed, or the cells would vanish


class Look(StrEnum):
    """The eight faces of the meter; words and icons stand in `_macros/due.html`."""

    CALM = "calm"
    SOON = "soon"
    TODAY = "today"
    LATE = "late"
    WAIT = "wait"
    DONE = "done"
    DONE_LATE = "done_late"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Clock:
    """What a meter is drawn from. `answered` and `paused` are the instants at which it stopped, if it did."""

    hourly: bool
    received: datetime
    due: datetime | None
    answered: datetime | None = None
    paused: datetime | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the bar in per cent: `t` track, `f` filled, `o` overtime (hatched), `w` stopped (hatched)."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter ready to be drawn. `left`, `over`, `ahead` are working time; `stopped` is when the clock stopped."""

    look: Look
    due: datetime | None = None
    stopped: datetime | None = None
    left: Span = _NONE
    over: Span = _NONE
    ahead: Span = _NONE
    used_hours: float = 0.0
    bars: tuple[Bar, ...] = ()


def meter(clock: Clock, now: datetime, calendar: WorkCalendar) -> Meter:
    """Read a clock at the full minute before `now`, or at `now` itself in the minute in which it starts or runs out.
    Past the calendar's horizon it says that there is no date."""
    if clock.due is None:
        return Meter(Look.NONE)
    minute = now.replace(second=0, microsecond=0)
    exact = any(timedelta() <= instant - minute < _MINUTE for instant in (clock.received, clock.due))
    stopped = clock.answered or clock.paused
    return _kept(clock, clock.due, stopped or (now if exact else minute), calendar)


def look(clock: Clock, now: datetime, calendar: WorkCalendar) -> Look:
    """The state of a clock at `now`. Soon means: due on the next working day."""
    if clock.due is None:
        return Look.NONE
    if clock.answered:
        return Look.DONE if clock.answered <= clock.due else Look.DONE_LATE
    if clock.paused:
        return Look.WAIT
    if now > clock.due:
        return Look.LATE
    today, last = local(now).date(), ending(clock.due).date()
    if last <= today:
        return Look.TODAY
    return Look.SOON if last <= calendar.next_working_day(today) else Look.CALM


@lru_cache(maxsize=8192)
def _kept(clock: Clock, due: datetime, now: datetime, calendar: WorkCalendar) -> Meter:
    try:
        return _read(clock, due, now, calendar)
    except PastHorizon:
        return Meter(Look.NONE)


def _read(clock: Clock, due: datetime, now: datetime, calendar: WorkCalendar) -> Meter:
    face = look(clock, now, calendar)
    stopped = clock.answered or clock.paused
    until = stopped or now
    day = day_length(calendar, local(clock.received).date())
    plain = Meter(face, due, stopped, used_hours=calendar.working_between(clock.received, until) / _HOUR)
    if until <= due:
        left = span(calendar.working_between(until, due), day)
        plain = replace(plain, left=left, ahead=left)
    else:
        plain = replace(plain, over=span(calendar.working_between(due, until), day))
    return replace(plain, bars=_bars(clock, due, until, calendar, day))


def _bars(clock: Clock, due: datetime, until: datetime, calendar: WorkCalendar, day: timedelta) -> tuple[Bar, ...]:
    """One cell per counted day (or hour), used time from the left, overtime as one hatched piece past the end."""
    shares = _shares(clock, due, until, calendar, day)
    unit = _HOUR if clock.hourly else day
    over = min(calendar.working_between(due, until) / unit, _MOST_OVER * len(shares)) if until > due else 0.0
    cells = len(shares) + over
    width = (100 - _GAP * (len(shares) - (not over))) / cells
    out = []
    for number, share in enumerate(shares):
        x = number * (width + _GAP)
        out.append(Bar("t", round(x, 2), round(width, 2)))
        if share > 0:
            out.append(Bar("w" if clock.paused and not clock.answered else "f", round(x, 2), round(width * share, 2)))
    if over:
        x = len(shares) * (width + _GAP)
        out.append(Bar("o", round(x, 2), round(100 - x, 2)))
    return tuple(out)


def _shares(clock: Clock, due: datetime, until: datetime, calendar: WorkCalendar, day: timedelta) -> list[float]:
    """How much of each cell is used, 0 to 1."""
    receipt = clock.receipt
    if not clock.hourly and receipt and receipt.counted and receipt.due == due and not receipt.waits:
        return [_share(whole_day(counted.date), until, calendar) for counted in receipt.counted]
    unit = _HOUR if clock.hourly else day
    start = clock.received if clock.hourly else whole_day(local(clock.received).date())[1]  # day 0 is not counted
    cells = max(1, round(calendar.working_between(start, due) / unit))
    used = calendar.working_between(start, min(until, due)) / unit if until > start else 0.0
    return [min(1.0, max(0.0, used - number)) for number in range(cells)]


def _share(bounds: tuple[datetime, datetime], until: datetime, calendar: WorkCalendar) -> float:
    first, last = bounds
    whole = calendar.working_between(first, last)
    if until <= first or not whole:
        return 0.0
    return calendar.working_between(first, min(until, last)) / whole
