"""Looking into the outbox.

The one rule: nothing here changes a row.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from zalobot.store.models import OutboxMessage, OutboxState
from zalobot.zalo.messages import Button, Outgoing

_table = OutboxMessage.__table__  # type: ignore[attr-defined]


def last_offer(session: Session, person_id: str, before: datetime) -> tuple[Button, ...]:
    """The buttons of the newest message the person has got, so that "2" typed means its second one."""
    query = (
        select(_table.c.body)
        .where(_table.c.person_id == person_id, _table.c.sent_at.is_not(None), _table.c.sent_at <= before)
        .order_by(_table.c.sent_at.desc(), _table.c.id.desc())
        .limit(5)
    )
    for (body,) in session.execute(query):
        outgoing = Outgoing.from_json(body)
        if outgoing.buttons:
            return outgoing.buttons
    return ()


def counts(session: Session) -> dict[str, int]:
    """How many rows are in each unfinished state, how many stayed unclear, and how many failed."""
    unfinished = OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN
    states = [*unfinished, OutboxState.UNCLEAR, OutboxState.FAILED]
    query = select(_table.c.state, func.count()).where(_table.c.state.in_(states)).group_by(_table.c.state)
    found = {str(state): count for state, count in session.execute(query)}
    return {state.value: found.get(state.value, 0) for state in states}
