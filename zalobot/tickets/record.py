"""The history of a ticket: one entry of the ledger for each thing that happened.

The one rule: `data` holds facts, never personal text; words are made when somebody reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from sqlmodel import Session

from zalobot import redaction
from zalobot.ledger import writing as ledger
from zalobot.store.models import EventKind, Ticket, Tier


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a business, an officer, or the system itself."""

    id: str
    role: str
    agency: str = ""
    name: str = ""


class OfTicket(Protocol):
    """A ticket, or as much of it as an entry names."""

    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...


class OfPart(Protocol):
    """A part, or as much of it as an entry names."""

    @property
    def number(self) -> int: ...
    @property
    def agency(self) -> str: ...


SYSTEM = Actor("system", "system")


def business(person_id: str) -> Actor:
    """The business as an actor."""
    return Actor(person_id, "business")


def public_words(ticket: Ticket, text: str) -> str:
    """What somebody wrote to a ticket, as everybody may read it: masked, and nothing of a sealed ticket."""
    return "" if ticket.tier is Tier.SEALED else redaction.redact(text, **ticket.masks)


def record(
    session: Session,
    ticket: OfTicket,
    kind: EventKind,
    by: Actor,
    now: datetime,
    *,
    part: OfPart | None = None,
    public: bool = True,
    reason: str = "",
    why: str = "",
    texts: Mapping[str, str] = MappingProxyType({}),
    **data: Any,
) -> None:
    """Write down what happened, in the transaction of the change.

    What a person wrote goes into `texts` by its name, never into `data`: the entry holds only salted commitments to
    it, so that it can be erased. So do `reason`, in the writer's words, and `why`, the reason (of a question or a
    reply: the words) as everybody may read it. Who acted is committed to likewise.
    """
    words = {"actor": "" if by is SYSTEM else by.id, "reason": reason, "why": why, **texts}
    ledger.add(
        session,
        {
            "ticket_id": ticket.id,
            "ticket_code": ticket.code,
            "part_number": part.number if part else None,
            "kind": kind,
            "at": now,
            "actor_role": by.role,
            "agency": by.agency or (part.agency if part else ""),
            "public": public,
            "data": data,
        },
        words,
    )
