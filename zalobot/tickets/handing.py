"""Whose part it is: "not ours", handing over, and the coordinator's final word.

The one rule: the holder stays holder, and the clock runs on, until another has accepted or the coordinator has decided.
A part refused twice goes to the coordinators, who have so many working hours (`RuleVersion.dispute_hours`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session

from zalobot import redaction, reference
from zalobot.errors import IllegalTransition, Refused
from zalobot.store.ids import new_id
from zalobot.store.models import EventKind, Officer, Part, PartState, RoutingExample, Ticket
from zalobot.tickets import changes, finding, life, patience, telling
from zalobot.tickets.record import SYSTEM, record
from zalobot.tickets.triage import check_coordinator, public_reason, rule_of, working_hours_after
from zalobot.tickets.working import actor, check_mine, end_pause, of_agency
from zalobot.vietnamese import tokens
from zalobot.workdays import WorkCalendar

REFUSALS = 2  # from here on the agencies no longer settle it between themselves
_TOKENS = 200

_insert_example = RoutingExample.__table__.insert()  # type: ignore[attr-defined]


def decline(
    session: Session,
    code: str,
    owner: str,
    reason: str,
    officer: Officer,
    now: datetime,
    *,
    seen: int | None = None,
) -> tuple[Ticket, Part]:
    """Say "not ours" (không thuộc thẩm quyền), naming the owner and a reason: the holder, or who was offered the part.

    Raises Refused: not_your_part, not_an_owner, decided_finally.
    """
    ticket, part, parts = finding.part_by_code(session, code)
    offered = is_offered(part, officer)
    if not offered:
        check_mine(part, officer)
    if part.state is PartState.DECLINED and (part.declined_to, part.declined_reason) == (owner, reason):
        return ticket, part  # sent twice
    changes.check_part(session, ticket, part, seen)
    _check_owner(session, part, owner, officer)
    if offered:
        part.version += 1
    else:
        life.move(part, PartState.DECLINED)
    end_pause(session, part, now)
    part.declined_to, part.declined_reason = owner, reason
    part.refusals += 1
    life.settle(ticket, parts, now)
    who = actor(officer)
    said = public_reason(ticket, reason)
    record(
        session, ticket, EventKind.DECLINED, who, now, part=part, reason=reason, to=owner, number=part.refusals, **said
    )
    if part.refusals >= REFUSALS:
        _dispute(session, ticket, part, now)
    else:
        telling.the_agency(session, "officer/offered", ticket, part, now, agency=owner)
        telling.the_business(session, "status/declined", ticket, part, now)
    return ticket, part


def is_offered(part: Part, officer: Officer) -> bool:
    """Whether the part waits for this officer's agency to take it or refuse it too."""
    return part.state is PartState.DECLINED and part.declined_to == officer.agency and part.decide_remind_at is None


def _check_owner(session: Session, part: Part, owner: str, officer: Officer) -> None:
    here = reference.current(session).agencies
    if part.decided_at is not None:
        raise Refused("decided_finally", part=part.code)
    named_itself = owner == officer.agency or (owner == part.agency and not is_offered(part, officer))
    if named_itself or owner not in here or here[owner].successor:
        raise Refused("not_an_owner", part=part.code)


def _dispute(session: Session, ticket: Ticket, part: Part, now: datetime) -> None:
    """Refused twice: the coordinators decide, and are told so at once."""
    hours = rule_of(session, ticket).dispute_hours
    part.decide_by = working_hours_after(session, now, hours)
    part.decide_remind_at = working_hours_after(session, now, hours - 1) or patience.look_again(session, now)
    told = telling.the_coordinators(session, "coordinator/disputed", ticket, part, now)
    record(session, ticket, EventKind.DISPUTED, SYSTEM, now, part=part, told=len(told))
    telling.the_business(session, "status/disputed", ticket, part, now)


def decide(
    session: Session,
    code: str,
    owner: str,
    reason: str,
    officer: Officer,
    now: datetime,
    *,
    seen: int | None = None,
) -> tuple[Ticket, Part]:
    """The coordinator says whose a part is that was declined, or that nobody has taken up. Final, public, remembered.

    Raises Refused: not_allowed, not_an_owner, reason_missing; IllegalTransition for a part that somebody is at work on.
    """
    check_coordinator(officer)
    ticket, part, parts = finding.part_by_code(session, code)
    changes.check_part(session, ticket, part, seen)
    here = reference.current(session).agencies
    if owner not in here or here[owner].successor:
        raise Refused("not_an_owner", part=part.code)
    if not reason.strip():
        raise Refused("reason_missing", part=part.code)
    former, until = part.agency, part.decide_by
    if part.state is PartState.WAITING:
        if owner == former or any(one.agency == owner and one.state in life.OPEN for one in parts):
            raise Refused("already_has_part", code=ticket.code)
        part.version += 1
    elif part.state is PartState.DECLINED:
        life.move(part, PartState.WAITING)
    else:
        raise IllegalTransition("illegal_transition", part=part.code, state=part.state, to=PartState.WAITING)
    part.agency, part.declined_to, part.declined_reason = owner, "", ""
    part.hand_overs += owner != former
    part.officer_id, part.accepted_at = (part.officer_id, part.accepted_at) if owner == former else (None, None)
    part.decide_by, part.decide_remind_at, part.decided_at = None, None, now
    life.settle(ticket, parts, now)
    late = until is not None and now > until
    by = of_agency(officer, owner)
    record(
        session,
        ticket,
        EventKind.DECIDED,
        by,
        now,
        part=part,
        reason=reason,
        to=owner,
        former=former,
        late=late,
        **public_reason(ticket, reason),
    )
    _learn(session, ticket, part, parts, officer, now)
    said = {"reason": reason}
    telling.the_agency(session, "officer/decided", ticket, part, now, facts=said)
    if owner != former:
        telling.the_agency(session, "officer/handed_over", ticket, part, now, agency=former)
    telling.the_business(session, "status/decided", ticket, part, now, facts=said)
    return ticket, part


def _learn(
    session: Session, ticket: Ticket, part: Part, parts: Iterable[Part], officer: Officer, now: datetime
) -> None:
    """Keep the decision as an example for routing: masked words, topic, who answers. The next proposal knows it."""
    words = dict.fromkeys(tokens(redaction.redact(ticket.description)))
    row = {
        "id": new_id(),
        "ticket_id": ticket.id,
        "part_number": part.number,
        "tokens": list(words)[:_TOKENS],
        "topic": ticket.topic,
        "agencies": list(dict.fromkeys([part.agency, *(p.agency for p in parts if p.state in life.OPEN)])),
        "decided_by": officer.id,
        "decided_at": now,
    }
    session.execute(_insert_example, [row])
    revision = reference.changing(session)
    reference.changed(session, reference.read(session, reference.current(session)), revision)


class Happened(Protocol):
    """An event, as far as idle time needs it."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def part_number(self) -> int | None: ...


class Held(Protocol):
    """A part, as far as idle time needs it."""

    @property
    def number(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def clock(self) -> int: ...
    @property
    def state(self) -> str: ...


_HANDS = (EventKind.ACCEPTED, EventKind.TRANSFERRED, EventKind.QUESTION_ASKED, EventKind.ANSWERED)
_LIES = (
    EventKind.ASSIGNED,
    EventKind.DECLINED,
    EventKind.DECIDED,
    EventKind.SUCCEEDED,
    EventKind.BUSINESS_REPLIED,
    EventKind.REOPENED,
)
_ENDS = (EventKind.CLOSED, EventKind.WITHDRAWN, EventKind.MERGED, EventKind.DROPPED, EventKind.TURNED_AWAY)


def idle_hours(part: Held, events: Iterable[Happened], calendar: WorkCalendar, now: datetime) -> timedelta:
    """How long in working time the part has lain with nobody at work on it: offered, given, back again, not taken up.

    `events` are the ticket's, oldest first.
    """
    total, since = timedelta(), part.received_at if part.clock == 1 else None
    for event in events:
        if event.part_number not in (part.number, None):
            continue
        if event.kind in _LIES:
            since = since or event.at
        elif event.kind in (*_HANDS, *_ENDS) and since is not None:
            total += calendar.working_between(since, event.at)
            since = None
    if since is not None and part.state in life.OPEN:
        total += calendar.working_between(since, now)
    return total
