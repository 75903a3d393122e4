"""The figures of the first page: counts of parts, never a rank."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from zalobot.store.models import Part, PartState, Ticket
from zalobot.store.queries.public import OPEN_PART, is_late, unanswered

WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Figures:
    """Parts open, due today and overdue (at how many agencies); answered in 90 days, and in time among them."""

    open: int
    today: int
    late: int
    late_agencies: int
    answered: int
    in_time: int
    by_topic: tuple[tuple[str, int], ...]


def figures(session: Session, now: datetime, today: tuple[datetime, datetime]) -> Figures:
    """Count all parts at `now`; `today` bounds the day, its end belongs to the next."""
    is_open = and_(unanswered(), col(Part.state).in_(OPEN_PART))
    due_today = and_(
        is_open, col(Part.state) != PartState.PAUSED, col(Part.due_at) >= today[0], col(Part.due_at) < today[1]
    )
    late = is_late(now)
    counts = session.execute(
        select(
            func.count(),
            func.count(case((due_today, 1))),
            func.count(case((late, 1))),
            func.count(func.distinct(case((late, col(Part.agency))))),
        ).where(is_open)
    ).one()
    recent = col(Part.answered_at) >= now - WINDOW
    in_time = case((col(Part.answered_at) <= col(Part.due_at), 1))
    done = session.execute(
        select(func.count(), func.count(in_time)).where(
            col(Part.state).in_((PartState.ANSWERED, PartState.CLOSED)), recent, col(Part.due_at).is_not(None)
        )
    ).one()
    topics = session.execute(select(col(Ticket.topic), func.count()).group_by(col(Ticket.topic))).all()
    return Figures(
        open=counts[0],
        today=counts[1],
        late=counts[2],
        late_agencies=counts[3],
        answered=done[0],
        in_time=done[1],
        by_topic=tuple((topic, number) for topic, number in topics),
    )
