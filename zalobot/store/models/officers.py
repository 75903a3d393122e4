"""Officers of agencies, and how a Zalo account is bound to one."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime, enum_type


class Role(StrEnum):
    """What a staff member is: `head` is of an agency, `leader` and `coordinator` of the province."""

    OFFICER = "officer"
    HEAD = "head"
    LEADER = "leader"
    COORDINATOR = "coordinator"


class Officer(SQLModel, table=True):
    """A staff member. `person_id` is empty until the one-time code was sent in Zalo; only the code's hash is kept.

    `email` is where letters go when Zalo cannot carry a message, "" where there is none.
    """

    __tablename__ = "officer"

    id: str = Field(primary_key=True, max_length=26)
    agency: str = Field(max_length=32, foreign_key="agency.code", index=True)
    name: str = Field(max_length=200)
    role: Role = Field(sa_column=Column(enum_type(Role), nullable=False))
    person_id: str | None = Field(default=None, max_length=64, unique=True)
    code_hash: str | None = Field(default=None, max_length=64, unique=True)
    code_expires_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    linked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    active: bool = True
    email: str = Field(default="", max_length=254)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Absence(SQLModel, table=True):
    """Days, the first and the last included, on which somebody of the same agency is told in an officer's place."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_last", "last_day", "officer_id"),)

    id: str = Field(primary_key=True, max_length=26)
    officer_id: str = Field(max_length=26, foreign_key="officer.id")
    deputy_id: str = Field(max_length=26, foreign_key="officer.id")
    first_day: date
    last_day: date
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
