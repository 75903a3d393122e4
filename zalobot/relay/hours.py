"""When what is queued may leave: outside working time nothing but replies goes to staff.

The one rule: past the known days of the calendar people are not woken up either.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from zalobot import outbox, reference
from zalobot.errors import PastHorizon
from zalobot.outbox import Leaving, Outcome
from zalobot.relay import alarms
from zalobot.store.models import Priority


def exchange(
    session: Session,
    outcomes: Sequence[Outcome],
    now: datetime,
    room: int,
    holder: str = "",
    apart: Mapping[Priority, int] = MappingProxyType({}),
) -> list[Leaving]:
    """Settle what ended, tell of what only a human can mend, and claim what may leave now.

    Outside working time nothing leaves for staff but replies.
    """
    alarms.notice(session, outcomes, now)
    closed = _closed(session, now)
    return outbox.exchange(session, outcomes, now, room, closed=closed, holder=holder, apart=apart)


def _closed(session: Session, now: datetime) -> bool:
    here = session.info.get(reference.PROVINCE)
    if here is None:
        return False
    try:
        return not here.calendar.is_working_time(now)
    except PastHorizon:  # nothing is promised, but people are not woken up either
        return not here.calendar.is_usually_working_time(now)
