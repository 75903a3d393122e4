"""What the officers' pages read: the open parts of an agency, the most urgent first.

The one rule: an agency sees its own parts and those offered to it, with everything the business wrote.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from zalobot.store.models import Officer, Part, PartState, Ticket

MOST = 200
OPEN = (PartState.WAITING, PartState.ACCEPTED, PartState.REOPENED, PartState.PAUSED, PartState.DECLINED)
_COLUMNS: tuple[Any, ...] = (
    col(Part.id),
    col(Part.code),
    col(Part.number),
    col(Part.agency),
    col(Part.state),
    col(Part.klass),
    col(Part.clock_started_at),
    col(Part.due_at),
    col(Part.paused_at),
    col(Part.wait_until),
    col(Part.accepted_at),
    col(Part.explained_at),
    col(Part.explain_until),
    col(Part.declined_to),
    col(Part.question),
    col(Part.clock),
    col(Part.version),
    col(Part.officer_id),
    col(Ticket.code).label("ticket_code"),
    col(Ticket.title),
    col(Ticket.topic),
    col(Officer.name).label("officer"),
)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """An open part as its agency sees it. `officer` is who took it up, None for nobody."""

    id: str
    code: str
    number: int
    agency: str
    state: PartState
    klass: str
    clock_started_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    wait_until: datetime | None
    accepted_at: datetime | None
    explained_at: datetime | None
    explain_until: datetime | None
    declined_to: str
    question: str
    clock: int
    version: int
    officer_id: str | None
    ticket_code: str
    title: str
    topic: str
    officer: str | None


def of_agency(session: Session, agency: str, limit: int = MOST) -> list[WorkRow]:
    """The open parts an agency holds or is offered, by due time; those without a date last."""
    query = (
        select(*_COLUMNS)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .outerjoin(Officer, col(Officer.id) == col(Part.officer_id))
        .where(
            or_(col(Part.agency) == agency, col(Part.declined_to) == agency),
            col(Part.state).in_(OPEN),
            col(Part.closed_at).is_(None),
        )
        .order_by(col(Part.due_at).is_(None), col(Part.due_at), col(Part.id))
        .limit(limit)
    )
    return [WorkRow(**row._mapping) for row in session.execute(query)]
