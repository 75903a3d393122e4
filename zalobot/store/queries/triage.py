"""What the coordinator's page reads: what is to be confirmed, what may be the same matter, disputes, who waits on whom.

The one rule: each list is one query with a limit, so that the page costs the same however much there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from zalobot.store.models import GONE_TICKET, EventKind, LedgerSalt, Part, PartState, Ticket, TicketEvent, TicketState

MOST = 60
LOOKED_AT = 300  # of the newest tickets, for one that may be the same matter
RECENT = timedelta(days=60)
OVER = (TicketState.ANSWERED, TicketState.CLOSED, *GONE_TICKET)
OPEN = (PartState.WAITING, PartState.ACCEPTED, PartState.REOPENED, PartState.PAUSED, PartState.DECLINED)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A ticket whose agencies nobody has confirmed yet."""

    id: str
    code: str
    title: str
    topic: str
    klass: str
    tier: str
    person_id: str
    rule_version: str
    received_at: datetime
    version: int
    confirmed_at: datetime | None
    state: TicketState


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open part that waits for somebody, of whichever ticket."""

    code: str
    number: int
    ticket_id: str
    ticket_code: str
    title: str
    agency: str
    state: PartState
    klass: str
    received_at: datetime
    clock_started_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    question: str
    declined_to: str
    declined_reason: str
    refusals: int
    decide_by: datetime | None
    decide_remind_at: datetime | None
    version: int
    rule_version: str
    accepted_at: datetime | None
    clock: int


@dataclass(frozen=True, slots=True)
class Other:
    """A ticket that may be about the same matter; `due` is when the first of its open parts is due."""

    code: str
    title: str
    text: str
    state: TicketState
    person_id: str
    received_at: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An agency that said "not ours" of a part: whose it said it was, and why."""

    ticket_id: str
    part_number: int | None
    agency: str
    to: str
    reason: str
    at: datetime


_TICKET: tuple[Any, ...] = tuple(
    getattr(Ticket, name) for name in Unconfirmed.__dataclass_fields__
)  # the dataclass names the columns
_PART: tuple[Any, ...] = (
    col(Part.code),
    col(Part.number),
    col(Part.ticket_id),
    col(Ticket.code).label("ticket_code"),
    col(Ticket.title),
    col(Part.agency),
    col(Part.state),
    col(Part.klass),
    col(Part.received_at),
    col(Part.clock_started_at),
    col(Part.due_at),
    col(Part.paused_at),
    col(Part.question),
    col(Part.declined_to),
    col(Part.declined_reason),
    col(Part.refusals),
    col(Part.decide_by),
    col(Part.decide_remind_at),
    col(Part.version),
    col(Ticket.rule_version),
    col(Part.accepted_at),
    col(Part.clock),
)

_OTHER: tuple[Any, ...] = (
    col(Ticket.code),
    col(Ticket.title),
    col(Ticket.description).label("text"),
    col(Ticket.state),
    col(Ticket.person_id),
    col(Ticket.received_at),
    select(func.min(col(Part.due_at)))
    .where(col(Part.ticket_id) == col(Ticket.id), col(Part.answered_at).is_(None))
    .scalar_subquery()
    .label("due"),
)
_REFUSAL: tuple[Any, ...] = (
    col(TicketEvent.ticket_id),
    col(TicketEvent.part_number),
    col(TicketEvent.agency),
    col(TicketEvent.at),
    col(TicketEvent.data),
    col(LedgerSalt.text).label("reason"),
)


def unconfirmed(session: Session, limit: int = MOST) -> list[Unconfirmed]:
    """The tickets under way whose agencies nobody has confirmed, the oldest first."""
    query = (
        select(*_TICKET)
        .where(col(Ticket.state).in_([state for state in TicketState if state not in OVER]))
        .where(col(Ticket.confirmed_at).is_(None))
        .order_by(col(Ticket.id))
        .limit(limit)
    )
    return [Unconfirmed(**row._mapping) for row in session.execute(query)]


def waits(session: Session, code: str) -> bool:
    """Whether this ticket still waits to be confirmed."""
    query = select(col(Ticket.id)).where(col(Ticket.code) == code, col(Ticket.confirmed_at).is_(None))
    return session.execute(query.where(col(Ticket.state).not_in(OVER))).first() is not None


def one(session: Session, code: str) -> Unconfirmed | None:
    """One ticket, confirmed or not; None where there is none."""
    row = session.execute(select(*_TICKET).where(col(Ticket.code) == code)).one_or_none()
    return Unconfirmed(**row._mapping) if row else None


def parts(session: Session, ticket_id: str) -> list[Waiting]:
    """All parts of a ticket, in order."""
    query = select(*_PART).join(Ticket, col(Ticket.id) == col(Part.ticket_id)).where(col(Part.ticket_id) == ticket_id)
    return [Waiting(**row._mapping) for row in session.execute(query.order_by(col(Part.number)))]


def others(session: Session, ticket: Unconfirmed, now: datetime) -> list[Other]:
    """Tickets of the last weeks on the same topic, or of the same person: among these a duplicate is looked for."""
    query = (
        select(*_OTHER)
        .where(
            or_(col(Ticket.topic) == ticket.topic, col(Ticket.person_id) == ticket.person_id),
            col(Ticket.id) != ticket.id,
            col(Ticket.received_at) > now - RECENT,
            col(Ticket.state).not_in(GONE_TICKET),
        )
        .order_by(col(Ticket.id).desc())
        .limit(LOOKED_AT)
    )
    return [Other(**row._mapping) for row in session.execute(query)]


def disputed(session: Session, limit: int = 20) -> list[Waiting]:
    """The parts that wait for a coordinator's decision, the first due first."""
    query = (
        select(*_PART)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.decide_remind_at).is_not(None))
        .order_by(col(Part.decide_by), col(Part.id))
        .limit(limit)
    )
    return [Waiting(**row._mapping) for row in session.execute(query)]


def refusals(session: Session, parts: Sequence[Waiting]) -> list[Refusal]:
    """Who refused these parts, and why, the oldest first; the reason is kept beside the ledger."""
    if not parts:
        return []
    query = (
        select(*_REFUSAL)
        .outerjoin(LedgerSalt, and_(col(LedgerSalt.seq) == col(TicketEvent.seq), col(LedgerSalt.name) == "reason"))
        .where(
            col(TicketEvent.ticket_id).in_({part.ticket_id for part in parts}),
            col(TicketEvent.kind) == EventKind.DECLINED,
        )
        .order_by(col(TicketEvent.seq))
    )
    return [
        Refusal(
            row.ticket_id, row.part_number, row.agency, str((row.data or {}).get("to", "")), row.reason or "", row.at
        )
        for row in session.execute(query)
    ]


def waiting(session: Session, limit: int = MOST) -> list[Waiting]:
    """The parts that somebody is waited for: an agency to take them up, the business to reply; the first due first."""
    query = (
        select(*_PART)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(
            col(Part.answered_at).is_(None),
            col(Part.state).in_((PartState.WAITING, PartState.PAUSED, PartState.DECLINED)),
            col(Part.decide_remind_at).is_(None),
        )
        .order_by(col(Part.due_at).is_(None), col(Part.due_at), col(Part.id))
        .limit(limit)
    )
    return [Waiting(**row._mapping) for row in session.execute(query)]


def count_waiting(session: Session) -> int:
    """How many there are of `waiting`."""
    query = select(func.count()).where(
        col(Part.answered_at).is_(None),
        col(Part.state).in_((PartState.WAITING, PartState.PAUSED, PartState.DECLINED)),
        col(Part.decide_remind_at).is_(None),
    )
    return int(session.execute(query).scalar_one())
