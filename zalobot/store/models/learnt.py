"""What was learnt of the Official Account by trying, and what it holds of ours for a while."""

from datetime import datetime

from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime


class OaTrait(SQLModel, table=True):
    """One thing learnt of an account by trying (which call it takes, whether buttons). From `again_at` on it is tried
    anew; an operator who deletes the row has it tried at once."""

    __tablename__ = "oa_trait"

    oa_id: str = Field(primary_key=True, max_length=64)
    trait: str = Field(primary_key=True, max_length=32)
    value: str = Field(max_length=32)
    learnt_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    again_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Upload(SQLModel, table=True):
    """A file of ours that Zalo keeps for seven days: its sha256 and kind (image, gif, file), and Zalo's id for it.

    `width` and `height` are of pictures, in pixels.
    """

    __tablename__ = "upload"

    oa_id: str = Field(primary_key=True, max_length=64)
    sha256: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=16)
    asset_id: str = Field(max_length=500)
    width: int = 0
    height: int = 0
    uploaded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
