"""The calendar edited on the console: seen first, then done by the same counting, as an account.

The one rule: a preview writes nothing, and says what `apply` would do at that moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from zalobot import reference
from zalobot.accounts import log
from zalobot.calendars import papers, telling
from zalobot.calendars.changing import DayChange, Outcome, change_days, document, with_changes
from zalobot.calendars.papers import File
from zalobot.calendars.recounting import recounted
from zalobot.errors import Refused
from zalobot.store.models import Account, CalendarVersion
from zalobot.tickets.record import Actor


@dataclass(frozen=True, slots=True)
class Move:
    """A part whose due time would move; `before` is None where no date had been promised."""

    code: str
    agency: str
    before: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. `overdue`: parts whose due time has passed, which no change moves."""

    moves: tuple[Move, ...]
    agencies: int
    businesses: int
    officers: int
    overdue: int

    @property
    def told(self) -> int:
        """How many people would be told, once each."""
        return self.businesses + self.officers


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the calendar there was: its document, who entered it and when, the days it names."""

    version: str
    source: str
    made_by: str
    made_at: datetime
    last: date


def preview(
    session: Session, changes: Sequence[DayChange], source: str, now: datetime, *, until: date | None = None
) -> Preview:
    """What these changes would do now. Raises Refused as `change_days` does."""
    here = reference.fresh(session)
    new = with_changes(here.calendar, changes, source, now, until)
    if replace(new, version=here.calendar.version) == here.calendar:
        raise Refused("nothing_changed")
    found = recounted(session, replace(here, calendar=new), now)
    moved = [one for one in found if one.moved]
    businesses, officers = telling.concerned(session, moved)
    return Preview(
        moves=tuple(Move(one.part.code, one.part.agency, one.part.due_at, one.due) for one in moved),
        agencies=len({one.part.agency for one in moved}),
        businesses=len(businesses),
        officers=len(officers),
        overdue=sum(one.part.due_at is not None and one.part.due_at < now and not one.moved for one in found),
    )


def apply(
    session: Session,
    changes: Sequence[DayChange],
    source: str,
    now: datetime,
    *,
    by: Account,
    seen: str,
    until: date | None = None,
    files: Mapping[str, File] | None = None,
) -> Outcome:
    """Change the calendar that was on the screen (`seen`); `files`, by their sha256, are the document itself.

    Raises Refused: `calendar_changed`, else as `change_days` and `papers.attach`.
    """
    if reference.fresh(session).calendar.version != seen:
        raise Refused("calendar_changed")
    done = change_days(session, changes, source, Actor(by.id, str(by.role), name=by.full_name), now, until=until)
    if files:
        papers.attach(session, document(source), files, now, by=by)
    log.note(session, "calendar_changed", by, now, version=done.version, moved=done.moved, told=done.told)
    return done


def versions(session: Session, limit: int = 50) -> list[Version]:
    """The states of the calendar, the newest first."""
    query = (
        select(CalendarVersion, Account.full_name)
        .outerjoin(Account, col(Account.id) == col(CalendarVersion.made_by))
        .order_by(col(CalendarVersion.number).desc())
        .limit(limit)
    )
    return [
        Version(row.version, row.source, name or row.made_by, row.made_at, row.last)
        for row, name in session.exec(query)
    ]
