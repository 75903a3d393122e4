"""What the coordinator does with a ticket: confirm who answers it, add a part, change its class, merge a duplicate.

The one rule: whatever is changed, every clock is counted from the receipt of what the business sent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from zalobot import reference
from zalobot.errors import IllegalTransition, PastHorizon, Refused
from zalobot.receipt import Receipt
from zalobot.rules import Klass, RuleVersion
from zalobot.store.ids import new_id
from zalobot.store.models import (
    GONE_TICKET,
    DeadlineReceipt,
    EventKind,
    Officer,
    Part,
    PartState,
    Role,
    Ticket,
    TicketState,
)
from zalobot.tickets import changes, clocks, finding, life, telling
from zalobot.tickets.record import public_words, record
from zalobot.tickets.working import actor, of_agency

OVER = (TicketState.ANSWERED, TicketState.CLOSED, *GONE_TICKET)


def check_coordinator(officer: Officer) -> None:
    """Raise Refused when this is no coordinator."""
    if officer.role is not Role.COORDINATOR:
        raise Refused("not_allowed")


def public_reason(ticket: Ticket, reason: str) -> dict[str, Any]:
    """A reason as everybody may read it, for the data of an event: masked, and not of a sealed ticket."""
    return {"why": said} if (said := public_words(ticket, reason)) else {}


def rule_of(session: Session, ticket: Ticket) -> RuleVersion:
    """The rules a ticket was born under."""
    return next(rule for rule in reference.current(session).rules if rule.version == ticket.rule_version)


def confirm_by(session: Session, ticket: Ticket) -> datetime | None:
    """Until when a coordinator should have confirmed the agencies: so many working hours from the receipt."""
    return working_hours_after(session, ticket.received_at, rule_of(session, ticket).triage_hours)


def working_hours_after(session: Session, start: datetime, hours: int) -> datetime | None:
    """So many working hours later; None past the known days."""
    calendar = reference.fresh(session).calendar
    try:
        return calendar.add_working(calendar.next_working_moment(start), timedelta(hours=hours))
    except PastHorizon:
        return None


def confirm(session: Session, code: str, officer: Officer, now: datetime, *, seen: int | None = None) -> Ticket:
    """Say that the agencies are the right ones (within 2 working hours of the receipt); once is enough."""
    check_coordinator(officer)
    ticket, _ = finding.locked(session, code)
    if ticket.state in GONE_TICKET:
        raise IllegalTransition("illegal_transition", code=ticket.code)
    if ticket.confirmed_at is None:
        changes.check_ticket(session, ticket, seen)
        until = confirm_by(session, ticket)
        ticket.confirmed_at, ticket.confirm_remind_at = now, None
        ticket.version += 1
        late = until is not None and now > until
        record(session, ticket, EventKind.CONFIRMED, actor(officer), now, late=late)
    return ticket


def add_part(
    session: Session,
    code: str,
    agency: str,
    officer: Officer,
    now: datetime,
    *,
    split_from: int | None = None,
    seen: int | None = None,
) -> tuple[Ticket, Part]:
    """Give another agency a part of its own, beside the others or split from one of them.

    Raises Refused: no_such_agency, already_has_part, already_answered (the whole ticket), no_such_ticket.
    """
    check_coordinator(officer)
    ticket, parts = finding.locked(session, code)
    changes.check_ticket(session, ticket, seen)
    _check_room(session, ticket, parts, agency)
    if split_from is not None and all(part.number != split_from for part in parts):
        raise Refused("no_such_ticket", code=f"{ticket.code}/{split_from}")
    part = _new_part(session, ticket, parts, agency, now)
    life.settle(ticket, [*parts, part], now)
    told = len(telling.the_agency(session, "officer/assigned", ticket, part, now))
    by = of_agency(officer, agency)
    record(session, ticket, EventKind.ASSIGNED, by, now, part=part, told=told, split_from=split_from)
    telling.the_business(session, "status/part_added", ticket, part, now)
    return ticket, part


def _check_room(session: Session, ticket: Ticket, parts: Sequence[Part], agency: str) -> None:
    here = reference.current(session).agencies
    if agency not in here or here[agency].successor:
        raise Refused("no_such_agency", agency=agency)
    if ticket.state in OVER:
        raise Refused("already_answered", code=ticket.code)
    if any(part.agency == agency and part.state in life.OPEN for part in parts):
        raise Refused("already_has_part", code=ticket.code)


def _new_part(session: Session, ticket: Ticket, parts: Sequence[Part], agency: str, now: datetime) -> Part:
    calendar = reference.fresh(session).calendar
    receipt = clocks.counted(ticket.received_at, rule_of(session, ticket), ticket.klass, calendar)
    due = receipt.due if receipt else None
    number = max(part.number for part in parts) + 1
    part = Part(
        id=new_id(),
        ticket_id=ticket.id,
        code=f"{ticket.code}/{number}",
        number=number,
        agency=agency,
        state=PartState.WAITING,
        klass=ticket.klass,
        received_at=ticket.received_at,
        clock_started_at=ticket.received_at,
        due_at=due,
        first_due_at=due,
    )
    part.remind_at = clocks.next_reminder(part, calendar, now)
    session.add(part)
    session.flush()
    if receipt is not None:
        clocks.keep_receipt(session, part, receipt, now)
    return part


def change_class(
    session: Session, code: str, klass: Klass, reason: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> Ticket:
    """Call a matter simple or hard, with a public reason, until the deadline of a simple one has passed.

    Open parts on their first clock are counted anew from the receipt; the old receipt stays, struck through.
    Raises Refused: reason_missing, class_too_late, already_answered.
    """
    check_coordinator(officer)
    ticket, parts = finding.locked(session, code)
    changes.check_ticket(session, ticket, seen)
    if not reason.strip():
        raise Refused("reason_missing", code=ticket.code)
    if ticket.state in OVER:
        raise Refused("already_answered", code=ticket.code)
    if ticket.klass == klass:
        return ticket
    until = class_until(session, ticket)
    if until is not None and now > until:
        raise Refused("class_too_late", code=ticket.code)
    ticket.klass = klass
    said = public_reason(ticket, reason)
    record(session, ticket, EventKind.CLASS_CHANGED, actor(officer), now, reason=reason, klass=str(klass), **said)
    changed = [part for part in parts if part.state in life.OPEN and part.clock == 1]
    for part in changed:
        _count_anew(session, ticket, part, now)
    life.settle(ticket, parts, now)
    for part in changed:
        telling.the_agency(session, "officer/class_changed", ticket, part, now, facts={"reason": reason})
    if changed:
        telling.the_business(session, "status/class_changed", ticket, changed[0], now, facts={"reason": reason})
    return ticket


def class_until(session: Session, ticket: Ticket) -> datetime | None:
    """The deadline of a simple matter received when this one was: until then its class may be changed."""
    calendar = reference.fresh(session).calendar
    receipt = clocks.counted(ticket.received_at, rule_of(session, ticket), Klass.SIMPLE, calendar)
    return receipt.due if receipt else None


def _count_anew(session: Session, ticket: Ticket, part: Part, now: datetime) -> None:
    calendar = reference.fresh(session).calendar
    old = finding.receipt_of(session, part)
    waits = Receipt.from_json(old.data).waits if old else ()
    receipt = clocks.counted(part.clock_started_at, rule_of(session, ticket), ticket.klass, calendar, waits)
    if old is not None:
        strike = update(DeadlineReceipt).where(col(DeadlineReceipt.id) == old.id)
        session.execute(strike.values(struck_at=now, struck_reason=EventKind.CLASS_CHANGED.value))
    part.klass, part.due_at = ticket.klass, receipt.due if receipt else None
    part.version += 1
    if receipt is not None:
        clocks.keep_receipt(session, part, receipt, now)
    if part.paused_at is None:
        part.remind_at = clocks.next_reminder(part, calendar, now)
