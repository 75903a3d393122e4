"""A business takes back that its name is public: its tickets stay public, without the name.

The one rule: what was public with the name until now was lawfully so, and the history says when that ended.
"""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.store.database import write_rows_so_far
from zalobot.store.models import EventKind, Part, Ticket, Tier
from zalobot.tickets import public_answer
from zalobot.tickets.record import business, record


def unname(session: Session, person_id: str, now: datetime) -> int:
    """Take the name off all tickets of a person; gives back of how many."""
    write_rows_so_far(session)
    named = select(Ticket).where(col(Ticket.person_id) == person_id, col(Ticket.tier) == Tier.PUBLIC)
    tickets = session.execute(named.order_by(col(Ticket.id)).with_for_update()).scalars().all()
    for ticket in tickets:
        ticket.tier = Tier.NO_NAME
        ticket.version += 1
        for part in session.execute(select(Part).where(col(Part.ticket_id) == ticket.id)).scalars():
            public_answer.publish(session, ticket, part)
        record(session, ticket, EventKind.UNNAMED, business(person_id), now)
    return len(tickets)
