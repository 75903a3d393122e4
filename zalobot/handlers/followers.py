"""People who come, go, and tell Zalo who they are."""

from datetime import datetime

from sqlmodel import Session

from zalobot import conversations
from zalobot.handlers import looking_up, talking
from zalobot.handlers.router import Router
from zalobot.zalo.events import Event, Kind

router = Router()


@router.on(Kind.FOLLOW, Kind.CHATNOW)
def came(session: Session, event: Event, now: datetime) -> None:
    """Welcome somebody: with the terms the first time, with what is open when they come back."""
    talk = conversations.of(session, event.person_id, now)
    talk.follows = talk.follows or event.kind is Kind.FOLLOW
    talk.last_interaction_at = event.at
    if talk.consent_version and not talk.is_staff:
        talking.say(session, talk, "welcome/returned", now, work=looking_up.open_work(session, talk, now))
    else:
        talking.welcome(session, talk, now)
    conversations.save(session, talk, now)


@router.on(Kind.UNFOLLOW)
def went(session: Session, event: Event, now: datetime) -> None:
    """Remember that somebody went; what they opened goes on."""
    talk = conversations.of(session, event.person_id, now)
    talk.follows = False
    conversations.save(session, talk, now)


@router.on(Kind.PROFILE)
def told_who(session: Session, event: Event, now: datetime) -> None:
    """Keep the name a person shared."""
    talk = conversations.of(session, event.person_id, now)
    talk.display_name = event.info.get("name", "")[:200] or talk.display_name
    conversations.save(session, talk, now)
