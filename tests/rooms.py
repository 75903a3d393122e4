"""Events and messages for the tests of the rooms between Zalo's door and Zalo's ear, and what lies in them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from zalobot import outbox
from zalobot.inbox import Incoming, Waiting
from zalobot.outbox import AT_ONCE
from zalobot.store.models import InboxEvent, OutboxMessage
from zalobot.templating import Rendered
from zalobot.zalo.events import Event

OA, APP, SECRET = "388613280878808645", "360846524940903967", "a webhook secret"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # a Monday, 10:00 in Hạ Long
_numbers = count(1)

Handle = Callable[[Session, Waiting, datetime], None]


def text_event(person: str, text: str, *, at: datetime = NOW, message_id: str = "") -> dict[str, Any]:
    """`user_send_text` as Zalo sends it; a message id of its own unless one is given."""
    return {
        "app_id": APP,
        "event_name": "user_send_text",
        "sender": {"id": person},
        "recipient": {"id": OA},
        "message": {"text": text, "msg_id": message_id or f"m{next(_numbers)}"},
        "timestamp": str(int(at.timestamp() * 1000)),
    }


def incoming(body: dict[str, Any], received: datetime = NOW) -> Incoming:
    """An event as the webhook hands it to the inbox."""
    raw = json.dumps(body, ensure_ascii=False)
    event = Event.parse(raw.encode(), OA, received)
    return Incoming(event.key, event.person_id, event.name, event.at, received, raw)


def said(waiting: Waiting) -> str:
    """The words of an event that waits."""
    return str(json.loads(waiting.body)["message"]["text"])


def say(
    session: Session, person: str, text: str, buttons: tuple[tuple[str, str], ...] = (), *, hold: timedelta = AT_ONCE
) -> str:
    """Queue a text to a person at NOW."""
    return outbox.enqueue(session, person, Rendered(text, buttons, "test", "1"), now=NOW, hold=hold)


def inbox_rows(session: Session) -> list[InboxEvent]:
    """Every event, in the order they were kept."""
    return list(session.exec(select(InboxEvent).order_by(col(InboxEvent.id))))


def outbox_rows(session: Session) -> list[OutboxMessage]:
    """Every message, in order."""
    return list(session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))))
