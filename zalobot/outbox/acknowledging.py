"""A sign that a message has arrived, where nothing is said: a reaction, which Zalo charges nobody for.

The one rule: one for each silence. It says that a message came, not that anybody has read it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.outbox.leaving import SIGN
from zalobot.outbox.queueing import enqueue_message
from zalobot.store.models import OutboxMessage, Priority
from zalobot.zalo.messages import Outgoing

ICON = "received_icon"  # session.info: Zalo's name of the sign, "" for none


def acknowledge(session: Session, person_id: str, message_id: str, since: datetime, now: datetime) -> bool:
    """Put the sign to a person's message, unless they got one since that instant; whether it is on its way."""
    icon: str = session.info.get(ICON, "")
    if not (icon and message_id and person_id):
        return False
    before = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.person_id) == person_id,
        col(OutboxMessage.template) == SIGN,
        col(OutboxMessage.created_at) >= since,
    )
    if session.execute(before.limit(1)).first() is not None:
        return False
    sign = Outgoing(react_icon=icon, react_id=message_id)
    enqueue_message(session, person_id, sign, now=now, wording=(SIGN, "1"), priority=Priority.STATUS)
    return True
