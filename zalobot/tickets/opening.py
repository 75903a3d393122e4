"""Opening a ticket: one transaction makes the ticket, its parts, their due times with receipts, and tells everybody.

The one rule: all clocks start together at the receipt of what the business sent, whatever happens afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot import attachments, redaction, reference, templating
from zalobot.receipt import Receipt
from zalobot.rules import Klass, RuleVersion, rule_in_force
from zalobot.store.database import before_commit, later, memo, write_rows_so_far
from zalobot.store.ids import new_id
from zalobot.store.models import (
    EventKind,
    Officer,
    Part,
    PartState,
    Ticket,
    TicketCounter,
    TicketState,
    Tier,
)
from zalobot.store.rows import described
from zalobot.tickets import clocks, finding, patience, telling
from zalobot.tickets.facts import PartFacts, TicketFacts
from zalobot.tickets.record import SYSTEM, Actor, business, record
from zalobot.tickets.triage import working_hours_after
from zalobot.workdays import LOCAL

TITLE = 90


@dataclass(frozen=True, slots=True)
class Draft:
    """What a business has put together. `agencies` hold one part each, the first leads; `files` are attachment keys.

    `business` and `masks` are as the ticket keeps them (`store.models.Ticket`).
    """

    person_id: str
    description: str
    topic: str
    agencies: tuple[str, ...]
    contact: str = ""
    tier: Tier = Tier.NO_NAME
    business_name: str = ""
    business: Mapping[str, Any] = field(default_factory=dict)
    masks: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = field(default=())


_counter = TicketCounter.__table__  # type: ignore[attr-defined]
_count = insert(_counter)
_next_number = _count.on_conflict_do_update(index_elements=["prefix"], set_={"last": _counter.c.last + 1}).returning(
    _counter.c.last
)
_counted_on = _counter.update().where(_counter.c.prefix == bindparam("of")).values(last=bindparam("to"))
_insert_ticket = Ticket.__table__.insert()  # type: ignore[attr-defined]
_insert_part = Part.__table__.insert()  # type: ignore[attr-defined]


def open_ticket(session: Session, draft: Draft, now: datetime) -> TicketFacts:
    """Open a ticket received at `now`. Where the calendar does not reach far enough, its parts have no due time yet."""
    province = reference.fresh(session)
    topic = province.topics[draft.topic]
    rule = rule_in_force(province.rules, now)
    receipt, remind_at = _clock(session, now, rule, topic.klass)
    ticket = new_ticket(
        session, draft, Klass(topic.klass), rule, now, confirm_remind_at=_confirm_by(session, now, rule)
    )
    parts = new_parts(session, ticket, draft.agencies, receipt, remind_at)
    if draft.files:
        write_rows_so_far(session)  # a file and the word to send it may come in one batch
        attachments.assign(session, draft.files, ticket.id)
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
    return line[:TITLE].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + "…"


def _clock(session: Session, now: datetime, rule: RuleVersion, klass: str) -> tuple[Receipt | None, datetime | None]:
    """How the due time is counted, and when to remind first: the same for all tickets of a class in one batch."""
    known: dict[Any, tuple[Receipt | None, datetime | None]] = memo(session).setdefault("clocks", {})
    if (now, klass) not in known:
        calendar = reference.current(session).calendar
        receipt = clocks.counted(now, rule, klass, calendar)
        due = receipt.due if receipt else None
        known[now, klass] = (receipt, clocks.look_again(now, due, klass, calendar, now))
    return known[now, klass]


def _confirm_by(session: Session, now: datetime, rule: RuleVersion) -> datetime:
    """When the coordinators are reminded that nobody has confirmed the agencies: the same for all of one batch."""
    known: dict[datetime, datetime] = memo(session).setdefault("confirm_by", {})
    if now not in known:
        known[now] = working_hours_after(session, now, rule.triage_hours) or patience.look_again(session, now)
    return known[now]


def new_ticket(
    session: Session,
    draft: Draft,
    klass: Klass,
    rule: RuleVersion,
    now: datetime,
    *,
    received: datetime | None = None,
    **columns: Any,
) -> Ticket:
    """A ticket to be written, without parts; `received` before `now` where it was split off another."""
    public = redaction.redact(draft.description, **draft.masks)
    ticket, row = described(
        Ticket,
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
        business=dict(draft.business),
        masks={name: words for name, words in draft.masks.items() if words},
        contact=draft.contact,
        rule_version=rule.version,
        received_at=received or now,
        **columns,
    )
    later(session, _insert_ticket, row)
    finding.opened(session, ticket)
    return ticket


def _code(session: Session, now: datetime) -> str:
    prefix = f"{reference.current(session).prefix}-{now.astimezone(LOCAL):%y%m}"
    return f"{prefix}-{_number(session, prefix):05}"


def _number(session: Session, prefix: str) -> int:
    """The next running number. The first one locks the counter; further ones of the transaction are counted on here."""
    taken: dict[str, int] = memo(session).setdefault("ticket_numbers", {})
    if prefix in taken:
        taken[prefix] += 1
        before_commit(session, _keep_numbers)
    else:
        taken[prefix] = session.execute(_next_number, {"prefix": prefix, "last": 1}).scalar_one()
    return taken[prefix]


def _keep_numbers(session: Session) -> None:
    rows = [{"of": prefix, "to": last} for prefix, last in memo(session).pop("ticket_numbers", {}).items()]
    if rows:
        session.execute(_counted_on, rows)


def new_parts(
    session: Session,
    ticket: Ticket,
    agencies: Sequence[str],
    receipt: Receipt | None,
    remind_at: datetime | None,
    *,
    first: int = 1,
) -> list[Part]:
    """Parts to be written, a clock each from the receipt of the ticket; numbered from `first` on."""
    due = receipt.due if receipt else None
    parts = []
    for number, agency in enumerate(agencies, first):
        part, row = described(
            Part,
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
            remind_at=remind_at,
        )
        later(session, _insert_part, row)
        if receipt is not None:
            clocks.keep_receipt(session, part, receipt, ticket.received_at)
        parts.append(part)
    return parts


def _tell(session: Session, made: TicketFacts, by: Actor, now: datetime) -> None:
    ticket = made.ticket
    said = said_of(ticket)
    filed: dict[str, Any] = {"topic": ticket.topic, "klass": str(ticket.klass), "tier": str(ticket.tier)}
    record(session, ticket, EventKind.RECEIVED, by, now, texts=said, files=made.files, **filed)
    for fact in made.parts:
        officers = telling.duty(session, fact.part.agency)
        due = fact.part.due_at.astimezone(LOCAL).isoformat() if fact.part.due_at else None
        record(session, ticket, EventKind.ASSIGNED, SYSTEM, now, part=fact.part, told=len(officers), due=due)
        if officers:
            _assign(session, made, fact, officers, now)


def said_of(ticket: Ticket) -> dict[str, str]:
    """The words of a business that its ticket is committed to."""
    about = {name: str(value) for name, value in ticket.business.items()}
    named = {"description": ticket.description, "contact": ticket.contact, "business_name": ticket.business_name}
    return {**named, **about}


def _assign(session: Session, made: TicketFacts, fact: PartFacts, officers: Sequence[Officer], now: datetime) -> None:
    said = templating.render("officer/assigned", part=fact, ticket=made)
    telling.to_staff(session, officers, said, made.ticket, now)
