"""Whether there is anything to do at an instant: one query each, so that an idle hop of the clock costs very little.

The one rule: this only looks. The duties themselves decide what they do.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlmodel import Session, col

from zalobot import digests
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
    *(
        exists().where(instant <= _NOW)
        for instant in (
            *(col(Part.remind_at), col(Part.decide_remind_at), col(Part.unseen_at)),
            *(col(Part.wait_until), col(Part.close_at), col(Part.explain_until)),
        )
    ),
    exists().where(col(Conversation.nudge_at) <= _NOW),
    exists().where(col(OutboxMessage.state) == OutboxState.UNKNOWN),
    exists().where(col(Attachment.state) == AttachmentState.WANTED, col(Attachment.try_at) <= _NOW),
)
_TALK = (
    exists().where(col(InboxEvent.state) == InboxState.NEW),
    exists().where(col(OutboxMessage.state) == OutboxState.SENDING),
    exists().where(col(OutboxMessage.state) == OutboxState.QUEUED, col(OutboxMessage.not_before) <= _NOW),
)
_LOOK = select(or_(*_DUTIES), or_(*_TALK))
_TALKING = select(or_(*_TALK))


@dataclass(frozen=True, slots=True)
class Due:
    """`duties`: a reminder, a digest, a nudge, a doubtful message or a file waits for its job. `talk`: something that
    came is not handled yet, or something to be said is not said yet."""

    duties: bool
    talk: bool


def look(session: Session, now: datetime) -> Due:
    """What there is to do at `now`."""
    duties, talk = session.execute(_LOOK, {"now": now}).one()
    return Due(duties or digests.wait(session, now), talk)


def talk(session: Session, now: datetime) -> bool:
    """Whether the conversation is still going on."""
    return bool(session.execute(_TALKING, {"now": now}).scalar_one())
