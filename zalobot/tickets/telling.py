"""Who is told what: a message to the business, a push to the officers of an agency.

The one rule: telling is a row in the outbox, written in the transaction of what is told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from zalobot import outbox, reference, templating
from zalobot.errors import PastHorizon
from zalobot.store.database import memo
from zalobot.store.models import Officer, Part, Priority, Role, Ticket
from zalobot.tickets import facts, finding


def the_business(session: Session, message: str, ticket: Ticket, part: Part, now: datetime) -> None:
    """Push a part's news to whoever opened the ticket."""
    said = templating.render(message, **things(session, ticket, part, now))
    outbox.enqueue(session, ticket.person_id, said, now=now, priority=Priority.STATUS, ticket_id=ticket.id)


def the_agency(
    session: Session, message: str, ticket: Ticket, part: Part, now: datetime, agency: str | None = None
) -> Sequence[Officer]:
    """Push to the officers of the holder (or of another agency); gives back who was told."""
    officers = duty(session, agency or part.agency)
    said = templating.render(message, **things(session, ticket, part, now)) if officers else None
    hold = until_working_time(session, now)
    for officer in officers:
        if said is not None and officer.person_id:
            outbox.enqueue(
                session,
                officer.person_id,
                said,
                now=now,
                priority=Priority.STATUS,
                ticket_id=ticket.id,
                hold=hold,
            )
    return officers


def duty(session: Session, agency: str) -> Sequence[Officer]:
    """Who is told of an agency's work: its officers, else its head, else the province's coordinators.

    Asked once for each agency in a transaction: a batch may open many tickets of the same one.
    """
    known: dict[str, Sequence[Officer]] = memo(session).setdefault("duty", {})
    if agency not in known:
        known[agency] = _duty(session, agency)
    return known[agency]


def _duty(session: Session, agency: str) -> Sequence[Officer]:
    found = finding.on_duty(session, agency)
    for role in (Role.OFFICER, Role.HEAD, Role.COORDINATOR):
        of_role = [officer for officer in found if officer.role is role]
        if of_role:
            return of_role
    return ()


def until_working_time(session: Session, now: datetime) -> timedelta:
    """How long a push to an officer waits: nothing in working time, at night until work begins."""
    known: dict[datetime, timedelta] = memo(session).setdefault("until_working_time", {})
    if now not in known:
        try:
            known[now] = reference.current(session).calendar.next_working_moment(now) - now
        except PastHorizon:
            known[now] = timedelta(0)
    return known[now]


def things(session: Session, ticket: Ticket, part: Part, now: datetime) -> dict[str, Any]:
    """What a message about a part may speak of."""
    return {
        "part": facts.of_part(session, ticket, part, now),
        "ticket": facts.of_ticket(session, ticket, [part], now),
    }
