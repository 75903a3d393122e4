"""The outbox: what we will say, a row before it is said."""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, enum_type, json_type

UNFINISHED = "state IN ('queued', 'sending', 'unknown')"


class OutboxState(StrEnum):
    """queued → sending → sent; or unknown (did it arrive?); or failed (given up, in the operator's list)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Priority(IntEnum):
    """Who goes first when Zalo's allowance is short: the lower number."""

    REPLY = 0
    STATUS = 1
    REMINDER = 2


class Channel(StrEnum):
    """The way a message goes. cs: Zalo's consultation message, to people who have written to us."""

    CS = "cs"


class OutboxMessage(SQLModel, table=True):
    """One message to one person. Rows of one person leave in the order of their ids."""

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
        Index("ix_outbox_person", "person_id", "sent_at"),
        Index("ix_outbox_message", "message_id"),
    )

    id: str = Field(primary_key=True, max_length=26)
    person_id: str = Field(max_length=64)
    priority: int
    template: str = Field(max_length=100)
    template_version: str = Field(max_length=16)
    body: Json = Field(sa_column=Column(json_type(), nullable=False))
    ticket_id: str | None = Field(default=None, max_length=26)
    state: OutboxState = Field(sa_column=Column(enum_type(OutboxState), nullable=False))
    not_before: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    attempts: int = 0
    sending_since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    sent_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    delivered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    message_id: str | None = Field(default=None, max_length=64)
    error_code: int | None = None
    error: str | None = Field(default=None, sa_column=Column(Text))
