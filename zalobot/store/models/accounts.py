"""Who may sign in on the web: accounts, their sessions, one-time links, failed tries, and the chain of what they did.

The one rule: nothing here lets anybody in who reads it. Passwords are argon2, tokens and codes are hashes, the secret
of the second factor is sealed.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, Text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, enum_type, json_type


class AccountRole(StrEnum):
    """What an account may do. The first four are roles of officers, too."""

    OFFICER = "officer"
    HEAD = "head"
    LEADER = "leader"
    COORDINATOR = "coordinator"
    OPERATOR = "operator"
    ADMIN = "admin"


class Account(SQLModel, table=True):
    """Somebody who signs in. `name` is what they type; one who came by a link from Zalo may have no password.

    `last_step` is the last time step of the second factor that was used: a code works once. `person_id` is the Zalo
    account of one who is no officer, bound by a one-time code of which the hash is kept (accounts/own_zalo.py).
    """

    __tablename__ = "account"

    id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=64, unique=True)
    full_name: str = Field(max_length=200)
    role: AccountRole = Field(sa_column=Column(enum_type(AccountRole), nullable=False))
    agency: str = Field(default="", max_length=32)
    officer_id: str | None = Field(default=None, max_length=26, foreign_key="officer.id", unique=True)
    password: str = Field(default="", max_length=200)
    must_change: bool = False
    secret: str = Field(default="", sa_column=Column(Text, nullable=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    last_step: int = 0
    recovery: list[str] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    active: bool = True
    person_id: str | None = Field(default=None, max_length=64, unique=True)
    code_hash: str | None = Field(default=None, max_length=64, unique=True)
    code_expires_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Level(StrEnum):
    """How far a sign-in has come: the password was right, or everything that the role asks for was."""

    PASSWORD = "password"
    FULL = "full"


class WebSession(SQLModel, table=True):
    """A browser that is signed in. `id` is the SHA-256 of the cookie; it is made anew at each step of a sign-in."""

    __tablename__ = "web_session"

    id: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(max_length=26, foreign_key="account.id", index=True)
    level: Level = Field(sa_column=Column(enum_type(Level), nullable=False))
    by_link: bool = False
    agent: str = Field(default="", max_length=200)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class EntryLink(SQLModel, table=True):
    """A one-time way in for an officer, sent to their own Zalo. `id` is the SHA-256 of what stands in the link."""

    __tablename__ = "entry_link"

    id: str = Field(primary_key=True, max_length=64)
    officer_id: str = Field(max_length=26, foreign_key="officer.id", index=True)
    path: str = Field(max_length=200)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class HeldForm(SQLModel, table=True):
    """A form that was sent when its session had run out: what was typed, as pairs of a field's name and its value,
    held for a short while so that its sender can look at it again and send it. `back` is the page it stood on."""

    __tablename__ = "held_form"

    id: str = Field(primary_key=True, max_length=26)
    account_id: str = Field(max_length=26, foreign_key="account.id", index=True)
    path: str = Field(max_length=200)
    back: str = Field(default="", max_length=200)
    fields: list[list[str]] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SignInTries(SQLModel, table=True):
    """Failed tries of one name from one network, and from when the next one is looked at."""

    __tablename__ = "sign_in_tries"

    id: str = Field(primary_key=True, max_length=64)
    failures: int
    next_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


class AdminEvent(SQLModel, table=True):
    """An entry of the admin chain: what an account did that is no act on a ticket (signed in, released a text)."""

    __tablename__ = "admin_event"

    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    kind: str = Field(max_length=64)
    account_id: str = Field(default="", max_length=26, index=True)
    role: str = Field(default="", max_length=32)
    data: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    prev_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AdminHead(SQLModel, table=True):
    """The last entry of the admin chain: the row that whoever writes one locks."""

    __tablename__ = "admin_head"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    seq: int
    hash: str = Field(max_length=64)
