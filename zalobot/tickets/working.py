"""What officers do with a part: accept, answer, ask the business. ("Not ours" is in `handing`.)

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
from zalobot.tickets import adequacy, answering, changes, clocks, finding, life, public_answer, telling, uncounted
from zalobot.tickets.patience import closes, look_again, pause_ends
from zalobot.tickets.record import Actor, business, public_words, record


def actor(officer: Officer) -> Actor:
    """An officer as the one who did it."""
    return Actor(officer.id, officer.role, officer.agency, officer.name)


def of_agency(officer: Officer, agency: str) -> Actor:
    """An officer who acts upon an agency: a coordinator who gives it a part."""
    return Actor(officer.id, officer.role, agency, officer.name)


def mine(part: Part, officer: Officer) -> bool:
    """Whether this officer may act on this part: of the holder, or a coordinator."""
    return officer.role is Role.COORDINATOR or officer.agency == part.agency


def accept(
    session: Session, code: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> tuple[Ticket, Part]:
    """Take a part up (nhận xử lý). One declined in favour of this officer's agency is thereby handed over to it.

    Raises StaleTicket, with what happened, where a colleague was quicker.
    """
    ticket, part, parts = finding.part_by_code(session, code)
    changes.check_part(session, ticket, part, seen)
    if part.state is PartState.DECLINED and officer.agency == part.declined_to:
        _take_over(session, ticket, part, officer, now)
    else:
        check_mine(part, officer)
        if (
            part.accepted_at
            and part.officer_id == officer.id
            and part.state in (PartState.ACCEPTED, PartState.REOPENED, PartState.PAUSED)
        ):
            return ticket, part
        # A reopened part stays so, that everybody sees that the first answer failed; a paused one waits on.
        if part.state in (PartState.REOPENED, PartState.PAUSED):
            part.version += 1
        else:
            if part.state is PartState.ACCEPTED:
                changes.refuse(session, ticket, part)
            life.move(part, PartState.ACCEPTED)
            part.declined_to, part.declined_reason, part.decide_by, part.decide_remind_at = "", "", None, None
        record(session, ticket, EventKind.ACCEPTED, actor(officer), now, part=part)
    part.officer_id, part.accepted_at = officer.id, part.accepted_at or now
    life.settle(ticket, parts, now)
    telling.the_business(session, "status/accepted", ticket, part, now)
    return ticket, part


def answer(
    session: Session, code: str, text: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> tuple[Ticket, Part]:
    """Answer a part: it is public at once, and the business is asked for its verdict. What is sent twice is said once.

    What an adequate answer would name and this one does not is written down with it.
    """
    ticket, part, parts = finding.part_by_code(session, code)
    check_mine(part, officer)
    if part.state is PartState.ANSWERED and (part.officer_id, part.answer) == (officer.id, text):
        return ticket, part
    changes.check_part(session, ticket, part, seen)
    if part.state in (PartState.ANSWERED, PartState.CLOSED):
        raise Refused("already_answered", part=part.code)
    alike = answering.alike(session, part, text, now)
    life.move(part, PartState.ANSWERED)
    end_pause(session, part, now)
    part.answer, part.answered_at, part.officer_id, part.remind_at = text, now, officer.id, None
    part.close_at = closes(session, ticket, now) or look_again(session, now)
    public_answer.publish(session, ticket, part)
    kept = {name: fact for name, fact in part.answer_facts.items() if name not in adequacy.ASPECTS}
    part.answer_facts = kept | adequacy.read(part.public_answer)
    part.verdict, part.verdict_at, part.verdict_reason = None, None, ""  # those were of the answer before
    part.declined_to, part.declined_reason, part.decide_by, part.decide_remind_at = "", "", None, None
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
        missing=list(adequacy.missing(text)),
        alike=alike,
    )
    answering.tell(session, ticket, part, parts, now)
    return ticket, part


def ask_business(
    session: Session, code: str, question: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> tuple[Ticket, Part]:
    """Ask the business for something concrete; the clock waits, in public, until it replies. Once is enough."""
    ticket, part, parts = finding.part_by_code(session, code)
    check_mine(part, officer)
    if part.state is PartState.PAUSED and (part.officer_id, part.question) == (officer.id, question):
        return ticket, part
    changes.check_part(session, ticket, part, seen)
    life.move(part, PartState.PAUSED)
    finding.asked_anew(session)
    part.question, part.paused_at, part.officer_id, part.remind_at = question, now, officer.id, None
    part.wait_until = pause_ends(session, ticket, now) or look_again(session, now)
    life.settle(ticket, parts, now)
    said = public_words(ticket, question)
    who = actor(officer)
    record(session, ticket, EventKind.QUESTION_ASKED, who, now, part=part, texts={"question": question}, why=said)
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
    end_pause(session, part, now)
    life.settle(ticket, parts, now)
    part.answer_facts = {**part.answer_facts, "replies": [*part.answer_facts.get("replies", []), text]}
    said, who = public_words(ticket, text), business(person_id)
    record(session, ticket, EventKind.BUSINESS_REPLIED, who, now, part=part, texts={"reply": text}, why=said)
    telling.the_agency(session, "officer/business_replied", ticket, part, now)
    return ticket, part


def check_mine(part: Part, officer: Officer) -> None:
    """Raise Refused when this officer may not act on this part."""
    if not mine(part, officer):
        raise Refused("not_your_part", part=part.code)


def _take_over(session: Session, ticket: Ticket, part: Part, officer: Officer, now: datetime) -> None:
    former = part.agency
    life.move(part, PartState.ACCEPTED)
    part.agency, part.declined_to, part.declined_reason = officer.agency, "", ""
    part.decide_by, part.decide_remind_at = None, None
    part.hand_overs += 1
    part.accepted_at = now
    record(session, ticket, EventKind.TRANSFERRED, actor(officer), now, part=part, former=former)


def end_pause(session: Session, part: Part, now: datetime) -> None:
    """Every way out of a pause gives the same arithmetic."""
    if part.paused_at is None:
        return
    calendar = reference.fresh(session).calendar
    row = finding.receipt_of(session, part)
    if row is not None:
        part.due_at = _moved(session, part, row, now)
        part.remind_at = clocks.next_reminder(part, calendar, now)
    else:
        uncounted.keep_pause(session, part, now)
    part.paused_at = None


def _moved(session: Session, part: Part, row: DeadlineReceipt, now: datetime) -> datetime | None:
    """The due time after the pause, with its receipt; none is promised where the calendar does not reach that far."""
    assert part.paused_at is not None
    try:
        moved = wait(Receipt.from_json(row.data), part.paused_at, now, reference.current(session).calendar)
    except PastHorizon:
        _keep_pause(session, part, row, now)
        return None
    if moved.due != row.due_at:
        _replace_receipt(session, part, row, moved, now)
    return moved.due


def _keep_pause(session: Session, part: Part, row: DeadlineReceipt, now: datetime) -> None:
    """The calendar does not reach that far: the pause is kept uncounted, to be counted when the calendar grows."""
    strike = update(DeadlineReceipt).where(col(DeadlineReceipt.id) == row.id)
    session.execute(strike.values(struck_at=now, struck_reason=clocks.PAST_HORIZON))
    uncounted.keep_pause(session, part, now, before=Receipt.from_json(row.data))


def _replace_receipt(session: Session, part: Part, row: DeadlineReceipt, moved: Receipt, now: datetime) -> None:
    strike = update(DeadlineReceipt).where(col(DeadlineReceipt.id) == row.id)
    session.execute(strike.values(struck_at=now, struck_reason=clocks.PAUSED))
    clocks.keep_receipt(session, part, moved, now)
