"""What the program keeps for itself: leases, job runs, counters."""

from datetime import datetime

from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime


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
