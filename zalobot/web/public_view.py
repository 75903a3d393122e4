"""The page of one ticket as plain values: who holds it, its parts with their meters, receipts, history.

The one rule: everything that depends on `now` or on the calendar is computed here, so that templates only place words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from zalobot import redaction
from zalobot.errors import PastHorizon
from zalobot.province import Province
from zalobot.receipt import Receipt
from zalobot.store.models import GONE_PART, GONE_TICKET, PartState, TicketState, Tier
from zalobot.store.queries.public_rows import PublicPart, PublicReceipt, PublicTicket, Story
from zalobot.tickets import adequacy
from zalobot.web.filters import Span, local, span
from zalobot.web.history import Line, history
from zalobot.web.lateness import Explanation, explanation
from zalobot.web.meter import Clock, Meter, meter
from zalobot.web.receipt_view import ReceiptView, Struck, Waited, by_day, skipped_runs, strip
from zalobot.web.workday import day_length

OVER = (TicketState.ANSWERED, TicketState.CLOSED, *GONE_TICKET)
STOPPED = (PartState.ANSWERED, PartState.CLOSED)


@dataclass(frozen=True, slots=True)
class PartView:
    """A part card. `holder` and `to` are names of agencies; `meter` is None when no clock runs any more."""

    number: int
    holder: str
    state: str
    meter: Meter | None
    answer: str
    facts: Mapping[str, str]
    rest: str  # of the answer, beside its facts
    question: str
    to: str
    reason: str
    hand_overs: int
    former: tuple[str, ...]
    accepted_at: datetime | None
    accepted_after: Span | None
    answered_at: datetime | None
    paused_at: datetime | None
    verdict: str
    holding: bool
    clock: int
    lateness: Explanation | None = None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """What `public/ticket.html` shows. `title` is empty for a sealed ticket."""

    code: str
    state: str
    sealed: bool
    title: str
    text: str
    business: str
    topic: str
    klass: str
    received_at: datetime
    parts: tuple[PartView, ...]
    answered: int
    business_holds: bool
    assigned_at: datetime | None
    receipts: tuple[ReceiptView, ...]
    lines: tuple[Line, ...]
    is_open: bool
    open_parts: tuple[int, ...]
    holders: tuple[str, ...]
    merged_into: str


def ticket_page(story: Story, now: datetime, province: Province) -> TicketPage:
    """Build the page of a ticket as it is at `now`."""
    ticket = story.ticket
    in_force = {r.part_id: Receipt.from_json(r.data) for r in story.receipts if r.struck_at is None}
    parts = tuple(_part(part, in_force.get(part.id), story, now, province) for part in ticket.parts)
    return TicketPage(
        code=ticket.code,
        state=ticket.state,
        sealed=ticket.tier == Tier.SEALED,
        title=ticket.title,
        text=ticket.text,
        business=ticket.business_name,
        topic=province.topic_name(ticket.topic),
        klass=ticket.klass,
        received_at=ticket.received_at,
        parts=parts,
        answered=answered(ticket),
        business_holds=any(part.state == PartState.PAUSED for part in ticket.parts),
        assigned_at=next((event.at for event in story.events if event.kind == "assigned"), None),
        receipts=_receipts(story, now, province),
        lines=history(
            story.events,
            ticket.received_at,
            now,
            province,
            open_=ticket.state not in OVER,
        ),
        is_open=ticket.state not in OVER,
        open_parts=tuple(part.number for part in parts if part.holding),
        holders=tuple(dict.fromkeys(part.holder for part in parts if part.holding)),
        merged_into=ticket.merged_into,
    )


def answered(ticket: PublicTicket) -> int:
    """How many parts of a ticket have their answer."""
    return sum(part.state in STOPPED for part in ticket.parts)


def masked(ticket: PublicTicket, text: str) -> str:
    """What an office wrote to a ticket (a question, a reason) as everybody may read it, like the history has it."""
    return redaction.redact(text, **ticket.masks) if text else ""


def agency_name(province: Province, code: str) -> str:
    """The name of an agency; its code where the pack no longer knows it."""
    agency = province.agencies.get(code)
    return agency.name if agency else code


def part_meter(part: PublicPart, receipt: Receipt | None, now: datetime, province: Province) -> Meter | None:
    """The meter of a part; None when it ended without an answer of its own."""
    if part.state in GONE_PART:
        return None
    stopped = part.answered_at if part.state in STOPPED else None
    paused = part.paused_at if part.state == PartState.PAUSED else None
    clock = Clock(part.klass == "simple", part.clock_started_at, part.due_at, stopped, paused, receipt)
    return meter(clock, now, province.calendar)


def _part(part: PublicPart, receipt: Receipt | None, story: Story, now: datetime, province: Province) -> PartView:
    facts, rest = _pieces(part)
    return PartView(
        number=part.number,
        holder=agency_name(province, part.agency),
        state=part.state,
        meter=part_meter(part, receipt, now, province),
        answer=part.answer,
        facts=facts,
        rest=rest,
        question=masked(story.ticket, part.question) if part.state == PartState.PAUSED else "",
        to=agency_name(province, part.declined_to) if part.declined_to else "",
        reason=masked(story.ticket, part.declined_reason) if part.state == PartState.DECLINED else "",
        hand_overs=part.hand_overs,
        former=_former(story, part.number, province),
        accepted_at=part.accepted_at,
        accepted_after=_accepted_after(part, province),
        answered_at=part.answered_at,
        paused_at=part.paused_at,
        verdict=part.verdict,
        holding=part.state in (PartState.WAITING, PartState.ACCEPTED, PartState.DECLINED, PartState.REOPENED),
        clock=part.clock,
        lateness=explanation(part, story),
    )


def _pieces(part: PublicPart) -> tuple[Mapping[str, str], str]:
    """What is shown of an answer: its labelled pieces and the rest, each once; all of it as typed where it is one."""
    rest = adequacy.rest(part.answer)
    if part.facts != adequacy.read(part.answer):
        return part.facts, part.answer
    return (part.facts, rest) if len(part.facts) + bool(rest) > 1 else ({}, part.answer)


def _former(story: Story, number: int, province: Province) -> tuple[str, ...]:
    """The agencies that held a part before, in order."""
    moves = (event for event in story.events if event.kind == "transferred" and event.part_number == number)
    return tuple(agency_name(province, str(move.data["former"])) for move in moves if move.data.get("former"))


def _accepted_after(part: PublicPart, province: Province) -> Span | None:
    """The working time until the holder took the part up; None where a second clock or a hand-over blurs it."""
    if part.accepted_at is None or part.clock > 1 or part.hand_overs:
        return None
    try:
        waited = province.calendar.working_between(part.received_at, part.accepted_at)
    except PastHorizon:
        return None
    return span(waited, day_length(province.calendar, local(part.received_at).date()))


def _receipts(story: Story, now: datetime, province: Province) -> tuple[ReceiptView, ...]:
    """One receipt for all parts that are counted alike, else one for each way of counting."""
    alike: dict[tuple[datetime, str, int], list[PublicReceipt]] = {}
    parts = {part.id: part for part in story.ticket.parts}
    for receipt in story.receipts:
        if receipt.struck_at is None and receipt.part_id in parts:
            part = parts[receipt.part_id]
            alike.setdefault((receipt.due_at, part.klass, receipt.clock), []).append(receipt)
    struck = [receipt for receipt in story.receipts if receipt.struck_at is not None]
    views = [_receipt(group, parts, struck, now, province) for group in alike.values()]
    return tuple(sorted(views, key=lambda view: (view.parts, view.clock)))


def _receipt(
    group: list[PublicReceipt],
    parts: Mapping[str, PublicPart],
    struck: Iterable[PublicReceipt],
    now: datetime,
    province: Province,
) -> ReceiptView:
    first = group[0]
    receipt = Receipt.from_json(first.data)
    part = parts[first.part_id]
    day = day_length(province.calendar, receipt.day0)
    return ReceiptView(
        klass=part.klass,
        amount=receipt.amount,
        received=receipt.received,
        due=receipt.due,
        days=strip(receipt, now),
        skipped=skipped_runs(receipt.skipped, province.papers),
        rule_version=str(receipt.rule_version),
        calendar_version=receipt.calendar_version,
        law=receipt.law,
        decision=receipt.decision,
        waits=tuple(Waited(w.start, w.end, span(w.working, day)) for w in receipt.waits),
        clock=first.clock,
        spans=by_day(receipt.spans),
        parts=tuple(sorted(parts[one.part_id].number for one in group)),
        struck=_struck(first, struck),
    )


def _struck(now: PublicReceipt, struck: Iterable[PublicReceipt]) -> tuple[Struck, ...]:
    """The earlier receipts of the same clock, oldest first."""
    same = [old for old in struck if (old.part_id, old.clock) == (now.part_id, now.clock)]
    out = []
    for old, new in pairwise([*same, now]):
        receipt, at = Receipt.from_json(old.data), old.struck_at or old.made_at
        days = tuple(counted.date for counted in receipt.counted)
        out.append(Struck(old.due_at, new.due_at, at, old.struck_reason, days, receipt.calendar_version))
    return tuple(out)
