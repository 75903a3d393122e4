"""What a person sent besides words: files, places, contact cards, links. Never public."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime, enum_type


class AttachmentState(StrEnum):
    """Where a file of a business is: only Zalo has it yet, we keep it, or it could not be had."""

    WANTED = "wanted"
    KEPT = "kept"
    REFUSED = "refused"


class Attachment(SQLModel, table=True):
    """What a person sent besides words, never public. A file is fetched soon after (Zalo's links die) and kept by its
    sha256; of a place, a contact card and a link the row is all there is (`geo:`, `tel:` or the link itself)."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_ticket", "ticket_id"),
        Index("ix_attachment_person", "person_id"),
        Index(
            "ix_attachment_wanted",
            "try_at",
            sqlite_where=text("state = 'wanted'"),
            postgresql_where=text("state = 'wanted'"),
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    person_id: str = Field(max_length=64)
    ticket_id: str | None = Field(default=None, max_length=26)
    part_number: int | None = None
    kind: str = Field(max_length=16)
    url: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(default="", max_length=300)
    size: int | None = None
    sha256: str | None = Field(default=None, max_length=64)
    content_type: str = Field(default="", max_length=100)
    state: AttachmentState = Field(sa_column=Column(enum_type(AttachmentState), nullable=False))
    error: str = Field(default="", max_length=100)
    attempts: int = 0
    try_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
