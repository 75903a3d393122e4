"""What is answered at once: entries of the knowledge base with their versions, and what came of showing an answer."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, enum_type, json_type


class KnowledgeState(StrEnum):
    """Whether an entry may be shown."""

    ACTIVE = "active"
    RETIRED = "retired"


class Liked(StrEnum):
    """What a person said to an answer that was shown at once: that it is what was asked for, or that it is not."""

    RIGHT = "right"
    WRONG = "wrong"


class KnowledgeEntry(SQLModel, table=True):
    """A question with its answer, as it stands now. `key` is its name in files; `questions` are the ways it is asked.

    `source` is the document the answer rests on. After the day `review` it is shown to nobody until somebody has looked
    at it again. `version` grows with every change; each is kept as a KnowledgeVersion.
    """

    __tablename__ = "knowledge_entry"

    id: str = Field(primary_key=True, max_length=26)
    key: str = Field(max_length=64, unique=True)
    topic: str = Field(max_length=64, foreign_key="topic.code")
    agency: str = Field(max_length=32, foreign_key="agency.code")
    questions: list[str] = Field(sa_column=Column(json_type(), nullable=False))
    answer: str = Field(sa_column=Column(Text, nullable=False))
    source: str = Field(max_length=500)
    review: date
    state: KnowledgeState = Field(sa_column=Column(enum_type(KnowledgeState), nullable=False))
    version: int = 1
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class KnowledgeVersion(SQLModel, table=True):
    """An entry as it stood in one version, and who made it so."""

    __tablename__ = "knowledge_version"

    entry_id: str = Field(primary_key=True, max_length=26, foreign_key="knowledge_entry.id")
    version: int = Field(primary_key=True)
    data: Json = Field(sa_column=Column(json_type(), nullable=False))
    made_by: str = Field(max_length=64)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class InstantAnswer(SQLModel, table=True):
    """An answer that the machine showed at once, and what was said to it. Nothing says who asked; answers of humans are
    not counted here.

    `shown_key` is the key of an entry or the code of the part whose public answer it was.
    """

    __tablename__ = "instant_answer"
    __table_args__ = (Index("ix_instant_answer_shown", "shown_at"),)

    id: str = Field(primary_key=True, max_length=26)
    shown_key: str = Field(max_length=64)
    agency: str = Field(max_length=32)
    confidence: float
    liked: Liked = Field(sa_column=Column(enum_type(Liked), nullable=False))
    shown_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
