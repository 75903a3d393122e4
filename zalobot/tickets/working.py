"""What officers do with a part: accept, answer, say "not ours", ask the business.

The one rule: a verb refuses before it changes anything; `life.move` is the last that can refuse. The clock is never
touched except by a pause, which moves the due time by the working time waited.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from zalobot import reference
from zalobot.deadlines import wait
from zalobot.errors import PastHorizon, Refused
from zalobot.receipt import Receipt
from zalobot.store.models import DeadlineReceipt, EventKind, Officer, Part, PartState, Role, Ticket
from zalobot.tickets import clocks, finding, life, telling
from zalobot.tickets.record import Actor, business, record


def actor(officer: Officer) -> Actor:
    """An officer as the one who did it."""
    return Actor(officer.id, officer.role, officer.agency, officer.name)


def mine(part: Part, officer: Officer) -> bool:
    """Whether this officer may act on this part: of the holder, or a coordinator."""
    return officer.role is Role.COORDINATOR or officer.agency == part.agency


def accept(session: Session, code: str, officer: Officer, now: datetime) -> tuple[Ticket, Part]:
    """Take a part up (nhận xử lý). One declined in favour of this officer's agency is thereby handed over to it."""
    ticket, part, parts = finding.part_by_code(session, code)
    if part.state is PartState.DECLINED and officer.agency == part.declined_to:
        _take_over(session, ticket, part, officer, now)
    else:
        _check_mine(part, officer)
        if (
            part.accepted_at
            and part.officer_id == officer.id
            and part.state in (PartState.ACCEPTED, PartState.REOPENED)
        ):
            return ticket, part
        if part.state is PartState.REOPENED:  # it stays reopened, so that everybody sees that the first answer failed
            part.version += 1
        else:
            life.move(part, PartState.ACCEPTED)
        record(session, ticket, EventKind.ACCEPTED, actor(officer), now, part=part)
    part.officer_id, part.accepted_at = officer.id, part.accepted_at or now
    life.settle(ticket, parts, now)
    telling.the_business(session, "status/accepted", ticket, part, now)
    return ticket, part


def answer(session: Session, code: str, text: str, officer: Officer, now: datetime) -> tuple[Ticket, Part]:
    """Answer a part; the business gets it at once and is asked for its verdict."""
    ticket, part, parts = finding.part_by_code(session, code)
    _check_mine(part, officer)
    if part.state in (PartState.ANSWERED, PartState.CLOSED):
        raise Refused("already_answered", part=part.code)
    life.move(part, PartState.ANSWERED)
    _end_pause(session, part, now)
    part.answer, part.answered_at, part.officer_id, part.remind_at = text, now, officer.id, None
    life.settle(ticket, parts, now)
    late = part.due_at is not None and now > part.due_at
    record(
        session,
        ticket,
        EventKind.ANSWERED,
        actor(officer),
        now,
        part=part,
        texts={"answer": text},
        late=late,
        clock=part.clock,
    )
    telling.the_business(session, "status/answered", ticket, part, now)
    return ticket, part


def decline(
    session: Session, code: str, owner: str, reason: str, officer: Officer, now: datetime
) -> tuple[Ticket, Part]:
    """Say "not ours" (không thuộc thẩm quyền), naming the owner. The holder stays holder until the other accepts."""
    ticket, part, parts = finding.part_by_code(session, code)
    _check_mine(part, officer)
    if owner == part.agency or owner not in reference.current(session).agencies:
        raise Refused("not_an_owner", part=part.code)
    life.move(part, PartState.DECLINED)
    _end_pause(session, part, now)
    part.declined_to, part.declined_reason = owner, reason
    life.settle(ticket, parts, now)
    record(session, ticket, EventKind.DECLINED, actor(officer), now, part=part, reason=reason, to=owner)
    telling.the_agency(session, "officer/offered", ticket, part, now, agency=owner)
    telling.the_business(session, "status/declined", ticket, part, now)
    return ticket, part


def ask_business(session: Session, code: str, question: str, officer: Officer, now: datetime) -> tuple[Ticket, Part]:
    """Ask the business for something concrete; the clock waits, in public, until it replies."""
    ticket, part, parts = finding.part_by_code(session, code)
    _check_mine(part, officer)
    life.move(part, PartState.PAUSED)
    finding.asked_anew(session)
    part.question, part.paused_at, part.officer_id, part.remind_at = question, now, officer.id, None
    life.settle(ticket, parts, now)
    record(session, ticket, EventKind.QUESTION_ASKED, actor(officer), now, part=part, texts={"question": question})
    telling.the_business(session, "status/question", ticket, part, now)
    return ticket, part


def reply(session: Session, code: str, person_id: str, text: str, now: datetime) -> tuple[Ticket, Part]:
    """The business replied: the clock goes on, the due time moves by the working time waited, the officer is told."""
    ticket, part, parts = finding.part_by_code(session, code)
    if ticket.person_id != person_id:
        raise Refused("no_such_ticket", code=code)
    if part.paused_at is None:
        raise Refused("illegal_transition", part=part.code)
    life.move(part, PartState.ACCEPTED)
    _end_pause(session, part, now)
    life.settle(ticket, parts, now)
    part.answer_facts = {**part.answer_facts, "replies": [*part.answer_facts.get("replies", []), text]}
    record(session, ticket, EventKind.BUSINESS_REPLIED, business(person_id), now, part=part, texts={"reply": text})
    telling.the_agency(session, "officer/business_replied", ticket, part, now)
    return ticket, part


def _check_mine(part: Part, officer: Officer) -> None:
    if not mine(part, officer):
        raise Refused("not_your_part", part=part.code)


def _take_over(session: Session, ticket: Ticket, part: Part, officer: Officer, now: datetime) -> None:
    former = part.agency
    life.move(part, PartState.ACCEPTED)
    part.agency, part.declined_to, part.declined_reason = officer.agency, "", ""
    part.hand_overs += 1
    part.accepted_at = now
    record(session, ticket, EventKind.TRANSFERRED, actor(officer), now, part=part, former=former)


def _end_pause(session: Session, part: Part, now: datetime) -> None:
    """Every way out of a pause gives the same arithmetic."""
    if part.paused_at is None:
        return
    calendar = reference.current(session).calendar
    row = finding.receipt_of(session, part)
    if row is not None:
        part.due_at = _moved(session, part, row, now)
        part.remind_at = clocks.next_reminder(part, calendar, now)
    part.paused_at = None


def _moved(session: Session, part: Part, row: DeadlineReceipt, now: datetime) -> datetime | None:
    """The due time after the pause, with its receipt; none is promised where the calendar does not reach that far."""
    assert part.paused_at is not None
    try:
        moved = wait(Receipt.from_json(row.data), part.paused_at, now, reference.current(session).calendar)
    except PastHorizon:
        return None
    if moved.due != row.due_at:
        _replace_receipt(session, part, row, moved, now)
    return moved.due


def _replace_receipt(session: Session, part: Part, row: DeadlineReceipt, moved: Receipt, now: datetime) -> None:
    strike = update(DeadlineReceipt).where(col(DeadlineReceipt.id) == row.id)
    session.execute(strike.values(struck_at=now, struck_reason="paused"))
    clocks.keep_receipt(session, part, moved, now)
