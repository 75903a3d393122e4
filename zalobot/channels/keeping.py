"""Before Zalo's window closes, whoever has something to hear is given a button that opens it again.

The one rule: once for each window, by day, and only where a tap now would help: for staff in working time, within their
two pushes a day, and not before a holiday that is longer than the window.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, or_, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import consents, pushes, reference, templating
from zalobot.channel_policy import Policy
from zalobot.errors import PastHorizon
from zalobot.store.models import Conversation, Officer, Part, Priority, Reach, Ticket
from zalobot.tickets import absences, facts, pushing, telling
from zalobot.tickets.life import OPEN
from zalobot.workdays import LOCAL, WorkCalendar

STEP = "window"
AT_ONCE = 200  # people in one transaction; the next look takes the others
AFTERNOON = time(14)  # staff: after the digest had its chance, while there is time to tap
LAST_HOUR = timedelta(hours=1)
LOOK_AHEAD = timedelta(hours=24)  # longer than any night by which a nudge is brought forward

_reach = Reach.__table__  # type: ignore[attr-defined]
_nudged = insert(_reach)
_nudged = _nudged.on_conflict_do_update(index_elements=["person_id"], set_={"nudged_for": _nudged.excluded.nudged_for})


def keep(session: Session, now: datetime, policy: Policy) -> int:
    """Give the button to everybody whose window closes soon; how many got it."""
    return _businesses(session, now, policy) + _staff(session, now, policy)


def moment(closes: datetime, policy: Policy) -> datetime:
    """When a business is given the button: some hours before the window closes, by day."""
    at = (closes - policy.nudge_before).astimezone(LOCAL)
    if at.time() > policy.nudge_latest:
        return datetime.combine(at.date(), policy.nudge_latest, LOCAL)
    if at.time() < policy.nudge_earliest:
        return datetime.combine(at.date() - timedelta(days=1), policy.nudge_latest, LOCAL)
    return at


def moment_for_staff(closes: datetime, now: datetime, length: timedelta, calendar: WorkCalendar) -> datetime | None:
    """When a member of staff is given the button today; None where it is not needed, or would not help.

    Needed: the window closes before an hour of the next working day has passed. No help: so does the one a tap opens.
    """
    today = now.astimezone(LOCAL).date()
    back = calendar.opens(calendar.next_working_day(today)) + LAST_HOUR
    if closes > back or now + length <= back:
        return None
    return min(datetime.combine(today, AFTERNOON, LOCAL), closes - LAST_HOUR)


def _businesses(session: Session, now: datetime, policy: Policy) -> int:
    asked = 0
    for person_id, wrote in session.execute(_people_with_work(now, policy)).all():
        if moment(wrote + policy.open, policy) > now:
            continue
        work = [facts.of_part(session, ticket, part, now) for ticket, part in _work(session, person_id)]
        said = templating.render("status/keep_window", work=work)
        telling.push(session, person_id, said, None, now)
        _note(session, person_id, wrote)
        asked += 1
    return asked


def _people_with_work(now: datetime, policy: Policy) -> Executable:
    """Businesses with an open part whose window closes within a day, not yet asked, who do not refuse notices."""
    wrote = col(Conversation.last_interaction_at)
    with_work = (
        select(col(Ticket.person_id))
        .join(Part, col(Part.ticket_id) == col(Ticket.id))
        .where(col(Part.state).in_(OPEN), col(Part.answered_at).is_(None))
    )
    return (
        select(col(Conversation.person_id), wrote)
        .outerjoin(Reach, col(Reach.person_id) == col(Conversation.person_id))
        .where(wrote > now - policy.open, wrote <= now - policy.open + LOOK_AHEAD, _not_yet(wrote))
        .where(col(Conversation.person_id).in_(with_work), col(Conversation.notices_version) != consents.NO)
        .order_by(wrote)
        .limit(AT_ONCE)
    )


def _not_yet(wrote: Any) -> ColumnElement[bool]:
    """Nobody whom Zalo refuses, and nobody who was asked in this window."""
    asked = or_(col(Reach.nudged_for).is_(None), col(Reach.nudged_for) < wrote)
    return asked & or_(col(Reach.refused_at).is_(None), col(Reach.refused_at) < wrote)


def _work(session: Session, person_id: str) -> Sequence[tuple[Ticket, Part]]:
    query = (
        select(Ticket, Part)
        .join(Part, col(Part.ticket_id) == col(Ticket.id))
        .where(col(Ticket.person_id) == person_id, col(Part.state).in_(OPEN), col(Part.answered_at).is_(None))
        .order_by(col(Part.code))
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _staff(session: Session, now: datetime, policy: Policy) -> int:
    calendar = reference.fresh(session).calendar
    try:
        if not calendar.is_working_time(now):
            return 0
        due = [row for row in _officers(session, now, policy) if _is_due(row[1], now, policy, calendar)]
    except PastHorizon:
        return 0
    told = pushes.told_today(session, [officer.id for officer, _ in due], now) if due else {}
    asked = 0
    for officer, wrote in due:
        if told.get(officer.id, 0) >= pushes.A_DAY or not officer.person_id:
            continue
        said = templating.render("officer/keep_window")
        key = pushing.push(session, officer.person_id, said, now, priority=Priority.REMINDER)
        pushes.take(session, "", STEP, wrote + policy.open, officer.id, key, now)
        _note(session, officer.person_id, wrote)
        asked += 1
    return asked


def _is_due(wrote: datetime, now: datetime, policy: Policy, calendar: WorkCalendar) -> bool:
    at = moment_for_staff(wrote + policy.open, now, policy.open, calendar)
    return at is not None and at <= now


def _officers(session: Session, now: datetime, policy: Policy) -> list[tuple[Officer, datetime]]:
    """Staff at work whose window is open and who were not asked in it."""
    wrote = col(Conversation.last_interaction_at)
    query = (
        select(Officer, wrote)
        .join(Conversation, col(Conversation.person_id) == col(Officer.person_id))
        .outerjoin(Reach, col(Reach.person_id) == col(Officer.person_id))
        .where(col(Officer.active).is_(True), wrote > now - policy.open, wrote < _midnight(now), _not_yet(wrote))
        .order_by(wrote)
        .limit(AT_ONCE)
    )
    away = absences.deputies(session, now)
    return [(officer, at) for officer, at in session.execute(query).all() if officer.id not in away]


def _midnight(now: datetime) -> datetime:
    today: date = now.astimezone(LOCAL).date()
    return datetime.combine(today, time(), LOCAL)


def _note(session: Session, person_id: str, wrote: datetime) -> None:
    session.execute(_nudged, {"person_id": person_id, "nudged_for": wrote})
