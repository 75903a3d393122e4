"""Who waits for a human, and who talks to whom from the console.

The one rule: whether the bot is silent says `Conversation.with_person_until` alone; this says who sits there.
"""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime


class LiveChat(SQLModel, table=True):
    """A person who asked for a human, or whom one of the console has taken over.

    `asked_at`: they wait since then; None once somebody came. `held_by` is the account that talks to them, None where
    it is nobody of the console (a member of staff in Zalo's own inbox). `version` grows with every change of hands.
    """

    __tablename__ = "live_chat"
    __table_args__ = (
        Index(
            "ix_live_chat_asked",
            "asked_at",
            sqlite_where=text("asked_at IS NOT NULL"),
            postgresql_where=text("asked_at IS NOT NULL"),
        ),
    )

    person_id: str = Field(primary_key=True, max_length=64, foreign_key="person.id")
    asked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    held_by: str | None = Field(default=None, max_length=26, foreign_key="account.id")
    held_since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    version: int = 1
