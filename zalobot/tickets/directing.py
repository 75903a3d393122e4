"""A direction (chỉ đạo): what a leader has to say about a part to those who must answer it.

The one rule: it is no answer and moves no clock. That there was one is in the public history; its words are for the
agency, the coordinators and the leaders, kept beside the ledger like every reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlmodel import Session, col

from zalobot import templating
from zalobot.errors import Refused
from zalobot.store.models import EventKind, LedgerSalt, Officer, Part, Role, Ticket, TicketEvent
from zalobot.tickets import changes, finding, life, telling
from zalobot.tickets.record import record
from zalobot.tickets.working import of_agency

AT_LEAST = 5  # characters of a direction
MOST = 1000
AGAIN = timedelta(minutes=10)
WORDS = "direction"


@dataclass(frozen=True, slots=True)
class Direction:
    """What was said of a part, when, and in which role (`leader` or `head`)."""

    part_number: int
    role: str
    at: datetime
    text: str


def direct(
    session: Session, code: str, text: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> tuple[Ticket, Part]:
    """Tell the head and whoever holds a part what is expected of them; a leader may, and the head of the agency.

    Raises Refused: not_allowed, reason_missing (too few words), too_long; IllegalTransition for a part that is over.
    """
    ticket, part, _ = finding.part_by_code(session, code)
    if officer.role is not Role.LEADER and not (officer.role is Role.HEAD and officer.agency == part.agency):
        raise Refused("not_allowed")
    changes.check_part(session, ticket, part, seen)
    if len(text.strip()) < AT_LEAST:
        raise Refused("reason_missing")  # without the part: its words would say that a reason is published
    if len(text.strip()) > MOST:
        raise Refused("too_long", limit=MOST)
    if part.state not in life.OPEN:
        raise Refused("already_answered", code=part.code)
    said = text.strip()
    if any(_again(one, part, officer, said, now) for one in of_ticket(session, ticket.id)):
        return ticket, part
    told = [one for one in _addressees(session, part) if one.id != officer.id]
    by = of_agency(officer, part.agency)
    record(session, ticket, EventKind.DIRECTED, by, now, part=part, texts={WORDS: said}, told=len(told))
    things = telling.things(session, ticket, part, now)
    words = templating.render("officer/directed", **things, facts={"colleague": officer.name, "text": said})
    telling.to_staff(session, told, words, ticket, now)
    return ticket, part


def of_ticket(session: Session, ticket_id: str) -> tuple[Direction, ...]:
    """The directions about a ticket's parts, the oldest first; one whose words were erased is left out."""
    query = (
        select(col(TicketEvent.part_number), col(TicketEvent.actor_role), col(TicketEvent.at), col(LedgerSalt.text))
        .join(LedgerSalt, and_(col(LedgerSalt.seq) == col(TicketEvent.seq), col(LedgerSalt.name) == WORDS))
        .where(col(TicketEvent.ticket_id) == ticket_id, col(TicketEvent.kind) == EventKind.DIRECTED)
        .order_by(col(TicketEvent.seq))
    )
    return tuple(Direction(row[0], row[1], row[2], row[3]) for row in session.execute(query) if row[3])


def _again(one: Direction, part: Part, officer: Officer, said: str, now: datetime) -> bool:
    """Whether this was said a moment ago: a slow phone sends twice."""
    same = (one.part_number, one.role, one.text) == (part.number, officer.role, said)
    return same and now - one.at < AGAIN


def _addressees(session: Session, part: Part) -> Sequence[Officer]:
    """The heads of the agency and the officer who holds the part; where nobody does, whoever is on duty."""
    heads = finding.staff(session, (Role.HEAD,), part.agency)
    holder = session.get(Officer, part.officer_id) if part.officer_id else None
    others = [holder] if holder and holder.active else telling.duty(session, part.agency)
    known = {head.id for head in heads}
    return [*heads, *(one for one in others if one.id not in known)]
