"""The Official Account towards Zalo: its tokens, the consents that brought them, what Zalo says the account is."""

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, json_type


class OaToken(SQLModel, table=True):
    """The token pair of one Official Account, encrypted at rest, and who is renewing it right now.

    `failing_since`: no renewal has succeeded since then. `alarmed_at`: when people were last told of it.
    """

    __tablename__ = "oa_token"

    oa_id: str = Field(primary_key=True, max_length=64)
    access: str = Field(sa_column=Column(Text, nullable=False))
    refresh: str = Field(sa_column=Column(Text, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    obtained_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    generation: int = 1
    previous_access: str | None = Field(default=None, sa_column=Column(Text))
    previous_refresh: str | None = Field(default=None, sa_column=Column(Text))
    status: str = Field(default="ok", max_length=32)
    error: str | None = Field(default=None, sa_column=Column(Text))
    failing_since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    alarmed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    refreshing_by: str | None = Field(default=None, max_length=64)
    refreshing_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Consent(SQLModel, table=True):
    """One consent of an OA administrator, from the one-time link to Zalo's answer. Link and browser are kept as hashes,
    the PKCE verifier sealed.

    link (until `link_until`) → begun in one browser (until `until`) → ended, with what came of it.
    """

    __tablename__ = "consent"

    id: str = Field(primary_key=True, max_length=26)
    oa_id: str = Field(max_length=64)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    link_hash: str = Field(max_length=64, unique=True)
    link_until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    begun_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    browser_hash: str | None = Field(default=None, max_length=64)
    verifier: str = Field(default="", sa_column=Column(Text, nullable=False))
    until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    outcome: str = Field(default="", max_length=32)


class OaAccount(SQLModel, table=True):
    """What Zalo last said of the account (getoa), and when it was asked.

    `facts` holds what has no column: quotas, as Zalo names them. `skew` is how many seconds Zalo's clock is ahead.
    `refused` is the code with which Zalo refused to say it, at `asked_at`; 0 when it answered.
    """

    __tablename__ = "oa_account"

    oa_id: str = Field(primary_key=True, max_length=64)
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    refused: int = 0
    name: str = Field(default="", max_length=200)
    verified: bool = False
    oa_type: int = 0
    package: str = Field(default="", max_length=100)
    package_until: date | None = None
    skew: float | None = None
    facts: Json = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))


class ProfileLookUp(SQLModel, table=True):
    """When Zalo was last asked who a person is, so that it is not asked again within a day."""

    __tablename__ = "profile_look_up"

    person_id: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
