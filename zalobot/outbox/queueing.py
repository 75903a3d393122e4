"""Putting words into the outbox, and taking them back before they leave.

The one rule: rows are written with the transaction that has a reason to say them (`later`), so that neither is there
without the other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import delete
from sqlmodel import Session

from zalobot import conversations
from zalobot.languages import DEFAULT
from zalobot.store.database import later
from zalobot.store.ids import new_id
from zalobot.store.models import Channel, OutboxMessage, OutboxState, Priority
from zalobot.zalo.messages import Button, Outgoing, parts

AT_ONCE = timedelta(0)

_table = OutboxMessage.__table__  # type: ignore[attr-defined]
_insert = _table.insert()


class Said(Protocol):
    """What templating.render gives: the words, the buttons, and which version of which wording they are.

    `again` is None where there are words in one language only; else `into` gives them in another.
    """

    @property
    def text(self) -> str: ...
    @property
    def buttons(self) -> Sequence[tuple[str, str]]: ...
    @property
    def template(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def again(self) -> object | None: ...
    def into(self, language: str, /) -> "Said": ...


def enqueue(
    session: Session,
    person_id: str,
    said: Said,
    *,
    now: datetime,
    priority: Priority = Priority.REPLY,
    ticket_id: str | None = None,
    hold: timedelta = AT_ONCE,
    check_code: str | None = None,
) -> str:
    """Queue what was rendered for a person (long texts as several rows); gives back the key of the last row.

    Here, and nowhere else, it is put into the language of the person, where it has words in that one.
    With `hold` it leaves no sooner than that, so that `withdraw` can take it back meanwhile. To nobody (the person of
    a ticket that was erased) nothing is queued; the key is then ''.
    """
    if said.again is not None and person_id:
        said = said.into(conversations.language(session, person_id))
    outgoing = Outgoing(text=said.text, buttons=tuple(_button(title, payload) for title, payload in said.buttons))
    wording = said.template, said.version, said.language
    return enqueue_message(
        session,
        person_id,
        outgoing,
        now=now,
        wording=wording,
        priority=priority,
        ticket_id=ticket_id,
        hold=hold,
        check_code=check_code,
    )


def enqueue_message(
    session: Session,
    person_id: str,
    outgoing: Outgoing,
    *,
    now: datetime,
    wording: tuple[str, str] | tuple[str, str, str],
    priority: Priority = Priority.REPLY,
    ticket_id: str | None = None,
    hold: timedelta = AT_ONCE,
    check_code: str | None = None,
) -> str:
    """`enqueue` for what is more than words: pictures, files, stickers.

    `wording`: what it is known by, its version, and its language if that is not Vietnamese.
    """
    row_id = ""
    for piece in parts(outgoing) if person_id else ():
        row_id = new_id()
        row = _row(row_id, person_id, piece, wording, now, priority, ticket_id, hold)
        later(session, _insert, row | {"check_code": check_code})
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


def _row(
    row_id: str,
    person_id: str,
    outgoing: Outgoing,
    wording: tuple[str, str] | tuple[str, str, str],
    now: datetime,
    priority: Priority,
    ticket_id: str | None,
    hold: timedelta,
) -> dict[str, Any]:
    return {
        "id": row_id,
        "person_id": person_id,
        "priority": int(priority),
        "template": wording[0],
        "template_version": wording[1],
        "language": wording[2] if len(wording) == 3 else DEFAULT,
        "body": outgoing.to_json(),
        "ticket_id": ticket_id,
        "state": OutboxState.QUEUED,
        "not_before": now + hold,
        "created_at": now,
        "attempts": 0,
        "channel": Channel.CS,
        "doubts": 0,
    }


@lru_cache(maxsize=4096)  # most buttons are the same for everybody
def _button(title: str, payload: str) -> Button:
    if payload.startswith(("https://", "http://")):
        return Button(title=title, kind="url", value=payload)
    if payload.startswith("tel:"):
        return Button(title=title, kind="phone", value=payload.removeprefix("tel:"))
    return Button(title=title, kind="query", value=payload)
