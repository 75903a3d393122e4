"""What the wording is given to speak of: a ticket, a part, a channel, each with all a placeholder may need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from zalobot import reference
from zalobot.province import Agency, Province
from zalobot.receipt import Receipt
from zalobot.store.models import Part, Ticket
from zalobot.tickets import finding


@dataclass(frozen=True, slots=True)
class PartFacts:
    """A part as the wording sees it, at the instant `now`; `private`: for whoever reported it, and its agency."""

    ticket: Ticket
    part: Part
    receipt: Receipt | None
    province: Province
    now: datetime
    private: bool = True

    @property
    def answer(self) -> str:
        """The answer, or what everybody may read of it."""
        return self.part.answer if self.private else self.part.public_answer

    @property
    def agency(self) -> Agency:
        """The holder."""
        return self.province.agencies[self.part.agency]


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket as the wording sees it."""

    ticket: Ticket
    parts: tuple[PartFacts, ...]
    province: Province
    public_url: str
    now: datetime
    files: int = 0
    additions: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """Its public page."""
        return f"{self.public_url}/hoi-dap/{self.ticket.code}"


def of_part(session: Session, ticket: Ticket, part: Part, now: datetime, *, private: bool = True) -> PartFacts:
    """The facts of one part."""
    row = finding.receipt_of(session, part)
    receipt = Receipt.from_json(row.data) if row else None
    return PartFacts(ticket, part, receipt, reference.current(session), now, private)


def of_ticket(session: Session, ticket: Ticket, parts: Sequence[Part], now: datetime) -> TicketFacts:
    """The facts of a whole ticket."""
    return around(session, ticket, [of_part(session, ticket, part, now) for part in parts], now)


def around(session: Session, ticket: Ticket, parts: Sequence[PartFacts], now: datetime) -> TicketFacts:
    """The facts of a ticket of whose parts these are known."""
    return TicketFacts(ticket, tuple(parts), reference.current(session), reference.public_url(session), now)


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """An officer as the wording sees them."""

    name: str
    agency_name: str


def of_staff(session: Session, name: str, agency: str) -> StaffFacts:
    """The facts of a member of staff of an agency (its code)."""
    here = reference.current(session).agencies.get(agency)
    return StaffFacts(name, here.name if here else agency)
