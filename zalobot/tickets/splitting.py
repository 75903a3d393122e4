"""One report that holds two matters becomes two tickets: the second matter gets a ticket of its own.

The one rule: the receipt stays the receipt. Every clock of the new ticket is counted from when the business sent the
words, and a part whose matter goes along takes its pauses with it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from zalobot import reference, templating
from zalobot.errors import IllegalTransition, Refused
from zalobot.receipt import Receipt, Wait
from zalobot.store.database import write_rows_so_far
from zalobot.store.models import GONE_PART, EventKind, Officer, Part, PartState, Ticket
from zalobot.tickets import changes, clocks, facts, finding, life, opening, telling
from zalobot.tickets.record import business, record
from zalobot.tickets.triage import OVER, check_coordinator, public_reason, rule_of
from zalobot.tickets.working import actor, end_pause, of_agency
from zalobot.workdays import LOCAL


def split(
    session: Session,
    code: str,
    text: str,
    topic: str,
    agencies: Sequence[str],
    reason: str,
    officer: Officer,
    now: datetime,
    *,
    moving: Sequence[int] = (),
    seen: int | None = None,
) -> tuple[Ticket, Ticket]:
    """Give the matter of these words (the business's own, taken from its report) a ticket; gives back both.

    `moving` are parts of the first ticket whose whole matter goes along: they end there and begin in the new one, for
    the same agency. Raises Refused: not_allowed, already_answered, reason_missing, nothing_to_split (no words or no
    agency, nothing would be left, or an agency would lose its part), no_such_agency; IllegalTransition for a part that
    is not open on its first clock.
    """
    check_coordinator(officer)
    ticket, parts = finding.locked(session, code)
    changes.check_ticket(session, ticket, seen)
    ending = [part for part in parts if part.number in moving]
    _check(session, ticket, parts, ending, (text, topic, tuple(agencies), reason))
    waits = {part.agency: _end(session, part, now) for part in ending}
    made, born = _new(session, ticket, (text.strip(), topic), agencies, waits, now)
    life.settle(ticket, parts, now)
    _record(session, ticket, made, ending, reason, officer, now)
    _tell(session, ticket, made, born, officer, reason, now)
    finding.asked_anew(session)
    return ticket, made


def _check(
    session: Session,
    ticket: Ticket,
    parts: Sequence[Part],
    ending: Sequence[Part],
    asked: tuple[str, str, tuple[str, ...], str],
) -> None:
    text, topic, agencies, reason = asked
    here = reference.current(session)
    if ticket.state in OVER:
        raise Refused("already_answered", code=ticket.code)
    if not reason.strip():
        raise Refused("reason_missing", code=ticket.code)
    unknown = [code for code in agencies if code not in here.working_agencies]
    if unknown:
        raise Refused("no_such_agency", agency=unknown[0])
    left = [part for part in parts if part not in ending and part.state not in GONE_PART]
    loses = any(part.agency not in agencies for part in ending)
    if not text.strip() or not agencies or topic not in here.topics or not left or loses:
        raise Refused("nothing_to_split", code=ticket.code)
    for part in ending:
        if part.state not in life.OPEN or part.clock > 1:
            raise IllegalTransition("illegal_transition", part=part.code, state=part.state, to=PartState.MERGED)


def _end(session: Session, part: Part, now: datetime) -> tuple[Wait, ...]:
    """End a part that goes along; gives back how long it waited for the business."""
    end_pause(session, part, now)
    write_rows_so_far(session)  # the receipt with this pause
    row = finding.receipt_of(session, part)
    life.move(part, PartState.MERGED)
    part.remind_at, part.decide_by, part.decide_remind_at = None, None, None
    return Receipt.from_json(row.data).waits if row else ()


def _new(
    session: Session,
    ticket: Ticket,
    matter: tuple[str, str],
    agencies: Sequence[str],
    waits: Mapping[str, tuple[Wait, ...]],
    now: datetime,
) -> tuple[Ticket, list[Part]]:
    """The new ticket with its parts, read back as rows. A coordinator chose its agencies: they are confirmed."""
    rule, calendar = rule_of(session, ticket), reference.fresh(session).calendar
    text, topic = matter
    draft = opening.Draft(
        *(ticket.person_id, text, topic, tuple(agencies), ticket.contact, ticket.tier, ticket.business_name),
        *(ticket.business, ticket.masks),
    )
    columns = {"confirmed_at": now, "followers": ticket.followers, "joined": ticket.joined}
    made = opening.new_ticket(session, draft, ticket.klass, rule, now, received=ticket.received_at, **columns)
    for number, agency in enumerate(dict.fromkeys(agencies), 1):
        receipt = clocks.counted(ticket.received_at, rule, ticket.klass, calendar, waits.get(agency, ()))
        due = receipt.due if receipt else None
        remind_at = clocks.look_again(ticket.received_at, due, ticket.klass, calendar, now)
        opening.new_parts(session, made, [agency], receipt, remind_at, first=number)
    return finding.locked(session, made.code)


def _record(
    session: Session,
    ticket: Ticket,
    made: Ticket,
    ending: Sequence[Part],
    reason: str,
    officer: Officer,
    now: datetime,
) -> None:
    """In both histories. The words are the business's: they are committed to as its own, so that they can be erased."""
    said = opening.said_of(made)
    received = made.received_at.astimezone(LOCAL).isoformat()
    filed: dict[str, Any] = {
        "topic": made.topic,
        "klass": str(made.klass),
        "tier": str(made.tier),
        "received": received,
    }
    why, by, moved = public_reason(ticket, reason), actor(officer), [part.number for part in ending]
    record(session, ticket, EventKind.SPLIT, by, now, reason=reason, split_off=made.code, parts=moved, **why)
    record(session, made, EventKind.RECEIVED, business(made.person_id), now, texts=said, files=0, **filed)
    record(session, made, EventKind.SPLIT, by, now, reason=reason, split_ticket=ticket.code, **why)


def _tell(
    session: Session,
    ticket: Ticket,
    made: Ticket,
    born: Sequence[Part],
    officer: Officer,
    reason: str,
    now: datetime,
) -> None:
    for part in born:
        told = len(telling.the_agency(session, "officer/assigned", made, part, now))
        due = part.due_at.astimezone(LOCAL).isoformat() if part.due_at else None
        by = of_agency(officer, part.agency)
        record(session, made, EventKind.ASSIGNED, by, now, part=part, told=told, due=due)
    whole = facts.of_ticket(session, made, born, now)
    said = templating.render("status/split", ticket=whole, facts={"code": ticket.code, "reason": reason})
    for person_id in telling.reporters(ticket):
        telling.push(session, person_id, said, made, now)
    joined = set(telling.told(session, ticket)).difference(telling.reporters(ticket))
    said = templating.render("status/split_joined", ticket=whole, facts={"code": ticket.code}) if joined else said
    for person_id in sorted(joined):
        telling.push(session, person_id, said, made, now)
