"""What officers keep beside a part: drafts, notes among colleagues, who is looking, answers kept for the next time.

The one rule: nothing here is public, and what speaks of a ticket goes when its person is erased.
"""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, json_type


class AnswerDraft(SQLModel, table=True):
    """What an officer has typed into the form of a part and not sent yet: the fields by name."""

    __tablename__ = "answer_draft"

    part_id: str = Field(primary_key=True, max_length=26, foreign_key="part.id")
    officer_id: str = Field(primary_key=True, max_length=26, foreign_key="officer.id")
    fields: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    saved_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class PartNote(SQLModel, table=True):
    """A note for colleagues of one agency; `asked` is the colleague whose opinion it asks, None for nobody's."""

    __tablename__ = "part_note"
    __table_args__ = (Index("ix_part_note_part", "part_id", "id"),)

    id: str = Field(primary_key=True, max_length=26)
    part_id: str = Field(max_length=26, foreign_key="part.id")
    agency: str = Field(max_length=32)
    officer_id: str = Field(max_length=26, foreign_key="officer.id")
    asked: str | None = Field(default=None, max_length=26, foreign_key="officer.id")
    text: str = Field(sa_column=Column(Text, nullable=False))
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class PartPresence(SQLModel, table=True):
    """Who has the page of a part open: since when, and when that was last heard."""

    __tablename__ = "part_presence"

    part_id: str = Field(primary_key=True, max_length=26, foreign_key="part.id")
    officer_id: str = Field(primary_key=True, max_length=26, foreign_key="officer.id")
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    heard_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SavedAnswer(SQLModel, table=True):
    """An answer an agency keeps for the next like question: the fields of the form by name."""

    __tablename__ = "saved_answer"
    __table_args__ = (Index("ix_saved_answer_agency", "agency", "id"),)

    id: str = Field(primary_key=True, max_length=26)
    agency: str = Field(max_length=32, foreign_key="agency.code")
    title: str = Field(max_length=200)
    fields: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    officer_id: str = Field(max_length=26, foreign_key="officer.id")
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
