"""What the public pages read.

The one rule: the columns are listed one by one, and `description`, `contact` and `person_id` are not among them, so a
page cannot show what it never had. A sealed ticket loses its title, texts and name here, not in a template.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlmodel import Session, col

from zalobot.store.models import (
    GONE_TICKET,
    Part,
    PartState,
    Ticket,
    TicketState,
    Tier,
)
from zalobot.store.queries.public_rows import (
    ANSWER_FACTS,
    Filter,
    PublicPart,
    PublicTicket,
    Sheet,
)

HasPart = Callable[[ColumnElement[bool]], ColumnElement[bool]]  # of a ticket: it has a part of which this is true
OPEN_PART = (PartState.WAITING, PartState.ACCEPTED, PartState.DECLINED, PartState.REOPENED, PartState.PAUSED)
ANSWERED_TICKET = (TicketState.ANSWERED, TicketState.CLOSED)

TICKET = (
    col(Ticket.id),
    col(Ticket.code),
    col(Ticket.topic),
    col(Ticket.klass),
    col(Ticket.state),
    col(Ticket.tier),
    col(Ticket.title),
    col(Ticket.public_text),
    col(Ticket.business_name),
    col(Ticket.rule_version),
    col(Ticket.received_at),
    col(Ticket.answered_at),
    col(Ticket.closed_at),
    col(Ticket.merged_into),
    col(Ticket.masks),
)
_PART: tuple[Any, ...] = (
    col(Part.id),
    col(Part.ticket_id),
    col(Part.number),
    col(Part.agency),
    col(Part.state),
    col(Part.klass),
    col(Part.received_at),
    col(Part.clock_started_at),
    col(Part.due_at),
    col(Part.first_due_at),
    col(Part.accepted_at),
    col(Part.answered_at),
    col(Part.closed_at),
    col(Part.paused_at),
    col(Part.explained_at),
    col(Part.new_date),
    col(Part.public_answer).label("answer"),
    col(Part.answer_facts),
    col(Part.question),
    col(Part.declined_to),
    col(Part.declined_reason),
    col(Part.hand_overs),
    col(Part.clock),
    col(Part.verdict),
    col(Part.verdict_at),
)


def exists(session: Session, code: str) -> bool:
    """Whether there is a ticket with this code."""
    return session.execute(select(col(Ticket.id)).where(col(Ticket.code) == code)).first() is not None


def sheet(session: Session, narrowed: Filter, now: datetime, *, size: int, before: str = "", after: str = "") -> Sheet:
    """A page of tickets, newest first: those before (older than) a code, those after it, or the newest."""
    wanted = _conditions(narrowed, now, _has_part)
    total = session.execute(select(func.count()).select_from(Ticket).where(*wanted)).scalar_one()
    rows = list(_page(session, wanted, size, before, after))
    more = len(rows) > size
    rows = rows[:size]
    if after:
        rows.reverse()
    tickets = with_parts(session, rows)
    older = rows[-1].code if rows and (more or after) else ""
    newer = rows[0].code if rows and (before or (after and more)) else ""
    return Sheet(tickets, total, older, newer)


def overdue(session: Session, now: datetime, limit: int) -> tuple[PublicTicket, ...]:
    """The tickets with an overdue part, the longest overdue first."""
    worst = func.min(col(Part.due_at)).label("worst")
    chosen = select(col(Part.ticket_id)).where(is_late(now)).group_by(col(Part.ticket_id)).order_by(worst).limit(limit)
    ids = list(session.execute(chosen).scalars())
    rows = {row.id: row for row in session.execute(select(*TICKET).where(col(Ticket.id).in_(ids)))}
    return with_parts(session, [rows[ticket_id] for ticket_id in ids])


def open_of(session: Session, agency: str, limit: int, after: int = 0) -> tuple[PublicTicket, ...]:
    """The tickets of which this agency has a part to answer, the one that is due (or late) first, first.

    `after` is how many of them are passed over.
    """
    soonest = func.min(col(Part.due_at)).label("soonest")
    mine = and_(unanswered(), col(Part.agency) == agency, col(Part.state).in_(OPEN_PART))
    chosen = (
        select(col(Part.ticket_id)).where(mine).group_by(col(Part.ticket_id)).order_by(soonest, col(Part.ticket_id))
    )
    chosen = chosen.offset(after).limit(limit)
    ids = list(session.execute(chosen).scalars())
    rows = {row.id: row for row in session.execute(select(*TICKET).where(col(Ticket.id).in_(ids)))}
    return with_parts(session, [rows[ticket_id] for ticket_id in ids])


def of_codes(session: Session, codes: Sequence[str]) -> dict[str, PublicTicket]:
    """Those of these tickets that show their words, by their codes."""
    rows = session.execute(select(*TICKET).where(*_shown(codes))).all()
    return {ticket.code: ticket for ticket in with_parts(session, rows)}


def fitting(session: Session, codes: Sequence[str], narrowed: Filter, now: datetime) -> set[str]:
    """The codes of those of these tickets that show their words and fit the filter."""
    wanted = _conditions(narrowed, now, _has_part_each)
    query = select(col(Ticket.code)).where(*_shown(codes), *wanted)
    return set(session.execute(query).scalars())


def _shown(codes: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return col(Ticket.code).in_(codes), col(Ticket.tier) != Tier.SEALED, col(Ticket.state).not_in(GONE_TICKET)


def shown_count(session: Session) -> int:
    """How many tickets show their words."""
    counted = select(func.count()).select_from(Ticket).where(col(Ticket.tier) != Tier.SEALED)
    return int(session.execute(counted).scalar_one())


def shown_codes(session: Session, after: int, limit: int) -> tuple[str, ...]:
    """The codes of the tickets that show their words, the oldest first; `after` is how many are passed over."""
    query = select(col(Ticket.code)).where(col(Ticket.tier) != Tier.SEALED).order_by(col(Ticket.id))
    return tuple(session.execute(query.offset(after).limit(limit)).scalars())


def with_parts(session: Session, rows: Sequence[Row[tuple[object, ...]]]) -> tuple[PublicTicket, ...]:
    """The tickets of rows of `TICKET`, in their order, with all their parts in one more query."""
    ids = [row.id for row in rows]
    parts: dict[str, list[PublicPart]] = {ticket_id: [] for ticket_id in ids}
    query = select(*_PART).where(col(Part.ticket_id).in_(ids)).order_by(col(Part.number))
    sealed = {row.id for row in rows if row.tier == Tier.SEALED}
    for part in session.execute(query) if ids else ():
        parts[part.ticket_id].append(_part(part, hidden=part.ticket_id in sealed))
    return tuple(_ticket(row, tuple(parts[row.id])) for row in rows)


def _ticket(row: Row[tuple[object, ...]], parts: tuple[PublicPart, ...]) -> PublicTicket:
    sealed = row.tier == Tier.SEALED
    return PublicTicket(
        id=row.id,
        code=row.code,
        topic=row.topic,
        klass=str(row.klass),
        state=str(row.state),
        tier=str(row.tier),
        title="" if sealed else row.title,
        text="" if sealed else row.public_text,
        business_name=row.business_name if row.tier == Tier.PUBLIC else "",
        rule_version=row.rule_version,
        received_at=row.received_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        merged_into="" if sealed else row.merged_into,
        parts=parts,
        masks=row.masks,
    )


def _part(row: Row[tuple[object, ...]], *, hidden: bool) -> PublicPart:
    values = dict(row._mapping)
    said = values.pop("answer_facts") or {}
    values |= {
        "state": str(row.state),
        "klass": str(row.klass),
        "verdict": str(row.verdict or ""),
        "facts": {key: str(said[key]) for key in ANSWER_FACTS if said.get(key)},
    }
    if hidden:
        values |= {"answer": "", "facts": {}, "question": "", "declined_reason": "", "verdict": ""}
    return PublicPart(**values)


def is_late(now: datetime) -> ColumnElement[bool]:
    """A part whose due time has passed while its clock ran."""
    moving = [state for state in OPEN_PART if state is not PartState.PAUSED]
    return and_(unanswered(), col(Part.state).in_(moving), col(Part.due_at) < now)


def unanswered() -> ColumnElement[bool]:
    """Said in the words of the partial index on open parts, so that old answers are never looked at."""
    return col(Part.answered_at).is_(None)


def _conditions(narrowed: Filter, now: datetime, has_part: HasPart) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if narrowed.agency:
        wanted.append(has_part(col(Part.agency) == narrowed.agency))
    if narrowed.topics:
        wanted.append(col(Ticket.topic).in_(narrowed.topics))
    if narrowed.state == "late":
        wanted.append(has_part(is_late(now)))
    elif narrowed.state == "answered":
        wanted.append(col(Ticket.state).in_(ANSWERED_TICKET))
    elif narrowed.state == "open":
        wanted.append(col(Ticket.state).not_in((*ANSWERED_TICKET, *GONE_TICKET)))
    return wanted


def _has_part(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """For pages of all tickets: the parts are gathered once."""
    return col(Ticket.id).in_(select(col(Part.ticket_id)).where(condition))


def _has_part_each(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """For some hundred known tickets: the parts of each are looked up, not those of all."""
    return select(col(Part.id)).where(col(Part.ticket_id) == col(Ticket.id), condition).exists()


def _page(
    session: Session, wanted: list[ColumnElement[bool]], size: int, before: str, after: str
) -> Sequence[Row[tuple[object, ...]]]:
    query = select(*TICKET).where(*wanted)
    edge = select(col(Ticket.id)).where(col(Ticket.code) == (before or after)).scalar_subquery()
    if before:
        query = query.where(col(Ticket.id) < edge)
    elif after:
        query = query.where(col(Ticket.id) > edge)
    order = col(Ticket.id).asc() if after else col(Ticket.id).desc()
    return session.execute(query.order_by(order).limit(size + 1)).all()
