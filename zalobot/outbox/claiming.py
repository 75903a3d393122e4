"""Which rows may leave now, and taking them.

The one rule: a row is claimed once (SKIP LOCKED, or SQLite's single writer), at most one of each person, the oldest.
A reminder that could not leave on its day never does: the next morning's says what is still so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session

from zalobot.outbox.leaving import OFFICE, SIGN, Leaving, Outcome
from zalobot.outbox.settling import settle
from zalobot.store.models import Conversation, Officer, OutboxMessage, OutboxState, Priority, Reach
from zalobot.store.types import UtcDateTime, word
from zalobot.workdays import LOCAL
from zalobot.zalo.messages import Outgoing

_table = OutboxMessage.__table__  # type: ignore[attr-defined]
_former = aliased(_table)
_officer = Officer.__table__  # type: ignore[attr-defined]
_conversation, _reach = Conversation.__table__, Reach.__table__  # type: ignore[attr-defined]
_closed = bindparam("closed", type_=Boolean)  # no working time
_midnight = bindparam("midnight", type_=UtcDateTime())


def _staff_of(table: FromClause) -> ColumnElement[bool]:
    """Whether the row is for a member of staff. Of the table that stands right around it: further out it is not seen,
    and any officer with any message would do."""
    return exists().where(_officer.c.person_id == table.c.person_id, _officer.c.active.is_(True))


_staff = _staff_of(_table)

_words = _table.c.template != literal_column(f"'{SIGN}'")  # a sign that something arrived waits for nothing
_bots = _table.c.template != literal_column(f"'{OFFICE}'")
# An earlier row of the same person has yet to leave. One held for the morning, never tried, holds up nobody.
_busy = exists().where(
    _words,
    _former.c.person_id == _table.c.person_id,
    _former.c.id < _table.c.id,
    _former.c.state.in_([word(OutboxState.QUEUED), word(OutboxState.SENDING), word(OutboxState.UNKNOWN)]),
    or_(_former.c.state != word(OutboxState.QUEUED), _former.c.attempts > 0, _former.c.not_before <= bindparam("now")),
    ~and_(
        _closed,
        _former.c.state == word(OutboxState.QUEUED),
        _former.c.priority > int(Priority.REPLY),
        _staff_of(_former),
    ),
    # What a member of staff types is not held up by what the bot keeps to itself meanwhile.
    or_(_bots, _former.c.state != word(OutboxState.QUEUED), _former.c.template == literal_column(f"'{OFFICE}'")),
    ~and_(
        _former.c.state == word(OutboxState.QUEUED),
        _former.c.priority == int(Priority.REMINDER),
        _former.c.created_at < _midnight,
        _former.c.anew_at.is_(None),
    ),
)
# Where somebody wants it said all the same (`anew_at`), it is.
_stale = and_(_table.c.priority == int(Priority.REMINDER), _table.c.created_at < _midnight, _table.c.anew_at.is_(None))
# A member of staff talks to them: nothing is said beside it, whatever was queued before or meanwhile.
_with_person = exists().where(
    _words,
    _bots,
    _conversation.c.person_id == _table.c.person_id,
    _conversation.c.with_person_until > bindparam("now"),
)
# Not the column itself: what SQLite gives back is compiled without the table's name, and would be compared to itself.
_whose: ColumnElement[str] = literal_column("outbox.person_id")
_wrote = select(_conversation.c.last_interaction_at).where(_conversation.c.person_id == _whose)
_refused = select(_reach.c.refused_at).where(_reach.c.person_id == _whose)


def _claim_of(*which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    may_leave = (
        select(_table.c.id)
        .where(
            _table.c.state == word(OutboxState.QUEUED),
            _table.c.not_before <= bindparam("now"),
            ~and_(_closed, _table.c.priority > int(Priority.REPLY), _staff),
            ~_stale,
            ~_busy,
            ~_with_person,
            *which,
        )
        .order_by(_table.c.priority, _table.c.not_before, _table.c.id)
        .limit(bindparam("room"))
        .with_for_update(skip_locked=True)
        .cte("may_leave")  # PostgreSQL runs it once; a subquery with a limit may run, and lock rows, again and again
    )
    return (
        update(_table)
        .where(_table.c.id == may_leave.c.id)
        .values(
            state=OutboxState.SENDING,
            sending_since=bindparam("now"),
            sending_by=bindparam("holder"),
            attempts=_table.c.attempts + 1,
        )
        .returning(
            _table.c.priority,
            _table.c.not_before,
            _table.c.id,
            _table.c.person_id,
            _table.c.body,
            _table.c.attempts,
            _table.c.channel,
            _wrote.scalar_subquery().label("wrote_at"),
            _refused.scalar_subquery().label("refused_at"),
        )
    )


# Built once: putting a statement together costs more than running it.
_claim = _claim_of()
_claim_apart = _claim_of(_table.c.priority == bindparam("of_priority"))
_put_by = (
    update(_table)
    .where(_table.c.state == word(OutboxState.QUEUED), _stale)
    .values(state=OutboxState.RESOLVED, error="stale")
)
_next_due = select(func.min(_table.c.not_before)).where(
    _table.c.state == word(OutboxState.QUEUED), _table.c.not_before > bindparam("now")
)


def claim(
    session: Session,
    now: datetime,
    limit: int,
    *,
    closed: bool = False,
    holder: str = "",
    apart: Priority | None = None,
) -> list[Leaving]:
    """Mark up to `limit` rows as sending by the process `holder`, at most one of each person, and hand them over.

    The most urgent ones, or, `apart`, those of one priority. While `closed` (no working time) staff get replies only:
    what an outage, a failed attempt or a day off entered late has left over waits until work begins.
    """
    given = {"now": now, "room": limit, "closed": closed, "midnight": _begin_of_day(now), "holder": holder}
    if apart is None:
        rows = session.connection().execute(_claim, given).all()
    else:
        rows = session.connection().execute(_claim_apart, {**given, "of_priority": int(apart)}).all()
    return [
        Leaving(
            row.id,
            row.person_id,
            Outgoing.from_json(row.body),
            row.attempts,
            channel=row.channel,
            last_interaction=row.wrote_at,
            chat_refused=row.refused_at is not None and (row.wrote_at is None or row.wrote_at <= row.refused_at),
            apart=apart,
        )
        for row in sorted(rows, key=lambda row: row[:3])  # they come back in no order
    ]


def exchange(
    session: Session,
    outcomes: Sequence[Outcome],
    now: datetime,
    room: int,
    *,
    closed: bool = False,
    holder: str = "",
    apart: Mapping[Priority, int] = MappingProxyType({}),
) -> list[Leaving]:
    """Settle what ended and claim what may leave, in one transaction: up to `room` rows, the most urgent first, and
    besides so many of each priority in `apart`."""
    if outcomes:
        settle(session, outcomes, now)
    claimed = claim(session, now, room, closed=closed, holder=holder) if room > 0 else []
    for priority, share in apart.items():
        claimed += claim(session, now, share, closed=closed, holder=holder, apart=priority)
    return claimed


def hasten(session: Session, now: datetime) -> None:
    """What failed a moment ago and would be tried again within two minutes is tried now: the cause is mended."""
    soon = update(_table).where(
        _table.c.state == word(OutboxState.QUEUED),
        _table.c.attempts > 0,
        _table.c.not_before > now,
        _table.c.not_before <= now + timedelta(minutes=2),
    )
    session.execute(soon.values(not_before=now))


def put_by(session: Session, now: datetime) -> int:
    """Write down of the reminders of earlier days that they will not be said any more; gives back how many."""
    return session.connection().execute(_put_by, {"midnight": _begin_of_day(now)}).rowcount


def _begin_of_day(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next row will be due. One that is due already waits for an earlier one to its person."""
    due: datetime | None = session.connection().execute(_next_due, {"now": now}).scalar_one()
    return due
