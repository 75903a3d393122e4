"""What routing may learn from: matters whose agency a coordinator decided.

The one rule: the words are the masked ones; they go with the ticket when its person is erased.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.store.models import RoutingExample, Ticket


@dataclass(frozen=True, slots=True)
class Example:
    """A masked text, its topic, and who answers it: the agency decided on first."""

    text: str
    topic: str
    agencies: tuple[str, ...]


def examples(session: Session, limit: int = 5000) -> list[Example]:
    """The newest decisions, newest first."""
    query = (
        select(col(Ticket.public_text), col(RoutingExample.topic), col(RoutingExample.agencies))
        .join(Ticket, col(Ticket.id) == col(RoutingExample.ticket_id))
        .order_by(col(RoutingExample.id).desc())
        .limit(limit)
    )
    return [Example(row[0], row[1], tuple(row[2])) for row in session.execute(query)]
