"""What the program keeps for itself: tokens, leases, job runs, counters."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime


class OaToken(SQLModel, table=True):
    """The token pair of one Official Account, encrypted at rest, and who is renewing it right now."""

    __tablename__ = "oa_token"

    oa_id: str = Field(primary_key=True, max_length=64)
    access: str = Field(sa_column=Column(Text, nullable=False))
    refresh: str = Field(sa_column=Column(Text, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    obtained_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    generation: int = 1
    previous_access: str | None = Field(default=None, sa_column=Column(Text))
    previous_refresh: str | None = Field(default=None, sa_column=Column(Text))
    status: str = Field(default="ok", max_length=32)
    error: str | None = Field(default=None, sa_column=Column(Text))
    refreshing_by: str | None = Field(default=None, max_length=64)
    refreshing_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Lease(SQLModel, table=True):
    """Who does a duty right now. It only spares work: every duty is right without it."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=64)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    token: int = 0


class JobRun(SQLModel, table=True):
    """A run of a dated job (the digest of a morning): the slot is taken once."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True, max_length=64)
    slot: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class TicketCounter(SQLModel, table=True):
    """The running number of a month's tickets: `QN-2611` → 42."""

    __tablename__ = "ticket_counter"

    prefix: str = Field(primary_key=True, max_length=32)
    last: int
