"""What the province pack brought: agencies, topics, the working calendar, the rules. Edited by verbs afterwards."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Column, Field, SQLModel

from zalobot.store.types import Json, UtcDateTime, json_type


class ProvinceRow(SQLModel, table=True):
    """Which pack was loaded, once. `revision` grows with every change of what it brought: every process looks at it.

    `wording` does the same for the words of the bot: it grows with every release.
    """

    __tablename__ = "province"

    key: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=200)
    loaded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    revision: int = 1
    wording: int = 0


class Agency(SQLModel, table=True):
    """An agency (cơ quan) that holds parts. `successor` names the agency that took over its work, if one did."""

    __tablename__ = "agency"

    code: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=200)
    short: str = Field(max_length=100)
    aliases: list[str] = Field(sa_column=Column(json_type(), nullable=False))
    former: list[str] = Field(sa_column=Column(json_type(), nullable=False))
    group: str = Field(default="", max_length=64)
    note: str = Field(default="", max_length=500)
    successor: str | None = Field(default=None, max_length=32)
    active: bool = True


class Topic(SQLModel, table=True):
    """A topic (lĩnh vực) with its lead agency, the usual co-agencies and the class it is born with."""

    __tablename__ = "topic"

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=200)
    field: str = Field(max_length=64)
    lead: str = Field(max_length=32, foreign_key="agency.code")
    zone_lead: str = Field(default="", max_length=32)
    others: list[str] = Field(sa_column=Column(json_type(), nullable=False))
    klass: str = Field(max_length=16)
    keywords: list[str] = Field(sa_column=Column(json_type(), nullable=False))


class CalendarVersion(SQLModel, table=True):
    """A state of the working calendar: its weeks and seasons in `data`, its named days as rows of CalendarDay.

    The one with the highest `number` is in force; receipts keep the version they were counted with. `source` is the
    document of the change, `made_by` who entered it.
    """

    __tablename__ = "calendar_version"

    version: str = Field(primary_key=True, max_length=32)
    number: int = Field(unique=True)
    data: Json = Field(sa_column=Column(json_type(), nullable=False))
    first: date
    last: date
    source: str = Field(default="", max_length=500)
    made_by: str = Field(default="", max_length=64)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class CalendarDay(SQLModel, table=True):
    """A day that is not what the week says: off, half, swapped or worked instead, with the document that says so."""

    __tablename__ = "calendar_day"

    version: str = Field(primary_key=True, max_length=32, foreign_key="calendar_version.version")
    day: date = Field(primary_key=True)
    kind: str = Field(max_length=16)
    shifts: list[list[str]] = Field(sa_column=Column(json_type(), nullable=False))
    name: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=500)
    provisional: bool = False


class CalendarPaper(SQLModel, table=True):
    """A file of a document of the calendar: the decision itself, scanned or as PDF. Whoever sees a day named by these
    words (`source`) can open it, without signing in."""

    __tablename__ = "calendar_paper"
    __table_args__ = (UniqueConstraint("source", "sha256"),)

    id: str = Field(primary_key=True, max_length=26)
    source: str = Field(max_length=500)
    sha256: str = Field(max_length=64, index=True)
    name: str = Field(max_length=300)
    content_type: str = Field(max_length=100)
    size: int
    made_by: str = Field(max_length=64)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class RuleVersionRow(SQLModel, table=True):
    """A version of the rules (hours, days, convention) with its decision. A ticket keeps the one it was born under."""

    __tablename__ = "rule_version"

    version: str = Field(primary_key=True, max_length=32)
    effective_from: date
    decision: str = Field(max_length=300)
    data: Json = Field(sa_column=Column(json_type(), nullable=False))


class RoutingExample(SQLModel, table=True):
    """A coordinator's final word on whose a matter is: words of the text, the topic, the agencies. Routing learns."""

    __tablename__ = "routing_example"

    id: str = Field(primary_key=True, max_length=26)
    ticket_id: str = Field(max_length=26, foreign_key="ticket.id")
    part_number: int
    tokens: list[str] = Field(sa_column=Column(json_type(), nullable=False))
    topic: str = Field(max_length=64)
    agencies: list[str] = Field(sa_column=Column(json_type(), nullable=False))
    decided_by: str = Field(max_length=26)
    decided_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SuccessionRow(SQLModel, table=True):
    """An agency whose work went to another, by which decision and from which day; written when it was carried out."""

    __tablename__ = "succession"

    from_agency: str = Field(primary_key=True, max_length=32, foreign_key="agency.code")
    to_agency: str = Field(primary_key=True, max_length=32, foreign_key="agency.code")
    on: date = Field(primary_key=True)
    decision: str = Field(max_length=300)
    done_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
