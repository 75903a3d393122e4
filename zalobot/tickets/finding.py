"""Finding tickets and parts, and locking them for a change."""

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, func, or_, select
from sqlmodel import Session, col

from zalobot import conversations
from zalobot.errors import Refused
from zalobot.store.database import memo, write_rows_so_far
from zalobot.store.models import DeadlineReceipt, Officer, Part, Role, Ticket
from zalobot.tickets.life import OPEN

_PEOPLE_ASKED = (
    select(col(Ticket.person_id))
    .join(Part, col(Part.ticket_id) == col(Ticket.id))
    .where(col(Ticket.person_id).in_(bindparam("people", expanding=True)), col(Part.paused_at).is_not(None))
)


def part_by_code(session: Session, code: str) -> tuple[Ticket, Part, list[Part]]:
    """The ticket, this part and all its parts, locked for a change; raises Refused when there is no such part."""
    write_rows_so_far(session)
    ticket_code, _, number = code.partition("/")
    query = select(Ticket).where(col(Ticket.code) == ticket_code).with_for_update()
    query = query.execution_options(populate_existing=True)  # what was read before the lock may be old
    ticket = session.execute(query).scalar_one_or_none()
    if ticket is None:
        raise Refused("no_such_ticket", code=code)
    parts = list(session.execute(_parts(ticket).execution_options(populate_existing=True)).scalars())
    wanted = int(number) if number else 1 if len(parts) == 1 else 0
    for part in parts:
        if part.number == wanted:
            return ticket, part, parts
    raise Refused("no_such_ticket", code=code)


def ticket_by_code(session: Session, code: str) -> Ticket | None:
    """The ticket with this code, if there is one."""
    write_rows_so_far(session)
    return session.execute(select(Ticket).where(col(Ticket.code) == code)).scalar_one_or_none()


def parts_of(session: Session, ticket: Ticket) -> list[Part]:
    """A ticket's parts in order."""
    return list(session.execute(_parts(ticket)).scalars())


def _parts(ticket: Ticket) -> Select[Part]:
    return select(Part).where(col(Part.ticket_id) == ticket.id).order_by(col(Part.number))


def tickets_of(session: Session, person_id: str, limit: int = 5) -> list[Ticket]:
    """A person's newest tickets."""
    write_rows_so_far(session)
    query = select(Ticket).where(col(Ticket.person_id) == person_id).order_by(col(Ticket.id).desc()).limit(limit)
    return list(session.execute(query).scalars())


def paused_part_of(session: Session, person_id: str) -> tuple[Ticket, Part] | None:
    """The part that waits for this person's reply, the longest-waiting first."""
    if person_id not in _asked(session, person_id):
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


def asked_anew(session: Session) -> None:
    """A part was paused for a question: who is waited for has to be looked up again."""
    memo(session).pop("asked", None)


def _asked(session: Session, person_id: str) -> set[str]:
    """Who of the people in this transaction is waited for, looked up once for all: nearly always nobody is."""
    among: set[str]
    found: set[str]
    among, found = memo(session).get("asked", (set(), set()))
    if person_id not in among:
        write_rows_so_far(session)
        among = {person_id, *conversations.present(session)}
        found = set(session.execute(_PEOPLE_ASKED, {"people": list(among)}).scalars())
        memo(session)["asked"] = (among, found)
    return found


def receipt_of(session: Session, part: Part) -> DeadlineReceipt | None:
    """The receipt of a part's due time that is in force."""
    query = (
        select(DeadlineReceipt)
        .where(col(DeadlineReceipt.part_id) == part.id, col(DeadlineReceipt.struck_at).is_(None))
        .order_by(col(DeadlineReceipt.id).desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def open_parts_of(session: Session, agency: str, limit: int = 10) -> list[Part]:
    """An agency's open parts, the first due first."""
    write_rows_so_far(session)
    query = (
        select(Part)
        .where(col(Part.agency) == agency, col(Part.answered_at).is_(None), col(Part.state).in_(OPEN))
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


def on_duty(session: Session, agency: str) -> list[Officer]:
    """Everybody an agency's work may be told to: its own officers and heads, and the province's coordinators."""
    query = select(Officer).where(
        col(Officer.active).is_(True),
        col(Officer.person_id).is_not(None),
        or_(
            (col(Officer.agency) == agency) & col(Officer.role).in_((Role.OFFICER, Role.HEAD)),
            col(Officer.role) == Role.COORDINATOR,
        ),
    )
    return list(session.execute(query.order_by(col(Officer.id))).scalars())


def ticket_of(session: Session, part: Part) -> Ticket:
    """The ticket a part belongs to."""
    return session.get_one(Ticket, part.ticket_id)
