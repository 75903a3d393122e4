"""The morning digest: at 08:00 of a working day each member of staff is told once what the day holds, if anything.

The one rule: the slot (day and person) is taken in the transaction of the message, so that a digest is sent once
whatever restarts. Only within the hour: later it would be no morning's. Reminders due then are part of it.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import ladder, morning, pushes, reference
from zalobot.errors import PastHorizon
from zalobot.morning import Work
from zalobot.store.models import JobRun, Officer, Part, Priority
from zalobot.templating import Rendered
from zalobot.tickets import absences, pushing
from zalobot.tickets.absences import Told
from zalobot.workdays import LOCAL

JOB, STEP = "digest", pushes.DIGEST
BATCH = 200

_slots = insert(JobRun.__table__).on_conflict_do_nothing()  # type: ignore[attr-defined]


def send(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Send the digests of this morning that have not gone with a reminder; gives back how many people were looked at.

    The ladder speaks first: while a reminder is due, in whichever process, nothing is sent here.
    """
    if not in_the_morning(session, now) or _reminders_wait(session, now):
        return 0
    people = _not_yet(session, now, limit)
    keys = [officer.id for officer in people]
    told = pushes.told_today(session, keys, now)
    mine = _take(session, keys, now)
    away = absences.deputies(session, now)
    for officer in people:
        if officer.id not in mine or officer.id in away or told.get(officer.id, 0) >= pushes.A_DAY:
            continue
        said = _build(session, Told(officer), (), now)
        if said is not None and officer.person_id:
            key = pushing.push(session, officer.person_id, said, now, priority=Priority.REMINDER)
            pushes.take(session, "", STEP, _morning(session, now), officer.id, key, now)
    return len(mine)


def wait(session: Session, now: datetime) -> bool:
    """Whether it is the hour and there is anybody whose morning nobody has looked at."""
    return in_the_morning(session, now) and bool(_not_yet(session, now, 1))


def instead(session: Session, told: Told, work: Work, now: datetime) -> Rendered | None:
    """The person's digest with the reminders that have just come due in it; None where it is not the time, or it went.

    Whoever calls this sends it: the slot is taken.
    """
    if not in_the_morning(session, now) or not _take(session, [told.officer.id], now):
        return None
    return _build(session, told, work, now)


def in_the_morning(session: Session, now: datetime) -> bool:
    """Whether it is the hour of the digest: from 08:00 (half an hour after work begins) of a working day."""
    try:
        calendar = reference.fresh(session).calendar
        begins = _morning(session, now) if calendar.is_working(now.astimezone(LOCAL).date()) else None
    except PastHorizon:
        return False
    return begins is not None and begins <= now < begins + ladder.MORNING_LASTS and calendar.is_working_time(now)


def _morning(session: Session, now: datetime) -> datetime:
    return reference.current(session).calendar.opens(now.astimezone(LOCAL).date()) + ladder.MORNING


def _reminders_wait(session: Session, now: datetime) -> bool:
    return bool(session.execute(select(exists().where(col(Part.remind_at) <= now))).scalar())


def _not_yet(session: Session, now: datetime, limit: int) -> list[Officer]:
    """Linked staff whose morning nobody has looked at yet."""
    looked_at = exists().where(col(JobRun.job) == JOB, col(JobRun.slot) == _today(now) + col(Officer.id))
    query = select(Officer).where(col(Officer.active).is_(True), col(Officer.person_id).is_not(None), ~looked_at)
    return list(session.execute(query.order_by(col(Officer.agency), col(Officer.id)).limit(limit)).scalars())


def _take(session: Session, officers: Iterable[str], now: datetime) -> set[str]:
    """Take these people's slots of today; those that were free."""
    rows = [{"job": JOB, "slot": _today(now) + officer_id, "at": now} for officer_id in sorted(officers)]
    if not rows:
        return set()
    taken = session.execute(_slots.returning(col(JobRun.slot)), rows).scalars()
    return {slot.removeprefix(_today(now)) for slot in taken}


def _today(now: datetime) -> str:
    return f"{now.astimezone(LOCAL).date().isoformat()}/"


def _build(session: Session, told: Told, work: Work, now: datetime) -> Rendered | None:
    digest = morning.of_person(session, told.officer, work, now)
    return told.words(morning.words(digest)) if digest.says_something else None
