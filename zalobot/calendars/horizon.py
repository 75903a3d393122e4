"""How far the calendar reaches, and the alarms before it ends: past the last known day no date is promised.

The one rule: each threshold of each last known day is told to the coordinators once, in working time.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import ladder, pushes, reference, templating
from zalobot.errors import PastHorizon
from zalobot.store.models import JobRun, Role
from zalobot.tickets import finding, pushing
from zalobot.workdays import LOCAL, WorkCalendar

WARN, RED, LAST = THRESHOLDS = (60, 30, 7)  # days before the last known one
_JOB = "horizon"
_runs = JobRun.__table__  # type: ignore[attr-defined]
_take = insert(_runs).on_conflict_do_nothing().returning(_runs.c.slot)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The last known day and how many days are left to it."""

    last: date
    days: int


def horizon(calendar: WorkCalendar, now: datetime) -> Horizon:
    """How far the calendar reaches from `now`; negative days when it has ended."""
    return Horizon(calendar.last, (calendar.last - now.astimezone(LOCAL).date()).days)


def state(days: int) -> str:
    """ok, warn from 60 days before the end, red from 30."""
    return "red" if days <= RED else "warn" if days <= WARN else "ok"


def alarm(session: Session, now: datetime) -> int:
    """Tell the coordinators that the calendar ends soon, once per threshold; gives back how many were told.

    Where several thresholds have passed unseen, one message stands for all of them.
    """
    calendar = reference.fresh(session).calendar
    if not _at_work(calendar, now):
        return 0
    ahead = horizon(calendar, now)
    passed = [days for days in THRESHOLDS if ahead.days <= days]
    people = finding.staff(session, (Role.COORDINATOR,)) if passed else []
    slots = {f"{ahead.last}/{days}" for days in passed}
    if not people or slots <= _told_before(session, slots):  # nobody to tell: the next one who is linked will be
        return 0
    told = pushes.told_today(session, [officer.id for officer in people], now)
    most = pushes.most(now, ladder.this_morning(now, calendar))
    if max(told.values(), default=0) >= most:  # later is early enough
        return 0
    rows = [{"job": _JOB, "slot": slot, "at": now} for slot in sorted(slots)]
    if not [row for row in rows if session.execute(_take, row).first()]:
        return 0
    said = templating.render("officer/horizon", horizon=ahead)
    for officer in people:
        if officer.person_id:
            key = pushing.push(session, officer.person_id, said, now)
            pushes.take(session, "", _JOB, now, officer.id, key, now)
    return len(people)


def _at_work(calendar: WorkCalendar, now: datetime) -> bool:
    try:
        return calendar.is_working_time(now)
    except PastHorizon:  # the calendar has ended, which has to be told all the more
        return calendar.is_usually_working_time(now)


def _told_before(session: Session, slots: set[str]) -> set[str]:
    query = select(col(JobRun.slot)).where(col(JobRun.job) == _JOB, col(JobRun.slot).in_(slots))
    return set(session.execute(query).scalars())
