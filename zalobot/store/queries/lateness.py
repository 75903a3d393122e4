"""What agencies said of being late, for a list of parts: one statement, along the history of their tickets.

The one rule: only what the public history shows is read; of a sealed ticket neither title nor words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlmodel import Session, col

from zalobot.store.models import EventKind, LedgerSalt, Part, Ticket, TicketEvent, Tier
from zalobot.store.types import Json

_KINDS = (EventKind.EXPLAINED, EventKind.NOT_EXPLAINED)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of a late part, or (`kind` not_explained) that nothing was; '' where it never came to that."""

    code: str
    title: str
    topic: str
    kind: str
    at: datetime | None
    why: str
    data: Json


def words(session: Session, codes: Sequence[str]) -> list[Word]:
    """All the words on these parts, oldest first; a part without any has one empty word."""
    if not codes:
        return []
    same = and_(
        col(TicketEvent.ticket_id) == col(Part.ticket_id),
        col(TicketEvent.part_number) == col(Part.number),
        col(TicketEvent.kind).in_(_KINDS),
    )
    why = and_(col(LedgerSalt.seq) == col(TicketEvent.seq), col(LedgerSalt.name) == "why")
    rows = session.execute(
        select(
            col(Part.code), col(Ticket.title), col(Ticket.topic), col(Ticket.tier), col(TicketEvent.kind),
            col(TicketEvent.at), col(LedgerSalt.text).label("why"), col(TicketEvent.data),
        )
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .outerjoin(TicketEvent, same)
        .outerjoin(LedgerSalt, why)
        .where(col(Part.code).in_(codes))
        .order_by(col(TicketEvent.seq))
    )  # fmt: skip
    return [
        Word(row.code, "" if row.tier == Tier.SEALED else row.title, row.topic, str(row.kind or ""), row.at,
             "" if row.tier == Tier.SEALED else row.why or str((row.data or {}).get("why", "")), row.data or {})
        for row in rows
    ]  # fmt: skip
