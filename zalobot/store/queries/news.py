"""What has happened since: the tickets with new entries in the ledger, and whom they concern.

The one rule: one look at the ledger's head, one small row, is all it costs while nothing happens.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.store.models import LedgerHead, Part, TicketEvent

MOST = 500
_COLUMNS: tuple[Any, ...] = (
    col(TicketEvent.ticket_code),
    col(TicketEvent.agency),
    col(TicketEvent.data),
    col(Part.agency).label("holder"),
    col(Part.declined_to),
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket something happened to, and the agencies that hold, held or are offered a part of it."""

    code: str
    agencies: frozenset[str]


def head(session: Session) -> int:
    """The number of the newest entry; 0 for none."""
    return session.execute(select(col(LedgerHead.seq))).scalar() or 0


def since(session: Session, seq: int) -> list[Changed]:
    """The tickets with entries after this one."""
    query = (
        select(*_COLUMNS)
        .outerjoin(Part, col(Part.ticket_id) == col(TicketEvent.ticket_id))
        .where(col(TicketEvent.seq) > seq)
        .order_by(col(TicketEvent.seq))
        .limit(MOST)
    )
    found: dict[str, set[str]] = {}
    for row in session.execute(query):
        former = str((row.data or {}).get("former") or "")
        found.setdefault(row.ticket_code, set()).update({row.agency, row.holder, row.declined_to, former} - {None, ""})
    return [Changed(code, frozenset(agencies)) for code, agencies in found.items()]
