"""The history of a ticket: one row for each thing that happened, never edited.

The one rule: `data` holds facts, never personal text; words are made when somebody reads.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from zalobot.store.database import later
from zalobot.store.ids import new_id
from zalobot.store.models import EventKind, Part, Ticket, TicketEvent

_insert = TicketEvent.__table__.insert()  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a business, an officer, or the system itself."""

    id: str
    role: str
    agency: str = ""
    name: str = ""


SYSTEM = Actor("system", "system")


def business(person_id: str) -> Actor:
    """The business as an actor."""
    return Actor(person_id, "business")


def record(
    session: Session,
    ticket: Ticket,
    kind: EventKind,
    by: Actor,
    now: datetime,
    *,
    part: Part | None = None,
    public: bool = True,
    **data: Any,
) -> None:
    """Write down what happened, in the transaction of the change."""
    later(
        session,
        _insert,
        {
            "id": new_id(),
            "ticket_id": ticket.id,
            "part_number": part.number if part else None,
            "kind": kind,
            "at": now,
            "actor": by.id,
            "actor_role": by.role,
            "agency": by.agency or (part.agency if part else ""),
            "public": public,
            "data": data,
        },
    )
