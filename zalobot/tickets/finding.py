"""Finding tickets and parts, and locking them for a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Executable, Select, and_, bindparam, case, func, or_, select
from sqlmodel import Session, col

from zalobot import conversations
from zalobot.errors import Refused
from zalobot.store.among import among
from zalobot.store.database import memo, write_rows_so_far
from zalobot.store.models import GONE_TICKET, DeadlineReceipt, Officer, Part, PartState, Role, Ticket
from zalobot.store.types import UtcDateTime
from zalobot.tickets.life import OPEN

RECENT = timedelta(days=14)  # so long after its end a ticket may still be what somebody writes about

# Every ticket under way or ended lately of these people, the newest first, and whether a part of it waits for them.
_AROUND: Final[Executable] = (
    select(
        col(Ticket.person_id),
        col(Ticket.code),
        col(Ticket.closed_at).label("ended"),
        func.max(col(Part.paused_at)).label("paused"),
        func.max(case((col(Part.state) == PartState.ANSWERED, 1), else_=0)).label("answered"),
    )
    .join(Part, col(Part.ticket_id) == col(Ticket.id))
    .where(
        among(col(Ticket.person_id), "people"),
        or_(col(Ticket.closed_at).is_(None), col(Ticket.closed_at) > bindparam("since", type_=UtcDateTime())),
        col(Ticket.state).not_in(GONE_TICKET),
    )
    .group_by(col(Ticket.person_id), col(Ticket.id), col(Ticket.code), col(Ticket.closed_at))
    .order_by(col(Ticket.id).desc())
)

_TICKET: Final[Select[Ticket]] = select(Ticket).where(col(Ticket.code) == bindparam("code"))
_PARTS: Final[Select[Part]] = select(Part).where(col(Part.ticket_id) == bindparam("ticket")).order_by(col(Part.number))
# For a change: what was read before the lock may be old.
_LOCKED_TICKET: Final = _TICKET.with_for_update().execution_options(populate_existing=True)
_LOCKED_PARTS: Final = _PARTS.execution_options(populate_existing=True)
_RECEIPT: Final[Select[DeadlineReceipt]] = (
    select(DeadlineReceipt)
    .where(
        col(DeadlineReceipt.part_id) == bindparam("part"),
        col(DeadlineReceipt.clock) == bindparam("clock"),
        col(DeadlineReceipt.struck_at).is_(None),
    )
    .order_by(col(DeadlineReceipt.id).desc())
    .limit(1)
)
# Everybody an agency's work may be told to: its own officers and heads, and the province's coordinators.
_ON_DUTY: Final[Select[Officer]] = (
    select(Officer)
    .where(
        col(Officer.active).is_(True),
        col(Officer.person_id).is_not(None),
        or_(
            (col(Officer.agency) == bindparam("agency")) & col(Officer.role).in_((Role.OFFICER, Role.HEAD)),
            col(Officer.role) == Role.COORDINATOR,
        ),
    )
    .order_by(col(Officer.id))
)


def part_by_code(session: Session, code: str) -> tuple[Ticket, Part, list[Part]]:
    """The ticket, this part and all its parts, locked for a change; raises Refused when there is no such part."""
    ticket_code, _, number = code.partition("/")
    ticket, parts = locked(session, ticket_code)
    wanted = int(number) if number else 1 if len(parts) == 1 else 0
    for part in parts:
        if part.number == wanted:
            return ticket, part, parts
    raise Refused("no_such_ticket", code=code)


def locked(session: Session, code: str) -> tuple[Ticket, list[Part]]:
    """A ticket and all its parts, locked for a change; raises Refused when there is no such ticket."""
    write_rows_so_far(session)
    ticket = session.execute(_LOCKED_TICKET, {"code": code}).scalar_one_or_none()
    if ticket is None:
        raise Refused("no_such_ticket", code=code)
    return ticket, list(session.execute(_LOCKED_PARTS, {"ticket": ticket.id}).scalars())


def ticket_by_code(session: Session, code: str) -> Ticket | None:
    """The ticket with this code, if there is one."""
    write_rows_so_far(session)
    return session.execute(_TICKET, {"code": code}).scalar_one_or_none()


def parts_of(session: Session, ticket: Ticket) -> list[Part]:
    """A ticket's parts in order."""
    return list(session.execute(_PARTS, {"ticket": ticket.id}).scalars())


def tickets_of(session: Session, person_id: str, limit: int = 5) -> list[Ticket]:
    """A person's newest tickets."""
    write_rows_so_far(session)
    query = select(Ticket).where(col(Ticket.person_id) == person_id).order_by(col(Ticket.id).desc()).limit(limit)
    return list(session.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class Around:
    """A ticket somebody may be writing about. `answered`: an answer in it waits for a verdict."""

    code: str
    ended: bool
    paused: bool
    answered: bool = False


def tickets_around(session: Session, person_id: str, now: datetime) -> tuple[list[str], list[str]]:
    """The codes of a person's tickets under way, and of those that ended lately; the newest first."""
    found = _around(session, person_id, now)
    return [one.code for one in found if not one.ended], [one.code for one in found if one.ended]


def standing(session: Session, person_id: str, now: datetime) -> tuple[int, int, bool]:
    """How many tickets a person may write about, in how many an answer waits for a verdict, and whether an officer
    waits for a reply of theirs. Asks nothing that is not asked for what they write anyway."""
    found = _around(session, person_id, now)
    return len(found), sum(one.answered for one in found), any(one.paused for one in found)


def paused_part_of(session: Session, person_id: str, now: datetime) -> tuple[Ticket, Part] | None:
    """The part that waits for this person's reply, the longest-waiting first."""
    if not any(one.paused for one in _around(session, person_id, now)):
        return None
    write_rows_so_far(session)
    query = (
        select(Ticket, Part)
        .join(Part, col(Part.ticket_id) == col(Ticket.id))
        .where(col(Ticket.person_id) == person_id, col(Part.paused_at).is_not(None))
        .order_by(col(Part.paused_at))
        .limit(1)
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def answered_parts_of(session: Session, person_id: str) -> list[Part]:
    """The parts of this person's tickets whose answer waits for a verdict, the newest first."""
    write_rows_so_far(session)
    query = (
        select(Part)
        .join(Ticket, col(Part.ticket_id) == col(Ticket.id))
        .where(col(Ticket.person_id) == person_id, col(Part.state) == PartState.ANSWERED)
        .order_by(col(Part.id).desc())
        .limit(5)
    )
    return list(session.execute(query).scalars())


def asked_anew(session: Session) -> None:
    """A ticket was opened, ended, or paused for a question: who has which is to be looked up again."""
    memo(session).pop("around", None)


def _around(session: Session, person_id: str, now: datetime) -> list[Around]:
    """Looked up once for all the people in this transaction: nearly always there is nothing."""
    asked: set[str]
    found: dict[str, list[Around]]
    asked, found = memo(session).get("around", (set(), {}))
    if person_id not in asked:
        write_rows_so_far(session)
        asked, found = {person_id, *conversations.present(session)}, {}
        for row in session.execute(_AROUND, {"people": list(asked), "since": now - RECENT}):
            one = Around(row.code, row.ended is not None, row.paused is not None, bool(row.answered))
            found.setdefault(row.person_id, []).append(one)
        memo(session)["around"] = (asked, found)
    return found.get(person_id, [])


def opened(session: Session, ticket: Ticket) -> None:
    """Remember a ticket that was just opened, so that nothing need be looked up again."""
    among, found = memo(session).get("around", (set(), {}))
    if ticket.person_id in among:
        found.setdefault(ticket.person_id, []).insert(0, Around(ticket.code, False, False))


def receipt_of(session: Session, part: Part) -> DeadlineReceipt | None:
    """The receipt of a part's present due time that is in force; None past the horizon."""
    return session.execute(_RECEIPT, {"part": part.id, "clock": part.clock}).scalar_one_or_none()


def open_parts_of(session: Session, agency: str, limit: int = 10) -> list[Part]:
    """The open parts an agency holds or is offered, the first due first."""
    write_rows_so_far(session)
    offered = and_(col(Part.declined_to) == agency, col(Part.state) == PartState.DECLINED)
    query = (
        select(Part)
        .where(or_(col(Part.agency) == agency, offered), col(Part.answered_at).is_(None), col(Part.state).in_(OPEN))
        .order_by(col(Part.due_at), col(Part.id))
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def count_open(session: Session, agency: str) -> int:
    """How many open parts an agency holds."""
    query = select(func.count()).where(col(Part.agency) == agency, col(Part.answered_at).is_(None))
    return int(session.execute(query).scalar_one())


def staff(session: Session, roles: Sequence[Role], agency: str | None = None) -> list[Officer]:
    """The linked, active staff of these roles, of one agency or of the whole province."""
    query = select(Officer).where(
        col(Officer.role).in_(roles), col(Officer.active).is_(True), col(Officer.person_id).is_not(None)
    )
    if agency is not None:
        query = query.where(col(Officer.agency) == agency)
    return list(session.execute(query.order_by(col(Officer.id))).scalars())


def staff_of(session: Session, agency: str) -> list[Officer]:
    """An agency's officers and heads."""
    return staff(session, (Role.OFFICER, Role.HEAD), agency)


def on_duty(session: Session, agency: str) -> list[Officer]:
    """Everybody an agency's work may be told to: its own officers and heads, and the province's coordinators."""
    return list(session.execute(_ON_DUTY, {"agency": agency}).scalars())


def ticket_of(session: Session, part: Part) -> Ticket:
    """The ticket a part belongs to."""
    return session.get_one(Ticket, part.ticket_id)
