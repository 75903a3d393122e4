"""When what is queued may leave: outside working time nothing but replies goes to staff.

The one rule: past the known days of the calendar people are not woken up either.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from zalobot import outbox, reference
from zalobot.errors import PastHorizon
from zalobot.outbox import Leaving, Outcome


def exchange(
    session: Session, outcomes: Sequence[Outcome], now: datetime, room: int, holder: str = ""
) -> list[Leaving]:
    """Settle what ended and claim what may leave now: outside working time nothing for staff but replies."""
    return outbox.exchange(session, outcomes, now, room, closed=_closed(session, now), holder=holder)


def _closed(session: Session, now: datetime) -> bool:
    here = session.info.get(reference.PROVINCE)
    if here is None:
        return False
    try:
        return not here.calendar.is_working_time(now)
    except PastHorizon:  # nothing is promised, but people are not woken up either
        return not here.calendar.is_usually_working_time(now)
