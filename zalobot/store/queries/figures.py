"""Counts of this moment: parts open, due and overdue, of the province and of each agency, never a rank.

What is published of a period (shares, medians) is another thing: `zalobot/figures/`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session, col

from zalobot.store.models import Part, PartState, Ticket
from zalobot.store.queries.public import OPEN_PART, is_late, unanswered


@dataclass(frozen=True, slots=True)
class Figures:
    """Parts open, due today and overdue (at how many agencies); tickets by topic."""

    open: int
    today: int
    late: int
    late_agencies: int
    by_topic: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """The open parts an agency holds: all, among them paused, due today, overdue."""

    open: int = 0
    paused: int = 0
    today: int = 0
    late: int = 0


def figures(session: Session, now: datetime, today: tuple[datetime, datetime]) -> Figures:
    """Count all parts at `now`; `today` bounds the day, its end belongs to the next."""
    is_open, due_today, late = _open(), _due(today), is_late(now)
    counts = session.execute(
        select(
            func.count(),
            func.count(case((due_today, 1))),
            func.count(case((late, 1))),
            func.count(func.distinct(case((late, col(Part.agency))))),
        ).where(is_open)
    ).one()
    topics = session.execute(select(col(Ticket.topic), func.count()).group_by(col(Ticket.topic))).all()
    return Figures(
        open=counts[0],
        today=counts[1],
        late=counts[2],
        late_agencies=counts[3],
        by_topic=tuple((topic, number) for topic, number in topics),
    )


def by_agency(
    session: Session, now: datetime, today: tuple[datetime, datetime], only: str = ""
) -> dict[str, AgencyFigures]:
    """The figures of every agency (or one) that holds an open part, counted as `figures` counts them."""
    counts = (
        func.count(),
        func.count(case((col(Part.state) == PartState.PAUSED, 1))),
        func.count(case((_due(today), 1))),
        func.count(case((is_late(now), 1))),
    )
    which = [col(Part.agency) == only] if only else []
    held = session.execute(select(col(Part.agency), *counts).where(_open(), *which).group_by(col(Part.agency)))
    return {agency: AgencyFigures(*numbers) for agency, *numbers in held}


def answers(session: Session) -> dict[str, int]:
    """How many parts each agency has answered ever; along an index, but all of it."""
    given = select(col(Part.agency), func.count()).where(col(Part.answered_at).is_not(None)).group_by(col(Part.agency))
    return {row[0]: row[1] for row in session.execute(given)}


def _open() -> ColumnElement[bool]:
    return and_(unanswered(), col(Part.state).in_(OPEN_PART))


def _due(today: tuple[datetime, datetime]) -> ColumnElement[bool]:
    return and_(_open(), col(Part.state) != PartState.PAUSED, col(Part.due_at) >= today[0], col(Part.due_at) < today[1])
