"""What a public page may know: plain values without `description`, `contact` and `person_id`, which are never read."""

from dataclasses import dataclass, field
from datetime import date, datetime

from zalobot.store.types import Json

STATES = ("open", "late", "answered")
ANSWER_FACTS = ("conclusion", "basis", "next_step", "contact")


@dataclass(frozen=True, slots=True)
class PublicPart:
    """A part as everybody may see it; `facts` holds what of ANSWER_FACTS the answer names, and nothing else."""

    id: str
    ticket_id: str
    number: int
    agency: str
    state: str
    klass: str
    received_at: datetime
    clock_started_at: datetime
    due_at: datetime | None
    first_due_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    paused_at: datetime | None
    explained_at: datetime | None
    new_date: date | None
    answer: str
    facts: dict[str, str]
    question: str
    declined_to: str
    declined_reason: str
    hand_overs: int
    clock: int
    verdict: str
    verdict_at: datetime | None


@dataclass(frozen=True, slots=True)
class PublicTicket:
    """A ticket as everybody may see it; of a sealed one `title`, `text` and `business_name` are empty.

    `masks` is what its writer wants shown and hidden: not to be seen, but by what masks an office's words to it.
    """

    id: str
    code: str
    topic: str
    klass: str
    state: str
    tier: str
    title: str
    text: str
    business_name: str
    rule_version: str
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    merged_into: str
    parts: tuple[PublicPart, ...] = ()
    masks: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """An entry of the ledger. `data` is as the verb wrote it: pages pick the keys they know, never print it whole."""

    seq: int
    hash: str
    kind: str
    at: datetime
    part_number: int | None
    actor_role: str
    agency: str
    data: Json


@dataclass(frozen=True, slots=True)
class PublicReceipt:
    """How a due time was counted, in force or struck through."""

    part_id: str
    clock: int
    due_at: datetime
    data: Json
    made_at: datetime
    struck_at: datetime | None
    struck_reason: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the page of one ticket needs."""

    ticket: PublicTicket
    events: tuple[PublicEvent, ...]
    receipts: tuple[PublicReceipt, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list of tickets is narrowed to; empty strings narrow nothing. `state` is one of STATES."""

    agency: str = ""
    state: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the list, newest first, with the codes that lead to the older and the newer page ('' when none)."""

    tickets: tuple[PublicTicket, ...]
    total: int
    older: str
    newer: str
