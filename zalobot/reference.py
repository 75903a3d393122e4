"""The province as the database has it: what the pack brought at the first start, and what was edited since.

The one rule: rules ask `current(session)`; agencies, topics, calendar and rules come from the database, never from the
pack's files again after the first start.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import province
from zalobot.errors import ConfigError
from zalobot.province import Province
from zalobot.rules import Klass, RuleVersion
from zalobot.store.models import Agency, CalendarDay, CalendarVersion, ProvinceRow, RuleVersionRow, Topic
from zalobot.workdays import WorkCalendar

T = TypeVar("T")
_insert_province = insert(ProvinceRow.__table__).on_conflict_do_nothing()  # type: ignore[attr-defined]
PROVINCE, PUBLIC_URL = "province", "public_url"


def current(session: Session) -> Province:
    """The province this process works for."""
    here: Province = session.info[PROVINCE]
    return here


def public_url(session: Session) -> str:
    """Where the public pages are, for links in messages."""
    url: str = session.info[PUBLIC_URL]
    return url


def seed(session: Session, pack: Province, now: datetime) -> bool:
    """Load a pack into an empty database; False (and nothing done) when a province is there already."""
    if session.execute(select(ProvinceRow)).first() is not None:
        return False
    row = {"key": pack.key, "name": pack.name, "loaded_at": now}
    if not session.execute(_insert_province, row).rowcount:  # type: ignore[attr-defined]
        return False  # another process was quicker
    session.add_all([_agency_row(agency) for agency in pack.agencies.values()])
    session.flush()
    session.add_all([_topic_row(topic) for topic in pack.topics.values()])
    _seed_calendar(session, pack.calendar, now)
    session.add_all(
        RuleVersionRow(
            version=rule.version, effective_from=rule.effective_from, decision=rule.decision, data=rule.to_json()
        )
        for rule in pack.rules
    )
    return True


def read(session: Session, pack: Province) -> Province:
    """The pack, with what the database knows better. Raises ConfigError where the database is another province's."""
    row = session.execute(select(ProvinceRow)).scalars().first()
    if row is None:
        return pack
    if row.key != pack.key:
        raise ConfigError([f"ZALOBOT_PROVINCE is {pack.key}, but the database holds {row.key}"])
    newest = select(CalendarVersion).order_by(col(CalendarVersion.made_at).desc()).limit(1)
    agencies = session.execute(select(Agency).where(col(Agency.active).is_(True))).scalars()
    topics = session.execute(select(Topic)).scalars()
    rules = session.execute(select(RuleVersionRow)).scalars()
    return replace(
        pack,
        agencies=_in_order({row.code: _agency(row) for row in agencies}, pack.agencies),
        topics=_in_order({row.code: _topic(row) for row in topics}, pack.topics),
        calendar=_calendar(session, session.execute(newest).scalar_one()),
        rules=tuple(RuleVersion.from_json(row.data) for row in rules),
    )


def _in_order(found: dict[str, T], like: Mapping[str, object]) -> dict[str, T]:
    """In the order of the pack (it is the order in which things are offered), what was added since at the end."""
    known = [code for code in like if code in found]
    return {code: found[code] for code in [*known, *(code for code in found if code not in like)]}


def _agency_row(agency: province.Agency) -> Agency:
    return Agency(
        code=agency.code,
        name=agency.name,
        short=agency.short,
        aliases=list(agency.aliases),
        former=list(agency.former),
        group=agency.group,
        note=agency.note,
    )


def _agency(row: Agency) -> province.Agency:
    return province.Agency(row.code, row.name, row.short, tuple(row.aliases), row.group, tuple(row.former), row.note)


def _topic_row(topic: province.Topic) -> Topic:
    return Topic(
        code=topic.code,
        name=topic.name,
        field=topic.field,
        lead=topic.lead,
        zone_lead=topic.zone_lead,
        others=list(topic.others),
        klass=str(topic.klass),
        keywords=list(topic.keywords),
    )


def _topic(row: Topic) -> province.Topic:
    return province.Topic(
        row.code, row.name, row.field, row.lead, tuple(row.others), Klass(row.klass), tuple(row.keywords), row.zone_lead
    )


def _calendar(session: Session, version: CalendarVersion) -> WorkCalendar:
    query = select(CalendarDay).where(col(CalendarDay.version) == version.version).order_by(col(CalendarDay.day))
    days = [
        {
            "date": row.day.isoformat(),
            "kind": row.kind,
            "shifts": row.shifts,
            "name": row.name,
            "source": row.source,
            "provisional": row.provisional,
        }
        for row in session.execute(query).scalars()
    ]
    return WorkCalendar.from_json({**version.data, "days": days})


def _seed_calendar(session: Session, calendar: WorkCalendar, now: datetime) -> None:
    session.add(
        CalendarVersion(
            version=calendar.version,
            data={name: value for name, value in calendar.to_json().items() if name != "days"},
            first=calendar.first,
            last=calendar.last,
            made_at=now,
        )
    )
    session.flush()
    session.add_all(
        CalendarDay(
            version=calendar.version,
            day=day.date,
            kind=str(day.kind),
            shifts=[shift.to_json() for shift in day.shifts],
            name=day.name,
            source=day.source,
            provisional=day.provisional,
        )
        for day in calendar.days
    )
