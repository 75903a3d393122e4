"""Tickets, their parts, what happened to them, and how their due times were counted."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Column, Field, SQLModel

from zalobot.rules import Klass
from zalobot.store.types import Json, UtcDateTime, enum_type, json_type


class TicketState(StrEnum):
    """The phase of a whole ticket, derived from its parts by `tickets.state_of`; the last two are a coordinator's word.

    out_of_scope (không thuộc phạm vi) is no matter for this channel; referred (hướng dẫn sang khiếu nại, tố cáo) has a
    legal path of its own.
    """

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    PARTLY_ANSWERED = "partly_answered"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    OUT_OF_SCOPE = "out_of_scope"
    REFERRED = "referred"


# Ended without an answer of its own.
GONE_TICKET: Final = (TicketState.WITHDRAWN, TicketState.MERGED, TicketState.OUT_OF_SCOPE, TicketState.REFERRED)


class PartState(StrEnum):
    """waiting (chờ nhận việc) → accepted (đang xử lý) → answered → closed; aside: the others."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    PAUSED = "paused"
    DECLINED = "declined"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    DROPPED = "dropped"


GONE_PART: Final = (PartState.WITHDRAWN, PartState.MERGED, PartState.DROPPED)


class Tier(StrEnum):
    """How public a ticket is: with the name, without it (default), or only agency, topic, times and state."""

    PUBLIC = "public"
    NO_NAME = "no_name"
    SEALED = "sealed"


class Verdict(StrEnum):
    """What the business says of an answer."""

    SOLVED = "solved"
    PARTLY = "partly"
    GENERIC = "generic"
    NOT_MY_QUESTION = "not_my_question"


class EventKind(StrEnum):
    """What can happen to a ticket; each kind has its words in `templates/messages/events/`."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    DECLINED = "declined"
    TRANSFERRED = "transferred"
    REASSIGNED = "reassigned"
    SPLIT = "split"
    DISPUTED = "disputed"
    NOT_DECIDED = "not_decided"
    DECIDED = "decided"
    SUCCEEDED = "succeeded"
    QUESTION_ASKED = "question_asked"
    BUSINESS_REPLIED = "business_replied"
    ADDED = "added"
    REMINDED = "reminded"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    VERDICT_GIVEN = "verdict_given"
    VERDICT_EXPLAINED = "verdict_explained"
    REOPENED = "reopened"
    CLASS_CHANGED = "class_changed"
    RECOUNTED = "recounted"
    PAUSE_ENDED = "pause_ended"
    EXPLAINED = "explained"
    NOT_EXPLAINED = "not_explained"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    JOINED = "joined"
    DROPPED = "dropped"
    TURNED_AWAY = "turned_away"
    DIRECTED = "directed"
    UNNAMED = "unnamed"
    ERASED = "erased"


class Ticket(SQLModel, table=True):
    """What one business put to the government. `description` is for the agencies; `public_text` is the masked copy.

    `merged_into` is the code of the ticket that goes on with this one; `followers` are told what its business is told:
    the people of tickets merged into this one, and those who have the same trouble. The latter are in `joined`, too:
    they may neither judge nor add. `confirm_remind_at` is when the coordinators are reminded
    that nobody has confirmed its agencies; null once they were, or need not be.
    `business` is what else the business said of itself (`tax_code`, `sector`, `commune`): for the agencies, never
    public. `masks` is what its writer wants `shown` and `hidden` in the public copy, of this and of later words.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_person", "person_id", "id"),
        Index("ix_ticket_topic", "topic", "id"),
        Index("ix_ticket_state", "state", "confirmed_at"),
        Index("ix_ticket_received", "received_at", "topic", "state"),
        Index(
            "ix_ticket_confirm_remind",
            "confirm_remind_at",
            sqlite_where=text("confirm_remind_at IS NOT NULL"),
            postgresql_where=text("confirm_remind_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    code: str = Field(max_length=32, unique=True)
    person_id: str = Field(max_length=64)
    topic: str = Field(max_length=64)
    klass: Klass = Field(sa_column=Column(enum_type(Klass), nullable=False))
    state: TicketState = Field(sa_column=Column(enum_type(TicketState), nullable=False))
    tier: Tier = Field(sa_column=Column(enum_type(Tier), nullable=False))
    title: str = Field(max_length=200)
    description: str = Field(sa_column=Column(Text, nullable=False))
    public_text: str = Field(sa_column=Column(Text, nullable=False))
    business_name: str = Field(default="", max_length=200)
    business: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    masks: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    contact: str = Field(default="", max_length=300)
    rule_version: str = Field(max_length=32)
    received_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    closed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    confirm_remind_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    merged_into: str = Field(default="", max_length=32)
    followers: list[str] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    joined: list[str] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    version: int = 1


def _when(name: str) -> Index:
    """An index on the few parts that have something coming at this instant."""
    there = text(f"{name} IS NOT NULL")
    return Index(f"ix_part_{name}", name, sqlite_where=there, postgresql_where=there)


class Part(SQLModel, table=True):
    """What one agency answers of a ticket, with its own clock. `agency` is the holder.

    `clock_started_at` is the receipt, or the verdict that started clock 2.
    `due_at` is what an answer is judged by (figures use it): it moves by pauses, a change of the calendar or of the
    class, each in public and each with its receipt. `first_due_at` never changes: what was promised at first.
    `remind_at` is when the ladder has something to say, null for never.
    `public_answer` is `answer` as everybody may read it (`tickets.public_answer`), `answer_facts` what it names of what
    an answer should name.
    A part refused twice has `decide_by`: until then a coordinator says whose it is; `decide_remind_at` reminds them.
    `told_at` is when the push with the answer leaves.

    `wait_until` ends a pause, `close_at` closes an answer nobody judged, `explain_until` is when the head should have
    explained a lateness, `unseen_at` when an urgent notice is looked after: null for none. Those that are old (the
    business replied, the answer was judged) find nothing to do. An explanation with `new_date` belongs to the clock
    that had started at `explained_at`.
    """

    __tablename__ = "part"
    __table_args__ = (
        UniqueConstraint("ticket_id", "number"),
        Index(
            "ix_part_remind",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
        Index(
            "ix_part_answered",
            "agency",
            "answered_at",
            sqlite_where=text("answered_at IS NOT NULL"),
            postgresql_where=text("answered_at IS NOT NULL"),
        ),
        Index(
            "ix_part_answers",
            "answered_at",
            sqlite_where=text("answered_at IS NOT NULL"),
            postgresql_where=text("answered_at IS NOT NULL"),
        ),
        Index(
            "ix_part_offered",
            "declined_to",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index(
            "ix_part_decide",
            "decide_remind_at",
            sqlite_where=text("decide_remind_at IS NOT NULL"),
            postgresql_where=text("decide_remind_at IS NOT NULL"),
        ),
        *(_when(name) for name in ("wait_until", "close_at", "explain_until", "unseen_at")),
        Index(
            "ix_part_agency_open",
            "agency",
            "due_at",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    ticket_id: str = Field(max_length=26, foreign_key="ticket.id")
    code: str = Field(max_length=36, unique=True)
    number: int
    agency: str = Field(max_length=32, foreign_key="agency.code")
    officer_id: str | None = Field(default=None, max_length=26)
    state: PartState = Field(sa_column=Column(enum_type(PartState), nullable=False))
    klass: Klass = Field(sa_column=Column(enum_type(Klass), nullable=False))
    received_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    clock_started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    due_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    first_due_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    remind_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    accepted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    answered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    closed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    public_answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    answer_facts: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    question: str = Field(default="", sa_column=Column(Text, nullable=False))
    paused_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    declined_to: str = Field(default="", max_length=32)
    declined_reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    refusals: int = 0
    hand_overs: int = 0
    decide_by: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    decide_remind_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    decided_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    told_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    wait_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    close_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    explain_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    unseen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    explanation: str = Field(default="", sa_column=Column(Text, nullable=False))
    explained_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    new_date: date | None = None
    clock: int = 1
    verdict: Verdict | None = Field(default=None, sa_column=Column(enum_type(Verdict)))
    verdict_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    verdict_reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    version: int = 1


class Addition(SQLModel, table=True):
    """What a business wrote to a ticket later, or the words of a ticket merged into it. For the agencies only."""

    __tablename__ = "addition"
    __table_args__ = (Index("ix_addition_ticket", "ticket_id", "id"),)

    id: str = Field(primary_key=True, max_length=26)
    ticket_id: str = Field(max_length=26, foreign_key="ticket.id")
    person_id: str = Field(max_length=64)
    text: str = Field(sa_column=Column(Text, nullable=False))
    merged_from: str = Field(default="", max_length=32)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class TicketEvent(SQLModel, table=True):
    """One thing that happened to a ticket: an entry of the ledger, written in the transaction of the change.

    The database refuses to change or delete it. `seq` counts over the whole installation; `hash` covers everything
    here but `ticket_id`, `prev_hash` is the hash before. No personal text: only salted commitments to it. There is no
    foreign key, so that writing an entry waits for nobody who holds the ticket.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_ticket", "ticket_id", "seq"),)

    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    ticket_id: str = Field(max_length=26)
    ticket_code: str = Field(max_length=32)
    part_number: int | None = None
    kind: EventKind = Field(sa_column=Column(enum_type(EventKind), nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor_role: str = Field(max_length=32)
    agency: str = Field(default="", max_length=32)
    public: bool = True
    data: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    commitments: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    prev_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class DeadlineReceipt(SQLModel, table=True):
    """How a due time was counted. A recount adds a receipt and strikes the old one through; none is removed."""

    __tablename__ = "receipt"
    __table_args__ = (Index("ix_receipt_part", "part_id", "id"),)

    id: str = Field(primary_key=True, max_length=26)
    part_id: str = Field(max_length=26, foreign_key="part.id")
    clock: int = 1
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    data: Json = Field(sa_column=Column(json_type(), nullable=False))
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    struck_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    struck_reason: str = Field(default="", max_length=500)
