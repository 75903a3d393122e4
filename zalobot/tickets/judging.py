"""The business's verdict on an answer, per part, by one tap.

The one rule: anything but solved opens clock 2 on that part and reaches the agency and its head; thanks do not.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot import reference
from zalobot.errors import Refused
from zalobot.rules import Klass, RuleVersion
from zalobot.store.models import EventKind, Part, PartState, Ticket, Verdict
from zalobot.tickets import clocks, finding, life, telling
from zalobot.tickets.record import business, record


def give_verdict(session: Session, code: str, verdict: Verdict, person_id: str, now: datetime) -> tuple[Ticket, Part]:
    """Record a verdict: solved closes the part, anything else reopens it with a new clock of the hard rule."""
    ticket, part, parts = finding.part_by_code(session, code)
    if person_id in ticket.joined:
        raise Refused("only_joined", code=ticket.code)
    if person_id not in telling.audience(ticket):
        raise Refused("no_such_ticket", code=code)
    if part.state is not PartState.ANSWERED:
        raise Refused("not_answered_yet", part=part.code)
    record(session, ticket, EventKind.VERDICT_GIVEN, business(person_id), now, part=part, verdict=verdict)
    part.verdict, part.verdict_at = verdict, now
    if verdict is Verdict.SOLVED:
        life.move(part, PartState.CLOSED)
        part.closed_at = now
        record(session, ticket, EventKind.CLOSED, business(person_id), now, part=part)
        telling.the_agency(session, "officer/closed", ticket, part, now)
    else:
        _second_clock(session, ticket, part, now)
    life.settle(ticket, parts, now)
    return ticket, part


def explain_verdict(session: Session, code: str, person_id: str, reason: str, now: datetime) -> tuple[Ticket, Part]:
    """The business's words on why the answer did not do; the agency reads them."""
    ticket, part, _ = finding.part_by_code(session, code)
    if person_id not in telling.reporters(ticket):
        raise Refused("no_such_ticket", code=code)
    part.verdict_reason = reason
    part.version += 1
    by = business(person_id)
    record(session, ticket, EventKind.VERDICT_EXPLAINED, by, now, part=part, texts={"verdict_reason": reason})
    telling.the_agency(session, "officer/verdict_reason", ticket, part, now)
    return ticket, part


def _second_clock(session: Session, ticket: Ticket, part: Part, now: datetime) -> None:
    province = reference.fresh(session)
    receipt = clocks.counted(now, _rule(province.rules, ticket.rule_version), Klass.HARD, province.calendar)
    life.move(part, PartState.REOPENED)
    part.agency = province.holder_now(part.agency)
    part.clock += 1
    part.answered_at, part.accepted_at, part.klass = None, None, Klass.HARD
    part.clock_started_at, part.due_at = now, receipt.due if receipt else None
    part.remind_at = clocks.next_reminder(part, province.calendar, now)
    if receipt is not None:
        clocks.keep_receipt(session, part, receipt, now)
    record(session, ticket, EventKind.REOPENED, business(ticket.person_id), now, part=part, clock=part.clock)
    telling.the_agency(session, "officer/reopened", ticket, part, now, heads=True)


def _rule(rules: tuple[RuleVersion, ...], version: str) -> RuleVersion:
    return next(rule for rule in rules if rule.version == version)
