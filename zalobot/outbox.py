"""The outbox: what we will say is a row before it is said.

The one rule: a row goes queued → sending → sent, or unknown (settled by Zalo's echo or the recent conversation, never
by sending blindly again), or failed (in the operator's list). Rows of one person leave one at a time, in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Boolean, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session

from zalobot.store.bulk import update_rows
from zalobot.store.database import later
from zalobot.store.ids import new_id
from zalobot.store.models import Officer, OutboxMessage, OutboxState, Priority
from zalobot.store.types import storable, word
from zalobot.zalo.messages import Button, Outgoing, parts

AT_ONCE = timedelta(0)


class Said(Protocol):
    """What templating.render gives: the words, the buttons, and which version of which wording they are."""

    @property
    def text(self) -> str: ...
    @property
    def buttons(self) -> Sequence[tuple[str, str]]: ...
    @property
    def template(self) -> str: ...
    @property
    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Leaving:
    """A claimed row: it is marked as sending, whoever holds it must settle it."""

    id: str
    person_id: str
    outgoing: Outgoing
    attempts: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. QUEUED means again at `not_before`; `outgoing` replaces the body where it had to change."""

    id: str
    state: OutboxState
    message_id: str | None = None
    error_code: int | None = None
    error: str | None = None
    not_before: datetime | None = None
    outgoing: Outgoing | None = None


_table = OutboxMessage.__table__  # type: ignore[attr-defined]
_insert = _table.insert()
_former = aliased(_table)
_officer = Officer.__table__  # type: ignore[attr-defined]
_closed = bindparam("closed", type_=Boolean)  # no working time
_staff = exists().where(_officer.c.person_id == _table.c.person_id, _officer.c.active.is_(True))


# An earlier row of the same person has yet to leave. One held for the morning, never tried, holds up nobody.
_busy = exists().where(
    _former.c.person_id == _table.c.person_id,
    _former.c.id < _table.c.id,
    _former.c.state.in_([word(OutboxState.QUEUED), word(OutboxState.SENDING), word(OutboxState.UNKNOWN)]),
    or_(_former.c.state != word(OutboxState.QUEUED), _former.c.attempts > 0, _former.c.not_before <= bindparam("now")),
    ~and_(_closed, _former.c.state == word(OutboxState.QUEUED), _former.c.priority > int(Priority.REPLY), _staff),
)
# Built once: putting a statement together costs more than running it.
_may_leave = (
    select(_table.c.id)
    .where(
        _table.c.state == word(OutboxState.QUEUED),
        _table.c.not_before <= bindparam("now"),
        ~and_(_closed, _table.c.priority > int(Priority.REPLY), _staff),
        ~_busy,
    )
    .order_by(_table.c.priority, _table.c.not_before, _table.c.id)
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
    .cte("may_leave")  # PostgreSQL runs it once; a subquery with a limit may run, and lock rows, again and again
)
_claim = (
    update(_table)
    .where(_table.c.id == _may_leave.c.id)
    .values(state=OutboxState.SENDING, sending_since=bindparam("now"), attempts=_table.c.attempts + 1)
    .returning(
        _table.c.priority,
        _table.c.not_before,
        _table.c.id,
        _table.c.person_id,
        _table.c.body,
        _table.c.attempts,
    )
)
_next_due = select(func.min(_table.c.not_before)).where(
    _table.c.state == word(OutboxState.QUEUED), _table.c.not_before > bindparam("now")
)


def enqueue(
    session: Session,
    person_id: str,
    said: Said,
    *,
    now: datetime,
    priority: Priority = Priority.REPLY,
    ticket_id: str | None = None,
    hold: timedelta = AT_ONCE,
) -> str:
    """Queue what was rendered for a person (long texts as several rows); gives back the key of the last row.

    With `hold` it leaves no sooner than that, so that `withdraw` can take it back meanwhile. To nobody (the person of
    a ticket that was erased) nothing is queued; the key is then ''.
    """
    if not person_id:
        return ""
    outgoing = Outgoing(text=said.text, buttons=tuple(_button(title, payload) for title, payload in said.buttons))
    row_id = ""
    for piece in parts(outgoing):
        row_id = new_id()
        later(session, _insert, _row(row_id, person_id, piece, said, now, priority, ticket_id, hold))
    return row_id


def withdraw(session: Session, row_id: str) -> None:
    """Take back a held message that has not begun to leave; nothing happens if it has."""
    pending: list[dict[str, Any]] = session.info.get("later", {}).get(_insert, [])
    for index, row in enumerate(pending):
        if row["id"] == row_id:
            del pending[index]
            return
    session.execute(delete(_table).where(_table.c.id == row_id, _table.c.state == OutboxState.QUEUED))


def withdraw_held(session: Session, ticket_id: str, template: str, now: datetime) -> None:
    """Take back what is held until later of this ticket and this wording, to say it anew."""
    pending: list[dict[str, Any]] = session.info.get("later", {}).get(_insert, [])
    pending[:] = [row for row in pending if not _held(row, ticket_id, template, now)]
    session.execute(
        delete(_table).where(
            _table.c.ticket_id == ticket_id,
            _table.c.template == template,
            _table.c.state == OutboxState.QUEUED,
            _table.c.attempts == 0,
            _table.c.not_before > now,
        )
    )


def _held(row: dict[str, Any], ticket_id: str, template: str, now: datetime) -> bool:
    return bool(row["ticket_id"] == ticket_id and row["template"] == template and row["not_before"] > now)


def claim(session: Session, now: datetime, limit: int, *, closed: bool = False) -> list[Leaving]:
    """Mark up to `limit` rows as sending, at most one of each person, and hand them over.

    While `closed` (no working time) staff get replies only: what an outage, a failed attempt or a day off entered late
    has left over waits until work begins.
    """
    rows = session.connection().execute(_claim, {"now": now, "room": limit, "closed": closed}).all()
    return [
        Leaving(row.id, row.person_id, Outgoing.from_json(row.body), row.attempts)
        for row in sorted(rows, key=lambda row: row[:3])  # they come back in no order
    ]


def settle(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down how attempts ended; a row that Zalo's echo settled meanwhile stays as it is."""
    sent = [outcome for outcome in outcomes if outcome.state is OutboxState.SENT]
    if sent:
        rows = [{"id": outcome.id, "message_id": outcome.message_id} for outcome in sent]
        update_rows(session, _table, rows, state=OutboxState.SENT, sent_at=now, error_code=None, error=None)
    for outcome in outcomes:
        if outcome.state is OutboxState.SENT:
            continue
        values: dict[str, Any] = {
            "state": outcome.state,
            "error_code": outcome.error_code,
            "error": storable(outcome.error) if outcome.error else None,
        }
        if outcome.not_before is not None:
            values["not_before"] = outcome.not_before
        if outcome.outgoing is not None:
            values["body"] = outcome.outgoing.to_json()
        session.execute(
            update(_table).where(_table.c.id == outcome.id, _table.c.state != OutboxState.SENT).values(**values)
        )


def exchange(
    session: Session, outcomes: Sequence[Outcome], now: datetime, room: int, *, closed: bool = False
) -> list[Leaving]:
    """Settle what ended and claim what may leave, in one transaction."""
    if outcomes:
        settle(session, outcomes, now)
    return claim(session, now, room, closed=closed) if room > 0 else []


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next row will be due. One that is due already waits for an earlier one to its person."""
    due: datetime | None = session.connection().execute(_next_due, {"now": now}).scalar_one()
    return due


def echoed(session: Session, person_id: str, message_id: str, text: str, now: datetime) -> bool:
    """Zalo's echo says that a message left: settles the oldest unsettled row with these words. False: none is ours."""
    if session.execute(select(_table.c.id).where(_table.c.message_id == message_id)).first():
        return True
    open_states = (OutboxState.SENDING, OutboxState.UNKNOWN)
    query = (
        select(_table.c.id, _table.c.body)
        .where(_table.c.person_id == person_id, _table.c.state.in_(open_states))
        .order_by(_table.c.id)
    )
    for row in session.execute(query):
        if same_words(Outgoing.from_json(row.body), text):
            settle(session, [Outcome(row.id, OutboxState.SENT, message_id)], now)
            return True
    return False


def same_words(outgoing: Outgoing, text: str) -> bool:
    """Whether Zalo's copy of a text is this message (it may trim and fold white space)."""
    return " ".join(outgoing.text.split()) == " ".join(text.split())


def arrived(session: Session, message_ids: Sequence[str], *, seen: bool, at: datetime) -> None:
    """A receipt: the phone has, or the person has seen, these messages. The first instant stays."""
    column = _table.c.seen_at if seen else _table.c.delivered_at
    session.execute(
        update(_table).where(_table.c.message_id.in_(message_ids), column.is_(None)).values({column.name: at})
    )


def unsettled(session: Session, unknown_before: datetime, sending_before: datetime, limit: int = 50) -> list[Leaving]:
    """Rows whose outcome nobody knows, and rows a dead process left as sending before `sending_before`."""
    query = (
        select(_table.c.id, _table.c.person_id, _table.c.body, _table.c.attempts, _table.c.sending_since)
        .where(
            or_(
                and_(_table.c.state == OutboxState.UNKNOWN, _table.c.sending_since <= unknown_before),
                and_(_table.c.state == OutboxState.SENDING, _table.c.sending_since <= sending_before),
            )
        )
        .order_by(_table.c.id)
        .limit(limit)
    )
    return [
        Leaving(row.id, row.person_id, Outgoing.from_json(row.body), row.attempts, row.sending_since)
        for row in session.execute(query)
    ]


def known_ids(session: Session, message_ids: Sequence[str]) -> set[str]:
    """Those of Zalo's message ids that already belong to a row."""
    return set(session.execute(select(_table.c.message_id).where(_table.c.message_id.in_(message_ids))).scalars())


def last_offer(session: Session, person_id: str, before: datetime) -> tuple[Button, ...]:
    """The buttons of the newest message the person has got, so that "2" typed means its second one."""
    query = (
        select(_table.c.body)
        .where(_table.c.person_id == person_id, _table.c.sent_at.is_not(None), _table.c.sent_at <= before)
        .order_by(_table.c.sent_at.desc(), _table.c.id.desc())
        .limit(5)
    )
    for (body,) in session.execute(query):
        outgoing = Outgoing.from_json(body)
        if outgoing.buttons:
            return outgoing.buttons
    return ()


def counts(session: Session) -> dict[str, int]:
    """How many rows are in each unfinished state, and how many failed."""
    states = [OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.FAILED]
    query = select(_table.c.state, func.count()).where(_table.c.state.in_(states)).group_by(_table.c.state)
    found = {str(state): count for state, count in session.execute(query)}
    return {state.value: found.get(state.value, 0) for state in states}


def plainly(leaving: Leaving) -> Outgoing:
    """The same words without buttons, for an account that refuses them: every button has its typed twin in the text."""
    return replace(leaving.outgoing, buttons=())


def _row(
    row_id: str,
    person_id: str,
    outgoing: Outgoing,
    said: Said,
    now: datetime,
    priority: Priority,
    ticket_id: str | None,
    hold: timedelta,
) -> dict[str, Any]:
    return {
        "id": row_id,
        "person_id": person_id,
        "priority": int(priority),
        "template": said.template,
        "template_version": said.version,
        "body": outgoing.to_json(),
        "ticket_id": ticket_id,
        "state": OutboxState.QUEUED,
        "not_before": now + hold,
        "created_at": now,
        "attempts": 0,
    }


@lru_cache(maxsize=4096)  # most buttons are the same for everybody
def _button(title: str, payload: str) -> Button:
    if payload.startswith(("https://", "http://")):
        return Button(title=title, kind="url", value=payload)
    if payload.startswith("tel:"):
        return Button(title=title, kind="phone", value=payload.removeprefix("tel:"))
    return Button(title=title, kind="query", value=payload)
