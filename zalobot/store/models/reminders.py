"""The reminder ledger: one step of one part at one due time is never sent twice."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime


class ReminderEntry(SQLModel, table=True):
    """A step of the ladder that was taken for a part: sent, or passed over because a later one was due too."""

    __tablename__ = "reminder_ledger"
    __table_args__ = (Index("ix_reminder_ledger_officer", "officer_id", "taken_at"),)

    part_id: str = Field(primary_key=True, max_length=26)
    step: str = Field(primary_key=True, max_length=32)
    due_at: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    officer_id: str = Field(default="", primary_key=True, max_length=26)
    taken_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    outbox_id: str | None = Field(default=None, max_length=26)
