"""Events whose handling failed, by kind of fault, and having them handled again.

The one rule: nothing of what people wrote is shown for it: the fault and the kind of event say enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlmodel import Session, col

from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.redaction import redact
from zalobot.store.models import Account, InboxEvent, InboxState
from zalobot.store.types import word

MOST: Final = 1000
SHOWN: Final = 5
_failed = col(InboxEvent.state) == word(InboxState.FAILED)


@dataclass(frozen=True, slots=True)
class Event:
    """A failed event; `attempts` is how often its handling was tried."""

    id: str
    person_id: str
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Events of one name that failed with one kind of error. `says` is the newest error, personal data masked.

    `events` are the newest few of `number`.
    """

    name: str
    kind: str
    says: str
    number: int
    first: datetime
    last: datetime
    events: tuple[Event, ...]


def faults(session: Session) -> list[Fault]:
    """The kinds of fault among the newest thousand failed events, the most frequent first."""
    query = select(InboxEvent).where(_failed).order_by(col(InboxEvent.id).desc()).limit(MOST)
    kinds: dict[tuple[str, str], list[InboxEvent]] = {}
    for row in session.execute(query).scalars():
        kinds.setdefault((row.name, _kind(row.error or "")), []).append(row)
    return sorted((_fault(rows) for rows in kinds.values()), key=lambda fault: (-fault.number, fault.name))


def replay(session: Session, event_id: str, now: datetime, *, by: Account | None = None) -> int:
    """Let one event be handled again. Raises Refused (`no_failed_event`)."""
    _again(session, [_one(session, event_id)], by, now)
    return 1


def replay_like(session: Session, event_id: str, now: datetime, *, by: Account | None = None) -> int:
    """Let all events of this one's name and kind of error be handled again, at most a thousand; how many those are.

    Raises Refused (`no_failed_event`).
    """
    example = _one(session, event_id)
    alike = col(InboxEvent.error).startswith(_kind(example.error or ""), autoescape=True)
    query = select(InboxEvent).where(_failed, col(InboxEvent.name) == example.name, alike)
    rows = session.execute(query.order_by(col(InboxEvent.id)).limit(MOST).with_for_update()).scalars()
    return _again(session, [row for row in rows if _kind(row.error or "") == _kind(example.error or "")], by, now)


def _one(session: Session, event_id: str) -> InboxEvent:
    query = select(InboxEvent).where(col(InboxEvent.id) == event_id, _failed).with_for_update()
    row: InboxEvent | None = session.execute(query).scalar_one_or_none()
    if row is None:
        raise Refused("no_failed_event", event=event_id)
    return row


def _again(session: Session, rows: Iterable[InboxEvent], by: Account | None, now: datetime) -> int:
    kept = list(rows)
    ids = [row.id for row in kept]
    log.note(session, "events_replayed", by, now, name=kept[0].name, fault=_kind(kept[0].error or ""), number=len(ids))
    again = update(InboxEvent).where(col(InboxEvent.id).in_(ids), _failed)
    session.execute(again.values(state=InboxState.NEW, error=None))
    return len(ids)


def _fault(rows: list[InboxEvent]) -> Fault:
    newest = rows[0]
    error = newest.error or ""
    return Fault(
        name=newest.name,
        kind=_kind(error),
        says=redact(error.partition(": ")[2])[:200],
        number=len(rows),
        first=rows[-1].received_at,
        last=newest.received_at,
        events=tuple(Event(row.id, row.person_id, row.received_at, row.attempts) for row in rows[:SHOWN]),
    )


def _kind(error: str) -> str:
    """The kind of an error: what stands before its words (`KeyError: 'amount'`)."""
    return error.partition(":")[0].strip()[:80]
