"""The queue of an officer: the open parts of an agency, the most urgent first, a page of them, and how many there are.

The one rule: what is counted and what is shown are the same conditions, so that a long queue hides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlmodel import Session, col

from zalobot.store.models import Officer, Part, PartState, Ticket
from zalobot.store.queries.public import unanswered
from zalobot.store.queries.work import COLUMNS, OPEN, WorkRow

PAGE: Final = 100  # parts on a page


class Narrow(StrEnum):
    """What a queue can be narrowed to, in the words of its address."""

    ALL = ""
    NOW = "lam-ngay"
    NEW = "chua-nhan"
    WAIT = "cho-doanh-nghiep"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose queue: what this officer holds and what nobody does, or the `whole` agency's. Whoever `explains` what is
    late, the head, has that among their own, too. `tonight` is the end of the day: what is due until then is for now.
    """

    agency: str
    officer_id: str
    tonight: datetime
    whole: bool = False
    explains: bool = False
    narrowed: Narrow = Narrow.ALL
    page: int = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How many parts the agency has, how many of them are this officer's own, and what each narrowing would show."""

    total: int
    mine: int
    ways: Mapping[Narrow, int]


def listed(session: Session, asked: Asked) -> list[WorkRow]:
    """One page of the queue, by due time; parts without a date last."""
    query = (
        select(*COLUMNS)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .outerjoin(Officer, col(Officer.id) == col(Part.officer_id))
        .where(*_theirs(asked.agency), true() if asked.whole else _mine(asked), _ways(asked)[asked.narrowed])
        .order_by(col(Part.due_at).is_(None), col(Part.due_at), col(Part.id))
        .limit(PAGE)
        .offset((asked.page - 1) * PAGE)
    )
    return [WorkRow(**row._mapping) for row in session.execute(query)]


def pages_of(parts: int) -> int:
    """How many pages so many parts fill; an empty queue has one."""
    return max(1, -(-parts // PAGE))


def counted(session: Session, asked: Asked) -> Counts:
    """The numbers beside the queue, in one statement."""
    mine, shown = _mine(asked), true() if asked.whole else _mine(asked)
    ways = _ways(asked)
    sums = [func.count(case((and_(shown, way), 1))) for way in ways.values()]
    row = session.execute(
        select(func.count(), func.count(case((mine, 1))), *sums).select_from(Part).where(*_theirs(asked.agency))
    ).one()
    return Counts(row[0], row[1], dict(zip(ways, row[2:], strict=True)))


def _theirs(agency: str) -> tuple[ColumnElement[bool], ...]:
    held = or_(col(Part.agency) == agency, col(Part.declined_to) == agency)
    return held, unanswered(), col(Part.state).in_(OPEN), col(Part.closed_at).is_(None)


def _offered(asked: Asked) -> ColumnElement[bool]:
    return and_(
        col(Part.state) == PartState.DECLINED, col(Part.declined_to) == asked.agency, col(Part.agency) != asked.agency
    )


def _mine(asked: Asked) -> ColumnElement[bool]:
    """Held by this officer or by nobody; what is offered to the agency is nobody's there yet."""
    own = [col(Part.officer_id) == asked.officer_id, col(Part.officer_id).is_(None), _offered(asked)]
    if asked.explains:
        own.append(and_(col(Part.explain_until).is_not(None), col(Part.explained_at).is_(None)))
    return or_(*own)


def _ways(asked: Asked) -> dict[Narrow, ColumnElement[bool]]:
    offered, paused = _offered(asked), col(Part.state) == PartState.PAUSED
    return {
        Narrow.ALL: true(),
        Narrow.NOW: and_(~offered, ~paused, col(Part.due_at) <= asked.tonight),
        Narrow.NEW: or_(col(Part.state) == PartState.WAITING, offered),
        Narrow.WAIT: paused,
    }
