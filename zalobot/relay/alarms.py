"""What only a human can mend, told to the coordinators: Zalo refuses because of a setting, or by a code nobody knows.

The one rule: once per code and day, however many messages meet it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import metrics, templating
from zalobot.errors import ZaloError
from zalobot.mail import Letter, is_address
from zalobot.outbox import Outcome
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import JobRun, OutboxMessage, Role
from zalobot.tickets import finding, pushing, telling
from zalobot.workdays import LOCAL
from zalobot.zalo import codes

log = logging.getLogger(__name__)

JOB, LETTERS = "zalo_code", "zalo_code_letter"
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


async def write(
    store: Store, now: datetime, send: Callable[[Letter], Awaitable[str]], addresses: Iterable[str]
) -> None:
    """The same by letter to every address, once: where the account is at fault, Zalo may not carry the news of it."""
    for trouble in await store.run(_unwritten, now):
        said, subject = _worded(trouble), templating.render("mail/zalo_trouble", trouble=trouble)
        for address in filter(is_address, addresses):
            try:
                await send(Letter(new_id(), address, subject.text, said.text))
            except ZaloError as error:
                log.error("the alarm of code %d did not reach a mail box: %s", trouble.code, error)


def _unwritten(session: Session, now: datetime) -> list[Trouble]:
    """The troubles of today that no letter has told of, taken."""
    taken = [code for code in today(session, now) if _taken(session, LETTERS, code, now)]
    return [Trouble(code, _words(session, code)) for code in taken]


def _words(session: Session, code: int) -> str:
    latest = select(col(OutboxMessage.error)).where(col(OutboxMessage.error_code) == code)
    return session.execute(latest.order_by(col(OutboxMessage.id).desc()).limit(1)).scalar() or ""


def _worded(trouble: Trouble) -> templating.Rendered:
    wording = "zalo_unheard_of" if codes.unheard_of(trouble.code) else "zalo_refuses"
    return templating.render(f"coordinator/{wording}", trouble=trouble)


def _taken(session: Session, job: str, code: int, now: datetime) -> bool:
    return session.execute(_take, {"job": job, "slot": f"{_day(now)}{code}", "at": now}).first() is not None


def _tell(session: Session, trouble: Trouble, now: datetime) -> int:
    if codes.unheard_of(trouble.code):
        metrics.UNHEARD_OF.labels(str(trouble.code)).inc()
    if not _taken(session, JOB, trouble.code, now):
        return 0
    people = [one.person_id for one in finding.staff(session, (Role.COORDINATOR,)) if one.person_id]
    if not people:
        return 0
    said = _worded(trouble)
    hold = telling.until_working_time(session, now)
    for person_id in people:
        pushing.push(session, person_id, said, now, hold=hold)
    return len(people)


def _day(now: datetime) -> str:
    return f"{now.astimezone(LOCAL).date()}/"
