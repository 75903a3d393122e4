"""The province as the database has it: what the pack brought at the first start, and what was edited since.

The one rule: rules ask `current(session)`; those that count a due time or ask what day it is ask `fresh(session)`,
which no change by another process escapes. After the first start nothing comes from the pack's files again.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import event, select, update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import decided, province, released
from zalobot.errors import ConfigError
from zalobot.province import Paper, Province
from zalobot.rules import Klass, RuleVersion
from zalobot.store.database import memo
from zalobot.store.models import (
    Agency,
    CalendarDay,
    CalendarPaper,
    CalendarVersion,
    ProvinceRow,
    RoutingExample,
    RuleVersionRow,
    Topic,
)
from zalobot.workdays import WorkCalendar

T = TypeVar("T")
DECISIONS = 300  # the newest that proposals look at
_province = ProvinceRow.__table__  # type: ignore[attr-defined]
_insert_province = insert(_province).on_conflict_do_nothing().returning(_province.c.key)
TOPIC = "reference"  # published by whoever changed something here, so that other processes look at once
PROVINCE, PUBLIC_URL, CHAT_URL = "province", "public_url", "chat_url"
_REVISION, _SHELF = "revision", "shelf"  # session.info: which state it is, and what all sessions of the store share
_revision = select(col(ProvinceRow.revision))
_revisions = select(col(ProvinceRow.revision), col(ProvinceRow.wording))


def current(session: Session) -> Province:
    """The province this process works for."""
    here: Province = session.info[PROVINCE]
    return here


def fresh(session: Session) -> Province:
    """The same as of this moment, whichever process changed it: one short query a transaction, however often asked."""
    asked = memo(session)
    if "fresh" not in asked:
        asked["fresh"] = True
        refresh(session)
    return current(session)


def refresh(session: Session) -> bool:
    """Take up what other processes changed, for this process: the province, and the words of the bot (from the next
    transaction on). Whether there was anything of the province."""
    row = session.execute(_revisions).one_or_none()
    if row is None:
        return False
    found = row[0]
    released.heard(session, row[1])
    if found == session.info.get(_REVISION):
        return False
    _put(session.info, read(session, current(session)), found)
    _put(session.info.get(_SHELF, {}), session.info[PROVINCE], found)
    return True


def open_for(session: Session, pack: Province, info: dict[str, Any]) -> Province:
    """Read the province for a process whose sessions all carry `info`."""
    found = session.execute(_revision).scalar()
    _put(info, read(session, pack), found)
    info[_SHELF] = info
    here: Province = info[PROVINCE]
    return here


def changing(session: Session) -> int:
    """Before a change of what the pack brought: no other may begin until the commit. `changed` takes what it gives."""
    statement = update(ProvinceRow).values(revision=col(ProvinceRow.revision) + 1).returning(col(ProvinceRow.revision))
    number: int = session.execute(statement.execution_options(synchronize_session=False)).scalar_one()
    if session.info.get(_REVISION) != number - 1:
        _put(session.info, read(session, current(session)), number - 1)
    return number


def changed(session: Session, here: Province, revision: int) -> None:
    """After the change: this transaction works with `here` from now on, the whole process once it is committed."""
    _put(session.info, here, revision)
    shelf = session.info.get(_SHELF, {})
    event.listen(session, "after_commit", lambda _session: _put(shelf, here, revision), once=True)


def _put(info: dict[Any, Any], here: Province, revision: int | None) -> None:
    info[PROVINCE], info[_REVISION] = here, revision


def public_url(session: Session) -> str:
    """Where the public pages are, for links in messages."""
    url: str = session.info[PUBLIC_URL]
    return url


def chat_url(session: Session) -> str:
    """Where a person opens the chat; "" where that is not known."""
    url: str = session.info.get(CHAT_URL, "")
    return url


def seed(session: Session, pack: Province, now: datetime) -> bool:
    """Load a pack into an empty database; False (and nothing done) when a province is there already."""
    if session.execute(select(ProvinceRow)).first() is not None:
        return False
    row = {"key": pack.key, "name": pack.name, "loaded_at": now}
    if session.execute(_insert_province, row).first() is None:
        return False  # another process was quicker
    session.add_all([_agency_row(agency) for agency in pack.agencies.values()])
    session.flush()
    session.add_all([_topic_row(topic) for topic in pack.topics.values()])
    keep_calendar(session, pack.calendar, 1, now)
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
    newest = select(CalendarVersion).order_by(col(CalendarVersion.number).desc()).limit(1)
    agencies = session.execute(select(Agency).where(col(Agency.active).is_(True))).scalars()
    topics = session.execute(select(Topic)).scalars()
    rules = session.execute(select(RuleVersionRow)).scalars()
    return replace(
        pack,
        agencies=_in_order({row.code: _agency(row) for row in agencies}, pack.agencies),
        topics=_in_order({row.code: _topic(row) for row in topics}, pack.topics),
        calendar=_calendar(session, session.execute(newest).scalar_one()),
        rules=tuple(RuleVersion.from_json(row.data) for row in rules),
        docket=_docket(session),
        papers=papers(session),
    )


def papers(session: Session) -> dict[str, tuple[Paper, ...]]:
    """The files of the documents of the calendar, by the words its days name a document with."""
    columns = col(CalendarPaper.source), col(CalendarPaper.id), col(CalendarPaper.name)
    found: dict[str, tuple[Paper, ...]] = {}
    for source, key, name in session.execute(select(*columns).order_by(columns[1])):
        found[source] = (*found.get(source, ()), Paper(key, name))
    return found


def _docket(session: Session) -> decided.Docket:
    """What coordinators decided last, the newest first."""
    columns = (col(RoutingExample.tokens), col(RoutingExample.topic), col(RoutingExample.agencies))
    query = select(*columns).order_by(col(RoutingExample.id).desc()).limit(DECISIONS)
    return decided.docket((row[0], row[1], row[2]) for row in session.execute(query))


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
    return province.Agency(
        code=row.code,
        name=row.name,
        short=row.short,
        aliases=tuple(row.aliases),
        group=row.group,
        former=tuple(row.former),
        note=row.note,
        successor=row.successor or "",
    )


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


def keep_calendar(
    session: Session,
    calendar: WorkCalendar,
    number: int,
    now: datetime,
    *,
    source: str = "",
    by: str = "",
    reason: str = "",
) -> None:
    """Keep a version of the calendar with its days; the highest number is in force. `reason` is the change in words."""
    plain = {name: value for name, value in calendar.to_json().items() if name != "days"}
    session.add(
        CalendarVersion(
            version=calendar.version,
            number=number,
            data={**plain, "reason": reason},
            first=calendar.first,
            last=calendar.last,
            source=source,
            made_by=by,
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
    session.flush()
