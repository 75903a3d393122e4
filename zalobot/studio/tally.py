"""How many messages Zalo accepted with each version of the words; letters by mail are none of them.

The one rule: nothing is added to the writing or the sending of a message. What was written since the last count is
looked at along the outbox's own key, every minute; what Zalo had not accepted by then is looked at again each time,
and what is newer still when somebody looks.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, case, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from zalobot.store.ids import before
from zalobot.store.models import Channel, OutboxMessage, OutboxState, ProvinceRow, WordingPending, WordingUse

LATE: Final = timedelta(minutes=2)  # within which a row may still be committed that has an older key

_use, _pending = WordingUse.__table__, WordingPending.__table__  # type: ignore[attr-defined]
_key = col(OutboxMessage.template), col(OutboxMessage.language), col(OutboxMessage.template_version)
_into = aliased(OutboxMessage)  # the message that the words went with
_state = func.coalesce(col(_into.state), col(OutboxMessage.state))
_accepted = and_(_state == OutboxState.SENT, col(OutboxMessage.channel) != Channel.MAIL)
_never = and_(~_accepted, _state.in_((OutboxState.SENT, OutboxState.RESOLVED, OutboxState.MERGED)))
_number = func.sum(case((_accepted, 1), else_=0))


def count(session: Session, now: datetime) -> int:
    """Count what Zalo accepted since the last time; how many messages."""
    session.execute(select(col(ProvinceRow.key)).with_for_update())  # two processes at once would count twice
    since, until = _counted_to(session), before((now - LATE).timestamp())
    number = _add(session, session.execute(_of_pending().group_by(*_group)).all())
    gone = _of_pending(col(OutboxMessage.id)).where(_accepted | _never)
    session.execute(delete(_pending).where(_pending.c.outbox_id.in_(gone)))
    erased = ~select(literal(1)).where(col(OutboxMessage.id) == _pending.c.outbox_id).exists()
    session.execute(delete(_pending).where(erased))
    new = col(OutboxMessage.id) > since, col(OutboxMessage.id) < until
    found = _joined(*_key, _number, func.max(col(OutboxMessage.id))).where(*new).group_by(*_key)
    open_still = _joined(col(OutboxMessage.id), *_key).where(*new, ~_accepted, ~_never)
    session.execute(_pending.insert().from_select(["outbox_id", "name", "language", "version"], open_still))
    return number + _add(session, session.execute(found).all())


def of(session: Session, name: str, language: str) -> dict[str, int]:
    """Messages that Zalo accepted by the version they were written with, up to now."""
    query = select(_use.c.version, _use.c.accepted).where(_use.c.name == name, _use.c.language == language)
    counts = {row[0]: row[1] for row in session.execute(query)}
    here = col(OutboxMessage.template) == name, col(OutboxMessage.language) == language
    newer = _joined(*_key, _number).where(col(OutboxMessage.id) > _counted_to(session), *here).group_by(*_key)
    pending = _of_pending().where(_pending.c.name == name, _pending.c.language == language).group_by(*_group)
    for _, _, version, number, *_ in (*session.execute(newer), *session.execute(pending)):
        counts[version] = counts.get(version, 0) + number
    return counts


_group = _pending.c.name, _pending.c.language, _pending.c.version


def _joined(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(OutboxMessage).outerjoin(_into, col(_into.id) == col(OutboxMessage.merged_into))


def _of_pending(*columns: Any) -> Select[Any]:
    """What was not accepted when it was looked at last; by version, with the number of those that are now."""
    chosen = columns or (*_group, _number, literal(""))
    return _joined(*chosen).join(_pending, _pending.c.outbox_id == col(OutboxMessage.id))


def _add(session: Session, found: Any) -> int:
    for name, language, version, number, last in found:
        row = {"name": name, "language": language, "version": version, "accepted": number, "last_id": last}
        statement = insert(_use).values(row)
        more: dict[str, Any] = {"accepted": _use.c.accepted + number}
        more |= {"last_id": last} if last else {}
        session.execute(statement.on_conflict_do_update(index_elements=["name", "language", "version"], set_=more))
    return sum(row[3] for row in found)


def _counted_to(session: Session) -> str:
    return session.execute(select(func.max(_use.c.last_id))).scalar() or ""
