"""Whether there is anything to do at an instant: one query each, so that an idle hop of the clock costs very little.

The one rule: this only looks. The duties themselves decide what they do.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlmodel import Session, col

from zalobot.store.models import (
    Attachment,
    AttachmentState,
    Conversation,
    InboxEvent,
    InboxState,
    OutboxMessage,
    OutboxState,
    Part,
)
from zalobot.store.types import UtcDateTime

_NOW = bindparam("now", type_=UtcDateTime())
_DUTIES = (
    exists().where(col(Part.remind_at) <= _NOW),
    exists().where(col(Conversation.nudge_at) <= _NOW),
    exists().where(col(OutboxMessage.state) == OutboxState.UNKNOWN),
    exists().where(col(Attachment.state) == AttachmentState.WANTED, col(Attachment.try_at) <= _NOW),
)
_TALK = (
    exists().where(col(InboxEvent.state) == InboxState.NEW),
    exists().where(col(OutboxMessage.state) == OutboxState.SENDING),
    exists().where(col(OutboxMessage.state) == OutboxState.QUEUED, col(OutboxMessage.not_before) <= _NOW),
)


def duties(session: Session, now: datetime) -> bool:
    """Whether a reminder, a nudge, a doubtful message or a file waits for its job."""
    return _any(session, _DUTIES, now)


def talk(session: Session, now: datetime) -> bool:
    """Whether something that came is not handled yet, or something to be said is not said yet."""
    return _any(session, _TALK, now)


def _any(session: Session, conditions: tuple[ColumnElement[bool], ...], now: datetime) -> bool:
    return bool(session.execute(select(or_(*conditions)), {"now": now}).scalar())
