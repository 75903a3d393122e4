"""What the Official Account itself said, and what became of it. None of this is a person speaking.

The one rule: an echo or a receipt never starts a turn.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot import outbox
from zalobot.flows.words import is_word
from zalobot.handlers.router import Router
from zalobot.tickets import calling
from zalobot.zalo.events import Event, Kind
from zalobot.zalo.reading import dict_of, text_of

router = Router()
TEMPLATE = "oa_send_template"


@router.on(Kind.ECHO)
def said(session: Session, event: Event, now: datetime) -> None:
    """Settle our own message by its echo; a human's answer from the OA inbox makes the bot step aside.

    A word of theirs for it ("trả lại trợ lý") gives the conversation back.
    """
    if event.admin_id and is_word(event.text, "give_back"):
        calling.give_back(session, event.person_id, now)
        return
    if event.admin_id:
        calling.take_over(session, event.person_id, event.at, now)
        calling.note(session, event.person_id, "staff", _words(event), now)
        return
    if event.name == TEMPLATE and outbox.echoed_template(session, event.person_id, event.message_id, now):
        return
    outbox.echoed(session, event.person_id, event.message_id, _words(event), now)


@router.on(Kind.RECEIPT_DELIVERED)
def delivered(session: Session, event: Event, now: datetime) -> None:
    """The person's phone has the message; of a template by phone the receipt may be the first that is heard of it."""
    if tracking_id := text_of(dict_of(event.raw.get("message")).get("tracking_id")):
        outbox.tracked(session, tracking_id, event.message_id, now)
    outbox.arrived(session, _ids(event), seen=False, at=event.at)


@router.on(Kind.RECEIPT_SEEN)
def seen(session: Session, event: Event, now: datetime) -> None:
    """The person has seen the message."""
    outbox.arrived(session, _ids(event), seen=True, at=event.at)


def _words(event: Event) -> str:
    """What was said; of a message with buttons Zalo may tell the words with what hangs on it."""
    return event.text or next((sent.description for sent in event.attachments if sent.description), "")


def _ids(event: Event) -> tuple[str, ...]:
    return event.message_ids or ((event.message_id,) if event.message_id else ())
