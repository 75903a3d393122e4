"""Somebody called the account by name in a group of Zalo.

The one rule: nothing is answered in a group, and what is said there is no report: the person is asked to write to us
alone, where nobody else reads it.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from zalobot import conversations
from zalobot.handlers import talking
from zalobot.handlers.router import Router
from zalobot.zalo.events import Event, Kind

router = Router()
WINDOW = timedelta(days=7)  # Zalo lets us write only to people who have written to us within it


@router.on(Kind.GROUP)
def called(session: Session, event: Event, now: datetime) -> None:
    """Ask whoever called us to write to us alone, where we may write to them at all."""
    if not event.mentions_us or not event.person_id:
        return
    talk = conversations.of(session, event.person_id, now)
    heard = talk.last_interaction_at
    if heard is not None and now - heard < WINDOW and not talk.with_person(now):
        talking.say(session, talk, "common/in_a_group", now)
        conversations.save(session, talk, now)
