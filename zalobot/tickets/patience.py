"""How long is waited for somebody who says nothing: the business for its reply and its verdict, a head for the reasons.

The one rule: as with every due time the day it begins is day 0, and the wait ends with the working time of day N.
"""

from datetime import datetime, time, timedelta

from sqlmodel import Session

from zalobot import reference
from zalobot.errors import PastHorizon
from zalobot.rules import RuleVersion
from zalobot.store.models import Ticket
from zalobot.workdays import LOCAL, WorkCalendar


def pause_ends(session: Session, ticket: Ticket, paused_at: datetime) -> datetime | None:
    """When a pause for the business ends by itself (rule.wait_days); None past the known days."""
    return end_of_day(paused_at, _rule(session, ticket).wait_days, reference.fresh(session).calendar)


def closes(session: Session, ticket: Ticket, answered_at: datetime) -> datetime | None:
    """When an answer that nobody judges is closed (rule.close_days); None past the known days."""
    return end_of_day(answered_at, _rule(session, ticket).close_days, reference.fresh(session).calendar)


def explanation_ends(session: Session, ticket: Ticket, due: datetime, asked_at: datetime) -> datetime | None:
    """Until when a lateness is to be explained (rule.explain_days); None past the known days.

    The due day is day 0; where the head could only be asked after day 1 (an outage), the day of asking is.
    """
    calendar, days = reference.fresh(session).calendar, _rule(session, ticket).explain_days
    try:
        first = calendar.closes(calendar.next_working_day(due.astimezone(LOCAL).date()))
    except PastHorizon:
        return None
    return end_of_day(due if asked_at <= first else asked_at, days, calendar)


def end_of_day(start: datetime, days: int, calendar: WorkCalendar) -> datetime | None:
    """The end of working time of the N-th working day after the local day of `start`; None past the known days."""
    day0 = (start.astimezone(LOCAL) - timedelta(microseconds=1)).date()  # a midnight belongs to the day it ends
    try:
        return calendar.closes(calendar.nth_working_day(day0, days))
    except PastHorizon:
        return None


def look_again(session: Session, now: datetime) -> datetime:
    """When to ask again what lies past the known days: after the last of them, and not before tomorrow."""
    last = reference.fresh(session).calendar.last
    return max(datetime.combine(last + timedelta(1), time(), LOCAL), now + timedelta(days=1))


def _rule(session: Session, ticket: Ticket) -> RuleVersion:
    return next(rule for rule in reference.current(session).rules if rule.version == ticket.rule_version)
