"""A ticket's agencies are a proposal until a coordinator confirms them; one that waits too long is spoken of once.

The one rule: the row is the schedule (`ticket.confirm_remind_at`), set at the receipt and put out by whatever makes it
pointless. After the one reminder the proposal stands in every morning's digest until somebody confirms it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import ladder, pushes, reference, spoken, templating
from zalobot.store.models import Officer, Part, Role, Ticket, TicketState
from zalobot.templating import Rendered
from zalobot.tickets import disputes, finding, patience, prompting, triage
from zalobot.tickets.facts import PartFacts, TicketFacts
from zalobot.tickets.prompting import Mark

STEP = "confirm"
BUTTONS = 4
PUT_OFF = timedelta(hours=1)
MOST = 200  # that one digest or reminder speaks of


def remind(session: Session, now: datetime, limit: int = MOST) -> int:
    """Tell the coordinators what nobody has confirmed in its time, in one message; gives back how many were looked at.

    While they are still to be reminded of a dispute today, that goes first: this waits, an hour at a time.
    """
    if not prompting.may(session, now):
        return 0
    query = (
        select(Ticket)
        .where(col(Ticket.confirm_remind_at) <= now)
        .order_by(col(Ticket.confirm_remind_at), col(Ticket.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = list(session.execute(query).scalars())
    late = [(ticket, until) for ticket in claimed if (until := _late(session, ticket, now))]
    if late and disputes.to_come_today(session, now):
        for ticket, _ in late:
            ticket.confirm_remind_at = now + PUT_OFF
    elif late:
        said = _said(_made(session, [ticket for ticket, _ in late], now))
        people = _unaware(session, max(until for _, until in late), now)
        prompting.prompt(session, people, said, [Mark("", STEP, now)], now)
    return len(claimed)


def waiting(session: Session, now: datetime, limit: int = MOST) -> tuple[TicketFacts, ...]:
    """The tickets under way whose agencies nobody has confirmed, the oldest first."""
    query = (
        select(Ticket)
        .where(col(Ticket.state).in_([state for state in TicketState if state not in triage.OVER]))
        .where(col(Ticket.confirmed_at).is_(None))
        .order_by(col(Ticket.id))
        .limit(limit)
    )
    return _made(session, list(session.execute(query).scalars()), now)


def _late(session: Session, ticket: Ticket, now: datetime) -> datetime | None:
    """Since when this proposal has waited its time; None where it has not. Sets when to look again, mostly never.

    One that had by the time of the digest is left to that, while it may still come.
    """
    ticket.confirm_remind_at = None
    if ticket.confirmed_at is not None or ticket.state in triage.OVER:
        return None
    until = triage.confirm_by(session, ticket)
    morning = ladder.this_morning(now, reference.current(session).calendar)
    if until is None or until > now:  # the calendar ended, or has changed since
        ticket.confirm_remind_at = until or patience.look_again(session, now)
        return None
    if morning is not None and until <= morning and now < morning + ladder.MORNING_LASTS:
        ticket.confirm_remind_at = morning + ladder.MORNING_LASTS
        return None
    return until


def _unaware(session: Session, until: datetime, now: datetime) -> list[Officer]:
    """The coordinators who have not read of all of these in the digest of this morning."""
    people = finding.staff(session, (Role.COORDINATOR,))
    morning = ladder.this_morning(now, reference.current(session).calendar)
    if morning is None or until > morning:
        return people
    read = pushes.had_digest(session, now)
    return [person for person in people if person.id not in read]


def _made(session: Session, tickets: Sequence[Ticket], now: datetime) -> tuple[TicketFacts, ...]:
    here, site = reference.current(session), reference.public_url(session)
    query = select(Part).where(col(Part.ticket_id).in_([ticket.id for ticket in tickets])).order_by(col(Part.number))
    parts: dict[str, list[Part]] = {}
    for part in session.execute(query).scalars() if tickets else ():
        parts.setdefault(part.ticket_id, []).append(part)
    return tuple(
        TicketFacts(
            ticket,
            tuple(PartFacts(ticket, part, None, here, now) for part in parts.get(ticket.id, ())),
            here,
            site,
            now,
        )
        for ticket in tickets
    )


def _said(tickets: Sequence[TicketFacts]) -> Rendered:
    """One message, with a button for each of the first."""
    said = templating.render("coordinator/proposals", tickets=tickets)
    confirm = str(spoken.spoken("confirm"))
    codes = [made.ticket.code for made in tickets[:BUTTONS]]
    return replace(
        said, buttons=tuple((f"{n}. {confirm} {code}", f"{confirm} {code}") for n, code in enumerate(codes, 1))
    )
