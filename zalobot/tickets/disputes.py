"""Parts refused twice wait for a coordinator: reminded an hour before the end of the time for it, at it, then daily.

The one rule: the row is the schedule (`part.decide_remind_at`). When the time is over that is on record, and the
leaders hear of it, once. What the limit of two pushes a day leaves out stands in the digest of the next morning.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import Session, col

from zalobot import ladder, pushes, reference, templating
from zalobot.errors import PastHorizon
from zalobot.store.models import EventKind, Part, Role, Ticket
from zalobot.templating import Rendered
from zalobot.tickets import facts, finding, prompting, telling
from zalobot.tickets.prompting import Mark
from zalobot.tickets.record import SYSTEM, record
from zalobot.workdays import LOCAL, WorkCalendar

STEP, OVER = "decide", "undecided"

Rows = Sequence[tuple[Part, Ticket]]


def remind(session: Session, now: datetime, limit: int = 200) -> int:
    """Tell the coordinators what waits for their decision; gives back of how many parts they were told."""
    if not prompting.may(session, now):
        return 0
    calendar = reference.current(session).calendar
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.decide_remind_at) <= now)
        .order_by(col(Part.decide_remind_at))
        .limit(limit)
        .with_for_update(of=Part, skip_locked=True)
    )
    come = [(part, ticket) for part, ticket in session.execute(query)]
    if not come:
        return 0
    marks = [Mark(part.id, STEP, part.decide_remind_at or now) for part, _ in come]
    for part, _ in come:
        part.decide_remind_at = _next(part, now, calendar)
    people = finding.staff(session, (Role.COORDINATOR,))
    said, ticket_id = _said(session, come, now)
    prompting.prompt(session, people, said, marks, now, ticket_id=ticket_id)
    return len(come)


def escalate(session: Session, now: datetime, limit: int = 200) -> int:
    """Put on record, in public, whose time for a decision is over, and tell the leaders; gives back of how many parts.

    Once for each dispute, whether or not there is a leader to tell.
    """
    if not prompting.may(session, now):
        return 0
    known = pushes.ledger.c
    told = exists().where(known.part_id == col(Part.id), known.step == OVER, known.due_at == col(Part.decide_by))
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.decide_remind_at).is_not(None), col(Part.decide_by) <= now, ~told)
        .order_by(col(Part.decide_by), col(Part.id))
        .limit(limit)
        .with_for_update(of=Part, skip_locked=True)
    )
    over = [(part, ticket) for part, ticket in session.execute(query)]
    if over:
        _escalate(session, over, now)
    return len(over)


def _said(session: Session, come: Rows, now: datetime) -> tuple[Rendered, str | None]:
    if len(come) == 1:
        part, ticket = come[0]
        said = templating.render("coordinator/decide_reminder", **telling.things(session, ticket, part, now))
        return said, ticket.id
    return templating.render("coordinator/decide_several", work=_work(session, come, now)), None


def _escalate(session: Session, over: Rows, now: datetime) -> None:
    marks = [Mark(part.id, OVER, part.decide_by or now) for part, _ in over]
    said = templating.render("coordinator/undecided", work=_work(session, over, now))
    ticket_id = over[0][1].id if len(over) == 1 else None
    told = prompting.prompt(session, finding.staff(session, (Role.LEADER,)), said, marks, now, ticket_id=ticket_id)
    for (part, ticket), mark in zip(over, marks, strict=True):
        pushes.take(session, part.id, OVER, mark.at, "", None, now)
        until = mark.at.astimezone(LOCAL).isoformat()
        record(session, ticket, EventKind.NOT_DECIDED, SYSTEM, now, part=part, until=until, told=told > 0)


def _work(session: Session, rows: Rows, now: datetime) -> list[facts.PartFacts]:
    return [facts.PartFacts(ticket, part, None, reference.current(session), now) for part, ticket in rows]


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


def to_come_today(session: Session, now: datetime) -> bool:
    """Whether the coordinators are still to be reminded of a dispute before the end of the day."""
    midnight = now.astimezone(LOCAL).replace(hour=23, minute=59, second=59)
    query = select(col(Part.id)).where(col(Part.decide_remind_at) <= midnight).limit(1)
    return session.execute(query).first() is not None


def _next(part: Part, now: datetime, calendar: WorkCalendar) -> datetime | None:
    if part.decide_by is not None and now < part.decide_by:
        return part.decide_by
    try:
        return calendar.opens(calendar.next_working_day(now.astimezone(LOCAL).date())) + ladder.MORNING
    except PastHorizon:
        return None
