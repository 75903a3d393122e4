"""Keeping the knowledge base: entries are added, changed and retired, never deleted; each version is kept.

The one rule: whoever shows an answer finds the source and the day of its review beside it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.errors import Refused
from zalobot.pack_knowledge import KnownAnswer
from zalobot.store.ids import new_id
from zalobot.store.models import KnowledgeEntry, KnowledgeState, KnowledgeVersion

PACK = "pack"  # who made the versions that a pack brought


def seed(session: Session, answers: Iterable[KnownAnswer], now: datetime) -> None:
    """Take a pack's entries into an empty knowledge base, all in one go."""
    entries = [_new_entry(answer, now) for answer in answers]
    session.add_all(entries)
    session.flush()
    for entry in entries:
        _keep_version(session, entry, PACK, now)


def add(session: Session, answer: KnownAnswer, by: str, now: datetime) -> KnowledgeEntry:
    """A new entry. Raises Refused (knowledge_exists) where the key is taken."""
    if find(session, answer.key) is not None:
        raise Refused("knowledge_exists", key=answer.key)
    entry = _new_entry(answer, now)
    session.add(entry)
    session.flush()
    _keep_version(session, entry, by, now)
    return entry


def change(
    session: Session, answer: KnownAnswer, by: str, now: datetime, *, seen: int | None = None
) -> KnowledgeEntry | None:
    """Change the entry with this key, active again if it was retired; None where nothing changes.

    Raises Refused: no_such_knowledge; knowledge_changed where it is no longer the version `seen`.
    """
    entry = _locked(session, answer.key, seen)
    if known(entry) == answer and entry.state is KnowledgeState.ACTIVE:
        return None
    for name, value in _columns(answer).items():
        setattr(entry, name, value)
    entry.state = KnowledgeState.ACTIVE
    return _next_version(session, entry, by, now)


def retire(session: Session, key: str, by: str, now: datetime, *, seen: int | None = None) -> KnowledgeEntry:
    """Show an entry to nobody any more. Raises Refused as `change`."""
    entry = _locked(session, key, seen)
    entry.state = KnowledgeState.RETIRED
    return _next_version(session, entry, by, now)


def take(session: Session, answers: Iterable[KnownAnswer], by: str, now: datetime) -> tuple[int, int]:
    """Take entries from a file: the new ones are added, those that are there changed; gives back how many of each.

    What the file does not name stays.
    """
    added = changed = 0
    for answer in answers:
        if find(session, answer.key) is None:
            add(session, answer, by, now)
            added += 1
        elif change(session, answer, by, now) is not None:
            changed += 1
    return added, changed


def find(session: Session, key: str) -> KnowledgeEntry | None:
    """The entry with this key."""
    session.flush()
    return session.execute(select(KnowledgeEntry).where(col(KnowledgeEntry.key) == key)).scalar_one_or_none()


def entries(session: Session) -> list[KnowledgeEntry]:
    """All entries, in the order of their keys."""
    return list(session.execute(select(KnowledgeEntry).order_by(col(KnowledgeEntry.key))).scalars())


def versions(session: Session, entry: KnowledgeEntry) -> list[KnowledgeVersion]:
    """What an entry was, the newest first."""
    query = select(KnowledgeVersion).where(col(KnowledgeVersion.entry_id) == entry.id)
    return list(session.execute(query.order_by(col(KnowledgeVersion.version).desc())).scalars())


def known(entry: KnowledgeEntry) -> KnownAnswer:
    """An entry as a file holds it."""
    values = {name: getattr(entry, name) for name in KnownAnswer.__dataclass_fields__}
    return KnownAnswer(**{**values, "questions": tuple(entry.questions)})


def shown_on(entry: KnowledgeEntry, day: date) -> bool:
    """Whether it may be shown on that day."""
    return entry.state is KnowledgeState.ACTIVE and day <= entry.review


def _new_entry(answer: KnownAnswer, now: datetime) -> KnowledgeEntry:
    return KnowledgeEntry(id=new_id(), state=KnowledgeState.ACTIVE, updated_at=now, **_columns(answer))


def _locked(session: Session, key: str, seen: int | None) -> KnowledgeEntry:
    session.flush()
    query = select(KnowledgeEntry).where(col(KnowledgeEntry.key) == key).with_for_update()
    found = session.execute(query.execution_options(populate_existing=True)).scalars().all()
    if not found:
        raise Refused("no_such_knowledge", key=key)
    entry: KnowledgeEntry = found[0]
    if seen is not None and seen != entry.version:
        raise Refused("knowledge_changed", key=key)
    return entry


def _next_version(session: Session, entry: KnowledgeEntry, by: str, now: datetime) -> KnowledgeEntry:
    entry.version += 1
    entry.updated_at = now
    session.flush()
    _keep_version(session, entry, by, now)
    return entry


def _keep_version(session: Session, entry: KnowledgeEntry, by: str, now: datetime) -> None:
    answer = known(entry)
    data = {
        **_columns(answer),
        "review": answer.review.isoformat(),
        "state": str(entry.state),
    }
    session.add(KnowledgeVersion(entry_id=entry.id, version=entry.version, data=data, made_by=by, made_at=now))


def _columns(answer: KnownAnswer) -> dict[str, Any]:
    values = {name: getattr(answer, name) for name in KnownAnswer.__dataclass_fields__}
    return {**values, "questions": list(answer.questions)}
