"""The words of the bot as operators change them: drafts, what waits for a second person, every version there was.

The one rule: a version that has a number is history. Its text is never changed again (migration 0002 refuses it).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime, enum_type


class WordingState(StrEnum):
    """draft → waiting (for a second person) → released → retired; or rejected, sent back with words."""

    DRAFT = "draft"
    WAITING = "waiting"
    RELEASED = "released"
    RETIRED = "retired"
    REJECTED = "rejected"


class WordingOrigin(StrEnum):
    """Where a version's words come from: typed, the words of an earlier version, the shipped ones, a file."""

    TYPED = "typed"
    UNDO = "undo"
    SHIPPED = "shipped"
    FILE = "file"


class WordingVersion(SQLModel, table=True):
    """A wording of one message in one language.

    `number` counts the released ones of a message in a language from 1; until it is released there is none. `based_on`
    is the version that was in use when the draft was begun: a number, or the hash of the shipped words. `batch` binds
    what was brought in by one import. `answer` is what the second person said who sent it back.
    """

    __tablename__ = "wording_version"
    __table_args__ = (
        UniqueConstraint("name", "language", "number"),
        Index(
            "uq_wording_version_draft",
            "name",
            "language",
            "author_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        Index(
            "uq_wording_version_in_use",
            "name",
            "language",
            unique=True,
            sqlite_where=text("state = 'released'"),
            postgresql_where=text("state = 'released'"),
        ),
        Index(
            "ix_wording_version_waiting",
            "asked_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=100)
    language: str = Field(max_length=8)
    number: int | None = Field(default=None)
    state: WordingState = Field(sa_column=Column(enum_type(WordingState), nullable=False))
    origin: WordingOrigin = Field(sa_column=Column(enum_type(WordingOrigin), nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    author_id: str = Field(max_length=26, foreign_key="account.id")
    based_on: str = Field(max_length=16)
    why: str = Field(default="", max_length=500)
    batch: str | None = Field(default=None, max_length=26)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    saved_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    asked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    decided_by: str | None = Field(default=None, max_length=26, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    answer: str = Field(default="", max_length=500)


class WordingUse(SQLModel, table=True):
    """How many messages of a version Zalo accepted, of those up to the outbox row `last_id`."""

    __tablename__ = "wording_use"

    name: str = Field(primary_key=True, max_length=100)
    language: str = Field(primary_key=True, max_length=8)
    version: str = Field(primary_key=True, max_length=16)
    accepted: int
    last_id: str = Field(max_length=26)


class WordingPending(SQLModel, table=True):
    """A message that was looked at for WordingUse before Zalo had accepted it: it is held, waits, or failed so far."""

    __tablename__ = "wording_pending"

    outbox_id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=100)
    language: str = Field(max_length=8)
    version: str = Field(max_length=16)
