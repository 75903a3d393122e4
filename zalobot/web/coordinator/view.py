"""The coordinator's page as plain values: what waits, the ticket in hand with proposals, disputes, who waits on whom.

The one rule: a proposal says why, in words of the report itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from zalobot.province import Province
from zalobot.rules import Klass, RuleVersion
from zalobot.store.models import PartState
from zalobot.store.queries.triage import OVER, Unconfirmed, Waiting
from zalobot.store.queries.work import Behind
from zalobot.tickets import dropping
from zalobot.understanding import Intent, Understanding, reader_for
from zalobot.web.coordinator.clocks import hours_left
from zalobot.web.coordinator.likeness import Alike
from zalobot.web.coordinator.waiting import Dispute, Wait
from zalobot.web.meter import Meter
from zalobot.web.public_view import agency_name

AMISS = (Intent.COMPLAINT, Intent.DENUNCIATION, Intent.EMERGENCY, Intent.OUT_OF_SCOPE, Intent.SPAM)


@dataclass(frozen=True, slots=True)
class InLine:
    """A ticket in the list of what is to be confirmed. `amiss`: perhaps no matter for here, by its words."""

    code: str
    title: str
    meter: Meter
    amiss: str
    simple: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A part there is (`number`, `state`), or an agency that might get one. `words` of the report spoke for it."""

    key: int
    agency: str
    name: str
    words: tuple[str, ...]
    lead: bool = False
    number: int = 0
    code: str = ""
    state: str = ""
    version: int = 0
    moves: bool = False
    droppable: bool = False


@dataclass(frozen=True, slots=True)
class InHand:
    """The ticket being looked at. `due` is that of its first part that has one."""

    ticket: Unconfirmed
    behind: Behind
    topic: str
    meter: Meter | None
    klass: str
    proposed_klass: str
    amiss: str
    why: tuple[str, ...]
    parts: tuple[Proposal, ...]
    more: tuple[Proposal, ...]
    alike: tuple[Alike, ...]
    due: datetime | None
    open: bool
    answered: bool
    rule: RuleVersion | None


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed into which form, and why it was refused."""

    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The page. `place` counts from 1; `before` and `after` are codes, or ''."""

    line: tuple[InLine, ...]
    hand: InHand | None
    place: int
    before: str
    after: str
    disputes: tuple[Dispute, ...]
    waits: tuple[Wait, ...]
    waiting: int
    agencies: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]
    form: Form


def in_line(ticket: Unconfirmed, now: datetime, province: Province) -> InLine:
    """A ticket of the list; its title is read for what it might be instead."""
    read = reader_for(province).read(ticket.title) if ticket.title else None
    simple = bool(read and read.klass == Klass.SIMPLE and ticket.klass == Klass.HARD)
    return InLine(ticket.code, ticket.title, triage_meter(ticket, now, province), _amiss(read), simple)


def triage_meter(ticket: Unconfirmed, now: datetime, province: Province) -> Meter:
    """The time left to confirm the agencies."""
    rule = rule_of(ticket.rule_version, province)
    return hours_left(ticket.received_at, rule.triage_hours if rule else 0, now, province)


def rule_of(version: str, province: Province) -> RuleVersion | None:
    """The rules a ticket was born under."""
    return next((rule for rule in province.rules if rule.version == version), None)


def in_hand(
    ticket: Unconfirmed,
    behind: Behind,
    parts: Sequence[Waiting],
    same: tuple[Alike, ...],
    now: datetime,
    province: Province,
) -> InHand:
    """The ticket with its parts, and what else its words speak for."""
    read = reader_for(province).read(behind.description) if behind.description else None
    topic = province.topics.get(ticket.topic)
    here = tuple(_part(place, part, parts, read, now, province) for place, part in enumerate(parts, 1))
    return InHand(
        ticket=ticket,
        behind=behind,
        topic=topic.name if topic else "",
        meter=None if ticket.confirmed_at else triage_meter(ticket, now, province),
        klass=ticket.klass,
        proposed_klass=str(read.klass) if read else ticket.klass,
        amiss=_amiss(read),
        why=read.words if read and _amiss(read) else (),
        parts=here,
        more=_more(len(here), {part.agency for part in parts}, read, province),
        alike=same,
        due=next((part.due_at for part in parts if part.due_at), None),
        open=ticket.state not in OVER,
        answered=any(part.state in (PartState.ANSWERED, PartState.CLOSED, PartState.REOPENED) for part in parts),
        rule=rule_of(ticket.rule_version, province),
    )


def _part(
    key: int, part: Waiting, parts: Sequence[Waiting], read: Understanding | None, now: datetime, province: Province
) -> Proposal:
    return Proposal(
        key,
        part.agency,
        agency_name(province, part.agency),
        _words(part.agency, read, province),
        lead=key == 1,
        number=part.number,
        code=part.code,
        state=str(part.state),
        version=part.version,
        moves=part.state in (PartState.WAITING, PartState.DECLINED),
        droppable=dropping.droppable(part, parts, now),
    )


def _more(known: int, there: set[str], read: Understanding | None, province: Province) -> tuple[Proposal, ...]:
    """The agencies the words speak for that have no part yet."""
    if read is None:
        return ()
    codes = [code for code in (*read.proposed, *(one.code for one in read.agencies)) if code not in there]
    found = [code for code in dict.fromkeys(codes) if _words(code, read, province)]
    return tuple(
        Proposal(known + place, code, agency_name(province, code), _words(code, read, province))
        for place, code in enumerate(found[:3], 1)
    )


def _words(agency: str, read: Understanding | None, province: Province) -> tuple[str, ...]:
    """The words that speak for an agency: for itself, else for a topic that is its own."""
    if read is None:
        return ()
    own = next((one.words for one in read.agencies if one.code == agency), ())
    if own:
        return own[:4]
    topics = (one for one in read.topics if one.code in province.topics and province.topics[one.code].lead == agency)
    return next((one.words[:4] for one in topics if one.words), ())


def _amiss(read: Understanding | None) -> str:
    return str(read.intent) if read and read.intent in AMISS else ""
