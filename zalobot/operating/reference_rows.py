"""Agencies and topics edited on the console: names, what people type for them, who leads and who else is usual.

The one rule: an edit names the state it was made on (`seen`, from `state`), so that of two operators none loses
anything; every process works with the new rows from its next look on (`reference.changed`).
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot import reference
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.rules import Klass
from zalobot.store.models import Account, Agency, Officer, Part, Topic
from zalobot.store.types import storable
from zalobot.tickets import succeeding
from zalobot.tickets.life import OPEN

NAME, SHORT, NOTE, WORD, WORDS = 200, 100, 500, 80, 60
OF_PROVINCE: Final = "province"  # the group of an agency of the province itself
_LEAST: Final = 2  # letters of what people type
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]{1,15}")


@dataclass(frozen=True, slots=True)
class AgencyEdit:
    """What may be changed of an agency."""

    name: str
    short: str
    aliases: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class TopicEdit:
    """What may be changed of a topic. `zone_lead` leads inside the zone, "" for nobody else."""

    name: str
    lead: str
    zone_lead: str
    others: tuple[str, ...]
    klass: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """What an agency has: its active officers and how many of them are linked, topics it leads, open parts."""

    officers: int = 0
    linked: int = 0
    topics: int = 0
    open: int = 0


def edit_agency(session: Session, code: str, edit: AgencyEdit, seen: str, now: datetime, *, by: Account) -> None:
    """Change an agency's names. Raises Refused: `no_such_agency`, `reference_changed`, `name_missing`."""
    revision = reference.changing(session)
    row = session.get(Agency, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused("no_such_agency", agency=code)
    _check(row, seen)
    row.name, row.short = _line(edit.name, NAME), _line(edit.short, SHORT)
    if not row.name or not row.short:
        raise Refused("name_missing")
    row.aliases, row.note = _words(edit.aliases), _line(edit.note, NOTE)
    log.note(session, "agency_changed", by, now, agency=code)
    _changed(session, revision)


def add_agency(session: Session, code: str, edit: AgencyEdit, now: datetime, *, by: Account) -> None:
    """A new agency, to which the work of another may then go.

    Raises Refused: `agency_code`, `agency_taken`, `name_missing`.
    """
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise Refused("agency_code")
    revision = reference.changing(session)
    if session.get(Agency, code) is not None:
        raise Refused("agency_taken", agency=code)
    name, short = _line(edit.name, NAME), _line(edit.short, SHORT)
    if not name or not short:
        raise Refused("name_missing")
    words, note = _words(edit.aliases), _line(edit.note, NOTE)
    row = Agency(code=code, name=name, short=short, aliases=words, former=[], note=note, group=OF_PROVINCE)
    session.add(row)
    log.note(session, "agency_added", by, now, agency=code)
    _changed(session, revision)


def edit_topic(session: Session, code: str, edit: TopicEdit, seen: str, now: datetime, *, by: Account) -> None:
    """Change a topic. Raises Refused: `no_such_topic`, `no_such_agency`, `reference_changed`, `name_missing`."""
    revision = reference.changing(session)
    row = session.get(Topic, code, with_for_update=True, populate_existing=True)
    if row is None or edit.klass not in set(Klass):
        raise Refused("no_such_topic", topic=code)
    _check(row, seen)
    working = reference.current(session).working_agencies
    others = [one for one in dict.fromkeys(edit.others) if one != edit.lead]
    for agency in (edit.lead, *filter(None, [edit.zone_lead]), *others):
        if agency not in working:
            raise Refused("no_such_agency", agency=agency)
    row.name = _line(edit.name, NAME)
    if not row.name:
        raise Refused("name_missing")
    row.lead, row.zone_lead, row.others = edit.lead, edit.zone_lead, others
    row.klass, row.keywords = edit.klass, _words(edit.keywords)
    log.note(session, "topic_changed", by, now, topic=code, lead=edit.lead, others=others)
    _changed(session, revision)


def succeed(
    session: Session, old: str, new: str, decision: str, on: date, now: datetime, *, by: Account
) -> tuple[str, ...]:
    """One agency's work goes to another, by a decision; the codes of the parts that moved.

    Raises Refused: `no_source` without a decision, `already_succeeded`, else as `succeeding.succeed`.
    """
    if not decision.strip():
        raise Refused("no_source")
    row = session.get(Agency, old)
    if row is not None and row.successor:
        raise Refused("already_succeeded", agency=old)
    parts = succeeding.succeed(session, old, new, _line(decision, 300), on, now)
    log.note(session, "agency_succeeded", by, now, agency=old, to=new, parts=len(parts))
    return tuple(part.code for part in parts)


def weights(session: Session) -> dict[str, Weight]:
    """What each agency has."""
    people = select(col(Officer.agency), func.count(), func.count(col(Officer.person_id)))
    active = session.execute(people.where(col(Officer.active).is_(True)).group_by(col(Officer.agency)))
    officers = {row[0]: (row[1], row[2]) for row in active}
    topics = _counted(session, select(col(Topic.lead), func.count()).group_by(col(Topic.lead)))
    open_parts = select(col(Part.agency), func.count()).where(col(Part.state).in_(OPEN)).group_by(col(Part.agency))
    parts = _counted(session, open_parts)
    return {
        code: Weight(*officers.get(code, (0, 0)), topics.get(code, 0), parts.get(code, 0))
        for code in officers.keys() | topics.keys() | parts.keys()
    }


def agency(session: Session, code: str) -> Agency | None:
    """An agency as it stands in the database."""
    return session.get(Agency, code)


def topic(session: Session, code: str) -> Topic | None:
    """A topic as it stands in the database."""
    return session.get(Topic, code)


def state(row: Agency | Topic) -> str:
    """What tells this state of a row from any other: short, and equal only where all is equal."""
    told = json.dumps(row.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _check(row: Agency | Topic, seen: str) -> None:
    if state(row) != seen:
        raise Refused("reference_changed")


def _changed(session: Session, revision: int) -> None:
    session.flush()
    reference.changed(session, reference.read(session, reference.current(session)), revision)


def _counted(session: Session, query: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def _line(text: str, limit: int) -> str:
    return " ".join(storable(text).split())[:limit]


def _words(given: Sequence[str]) -> list[str]:
    """What people type, each once, in the order given."""
    return list(dict.fromkeys(word for one in given if len(word := _line(one, WORD)) >= _LEAST))[:WORDS]
