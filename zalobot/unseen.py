"""An urgent notice nobody looked at for two working hours goes to the head of the agency too, once.

The one rule: only Zalo's receipts are believed. Of people from whom none ever came (Zalo on a computer gives none)
nothing can be said, and whoever wrote to us since has been here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, select
from sqlmodel import Session, col

from zalobot import ladder, pushes, reference, reminders
from zalobot.errors import PastHorizon
from zalobot.ladder import LADDER, UNSEEN, Moment
from zalobot.receipt import last_day
from zalobot.store.models import Conversation, OutboxMessage, Part, Role, Ticket
from zalobot.tickets import absences, finding, life
from zalobot.workdays import LOCAL

URGENT = tuple(step.name for step in LADDER if step.urgent)
BATCH = 200


def climb(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Tell the heads of what was not seen; gives back how many parts were looked at. Only in working time."""
    try:
        if not reference.fresh(session).calendar.is_working_time(now):
            return 0
    except PastHorizon:
        return 0
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.unseen_at) <= now)
        .order_by(col(Part.unseen_at), col(Part.id))
        .limit(limit)
        .with_for_update(of=Part, skip_locked=True)
    )
    rows = list(session.execute(query))
    tasks = []
    for part, ticket in rows:
        unseen, part.unseen_at = _look(session, part, now)
        if unseen and part.state in life.OPEN and part.paused_at is None and not _a_day_late(part, now):
            heads = finding.staff(session, (Role.HEAD,), part.agency)
            tasks += [
                reminders.Due(part, ticket, Moment(UNSEEN, now), told) for told in absences.present(session, heads, now)
            ]
    reminders.tell(session, tasks, now)
    return len(rows)


def _a_day_late(part: Part, now: datetime) -> bool:
    """From the day after the due one on the head is told of the lateness itself."""
    return part.due_at is None or now.astimezone(LOCAL).date() > last_day(part.due_at)


def _look(session: Session, part: Part, now: datetime) -> tuple[bool, datetime | None]:
    """Whether the last urgent notice that has had its two hours was seen by nobody, and when to look at the next."""
    calendar = reference.current(session).calendar
    had_time, ahead = [], []
    for row in _notices(session, part):
        look_at = ladder.unseen_at(row.taken_at, calendar)
        if look_at is not None and look_at <= now:
            had_time.append(row)
        elif look_at is not None:
            ahead.append(look_at)
    last = max((row.taken_at for row in had_time), default=None)
    told = [row for row in had_time if row.taken_at == last]
    here = any(row.seen_at or (row.last_interaction_at and row.last_interaction_at >= row.created_at) for row in told)
    unseen = not here and any(_gives_receipts(session, row.person_id) for row in told)
    return unseen, min(ahead, default=None)


def _notices(session: Session, part: Part) -> list[Row[Any]]:
    ledger = pushes.ledger.c
    query = (
        select(
            ledger.taken_at,
            col(OutboxMessage.person_id),
            col(OutboxMessage.seen_at),
            col(OutboxMessage.created_at),
            col(Conversation.last_interaction_at),
        )
        .select_from(pushes.ledger)
        .join(OutboxMessage, col(OutboxMessage.id) == ledger.outbox_id)
        .outerjoin(Conversation, col(Conversation.person_id) == col(OutboxMessage.person_id))
        .where(ledger.part_id == part.id, ledger.due_at == part.due_at, ledger.step.in_(URGENT))
    )
    return list(session.execute(query))


def _gives_receipts(session: Session, person_id: str) -> bool:
    came = col(OutboxMessage.seen_at).is_not(None) | col(OutboxMessage.delivered_at).is_not(None)
    return bool(session.execute(select(exists().where(col(OutboxMessage.person_id) == person_id, came))).scalar())
