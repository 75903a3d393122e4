"""Coordinators are reminded of parts refused twice: an hour before the end of their time, at it, then daily.

The one rule: the row is the schedule (`part.decide_remind_at`); outside working time nobody is told.
"""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import ladder, reference
from zalobot.errors import PastHorizon
from zalobot.store.models import Part, Ticket
from zalobot.tickets import telling
from zalobot.workdays import LOCAL, WorkCalendar


def remind(session: Session, now: datetime, limit: int = 200) -> int:
    """Tell the coordinators what waits for their decision; gives back of how many parts they were told."""
    calendar = reference.fresh(session).calendar
    try:
        if not calendar.is_working_time(now):
            return 0
    except PastHorizon:
        return 0
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.decide_remind_at) <= now)
        .order_by(col(Part.decide_remind_at))
        .limit(limit)
        .with_for_update(of=Part, skip_locked=True)
    )
    rows = list(session.execute(query))
    for part, ticket in rows:
        part.decide_remind_at = _next(part, now, calendar)
        telling.the_coordinators(session, "coordinator/decide_reminder", ticket, part, now)
    return len(rows)


def waiting(session: Session, limit: int = 20) -> list[tuple[Part, Ticket]]:
    """The parts that wait for a coordinator's decision, the first due first."""
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.decide_remind_at).is_not(None))
        .order_by(col(Part.decide_by), col(Part.id))
        .limit(limit)
    )
    return [(part, ticket) for part, ticket in session.execute(query)]


def _next(part: Part, now: datetime, calendar: WorkCalendar) -> datetime | None:
    if part.decide_by is not None and now < part.decide_by:
        return part.decide_by
    try:
        return calendar.opens(calendar.next_working_day(now.astimezone(LOCAL).date())) + ladder.MORNING
    except PastHorizon:
        return None
