"""Who is told what: a message to the business, a push to the officers of an agency.

The one rule: telling is a row in the outbox, written in the transaction of what is told.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from zalobot import consents, reference, templating
from zalobot.errors import PastHorizon
from zalobot.store.database import memo
from zalobot.store.models import Officer, Part, Purpose, Role, Ticket
from zalobot.templating import Rendered
from zalobot.tickets import absences, facts, finding, pushing
from zalobot.tickets.record import OfTicket

_ASKS = frozenset({"status/question"})  # what only whoever reported can answer
_JUDGED = frozenset({"status/answered"})  # what has other words for those who may not judge


def audience(ticket: Ticket) -> list[str]:
    """Who is told of a ticket's news: whoever opened it, whose own was merged into it, and who joined it."""
    return [ticket.person_id, *ticket.followers]


def reporters(ticket: Ticket) -> list[str]:
    """Whose ticket it is: the audience without those who only joined. They alone judge, add and are asked."""
    return [person for person in audience(ticket) if person not in ticket.joined]


def told(session: Session, ticket: Ticket) -> list[str]:
    """Who is pushed a ticket's news: whose ticket it is, and who joined it unless they want no notices."""
    if not ticket.joined:
        return audience(ticket)
    unwilling = consents.refusing(session, ticket.joined, Purpose.NOTICES)
    return [person for person in audience(ticket) if not (person in ticket.joined and person in unwilling)]


def the_business(session: Session, message: str, ticket: Ticket, part: Part, now: datetime, **more: Any) -> None:
    """Push a part's news to whoever opened the ticket, and to those who follow it.

    Those who follow are told what everybody may read, and who only joined is not asked for a verdict.
    """
    said = templating.render(message, **things(session, ticket, part, now), **more)
    push(session, ticket.person_id, said, ticket, now)
    if len(heard := reporters(ticket) if message in _ASKS else told(session, ticket)) == 1:
        return
    here = things(session, ticket, part, now, private=False)
    for person_id in heard[1:]:
        named = f"{message}_joined" if person_id in ticket.joined and message in _JUDGED else message
        push(session, person_id, templating.render(named, **here, **more), ticket, now)


def push(
    session: Session,
    person_id: str,
    said: Rendered,
    ticket: OfTicket | None,
    now: datetime,
    hold: timedelta = timedelta(0),
) -> None:
    """Push news to a person of the business. `ticket` is None where they are of several tickets, or of a draft."""
    pushing.push(session, person_id, said, now, ticket_id=ticket.id if ticket else None, hold=hold)


def push_of(
    session: Session,
    person_id: str,
    said: Rendered,
    tickets: Iterable[OfTicket],
    now: datetime,
    hold: timedelta = timedelta(0),
) -> None:
    """Push news of these tickets in one message."""
    about = {ticket.id: ticket for ticket in tickets}
    push(session, person_id, said, next(iter(about.values())) if len(about) == 1 else None, now, hold)


def the_agency(
    session: Session,
    message: str,
    ticket: Ticket,
    part: Part,
    now: datetime,
    agency: str | None = None,
    *,
    heads: bool = False,
    **more: Any,
) -> Sequence[Officer]:
    """Push to the officers of the holder (or of another agency), with `heads` to its heads too; gives back who is told.

    Everybody once, also where the head is on duty for want of officers.
    """
    officers = duty(session, agency or part.agency)
    if heads:
        known = {officer.id for officer in officers}
        of_agency = finding.staff(session, (Role.HEAD,), agency or part.agency)
        officers = [*officers, *(head for head in of_agency if head.id not in known)]
    said = templating.render(message, **things(session, ticket, part, now), **more) if officers else None
    to_staff(session, officers, said, ticket, now)
    return officers


def the_coordinators(
    session: Session, message: str, ticket: Ticket, part: Part, now: datetime, **more: Any
) -> Sequence[Officer]:
    """Push to the province's coordinators; gives back who was told."""
    officers = finding.staff(session, (Role.COORDINATOR,))
    said = templating.render(message, **things(session, ticket, part, now), **more) if officers else None
    to_staff(session, officers, said, ticket, now)
    return officers


def to_staff(
    session: Session, officers: Sequence[Officer], said: Rendered | None, ticket: Ticket, now: datetime
) -> None:
    """Push what was rendered to these members of staff or their deputies, at night when work begins."""
    if said is None:
        return
    hold = until_working_time(session, now)
    for told in absences.present(session, officers, now):
        if told.officer.person_id:
            pushing.push(session, told.officer.person_id, told.words(said), now, ticket_id=ticket.id, hold=hold)


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
            known[now] = reference.fresh(session).calendar.next_working_moment(now) - now
        except PastHorizon:
            known[now] = timedelta(0)
    return known[now]


def things(session: Session, ticket: Ticket, part: Part, now: datetime, *, private: bool = True) -> dict[str, Any]:
    """What a message about a part may speak of."""
    fact = facts.of_part(session, ticket, part, now, private=private)
    return {"part": fact, "ticket": facts.around(session, ticket, [fact], now)}
