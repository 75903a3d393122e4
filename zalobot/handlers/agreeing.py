"""Yes and no to what is asked about a person's data: handling, the name in public, notices; each for itself.

The one rule: a yes counts for the words that were shown. Who was shown none is shown them, and asked.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot import consents, outbox
from zalobot.conversations import Talk
from zalobot.drafts import DraftFacts
from zalobot.flows.words import is_word
from zalobot.handlers import talking
from zalobot.store.models import Purpose, Tier


def agree(session: Session, talk: Talk, now: datetime) -> None:
    """Yes outside of any question, to the terms; said again it is just a yes."""
    if not consents.agreed(talk) and consents.agree(session, talk, Purpose.HANDLING, now):
        talking.say(session, talk, "welcome/consent_given", now)
    else:
        talking.welcome(session, talk, now)


def disagree(session: Session, talk: Talk, now: datetime) -> None:
    """No outside of any question."""
    if consents.agreed(talk):
        talking.say(session, talk, "welcome/menu", now)
        return
    consents.decline(session, talk, Purpose.HANDLING, now)
    talking.say(session, talk, "welcome/consent_declined", now)


def in_report(session: Session, talk: Talk, now: datetime) -> bool:
    """Take note of what was said to the terms in a report; a no ends the report. True when the turn is over."""
    said = talk.answers.get("consent")
    if said == "yes" and not consents.agreed(talk) and not consents.agree(session, talk, Purpose.HANDLING, now):
        talk.answers = {name: value for name, value in talk.answers.items() if name != "consent"}
        return talking.ask_again(session, talk, now)
    if said != "no":
        return False
    talk.leave()
    consents.decline(session, talk, Purpose.HANDLING, now)
    talking.say(session, talk, "welcome/consent_declined", now)
    return True


def to_the_name(session: Session, talk: Talk, draft: DraftFacts, code: str, now: datetime) -> None:
    """Keep what was chosen about the business's name, where it was asked; it is for this ticket alone."""
    if draft.answers.get("publicity"):
        consents.note_about(session, talk, Purpose.NAMING, draft.tier == Tier.PUBLIC, code, now)


def to_joining(session: Session, talk: Talk, code: str, now: datetime) -> bool:
    """Joining is a yes to news of that one matter, and to nothing else. False where notices were refused before."""
    if consents.refused(talk, Purpose.NOTICES):
        return False
    consents.note_about(session, talk, Purpose.NOTICES, True, code, now)
    return True


def to_notices(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    """A plain yes or no, if notices are what was asked last; False where it is not."""
    yes, no = is_word(text, "wish", "agree"), is_word(text, "no", "disagree")  # "ok" may only be heard
    if not (yes or no) or consents.agreed(talk, Purpose.NOTICES) or not consents.agreed(talk):
        return False
    if not _offered(session, talk, now):
        return False
    (notices_on if yes else notices_off)(session, talk, now)
    return True


def notices_on(session: Session, talk: Talk, now: datetime) -> None:
    """More than the answers is wanted. Who was not just told what that is, is told now, and asked."""
    if not consents.agreed(talk, Purpose.NOTICES) and not (
        _offered(session, talk, now) and consents.agree(session, talk, Purpose.NOTICES, now)
    ):
        talking.say(session, talk, "own_data/notices", now)
        return
    talking.say(session, talk, "own_data/notices_on", now)


def notices_off(session: Session, talk: Talk, now: datetime) -> None:
    """Nothing but the answers and what concerns them is wanted."""
    if not consents.refused(talk, Purpose.NOTICES):
        consents.decline(session, talk, Purpose.NOTICES, now)
    talking.say(session, talk, "own_data/notices_off", now)


def privacy(session: Session, talk: Talk, now: datetime) -> None:
    """Everything that is to be known before agreeing (Luật 91/2025/QH15), in one message."""
    talking.say(session, talk, "own_data/privacy", now)


def _offered(session: Session, talk: Talk, now: datetime) -> bool:
    """Whether notices are what the last message with buttons offered."""
    return any(is_word(button.value, "notices_on") for button in outbox.last_offer(session, talk.person_id, now))
