"""What only a human can mend, told to the coordinators: Zalo refuses because of a setting, or by a code nobody knows.

The one rule: once per code and day, however many messages meet it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import metrics, outbox, templating
from zalobot.outbox import Outcome
from zalobot.store.models import JobRun, Priority, Role
from zalobot.tickets import finding, telling
from zalobot.workdays import LOCAL
from zalobot.zalo import codes

JOB = "zalo_code"
_runs = JobRun.__table__  # type: ignore[attr-defined]
_take = insert(_runs).on_conflict_do_nothing().returning(_runs.c.slot)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A refusal as the wording sees it: Zalo's code, and its own words for it."""

    code: int
    message: str


def notice(session: Session, outcomes: Sequence[Outcome], now: datetime) -> int:
    """Tell of the codes among these outcomes that want a human; gives back how many coordinators were told."""
    troubles = {one.error_code: one.error or "" for one in outcomes if one.alarm and one.error_code is not None}
    return sum(_tell(session, Trouble(code, message), now) for code, message in troubles.items())


def today(session: Session, now: datetime) -> list[int]:
    """The codes that were told of today."""
    query = select(col(JobRun.slot)).where(col(JobRun.job) == JOB, col(JobRun.slot).startswith(_day(now)))
    return sorted(int(slot.rpartition("/")[2]) for slot in session.execute(query).scalars())


def _tell(session: Session, trouble: Trouble, now: datetime) -> int:
    if codes.unheard_of(trouble.code):
        metrics.UNHEARD_OF.labels(str(trouble.code)).inc()
    if session.execute(_take, {"job": JOB, "slot": f"{_day(now)}{trouble.code}", "at": now}).first() is None:
        return 0
    people = [one.person_id for one in finding.staff(session, (Role.COORDINATOR,)) if one.person_id]
    if not people:
        return 0
    wording = "zalo_unheard_of" if codes.unheard_of(trouble.code) else "zalo_refuses"
    said = templating.render(f"coordinator/{wording}", trouble=trouble)
    hold = telling.until_working_time(session, now)
    for person_id in people:
        outbox.enqueue(session, person_id, said, now=now, priority=Priority.STATUS, hold=hold)
    return len(people)


def _day(now: datetime) -> str:
    return f"{now.astimezone(LOCAL).date()}/"
