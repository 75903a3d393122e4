"""What the webhook learnt: which secrets are good, what was refused, what Zalo said of the account, who withdrew."""

from datetime import datetime

from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, json_type


class OaSecret(SQLModel, table=True):
    """An OA secret key that has proven good: a signature fitted it. Only its fingerprint is kept."""

    __tablename__ = "oa_secret"

    fingerprint: str = Field(primary_key=True, max_length=64)
    proven_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class WebhookTrouble(SQLModel, table=True):
    """Why events were dropped at the door, counted by reason, for whoever looks for the cause."""

    __tablename__ = "webhook_trouble"

    reason: str = Field(primary_key=True, max_length=32)
    number: int
    first_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class ZaloNotice(SQLModel, table=True):
    """The newest of what Zalo told about the account itself: the state of a template, the quota of a day.

    `subject` is what it is about (a template's id, a message's id), "" for the account.
    """

    __tablename__ = "zalo_notice"

    name: str = Field(primary_key=True, max_length=64)
    subject: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    facts: Json = Field(sa_column=Column(json_type(), nullable=False))


class Reaction(SQLModel, table=True):
    """What a person put on a message of ours ("/-heart"); the newest counts, "" once it was taken away."""

    __tablename__ = "reaction"

    message_id: str = Field(primary_key=True, max_length=64)
    person_id: str = Field(primary_key=True, max_length=64, index=True)
    icon: str = Field(max_length=32)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Withdrawal(SQLModel, table=True):
    """Somebody had their data erased: what they said until then is not taken in again. Only a keyed hash is kept."""

    __tablename__ = "withdrawal"

    person_hash: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class DoomedFile(SQLModel, table=True):
    """A file of an erased person, to be removed from the disk once the erasure is committed."""

    __tablename__ = "doomed_file"

    sha256: str = Field(primary_key=True, max_length=64)
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class CatchUp(SQLModel, table=True):
    """Up to when nothing is missing in the inbox (`complete_to`, by Zalo's clock), and what that is judged by.

    By our clock: `heard_at` the webhook last brought something, `alive_at` the service was last running, `looked_at`
    the conversations were last read, when `found` messages were missing.
    """

    __tablename__ = "catch_up"

    oa_id: str = Field(primary_key=True, max_length=64)
    complete_to: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    alive_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    looked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    heard_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    found: int = 0
