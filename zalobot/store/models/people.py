"""People in Zalo and the one conversation each has with the bot."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, enum_type, json_type


class Person(SQLModel, table=True):
    """A Zalo user as this Official Account knows them: Zalo's user id is per account, so it is the key."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, max_length=64)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Conversation(SQLModel, table=True):
    """Where the talk with a person stands. The answers are the whole state of a flow.

    `open_step` and `open_until`: until that instant a further message still belongs to that answer, and the reply
    `held_reply` (an outbox key) waits so that several messages in a row get one reply.
    `business` is what they said of their business (`flows.who`), kept to be confirmed the next time.
    `language`: the code of the one they chose or began in, "" while it is not known.
    `consent_version`, `naming_version`, `notices_version`: the words agreed to for each purpose (`consents`), "no"
    where it was refused, "" while it was not answered.
    `with_person_until`: a member of staff is talking, the bot says nothing. `follows_since` is when `follows` changed.
    """

    __tablename__ = "conversation"

    person_id: str = Field(primary_key=True, max_length=64, foreign_key="person.id")
    display_name: str = Field(default="", max_length=200)
    follows: bool = False
    follows_since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    consent_version: str = Field(default="", max_length=32)
    consented_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    naming_version: str = Field(default="", max_length=32)
    notices_version: str = Field(default="", max_length=32)
    last_interaction_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    flow: str = Field(default="", max_length=64)
    answers: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    shelf: list[Json] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    open_step: str = Field(default="", max_length=64)
    open_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    held_reply: str = Field(default="", max_length=26)
    misunderstood: int = 0
    with_person_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    language: str = Field(default="", max_length=8)
    nudge_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, index=True))
    business: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Purpose(StrEnum):
    """What a person is asked to agree to, each for itself: handling what they write, their business's name in public,
    being told more than the answer and its due time."""

    HANDLING = "handling"
    NAMING = "naming"
    NOTICES = "notices"


class ConsentAnswer(SQLModel, table=True):
    """A yes or a no, never changed: who, when, to which words in which language. The newest of a purpose holds.

    `about` is the code of the ticket that alone it is for, else "". `words` are "" where a no needed none.
    """

    __tablename__ = "consent_answer"
    __table_args__ = (Index("ix_consent_answer_person", "person_id", "id"),)

    id: str = Field(primary_key=True, max_length=26)
    person_id: str = Field(max_length=64)
    purpose: Purpose = Field(sa_column=Column(enum_type(Purpose), nullable=False))
    given: bool
    version: str = Field(max_length=32)
    words: str = Field(sa_column=Column(Text, nullable=False))
    language: str = Field(max_length=8)
    about: str = Field(default="", max_length=32)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
