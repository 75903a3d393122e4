"""How many messages were written with each version of the words.

The one rule: nothing is added to the writing of a message. What was written since the last count is counted along the
outbox's own key, every minute, and what is newer still when somebody looks.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot.store.ids import before
from zalobot.store.models import OutboxMessage, WordingUse

LATE: Final = timedelta(minutes=2)  # within which a row may still be committed that has an older key

_use = WordingUse.__table__  # type: ignore[attr-defined]
_key = col(OutboxMessage.template), col(OutboxMessage.language), col(OutboxMessage.template_version)


def count(session: Session, now: datetime) -> int:
    """Count what was written since the last time; how many messages."""
    since, until = _counted_to(session), before((now - LATE).timestamp())
    query = (
        select(*_key, func.count(), func.max(col(OutboxMessage.id)))
        .where(col(OutboxMessage.id) > since, col(OutboxMessage.id) < until)
        .group_by(*_key)
    )
    found = session.execute(query).all()
    for name, language, version, number, last in found:
        row = {"name": name, "language": language, "version": version, "messages": number, "last_id": last}
        statement = insert(_use).values(row)
        more: dict[str, Any] = {"messages": _use.c.messages + number, "last_id": last}
        session.execute(statement.on_conflict_do_update(index_elements=["name", "language", "version"], set_=more))
    return sum(row[3] for row in found)


def of(session: Session, name: str, language: str) -> dict[str, int]:
    """Messages by the version they were written with, up to now."""
    query = select(_use.c.version, _use.c.messages).where(_use.c.name == name, _use.c.language == language)
    counts = {row[0]: row[1] for row in session.execute(query)}
    newer = (
        select(col(OutboxMessage.template_version), func.count())
        .where(
            col(OutboxMessage.id) > _counted_to(session),
            col(OutboxMessage.template) == name,
            col(OutboxMessage.language) == language,
        )
        .group_by(col(OutboxMessage.template_version))
    )
    for version, number in session.execute(newer):
        counts[version] = counts.get(version, 0) + number
    return counts


def _counted_to(session: Session) -> str:
    return session.execute(select(func.max(_use.c.last_id))).scalar() or ""
