"""Which rows may leave now, and taking them.

The one rule: a row is claimed once (SKIP LOCKED, or SQLite's single writer), at most one of each person, the oldest.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session

from zalobot.outbox.leaving import Leaving, Outcome
from zalobot.outbox.settling import settle
from zalobot.store.models import Conversation, Officer, OutboxMessage, OutboxState, Priority, Reach
from zalobot.store.types import word
from zalobot.zalo.messages import Outgoing

_table = OutboxMessage.__table__  # type: ignore[attr-defined]
_former = aliased(_table)
_officer = Officer.__table__  # type: ignore[attr-defined]
_conversation, _reach = Conversation.__table__, Reach.__table__  # type: ignore[attr-defined]
_closed = bindparam("closed", type_=Boolean)  # no working time
_staff = exists().where(_officer.c.person_id == _table.c.person_id, _officer.c.active.is_(True))


# An earlier row of the same person has yet to leave. One held for the morning, never tried, holds up nobody.
_busy = exists().where(
    _former.c.person_id == _table.c.person_id,
    _former.c.id < _table.c.id,
    _former.c.state.in_([word(OutboxState.QUEUED), word(OutboxState.SENDING), word(OutboxState.UNKNOWN)]),
    or_(_former.c.state != word(OutboxState.QUEUED), _former.c.attempts > 0, _former.c.not_before <= bindparam("now")),
    ~and_(_closed, _former.c.state == word(OutboxState.QUEUED), _former.c.priority > int(Priority.REPLY), _staff),
)
# A member of staff talks to them: nothing is said beside it, whatever was queued before or meanwhile.
_with_person = exists().where(
    _conversation.c.person_id == _table.c.person_id, _conversation.c.with_person_until > bindparam("now")
)
_wrote = select(_conversation.c.last_interaction_at).where(_conversation.c.person_id == _table.c.person_id)
_refused = select(_reach.c.refused_at).where(_reach.c.person_id == _table.c.person_id)
# Built once: putting a statement together costs more than running it.
_may_leave = (
    select(_table.c.id)
    .where(
        _table.c.state == word(OutboxState.QUEUED),
        _table.c.not_before <= bindparam("now"),
        ~and_(_closed, _table.c.priority > int(Priority.REPLY), _staff),
        ~_busy,
        ~_with_person,
    )
    .order_by(_table.c.priority, _table.c.not_before, _table.c.id)
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
    .cte("may_leave")  # PostgreSQL runs it once; a subquery with a limit may run, and lock rows, again and again
)
_claim = (
    update(_table)
    .where(_table.c.id == _may_leave.c.id)
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
_next_due = select(func.min(_table.c.not_before)).where(
    _table.c.state == word(OutboxState.QUEUED), _table.c.not_before > bindparam("now")
)


def claim(session: Session, now: datetime, limit: int, *, closed: bool = False, holder: str = "") -> list[Leaving]:
    """Mark up to `limit` rows as sending by the process `holder`, at most one of each person, and hand them over.

    While `closed` (no working time) staff get replies only: what an outage, a failed attempt or a day off entered late
    has left over waits until work begins.
    """
    rows = session.connection().execute(_claim, {"now": now, "room": limit, "closed": closed, "holder": holder}).all()
    return [
        Leaving(
            row.id,
            row.person_id,
            Outgoing.from_json(row.body),
            row.attempts,
            channel=row.channel,
            last_interaction=row.wrote_at,
            chat_refused=row.refused_at is not None and (row.wrote_at is None or row.wrote_at <= row.refused_at),
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
) -> list[Leaving]:
    """Settle what ended and claim what may leave, in one transaction."""
    if outcomes:
        settle(session, outcomes, now)
    return claim(session, now, room, closed=closed, holder=holder) if room > 0 else []


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next row will be due. One that is due already waits for an earlier one to its person."""
    due: datetime | None = session.connection().execute(_next_due, {"now": now}).scalar_one()
    return due
