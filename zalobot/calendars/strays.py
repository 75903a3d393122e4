"""Parts that were being counted while the calendar changed: they are looked at once more.

The one rule: what another process had not yet committed a recount cannot see; it is caught here within a minute.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import reference
from zalobot.calendars import telling
from zalobot.calendars.recounting import keep, recounted
from zalobot.store.models import CalendarVersion, DeadlineReceipt, Part
from zalobot.tickets.life import OPEN
from zalobot.tickets.record import SYSTEM

BEFORE, AFTER = timedelta(minutes=10), timedelta(hours=1)  # of a change: who could have missed it; how long to look


def settle(session: Session, now: datetime) -> int:
    """Count again what the last change of the calendar missed; gives back how many due times moved."""
    query = select(CalendarVersion).order_by(col(CalendarVersion.number).desc()).limit(1)
    version = session.execute(query).scalar_one_or_none()
    if version is None or version.number == 1 or now > version.made_at + AFTER:
        return 0
    missed = (
        select(col(Part.id))
        .join(DeadlineReceipt, col(DeadlineReceipt.part_id) == col(Part.id))
        .where(
            col(Part.state).in_(OPEN),
            col(DeadlineReceipt.struck_at).is_(None),
            col(DeadlineReceipt.made_at) >= version.made_at - BEFORE,
            col(DeadlineReceipt.data)["calendar_version"].as_string() != version.version,
        )
    )
    parts = list(session.execute(missed).scalars())
    if not parts:
        return 0
    province, reason = reference.fresh(session), str(version.data.get("reason", ""))
    found = recounted(session, province, now, only=parts, lock=True)
    moved = keep(session, found, reason, province.calendar, SYSTEM, now)
    telling.tell(session, moved, reason, now)
    return len(moved)
