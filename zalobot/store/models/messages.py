"""The outbox: what we will say, a row before it is said."""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, enum_type, json_type

UNFINISHED = "state IN ('queued', 'sending', 'unknown')"
UNDELIVERED = "state IN ('waiting', 'failed', 'unclear')"


class OutboxState(StrEnum):
    """queued → sending → sent; or unknown (did it arrive?); or failed (given up, in the operator's list).

    unclear: nobody could find out whether it arrived; it is in the operator's list and not said again by itself.
    waiting: no channel is open, it is said when the person next writes (and is in the list until then). merged: its
    words went with `merged_into`. resolved: nothing is to be said any more, by an operator's word or because it is old.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"
    FAILED = "failed"
    WAITING = "waiting"
    MERGED = "merged"
    RESOLVED = "resolved"


class Priority(IntEnum):
    """Who goes first when Zalo's allowance is short: the lower number."""

    REPLY = 0
    STATUS = 1
    REMINDER = 2


class Channel(StrEnum):
    """The way a message goes. cs: Zalo's consultation message, free within 48 hours of the person's last word, paid
    after that; zbs: an approved template, by Zalo's user id or by phone; wait: none, the person has to write first."""

    CS = "cs"
    CS_PAID = "cs_paid"
    ZBS_UID = "zbs_uid"
    ZBS_PHONE = "zbs_phone"
    MAIL = "mail"
    WAIT = "wait"


class OutboxMessage(SQLModel, table=True):
    """One message to one person. Rows of one person leave in the order of their ids.

    `channel` is the way it goes or went; `sending_by` the process that took it last (store/presence.py). `doubts`
    counts the attempts of which nothing could be seen afterwards. Refusals before `anew_at` no longer count: the person
    wrote, or an operator wants it tried again. `check_code`: what
    anybody can look an official push up by; the rows of one long message share it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_unfinished", "person_id", "id", sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED)
        ),
        Index(
            "ix_outbox_due",
            "priority",
            "not_before",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_undelivered",
            "person_id",
            "id",
            sqlite_where=text(UNDELIVERED),
            postgresql_where=text(UNDELIVERED),
        ),
        Index(
            "ix_outbox_listed", "state", "id", sqlite_where=text(UNDELIVERED), postgresql_where=text(UNDELIVERED)
        ),  # the operator's list, page by page
        Index("ix_outbox_ticket", "ticket_id"),
        Index("ix_outbox_person", "person_id", "sent_at"),
        Index("ix_outbox_message", "message_id"),
        Index(
            "ix_outbox_check",
            "check_code",
            sqlite_where=text("check_code IS NOT NULL"),
            postgresql_where=text("check_code IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    person_id: str = Field(max_length=64)
    priority: int
    template: str = Field(max_length=100)
    template_version: str = Field(max_length=16)
    language: str = Field(default="vi", max_length=8)
    body: Json = Field(sa_column=Column(json_type(), nullable=False))
    ticket_id: str | None = Field(default=None, max_length=26)
    check_code: str | None = Field(default=None, max_length=16)
    state: OutboxState = Field(sa_column=Column(enum_type(OutboxState), nullable=False))
    not_before: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    attempts: int = 0
    channel: Channel = Field(default=Channel.CS, sa_column=Column(enum_type(Channel), nullable=False))
    anew_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    merged_into: str | None = Field(default=None, max_length=26)
    sending_since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    sending_by: str | None = Field(default=None, max_length=26)
    doubts: int = 0
    sent_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    delivered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    message_id: str | None = Field(default=None, max_length=64)
    error_code: int | None = None
    error: str | None = Field(default=None, sa_column=Column(Text))


class Attempt(SQLModel, table=True):
    """One try of a message by one channel. `code` is the channel's own (0: taken), null where nobody knows.

    What went well at once by the free chat leaves none: the message's row says it all. `price` is in VND.
    """

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_outbox", "outbox_id", "id"),)

    id: str = Field(primary_key=True, max_length=26)
    outbox_id: str = Field(max_length=26)
    channel: Channel = Field(sa_column=Column(enum_type(Channel), nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    code: int | None = None
    message_id: str | None = Field(default=None, max_length=100)
    price: int = 0


class Reach(SQLModel, table=True):
    """What was learnt of reaching a person. No row: nothing yet.

    The chat was refused at `refused_at` with `refused_code`: until the person writes again it is not tried.
    `waiting_since`: something waits for them. `nudged_for`: the interaction whose window they were reminded of.
    """

    __tablename__ = "reach"

    person_id: str = Field(primary_key=True, max_length=64)
    refused_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    refused_code: int | None = None
    waiting_since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    nudged_for: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class TemplateState(StrEnum):
    """What Zalo has decided of a template (its words: ENABLE, PENDING_REVIEW, REJECT, DISABLE)."""

    ENABLED = "enabled"
    PENDING = "pending"
    REJECTED = "rejected"
    DISABLED = "disabled"


class TemplateApproval(SQLModel, table=True):
    """A template of the pack as Zalo approved it for this account: its id there, and by what it may be sent.

    Prices in VND are this account's where they are known, else the pack's hold.
    """

    __tablename__ = "template_approval"

    key: str = Field(primary_key=True, max_length=64)
    template_id: str = Field(max_length=64, unique=True)
    state: TemplateState = Field(sa_column=Column(enum_type(TemplateState), nullable=False))
    by_uid: bool = True
    by_phone: bool = True
    price_uid: int | None = None
    price_phone: int | None = None
    quality: str = Field(default="", max_length=16)
    reason: str = Field(default="", max_length=500)
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
