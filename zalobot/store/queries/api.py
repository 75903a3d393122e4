"""What the JSON interface reads: a page of public tickets by any filter, in two queries however long the page is.

The one rule: a place in the list is a ticket's key, which never moves, so new tickets shift nobody's pages.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from zalobot.store.models import Part, Ticket
from zalobot.store.queries.public import TICKET, is_late, with_parts
from zalobot.store.queries.public_rows import PublicTicket


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter and a place; what is None or '' narrows nothing. `received_before` is exclusive."""

    agency: str = ""
    topics: tuple[str, ...] | None = None
    state: str = ""
    klass: str = ""
    received_from: datetime | None = None
    received_before: datetime | None = None
    late: bool | None = None
    older_than: str = ""
    limit: int = 50


def tickets(session: Session, wanted: Wanted, now: datetime) -> tuple[tuple[PublicTicket, ...], bool]:
    """A page of tickets, newest first, and whether there are older ones."""
    query = select(*TICKET).where(*_conditions(wanted, now)).order_by(col(Ticket.id).desc())
    rows = session.execute(query.limit(wanted.limit + 1)).all()
    return with_parts(session, rows[: wanted.limit]), len(rows) > wanted.limit


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    if wanted.older_than:
        out.append(col(Ticket.id) < wanted.older_than)
    if wanted.topics is not None:
        out.append(col(Ticket.topic).in_(wanted.topics))
    if wanted.state:
        out.append(col(Ticket.state) == wanted.state)
    if wanted.klass:
        out.append(col(Ticket.klass) == wanted.klass)
    if wanted.received_from:
        out.append(col(Ticket.received_at) >= wanted.received_from)
    if wanted.received_before:
        out.append(col(Ticket.received_at) < wanted.received_before)
    if wanted.agency:
        out.append(col(Ticket.id).in_(select(col(Part.ticket_id)).where(col(Part.agency) == wanted.agency)))
    if wanted.late is not None:
        late = col(Ticket.id).in_(select(col(Part.ticket_id)).where(is_late(now)))
        out.append(late if wanted.late else ~late)
    return out
