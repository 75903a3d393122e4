"""Coordinators are reminded of parts refused twice: an hour before the end of their time, at it, then daily.

The one rule: the row is the schedule (`part.decide_remind_at`); outside working time nobody is told, and nobody more
often than two pushes a day: what is left out stands in the digest of the next morning.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import ladder, outbox, pushes, reference, templating
from zalobot.errors import PastHorizon
from zalobot.store.models import Part, Priority, Role, Ticket
from zalobot.templating import Rendered
from zalobot.tickets import facts, finding, telling
from zalobot.workdays import LOCAL, WorkCalendar

STEP = "decide"


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
    come = [(part, ticket, part.decide_remind_at) for part, ticket in session.execute(query)]
    for part, _, _ in come:
        part.decide_remind_at = _next(part, now, calendar)
    if come:
        _tell(session, come, now)
    return len(come)


def _tell(session: Session, come: Sequence[tuple[Part, Ticket, datetime | None]], now: datetime) -> None:
    """One message for everything that waits, to each coordinator who has had no two pushes today."""
    people = finding.staff(session, (Role.COORDINATOR,))
    told = pushes.told_today(session, [person.id for person in people], now)
    most = pushes.most(now, ladder.this_morning(now, reference.current(session).calendar))
    said, ticket_id = _said(session, [(part, ticket) for part, ticket, _ in come], now)
    for person in people:
        if told.get(person.id, 0) >= most or not person.person_id:
            continue
        key = outbox.enqueue(session, person.person_id, said, now=now, priority=Priority.REMINDER, ticket_id=ticket_id)
        for part, _, at in come:
            pushes.take(session, part.id, STEP, at or now, person.id, key, now)


def _said(session: Session, come: Sequence[tuple[Part, Ticket]], now: datetime) -> tuple[Rendered, str | None]:
    if len(come) == 1:
        part, ticket = come[0]
        said = templating.render("coordinator/decide_reminder", **telling.things(session, ticket, part, now))
        return said, ticket.id
    work = [facts.PartFacts(ticket, part, None, reference.current(session), now) for part, ticket in come]
    return templating.render("coordinator/decide_several", work=work), None


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
