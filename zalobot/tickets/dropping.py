"""What is not to be answered here: a part that was no agency's concern, or a whole matter that has another path.

The one rule: nothing that somebody took up, or is late with, is made to vanish; every drop has a public reason.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlmodel import Session

from zalobot import templating
from zalobot.errors import Refused
from zalobot.store.models import GONE_PART, EventKind, Officer, Part, PartState, Ticket, TicketState, Tier
from zalobot.tickets import changes, facts, finding, life, telling
from zalobot.tickets.record import record
from zalobot.tickets.triage import OVER, check_coordinator, public_reason
from zalobot.tickets.working import actor, end_pause, of_agency

UNTOUCHED = (PartState.WAITING, PartState.DECLINED)


class Path(StrEnum):
    """Where a matter that is not for this channel is sent: khiếu nại, tố cáo, citizens' matters, emergency numbers."""

    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    CITIZEN = "citizen"
    EMERGENCY = "emergency"


_MESSAGES = {
    Path.COMPLAINT: "status/referred_complaint",
    Path.DENUNCIATION: "status/referred_denunciation",
    Path.CITIZEN: "status/out_of_scope",
    Path.EMERGENCY: "status/emergency",
}
_SECRET = (Path.COMPLAINT, Path.DENUNCIATION)  # Luật Tố cáo 2018, Điều 56: who denounces is kept secret


class Lies(Protocol):
    """As much of a part as says whether it may be dropped."""

    @property
    def number(self) -> int: ...
    @property
    def state(self) -> PartState: ...
    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def clock(self) -> int: ...
    @property
    def due_at(self) -> datetime | None: ...


def droppable(part: Lies, parts: Sequence[Lies], now: datetime) -> bool:
    """Whether a part may be dropped: nobody took it up, it is not late, and another one is still to be answered."""
    untouched = part.state in UNTOUCHED and part.accepted_at is None and part.clock == 1
    late = part.due_at is not None and part.due_at < now
    return (
        untouched and not late and any(other.number != part.number and other.state not in GONE_PART for other in parts)
    )


def drop(
    session: Session, code: str, reason: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> tuple[Ticket, Part]:
    """Take a part away from an agency that has nothing to answer; the agency and the business are told why.

    Raises Refused: not_allowed, reason_missing, not_droppable.
    """
    check_coordinator(officer)
    ticket, part, parts = finding.part_by_code(session, code)
    changes.check_part(session, ticket, part, seen)
    if not reason.strip():
        raise Refused("reason_missing", code=part.code)
    if not droppable(part, parts, now):
        raise Refused("not_droppable", part=part.code)
    _end(session, part, now)
    life.settle(ticket, parts, now)
    why = public_reason(ticket, reason)
    record(session, ticket, EventKind.DROPPED, of_agency(officer, part.agency), now, part=part, reason=reason, **why)
    telling.the_agency(session, "officer/dropped", ticket, part, now, facts={"reason": reason})
    telling.the_business(session, "status/part_dropped", ticket, part, now, facts={"reason": reason})
    return ticket, part


def turn_away(
    session: Session, code: str, path: Path, reason: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> Ticket:
    """Open no case: say where the matter belongs instead. What is a complaint or a denunciation is sealed thereby.

    Raises Refused: not_allowed, reason_missing (for what is merely out of scope), already_answered.
    """
    check_coordinator(officer)
    ticket, parts = finding.locked(session, code)
    changes.check_ticket(session, ticket, seen)
    if path not in _SECRET and not reason.strip():
        raise Refused("reason_missing", code=ticket.code)
    if ticket.state in OVER or any(part.answered_at for part in parts):
        raise Refused("already_answered", code=ticket.code)
    ending = [part for part in parts if part.state in life.OPEN]
    for part in ending:
        _end(session, part, now)
    if path in _SECRET:
        ticket.tier, ticket.state = Tier.SEALED, TicketState.REFERRED
    life.settle(ticket, parts, now)
    ticket.confirmed_at, ticket.confirm_remind_at = ticket.confirmed_at or now, None
    why = public_reason(ticket, reason)
    numbers = [part.number for part in ending]
    record(session, ticket, EventKind.TURNED_AWAY, actor(officer), now, reason=reason, path=path, parts=numbers, **why)
    finding.asked_anew(session)
    _tell(session, ticket, parts, ending, path, reason, now)
    return ticket


def _end(session: Session, part: Part, now: datetime) -> None:
    end_pause(session, part, now)
    life.move(part, PartState.DROPPED)
    part.remind_at, part.decide_by, part.decide_remind_at = None, None, None
    part.explain_until, part.unseen_at = None, None


def _tell(
    session: Session,
    ticket: Ticket,
    parts: Sequence[Part],
    ending: Sequence[Part],
    path: Path,
    reason: str,
    now: datetime,
) -> None:
    more = {"reason": reason}
    for part in ending:
        telling.the_agency(session, "officer/turned_away", ticket, part, now, facts=more)
    said = templating.render(_MESSAGES[path], ticket=facts.of_ticket(session, ticket, parts, now), facts=more)
    for person_id in telling.told(session, ticket):
        telling.push(session, person_id, said, ticket, now)
