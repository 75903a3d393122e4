"""People who come, go, and tell Zalo who they are."""

from datetime import datetime

from sqlmodel import Session

from zalobot import consents, conversations, withdrawals
from zalobot.conversations import Talk
from zalobot.flows.engine import Said
from zalobot.handlers import looking_up, messages, talking
from zalobot.handlers.router import Router
from zalobot.zalo.events import Event, Kind

router = Router()


@router.on(Kind.FOLLOW, Kind.CHATNOW)
def came(session: Session, event: Event, now: datetime) -> None:
    """Welcome somebody: with the terms the first time, with what is open when they come back."""
    talk = conversations.of(session, event.person_id, now)
    if event.kind is Kind.FOLLOW and _is_news(talk, event):
        talk.follows, talk.follows_since = True, event.at
    talking.heard(session, talk, event.at, now)
    if talk.with_person(now):
        conversations.save(session, talk, now)
        return
    if consents.agreed(talk) and not talk.is_staff:
        talking.say(session, talk, "welcome/returned", now, work=looking_up.open_work(session, talk, now))
    else:
        talking.welcome(session, talk, now)
    conversations.save(session, talk, now)


@router.on(Kind.UNFOLLOW)
def went(session: Session, event: Event, now: datetime) -> None:
    """Remember that somebody went; what they opened goes on."""
    talk = conversations.of(session, event.person_id, now)
    if _is_news(talk, event):
        talk.follows, talk.follows_since = False, event.at
        conversations.save(session, talk, now)


def _is_news(talk: Talk, event: Event) -> bool:
    """Whether nothing newer is known: retries of Zalo come in any order."""
    return talk.follows_since is None or event.at >= talk.follows_since


@router.on(Kind.PROFILE)
def told_who(session: Session, event: Event, now: datetime) -> None:
    """Keep the name a person shared; where they are asked how to reach them, their number is the answer."""
    talk = conversations.of(session, event.person_id, now)
    talk.display_name = event.info.get("name", "")[:200] or talk.display_name
    conversations.save(session, talk, now)
    if event.info.get("phone") and not talk.with_person(now) and messages.wants_contact(session, talk):
        number = event.info["phone"]
        told = f"{event.info.get('name', '')} {number if number.startswith('0') else '+' + number.lstrip('+')}"
        messages.answer(session, talk, Said(told.strip(), (), event.at.isoformat()), now)


@router.on(Kind.WITHDRAW)
def withdrew(session: Session, event: Event, now: datetime) -> None:
    """Erase everything of a person who wants it; nothing is said to them any more."""
    if event.person_id:
        withdrawals.withdraw(session, event.person_id, event.at, now)
