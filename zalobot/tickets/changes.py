"""Two people at one part: the second is told what happened since they looked, and nothing of theirs is written over.

The one rule: a version is what was on the screen. A verb that is given one refuses when it is old any more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

from sqlalchemy import Executable, bindparam, select
from sqlmodel import Session, col

from zalobot import reference, spoken, templating
from zalobot.errors import StaleTicket
from zalobot.ledger.writing import gathered
from zalobot.province import Province
from zalobot.store.models import EventKind, Part, Ticket, TicketEvent
from zalobot.store.types import Json
from zalobot.tickets.life import OPEN

SHOWN = 3  # of the newest changes
UNTOLD = (EventKind.REMINDED, EventKind.ESCALATED)


_NEWEST: Final[Executable] = (
    select(
        col(TicketEvent.kind),
        col(TicketEvent.at),
        col(TicketEvent.part_number),
        col(TicketEvent.agency),
        col(TicketEvent.data),
    )
    .where(col(TicketEvent.ticket_id) == bindparam("ticket"))
    .order_by(col(TicketEvent.seq).desc())
    .limit(20)
)


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event as the wording sees it."""

    kind: EventKind
    at: datetime
    part_number: int | None
    agency: str
    data: Json
    province: Province

    @property
    def agency_name(self) -> str:
        """Who did it, or whose part it was."""
        return self._name(self.agency)

    @property
    def other_agency_name(self) -> str:
        """The other agency there is: named, taken from, or given to."""
        return self._name(str(self.data.get("to") or self.data.get("former") or ""))

    @property
    def late(self) -> bool:
        """Whether an answer came after its due time."""
        return bool(self.data.get("late"))

    @property
    def verdict(self) -> str:
        """What the business said of an answer."""
        return str(self.data.get("verdict") or "")

    @property
    def klass(self) -> str:
        """The class something was changed to."""
        return str(self.data.get("klass") or "")

    def line(self) -> str:
        """When and what, in the words of `templates/messages/events/`."""
        said = templating.render(f"events/{self.kind.value}", event=self).text
        return f"{spoken.clock(self.at)}: {said}"

    def _name(self, code: str) -> str:
        agency = self.province.agencies.get(code)
        return agency.name if agency else code


def check_part(session: Session, ticket: Ticket, part: Part, seen: int | None) -> None:
    """Raise StaleTicket, with what happened meanwhile, when `seen` is no longer the part's version."""
    if seen is not None and seen != part.version:
        refuse(session, ticket, part, part.version - seen)


def refuse(session: Session, ticket: Ticket, part: Part, versions: int = 1) -> NoReturn:
    """Raise StaleTicket: somebody was quicker by so many versions."""
    happened = _newest(session, ticket, part.number, versions)
    raise StaleTicket("stale_ticket", part=part.code, version=part.version, changes=happened, open=part.state in OPEN)


def check_ticket(session: Session, ticket: Ticket, seen: int | None) -> None:
    """The same for the version of a whole ticket."""
    if seen is not None and seen != ticket.version:
        happened = _newest(session, ticket, None, ticket.version - seen)
        raise StaleTicket("stale_ticket", code=ticket.code, version=ticket.version, changes=happened)


def _newest(session: Session, ticket: Ticket, number: int | None, count: int) -> list[str]:
    """The last things that happened, at most one for each version passed over, oldest first."""
    wanted = max(1, min(count, SHOWN))
    here = reference.current(session)
    kept = [
        EventFacts(EventKind(row.kind), row.at, row.part_number, row.agency, row.data or {}, here)
        for row in session.execute(_NEWEST, {"ticket": ticket.id})
    ]
    fresh = [
        EventFacts(EventKind(row["kind"]), row["at"], row["part_number"], row["agency"], row["data"], here)
        for row in gathered(session, ticket.id)
    ]
    told = [
        event
        for event in (*reversed(kept), *fresh)
        if event.kind not in UNTOLD and (number is None or event.part_number in (number, None))
    ]
    return [event.line() for event in told[-wanted:]]
