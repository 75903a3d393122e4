"""The inbox: what Zalo told us, a row before the 200."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime, enum_type


class InboxState(StrEnum):
    """Where an event is: not yet handled, handled, or kept for replay because handling it failed."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


class InboxEvent(SQLModel, table=True):
    """One event as Zalo sent it. `key` makes a second delivery of the same event a no-op.

    `num_retry` is Zalo's count of the delivery that was kept: 0 for the first one, -1 for what no webhook brought but
    was read from the conversation (`catching_up.py`).
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "person_id",
            "at",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            "ix_inbox_oldest", "at", "id", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")
        ),
        Index("ix_inbox_person", "person_id", "id"),  # a conversation read back, a person's copy, their erasure
        Index(
            "ix_inbox_failed", "id", sqlite_where=text("state = 'failed'"), postgresql_where=text("state = 'failed'")
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    key: str = Field(max_length=200, unique=True)
    person_id: str = Field(max_length=64)
    name: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    received_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
    state: InboxState = Field(sa_column=Column(enum_type(InboxState), nullable=False))
    num_retry: int = 0
    attempts: int = 0
    error: str | None = Field(default=None, sa_column=Column(Text))
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
