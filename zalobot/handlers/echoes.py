"""What the Official Account itself said, and what became of it. None of this is a person speaking.

The one rule: an echo or a receipt never starts a turn.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from zalobot import conversations, outbox
from zalobot.handlers.router import Router
from zalobot.zalo.events import Event, Kind

router = Router()
QUIET = timedelta(hours=4)  # how long the bot stays silent after a staff member answered in Zalo's own inbox


@router.on(Kind.ECHO)
def said(session: Session, event: Event, now: datetime) -> None:
    """Settle our own message by its echo; a human's answer from the OA inbox makes the bot step aside."""
    if event.admin_id:
        talk = conversations.of(session, event.person_id, now)
        talk.with_person_until = now + QUIET
        conversations.save(session, talk, now)
        return
    outbox.echoed(session, event.person_id, event.message_id, event.text, now)


@router.on(Kind.RECEIPT_DELIVERED)
def delivered(session: Session, event: Event, now: datetime) -> None:
    """The person's phone has the message."""
    outbox.arrived(session, _ids(event), seen=False, at=event.at)


@router.on(Kind.RECEIPT_SEEN)
def seen(session: Session, event: Event, now: datetime) -> None:
    """The person has seen the message."""
    outbox.arrived(session, _ids(event), seen=True, at=event.at)


def _ids(event: Event) -> tuple[str, ...]:
    return event.message_ids or ((event.message_id,) if event.message_id else ())
