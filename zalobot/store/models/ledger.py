"""What belongs to the ledger besides its entries (TicketEvent): its head, its daily heads, and the words behind it.

The one rule: daily heads, like entries, are never changed or deleted; words and salts may be, and the chain holds.
"""

from datetime import date, datetime

from sqlalchemy import Integer, Text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import UtcDateTime


class LedgerHead(SQLModel, table=True):
    """The last entry's number and hash: the row that whoever writes entries locks. `installation` begins the chain."""

    __tablename__ = "ledger_head"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    installation: str = Field(max_length=26)
    seq: int
    hash: str = Field(max_length=64)


class LedgerDay(SQLModel, table=True):
    """Where the ledger stood at the end of a day of the province: published, so that nobody can write it anew."""

    __tablename__ = "ledger_day"

    day: date = Field(primary_key=True)
    seq: int
    hash: str = Field(max_length=64)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class LedgerSalt(SQLModel, table=True):
    """The words an entry is committed to, with the salt that makes them impossible to guess. Erased with the person."""

    __tablename__ = "ledger_salt"

    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: str = Field(primary_key=True, max_length=32)
    salt: str = Field(max_length=32)
    text: str = Field(sa_column=Column(Text, nullable=False))
