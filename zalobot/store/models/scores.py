"""What leaders think of answers, by one tap each."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime, enum_type


class Score(StrEnum):
    """Whether an answer did what it should: wholly, in part, not."""

    GOOD = "good"
    PARTLY = "partly"
    POOR = "poor"


class AnswerScore(SQLModel, table=True):
    """What one account thinks of the answer to a part in the run of one clock; the last tap counts."""

    __tablename__ = "answer_score"

    part_id: str = Field(primary_key=True, max_length=26, foreign_key="part.id")
    clock: int = Field(primary_key=True)
    account_id: str = Field(primary_key=True, max_length=26, foreign_key="account.id")
    score: Score = Field(sa_column=Column(enum_type(Score), nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
