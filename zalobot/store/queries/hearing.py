"""What the inbox tells about the webhook itself: does Zalo still deliver, and does it deliver everything?"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.store.models import Channel, InboxEvent, OutboxMessage, OutboxState

_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Texts:
    """The newest texts of people: how many were looked at, how many begin with #, and of how many people they are."""

    number: int = 0
    with_hash: int = 0
    people: int = 0


def last_sent(session: Session) -> datetime | None:
    """When Zalo last took a message from us: it tells the webhook of every one (its echo, its receipts)."""
    query = select(col(OutboxMessage.sent_at)).where(
        col(OutboxMessage.state) == OutboxState.SENT, col(OutboxMessage.channel).in_((Channel.CS, Channel.CS_PAID))
    )
    newest = query.where(col(OutboxMessage.sent_at).is_not(None)).order_by(col(OutboxMessage.id).desc()).limit(1)
    return session.execute(newest).scalar_one_or_none()


def texts(session: Session, since: datetime) -> Texts:
    """The newest texts since then, at most fifty."""
    query = (
        select(col(InboxEvent.body), col(InboxEvent.person_id))
        .where(col(InboxEvent.name) == "user_send_text", col(InboxEvent.received_at) >= since)
        .order_by(col(InboxEvent.id).desc())
        .limit(_LOOKED_AT)
    )
    rows = session.execute(query).all()
    return Texts(len(rows), sum(_said(row.body).startswith("#") for row in rows), len({row.person_id for row in rows}))


def _said(body: str) -> str:
    """The text of a kept event; events are kept only once they have been read, so the shape is known."""
    message = json.loads(body).get("message")
    return str(message.get("text") or "") if isinstance(message, dict) else ""
