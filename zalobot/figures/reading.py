"""The parts of a period, read from the database: two statements, however many parts there are.

The one rule: nothing is read that the public pages do not show; a verdict on a sealed ticket is not among it.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlmodel import Session, col

from zalobot.errors import PastHorizon
from zalobot.figures.parts import CountedPart, Period
from zalobot.store.models import GONE_PART, EventKind, Part, PartState, Ticket, TicketEvent, Tier
from zalobot.workdays import WorkCalendar

_MOVES = (EventKind.TRANSFERRED, EventKind.DECIDED)
_MINUTE = timedelta(minutes=1)


def parts(session: Session, period: Period, calendar: WorkCalendar) -> tuple[CountedPart, ...]:
    """Every part whose due time lies in the period, by its code. One whose clock stands still has no due time yet."""
    rows = session.execute(
        select(
            col(Part.ticket_id), col(Part.number), col(Part.code), col(Part.agency), col(Part.klass), col(Part.clock),
            col(Part.clock_started_at), col(Part.due_at), col(Part.answered_at), col(Part.verdict),
            col(Part.verdict_at), col(Ticket.topic), col(Ticket.tier),
        )
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(_in(period))
        .order_by(col(Part.code))
    )  # fmt: skip
    former = _former(session, period)
    return tuple(_part(row, former.get((row.ticket_id, row.number), ()), calendar) for row in rows)


def _in(period: Period) -> ColumnElement[bool]:
    first, last = period.bounds
    counted = or_(col(Part.state).not_in((*GONE_PART, PartState.PAUSED)), _answered())
    return and_(col(Part.due_at) > first, col(Part.due_at) <= last, counted, col(Part.state).not_in(GONE_PART))


def _answered() -> ColumnElement[bool]:
    return col(Part.answered_at).is_not(None)


def _former(session: Session, period: Period) -> dict[tuple[str, int], tuple[str, ...]]:
    """Who held each part before, in order."""
    moved = select(col(Part.ticket_id)).where(_in(period), col(Part.hand_overs) > 0)
    rows = session.execute(
        select(col(TicketEvent.ticket_id), col(TicketEvent.part_number), col(TicketEvent.data))
        .where(col(TicketEvent.ticket_id).in_(moved), col(TicketEvent.kind).in_(_MOVES))
        .order_by(col(TicketEvent.seq))
    )
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for ticket_id, number, data in rows:
        if data.get("former"):
            found[ticket_id, number] = (*found.get((ticket_id, number), ()), str(data["former"]))
    return found


def _part(row: Row[Any], former: tuple[str, ...], calendar: WorkCalendar) -> CountedPart:
    answered: datetime | None = row.answered_at
    late = answered is not None and answered > row.due_at
    judged = row.verdict and answered and row.verdict_at and row.verdict_at >= answered and row.tier != Tier.SEALED
    return CountedPart(
        code=row.code,
        agency=row.agency,
        topic=row.topic,
        klass=str(row.klass),
        clock=row.clock,
        started_at=row.clock_started_at,
        due_at=row.due_at,
        answered_at=answered,
        minutes=_minutes(calendar, row.clock_started_at, answered),
        late_minutes=_minutes(calendar, row.due_at, answered) if late else None,
        verdict=str(row.verdict) if judged else "",
        former=former,
    )


def _minutes(calendar: WorkCalendar, start: datetime, end: datetime | None) -> int | None:
    """The working time between, in whole minutes; None past the calendar's horizon."""
    try:
        return None if end is None else calendar.working_between(start, end) // _MINUTE
    except PastHorizon:
        return None
