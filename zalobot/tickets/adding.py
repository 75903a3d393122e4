"""What a business does later with a ticket it has: add to it, or withdraw it.

The one rule: an addition never reopens anything and never touches a clock; a verdict does.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import attachments, templating
from zalobot.errors import Refused
from zalobot.store.database import later, write_rows_so_far
from zalobot.store.ids import new_id
from zalobot.store.models import Addition, EventKind, Part, PartState, Ticket, TicketState
from zalobot.tickets import facts, finding, life, telling
from zalobot.tickets.record import business, record
from zalobot.tickets.working import end_pause

_insert = Addition.__table__.insert()  # type: ignore[attr-defined]


def add(session: Session, code: str, person_id: str, text: str, files: Sequence[str], now: datetime) -> Ticket:
    """Attach words and files to a ticket; its agencies are told. Raises Refused where it is not this person's."""
    ticket, parts = _theirs(session, code, person_id)
    if ticket.state is TicketState.WITHDRAWN:
        raise Refused("already_withdrawn", code=ticket.code)
    if ticket.state in (TicketState.OUT_OF_SCOPE, TicketState.REFERRED):
        raise Refused("turned_away", code=ticket.code)
    keep(session, ticket, person_id, text, now)
    if files:
        write_rows_so_far(session)
        attachments.assign(session, files, ticket.id)
    ticket.version += 1
    record(session, ticket, EventKind.ADDED, business(person_id), now, texts={"addition": text}, files=len(files))
    tell_agencies(session, ticket, parts, text, len(files), now)
    return ticket


def keep(session: Session, ticket: Ticket, person_id: str, text: str, now: datetime, *, merged_from: str = "") -> None:
    """Keep what was written to a ticket after it was opened."""
    row = {
        "id": new_id(),
        "ticket_id": ticket.id,
        "person_id": person_id,
        "text": text,
        "merged_from": merged_from,
        "created_at": now,
    }
    later(session, _insert, row)


def tell_agencies(
    session: Session, ticket: Ticket, parts: Sequence[Part], text: str, files: int, now: datetime
) -> None:
    """Tell whoever still has to answer; where nobody has, whoever answered."""
    concerned = [part for part in parts if part.state in life.OPEN] or [
        part for part in parts if part.state in (PartState.ANSWERED, PartState.CLOSED)
    ]
    for part in concerned:
        telling.the_agency(session, "officer/added", ticket, part, now, facts={"text": text, "files": files})


def of_ticket(session: Session, ticket: Ticket) -> tuple[str, ...]:
    """What was written to a ticket later, oldest first."""
    query = select(col(Addition.text)).where(col(Addition.ticket_id) == ticket.id).order_by(col(Addition.id))
    return tuple(session.execute(query).scalars())


def withdraw(session: Session, code: str, person_id: str, now: datetime) -> facts.TicketFacts:
    """The business takes its report back (rút): parts not answered yet end, their agencies are told.

    Raises Refused: no_such_ticket, nothing_to_withdraw.
    """
    ticket, parts = finding.locked(session, code.partition("/")[0])
    if ticket.person_id != person_id:
        raise Refused("no_such_ticket", code=code)
    open_parts = [part for part in parts if part.state in life.OPEN]
    if not open_parts:
        raise Refused("nothing_to_withdraw", code=ticket.code)
    for part in open_parts:
        end_pause(session, part, now)
        life.move(part, PartState.WITHDRAWN)
        part.remind_at, part.decide_by, part.decide_remind_at = None, None, None
        telling.the_agency(session, "officer/withdrawn", ticket, part, now)
    life.settle(ticket, parts, now)
    record(session, ticket, EventKind.WITHDRAWN, business(person_id), now, parts=[part.number for part in open_parts])
    finding.asked_anew(session)
    made = facts.of_ticket(session, ticket, parts, now)
    if ticket.followers:
        said = templating.render("status/withdrawn_by_sender", ticket=made)
        for follower in telling.told(session, ticket)[1:]:
            telling.push(session, follower, said, ticket, now)
    return made


def _theirs(session: Session, code: str, person_id: str) -> tuple[Ticket, list[Part]]:
    """The ticket that goes on with this code, if this person opened it or follows it."""
    ticket, parts = finding.locked(session, code.partition("/")[0])
    if person_id in ticket.joined:
        raise Refused("only_joined", code=ticket.code)
    if person_id not in telling.audience(ticket):
        raise Refused("no_such_ticket", code=code)
    return finding.locked(session, ticket.merged_into) if ticket.merged_into else (ticket, parts)
