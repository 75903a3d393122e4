"""A person asks for a human: the coordinators are told, and the person when to expect somebody."""

from datetime import datetime

from sqlmodel import Session

from zalobot import outbox, reference, templating
from zalobot.conversations import Talk
from zalobot.errors import PastHorizon
from zalobot.store.models import Priority, Role
from zalobot.tickets import finding, telling


def call_person(session: Session, talk: Talk, now: datetime) -> bool:
    """Tell the coordinators that somebody wants a human; True in working time, when one can come at once."""
    said, hold = templating.render("not_understood/staff_called", person=talk), telling.until_working_time(session, now)
    for coordinator in finding.staff(session, (Role.COORDINATOR,)):
        if coordinator.person_id:
            outbox.enqueue(session, coordinator.person_id, said, now=now, priority=Priority.STATUS, hold=hold)
    try:
        return reference.fresh(session).calendar.is_working_time(now)
    except PastHorizon:
        return False
