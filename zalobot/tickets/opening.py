"""Opening a ticket: one transaction makes the ticket, its parts, their due times with receipts, and tells everybody.

The one rule: all clocks start together at the receipt of what the business sent, whatever happens afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import outbox, redaction, reference, templating
from zalobot.deadlines import count
from zalobot.errors import PastHorizon
from zalobot.province import Province
from zalobot.receipt import Receipt
from zalobot.rules import RuleVersion, rule_in_force
from zalobot.store.database import later
from zalobot.store.ids import new_id
from zalobot.store.models import (
    Attachment,
    EventKind,
    Officer,
    Part,
    PartState,
    Priority,
    Ticket,
    TicketClass,
    TicketCounter,
    TicketState,
    Tier,
)
from zalobot.tickets import clocks, telling
from zalobot.tickets.facts import PartFacts, TicketFacts
from zalobot.tickets.record import Actor, business, record
from zalobot.workdays import LOCAL

TITLE = 90


@dataclass(frozen=True, slots=True)
class Draft:
    """What a business has put together. `agencies` hold one part each, the first leads; `files` are attachment keys."""

    person_id: str
    description: str
    topic: str
    agencies: tuple[str, ...]
    contact: str = ""
    tier: Tier = Tier.NO_NAME
    business_name: str = ""
    files: tuple[str, ...] = field(default=())


_counter = TicketCounter.__table__  # type: ignore[attr-defined]
_count = insert(_counter)
_next_number = _count.on_conflict_do_update(index_elements=["prefix"], set_={"last": _counter.c.last + 1}).returning(
    _counter.c.last
)
_insert_ticket = Ticket.__table__.insert()  # type: ignore[attr-defined]
_insert_part = Part.__table__.insert()  # type: ignore[attr-defined]


def open_ticket(session: Session, draft: Draft, now: datetime) -> TicketFacts:
    """Open a ticket received at `now`. Where the calendar does not reach far enough, its parts have no due time yet."""
    province = reference.current(session)
    topic = province.topics[draft.topic]
    rule = rule_in_force(province.rules, now)
    receipt = _receipt(rule, topic.klass, province, now)
    ticket = _ticket(session, draft, TicketClass(topic.klass), rule, now)
    parts = [_part(ticket, number, agency, receipt, province) for number, agency in enumerate(draft.agencies, 1)]
    _write(session, ticket, parts, receipt, now)
    if draft.files:
        session.execute(update(Attachment).where(col(Attachment.id).in_(draft.files)).values(ticket_id=ticket.id))
    made = TicketFacts(
        ticket,
        tuple(PartFacts(ticket, part, receipt, province, now) for part in parts),
        province,
        reference.public_url(session),
        now,
        len(draft.files),
    )
    _tell(session, made, business(draft.person_id), now)
    return made


def title_of(text: str) -> str:
    """The first line of what was written, cut at a word: what lists show."""
    line = " ".join(text.split("\n")[0].split())
    if len(line) <= TITLE:
        return line
    return line[:TITLE].rsplit(" ", 1)[0] + "…"


def _ticket(session: Session, draft: Draft, klass: TicketClass, rule: RuleVersion, now: datetime) -> Ticket:
    public = redaction.redact(draft.description)
    return Ticket(
        id=new_id(),
        code=_code(session, now),
        person_id=draft.person_id,
        topic=draft.topic,
        klass=klass,
        state=TicketState.ASSIGNED,
        tier=draft.tier,
        title=title_of(public),
        description=draft.description,
        public_text=public,
        business_name=draft.business_name,
        contact=draft.contact,
        rule_version=rule.version,
        received_at=now,
    )


def _code(session: Session, now: datetime) -> str:
    prefix = f"{reference.current(session).prefix}-{now.astimezone(LOCAL):%y%m}"
    number = session.execute(_next_number, {"prefix": prefix, "last": 1}).scalar_one()
    return f"{prefix}-{number:05}"


def _receipt(rule: RuleVersion, klass: str, province: Province, now: datetime) -> Receipt | None:
    try:
        return count(now, rule, klass, province.calendar)
    except PastHorizon:
        return None


def _part(ticket: Ticket, number: int, agency: str, receipt: Receipt | None, province: Province) -> Part:
    due = receipt.due if receipt else None
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
    part.remind_at = clocks.next_reminder(part, province.calendar, ticket.received_at)
    return part


def _write(session: Session, ticket: Ticket, parts: Sequence[Part], receipt: Receipt | None, now: datetime) -> None:
    later(session, _insert_ticket, ticket.model_dump())
    for part in parts:
        later(session, _insert_part, part.model_dump())
        if receipt is not None:
            clocks.keep_receipt(session, part, receipt, now)


def _tell(session: Session, made: TicketFacts, by: Actor, now: datetime) -> None:
    record(session, made.ticket, EventKind.RECEIVED, by, now)
    for fact in made.parts:
        officers = telling.duty(session, fact.part.agency)
        record(session, made.ticket, EventKind.ASSIGNED, by, now, part=fact.part, told=len(officers))
        if officers:
            _assign(session, made, fact, officers, now)


def _assign(session: Session, made: TicketFacts, fact: PartFacts, officers: Sequence[Officer], now: datetime) -> None:
    said = templating.render("officer/assigned", part=fact, ticket=made)
    hold = telling.until_working_time(session, now)
    for officer in officers:
        if officer.person_id:
            outbox.enqueue(
                session,
                officer.person_id,
                said,
                now=now,
                priority=Priority.STATUS,
                ticket_id=made.ticket.id,
                hold=hold,
            )
