"""Among colleagues of one agency: giving a part to somebody else, and asking for an opinion.

The one rule: what colleagues write to each other never becomes public, and the clock knows nothing of it. That a part
went to somebody else of the agency is in the history, without names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import templating
from zalobot.errors import IllegalTransition, Refused
from zalobot.store.ids import new_id
from zalobot.store.models import EventKind, Officer, Part, PartNote, Role, Ticket
from zalobot.tickets import changes, finding, life, telling
from zalobot.tickets.record import record
from zalobot.tickets.working import actor

OF_AN_AGENCY = (Role.OFFICER, Role.HEAD)
SHOWN = 50
_officer = Officer.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Note:
    """A note as colleagues read it; `asked` is the name of whose opinion it asks."""

    at: datetime
    by: str
    asked: str
    text: str


def reassign(
    session: Session, code: str, colleague_id: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> tuple[Ticket, Part]:
    """Give a part to a colleague of the agency: whoever holds it may, anybody where nobody does, and the head always.

    Raises Refused: not_your_part, colleague_holds, not_a_colleague; IllegalTransition for a part that is over.
    """
    ticket, part, parts = finding.part_by_code(session, code)
    _check_here(part, officer)
    changes.check_part(session, ticket, part, seen)
    if part.state not in life.OPEN:
        raise IllegalTransition("illegal_transition", part=part.code, state=part.state, to=part.state)
    if part.officer_id not in (None, officer.id) and officer.role is not Role.HEAD:
        raise Refused("colleague_holds", part=part.code)
    colleague = _colleague(session, part, colleague_id)
    if part.officer_id == colleague.id:
        return ticket, part
    part.officer_id, part.version = colleague.id, part.version + 1
    life.settle(ticket, parts, now)
    record(session, ticket, EventKind.REASSIGNED, actor(officer), now, part=part)
    _tell(session, "officer/given_to_you", ticket, part, colleague, officer, now)
    return ticket, part


def note(session: Session, code: str, text: str, asked: str, officer: Officer, now: datetime) -> PartNote:
    """Write a note for the colleagues; `asked` is the key of one whose opinion it asks, who is told, or "".

    Raises Refused: not_your_part, not_a_colleague, reason_missing (no words).
    """
    ticket, part, _ = finding.part_by_code(session, code)
    _check_here(part, officer)
    if not text.strip():
        raise Refused("reason_missing", part=part.code)
    colleague = _colleague(session, part, asked, officer.agency) if asked else None
    if (last := _last_note(session, part, officer)) is not None and last.text == text.strip():
        return last  # sent twice
    made = PartNote(
        id=new_id(),
        part_id=part.id,
        agency=officer.agency,
        officer_id=officer.id,
        asked=colleague.id if colleague else None,
        text=text.strip(),
        made_at=now,
    )
    session.add(made)
    if colleague is not None:
        _tell(session, "officer/opinion_asked", ticket, part, colleague, officer, now, text=made.text)
    return made


def _last_note(session: Session, part: Part, officer: Officer) -> PartNote | None:
    mine = (col(PartNote.part_id) == part.id, col(PartNote.officer_id) == officer.id)
    query = select(PartNote).where(*mine).order_by(col(PartNote.id).desc()).limit(1)
    found: PartNote | None = session.execute(query).scalar_one_or_none()
    return found


def notes(session: Session, part_id: str, agency: str) -> list[Note]:
    """What the colleagues of this agency wrote about a part, oldest first."""
    by, asked = _officer.alias("by"), _officer.alias("asked")
    query = (
        select(col(PartNote.made_at), by.c.name, asked.c.name, col(PartNote.text))
        .join(by, by.c.id == col(PartNote.officer_id))
        .outerjoin(asked, asked.c.id == col(PartNote.asked))
        .where(col(PartNote.part_id) == part_id, col(PartNote.agency) == agency)
        .order_by(col(PartNote.id).desc())
        .limit(SHOWN)
    )
    return [Note(row[0], row[1], row[2] or "", row[3]) for row in session.execute(query)][::-1]


def of_agency(session: Session, agency: str) -> Sequence[tuple[str, str]]:
    """Key and name of everybody at work in an agency."""
    query = (
        select(col(Officer.id), col(Officer.name))
        .where(col(Officer.agency) == agency, col(Officer.active).is_(True), col(Officer.role).in_(OF_AN_AGENCY))
        .order_by(col(Officer.name))
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _check_here(part: Part, officer: Officer) -> None:
    if officer.agency not in (part.agency, part.declined_to):
        raise Refused("not_your_part", part=part.code)


def _colleague(session: Session, part: Part, officer_id: str, agency: str = "") -> Officer:
    found = session.get(Officer, officer_id)
    if found is None or not found.active or found.role not in OF_AN_AGENCY or found.agency != (agency or part.agency):
        raise Refused("not_a_colleague", part=part.code)
    return found


def _tell(
    session: Session,
    message: str,
    ticket: Ticket,
    part: Part,
    colleague: Officer,
    by: Officer,
    now: datetime,
    **more: str,
) -> None:
    if colleague.id == by.id:
        return
    things = telling.things(session, ticket, part, now)
    said = templating.render(message, **things, facts={"colleague": by.name, **more})
    telling.to_staff(session, [colleague], said, ticket, now)
