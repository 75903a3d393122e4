"""The inbox: an event is a row before we answer 200, and is handled exactly once after.

The one rule: the mark that an event was handled commits together with everything handling it did. One person's
events are handled in order and one at a time; a faulty one is kept for replay and harms nobody else's.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, Select, bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from zalobot import conversations
from zalobot.store.among import among
from zalobot.store.bulk import insert_rows
from zalobot.store.database import forget_later_rows, savepoint_held, write_later_rows
from zalobot.store.ids import new_id
from zalobot.store.models import InboxEvent, InboxState
from zalobot.store.types import storable, word

Handle = Callable[[Session, "Waiting", datetime], None]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A verified event, as it is to be kept. `key` is the same for every delivery of it, `num_retry` counts them."""

    key: str
    person_id: str
    name: str
    at: datetime
    received_at: datetime
    body: str
    num_retry: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that was kept and is to be handled."""

    id: str
    person_id: str
    received_at: datetime
    body: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """An event whose handling failed: its id, Zalo's name of it, and the error."""

    id: str
    name: str
    error: str


@dataclass(frozen=True, slots=True)
class Worked:
    """What one round did: how many events were handled, and which failed."""

    handled: int
    failed: tuple[Failure, ...] = ()


class EventFailed(Exception):
    """A handler failed inside a fast round: the round is rolled back and run again carefully."""


_table = InboxEvent.__table__  # type: ignore[attr-defined]
_insert = insert(_table).on_conflict_do_nothing(index_elements=["key"])
_new = _table.c.state == word(InboxState.NEW)
TOPIC = "inbox"  # published by whoever kept an event, so that a worker looks at once
WINDOW = 1024  # of the oldest events: among them people are looked for, however many wait behind


def _whose(oldest: FromClause) -> Select[str]:
    """The people of these events, who waits longest first."""
    first = func.min(oldest.c.at)
    return select(oldest.c.person_id).group_by(oldest.c.person_id).order_by(first).limit(bindparam("people"))


_oldest = select(_table.c.person_id, _table.c.at).where(_new).order_by(_table.c.at, _table.c.id)
_first = _whose(_oldest.limit(literal_column(str(WINDOW))).subquery())
_anyone = _whose(_oldest.order_by(None).subquery())
_waiting = (
    select(_table.c.id, _table.c.person_id, _table.c.received_at, _table.c.body, _table.c.name)
    .where(_new, among(_table.c.person_id, "people"))
    .order_by(_table.c.at, _table.c.id)
    .limit(bindparam("most"))
)
_mark_done = (
    update(_table)
    .where(among(_table.c.id, "ids"))
    .values(state=InboxState.DONE, done_at=bindparam("now"), attempts=_table.c.attempts + 1)
)


def keep(session: Session, events: Sequence[Incoming]) -> int:
    """Keep events, and a row to lock of each person; those already kept are left as they are. Gives back how many
    those were. On PostgreSQL this is one statement, so that it may commit by itself (`Store.run_alone`)."""
    people = conversations.to_lock((event.person_id for event in events), events[0].received_at)
    return len(events) - insert_rows(session, _insert, [_row(event) for event in events], before=people)


def shut(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Have deliveries under these keys be known already: what they would bring was kept under another."""
    nothing = Incoming("", "", "", now, now, "", 0)
    rows = [_row(replace(nothing, key=key)) | {"state": InboxState.DONE, "num_retry": -1} for key in keys]
    insert_rows(session, _insert, rows)


def work(session: Session, handle: Handle, now: datetime, *, people: int = 64, careful: bool = False) -> Worked:
    """Handle what waits, of at most `people` people nobody else is serving.

    The fast way runs all events in this one transaction and raises EventFailed if any of them fails. The careful
    way puts a savepoint round each, so that the faulty one alone is undone and kept as failed.
    """
    connection = session.connection()
    mine = _people(session, now, people)
    if not mine:
        return Worked(0)
    rows = connection.execute(_waiting, {"people": list(mine), "most": people * 4})
    events = [Waiting(*row) for row in rows]
    failed = _carefully(session, handle, events, now) if careful else _fast(session, handle, events, now)
    _settle(session, events, {one.id: one.error for one in failed}, now)
    return Worked(len(events), tuple(failed))


def replay(session: Session, event_id: str) -> bool:
    """Let a failed event be handled again; False when there is no such failed event."""
    statement = (
        update(_table)
        .where(_table.c.id == event_id, _table.c.state == InboxState.FAILED)
        .values(state=InboxState.NEW, error=None)
    )
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def backlog(session: Session) -> tuple[int, datetime | None, int]:
    """How many events wait, since when the oldest, and how many failed."""
    waiting, oldest = session.execute(select(func.count(), func.min(_table.c.received_at)).where(_new)).one()
    failed = session.execute(select(func.count()).where(_table.c.state == InboxState.FAILED)).scalar_one()
    return waiting, oldest, failed


def _people(session: Session, now: datetime, people: int) -> Collection[str]:
    """Those among whose events the oldest are, and whom nobody else is serving.

    Where all the oldest events are of people who are being served (somebody sent a thousand), all that wait are gone
    through once.
    """
    candidates = list(session.connection().execute(_first, {"people": people}).scalars())
    if not candidates:
        return ()
    mine = conversations.load(session, candidates, now, skip_locked=True)
    if not mine:  # being served, or erased just as their event came in: the next round finds a row to lock
        conversations.known(session, candidates, now)
    if mine or len(candidates) == people:
        return list(mine)
    others = list(session.connection().execute(_anyone, {"people": people}).scalars())
    return list(conversations.load(session, others, now, skip_locked=True)) if len(others) > len(candidates) else ()


def _row(event: Incoming) -> dict[str, Any]:
    return {
        "id": new_id(),
        "key": event.key,
        "person_id": event.person_id,
        "name": event.name,
        "at": event.at,
        "received_at": event.received_at,
        "body": event.body,
        "state": InboxState.NEW,
        "num_retry": event.num_retry,
        "attempts": 0,
    }


def _fast(session: Session, handle: Handle, events: Sequence[Waiting], now: datetime) -> list[Failure]:
    for event in events:
        try:
            handle(session, event, now)
        except OperationalError:
            raise
        except Exception as error:
            raise EventFailed(event.id) from error
    return []


def _carefully(session: Session, handle: Handle, events: Sequence[Waiting], now: datetime) -> list[Failure]:
    failed = []
    for event in events:
        savepoint = session.begin_nested()
        try:
            handle(session, event, now)
            write_later_rows(session)
            savepoint.commit()
            savepoint_held(session)
        except OperationalError:
            raise
        except Exception as error:
            savepoint.rollback()
            forget_later_rows(session)
            conversations.forget(session)
            failed.append(Failure(event.id, event.name, storable(f"{type(error).__name__}: {error}")[:2000]))
    return failed


def _settle(session: Session, events: Sequence[Waiting], failed: dict[str, str], now: datetime) -> None:
    done = [event.id for event in events if event.id not in failed]
    if done:
        session.connection().execute(_mark_done, {"ids": done, "now": now})
    for event_id, error in failed.items():
        session.execute(
            update(_table)
            .where(_table.c.id == event_id)
            .values(state=InboxState.FAILED, error=error, done_at=now, attempts=_table.c.attempts + 1)
        )
