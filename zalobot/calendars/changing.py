"""The verbs that change the working calendar.

The one rule: a change has a document, makes a new version, and counts every open part again in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot import reference
from zalobot.calendars import telling, waits
from zalobot.calendars.difference import Difference, difference, in_words
from zalobot.calendars.recounting import keep, recounted
from zalobot.errors import Refused
from zalobot.store.models import CalendarVersion
from zalobot.store.types import storable
from zalobot.tickets.record import Actor
from zalobot.workdays import LOCAL, Day, DayKind, Shifts, WorkCalendar

YEARS = 5  # further ahead nobody has decided anything
NAME, SOURCE = 200, 500


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day to set, or with no `kind` to give back to the week. A worked day without shifts has the usual ones.

    `source` is the day's own document where it is not that of the whole change.
    """

    on: date
    kind: DayKind | None = None
    shifts: Shifts = ()
    name: str = ""
    source: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did: the new version, how many due times moved, how many people were told."""

    version: str
    reason: str
    moved: int
    told: int


def change_days(
    session: Session, changes: Sequence[DayChange], source: str, by: Actor, now: datetime, *, until: date | None = None
) -> Outcome:
    """Set or unset days by a document and count all open parts again; `until` extends the known days as well.

    Raises Refused: `no_source`, `nothing_changed`, `outside_calendar` (extend it explicitly), `bad_calendar` (no
    working time, a shift that ends before it begins), `calendar_too_short` (a promise would fall past the known days).
    """
    number = reference.changing(session)
    old = reference.current(session).calendar
    return _revise(session, number, old, with_changes(old, changes, source, now, until), source, by, now)


def extend(session: Session, until: date, source: str, by: Actor, now: datetime) -> Outcome:
    """Let the calendar reach to `until`; parts opened past the former last day get their due times. Raises Refused."""
    return change_days(session, (), source, by, now, until=until)


def revise(session: Session, new: WorkCalendar, source: str, by: Actor, now: datetime) -> Outcome:
    """Put a whole calendar in the place of the present one (its version is named here). Raises Refused."""
    number = reference.changing(session)
    return _revise(session, number, reference.current(session).calendar, new, source, by, now)


def with_changes(
    old: WorkCalendar, changes: Sequence[DayChange], source: str, now: datetime, until: date | None = None
) -> WorkCalendar:
    """The calendar after these changes. Raises Refused with the reason where they make no sense."""
    last = until or old.last
    if last < old.last or last.year > now.astimezone(LOCAL).year + YEARS:
        raise Refused("outside_calendar", date=last, last=old.last)
    for change in changes:
        if not old.first <= change.on <= last:
            raise Refused("outside_calendar", date=change.on, last=last)
    if len({change.on for change in changes}) < len(changes):
        raise Refused("bad_calendar", problems="a day is there twice")
    try:
        wider = replace(old, last=last)
        days = [_day(change, source, wider) for change in changes if change.kind is not None]
        return wider.with_days(old.version, days, [change.on for change in changes if change.kind is None])
    except ValueError as error:
        raise Refused("bad_calendar", problems=str(error)) from error


def document(words: str) -> str:
    """The words that name a document, as days and versions keep them."""
    return _line(words, SOURCE)


def _day(change: DayChange, source: str, calendar: WorkCalendar) -> Day:
    kind = DayKind(change.kind or DayKind.WORKING)
    usual = kind in (DayKind.MAKEUP, DayKind.WORKING) and not change.shifts
    shifts = calendar.usual(change.on) if usual else change.shifts
    name = _line(change.name, NAME)
    return Day(change.on, shifts, kind, name, document(change.source or source), change.provisional)


def _line(text: str, limit: int) -> str:
    return " ".join(storable(text).split())[:limit]


def _revise(
    session: Session, revision: int, old: WorkCalendar, new: WorkCalendar, source: str, by: Actor, now: datetime
) -> Outcome:
    source = document(source)
    if not source:
        raise Refused("no_source")
    if new.last < old.last or new.first > old.first:
        raise Refused("outside_calendar", date=new.last, last=old.last)
    if replace(new, version=old.version) == old:
        raise Refused("nothing_changed")
    change = difference(old, new, source)
    version, number = _next(session, now)
    new = replace(new, version=version)
    reference.keep_calendar(session, new, number, now, source=source, by=by.id, reason=in_words(change))
    reference.changed(session, replace(reference.current(session), calendar=new), revision)
    return count_again(session, change, by, now)


def count_again(session: Session, change: Difference, by: Actor, now: datetime) -> Outcome:
    """Count every open part again under the calendar in force; tell whoever's due time moved, once."""
    reason, calendar = in_words(change), reference.current(session).calendar
    found = recounted(session, reference.current(session), now, lock=True)
    moved = keep(session, found, reason, calendar, by, now)
    waits.follow(session, reference.current(session), now)
    told = telling.tell(session, moved, reason, now)
    return Outcome(calendar.version, reason, len(moved), told)


def _next(session: Session, now: datetime) -> tuple[str, int]:
    """The name and the number of the next version: 2026.8, counted within the year."""
    number = session.execute(select(func.max(col(CalendarVersion.number)))).scalar_one() + 1
    year = now.astimezone(LOCAL).year
    names = session.execute(select(col(CalendarVersion.version))).scalars()
    used = [name.partition(".")[2] for name in names if name.startswith(f"{year}.")]
    return f"{year}.{max((int(part) for part in used if part.isdigit()), default=0) + 1}", number
