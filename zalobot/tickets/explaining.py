"""Late means explain: past due the head of the agency gives a public reason and a new date within a working day.

The one rule: the new date is a promise beside the due time and never moves it. (Silence is noted by `silence`.)
"""

from datetime import date, datetime

from sqlmodel import Session

from zalobot import reference
from zalobot.errors import Refused
from zalobot.province import Province
from zalobot.store.models import EventKind, Officer, Part, Role, Ticket
from zalobot.tickets import changes, finding, life, patience, telling
from zalobot.tickets.record import record
from zalobot.tickets.triage import public_reason
from zalobot.tickets.working import actor
from zalobot.workdays import LOCAL

AT_LEAST = 15  # characters of a reason


def ask(session: Session, ticket: Ticket, part: Part, now: datetime) -> None:
    """The head has just been asked: from now on the time to explain runs. A clock is explained once."""
    if part.due_at is not None and not explained(part):
        part.explain_until = patience.explanation_ends(session, ticket, part.due_at, now)


def explained(part: Part) -> bool:
    """Whether the lateness of the clock that runs has been explained."""
    return part.explained_at is not None and part.explained_at >= part.clock_started_at


def explain(
    session: Session,
    code: str,
    reason: str,
    new_date: date,
    officer: Officer,
    now: datetime,
    *,
    seen: int | None = None,
) -> tuple[Ticket, Part]:
    """Give the public reason why a part is late and the day it will be answered; the business is told. What is sent
    twice is said once; a late explanation is taken too, and marked.

    Raises Refused: not_the_head, not_late, reason_missing, date_not_ahead, date_not_worked; StaleTicket.
    """
    ticket, part, _ = finding.part_by_code(session, code)
    check(part, officer, now)
    if explained(part) and (part.explanation, part.new_date) == (reason, new_date):
        return ticket, part
    changes.check_part(session, ticket, part, seen)
    if len(reason.strip()) < AT_LEAST:
        raise Refused("reason_missing", code=part.code)
    if problem := date_problem(new_date, now.astimezone(LOCAL).date(), reference.current(session)):
        raise Refused(problem, code=part.code)
    late = part.explain_until is None
    part.explanation, part.explained_at, part.new_date, part.explain_until = reason, now, new_date, None
    part.version += 1
    said = public_reason(ticket, reason)
    by = actor(officer)
    record(
        session, ticket, EventKind.EXPLAINED, by, now, part=part, reason=reason, late=late, day=str(new_date), **said
    )
    telling.the_business(session, "status/explained", ticket, part, now)
    return ticket, part


def check(part: Part, officer: Officer, now: datetime) -> None:
    """Raise Refused unless this is a late part and this the head of the agency that holds it."""
    if officer.role is not Role.HEAD or officer.agency != part.agency:
        raise Refused("not_the_head", part=part.code)
    if part.state not in life.OPEN or part.paused_at is not None or part.due_at is None or now <= part.due_at:
        raise Refused("not_late", part=part.code)


def date_problem(day: date, today: date, province: Province) -> str:
    """Why a day cannot be promised: date_not_ahead, date_not_worked (or not known); "" where it can."""
    if day <= today:
        return "date_not_ahead"
    calendar = province.calendar
    return "" if day <= calendar.last and calendar.is_working(day) else "date_not_worked"
