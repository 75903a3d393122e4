"""What a message means when no question is open.

The one rule: free text is never an error. From a business it begins a report; nothing ends in a dead end.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from zalobot import consents, reference
from zalobot.conversations import Talk
from zalobot.flows import business_part, later_message, report_issue
from zalobot.flows.engine import Said
from zalobot.flows.words import is_word
from zalobot.handlers import agreeing, later, talking, turns, wishes
from zalobot.tickets import finding
from zalobot.understanding import Context, Intent, reader_for
from zalobot.understanding.intents import MATTERS

ENOUGH_WORDS = 4  # from here on it is a matter described, not a word we failed to know


def listen(session: Session, talk: Talk, said: Said, now: datetime) -> None:
    """Answer a message outside any flow."""
    if not talk.is_staff and agreeing.to_notices(session, talk, said.text, now):
        talk.misunderstood = 0
        return
    if not talk.is_staff and is_word(said.text, "yes"):
        (_thanks if consents.agreed(talk) else agreeing.agree)(session, talk, now)
        return
    for words, does in (STAFF if talk.is_staff else BUSINESS).items():
        if said.text and is_word(said.text, words):
            talk.misunderstood = 0
            does(session, talk, now)
            return
    if talk.is_staff:
        talking.say(session, talk, "officer/not_understood", now)
    elif said.files:
        _described(session, talk, said, now)
    else:
        _understood(session, talk, said, now)


def _understood(session: Session, talk: Talk, said: Said, now: datetime) -> None:
    """Words alone: what they want is done, a matter is taken down, a word or two that mean nothing are asked about."""
    context = Context(*finding.standing(session, talk.person_id, now))
    found = reader_for(reference.current(session)).read(said.text, context)
    if wishes.grant(session, talk, said.text, found, now):
        talk.misunderstood = 0
    elif len(said.text.split()) >= ENOUGH_WORDS or (found.intent in MATTERS and found.sure) or context.asked:
        _described(session, talk, said, now)
    elif len(said.text.split()) > 1 and found.intent is not Intent.UNCLEAR and not context.open_tickets:
        # The first piece of a matter that comes in pieces: it is kept, and more is asked for.
        _described(session, talk, said, now)
    else:
        _not_understood(session, talk, now)


def _described(session: Session, talk: Talk, said: Said, now: datetime) -> None:
    """Free text or a photo first: the reply an officer waits for, more of a ticket there is, or a new report."""
    talk.misunderstood = 0
    waiting = finding.paused_part_of(session, talk.person_id, now)
    if not waiting and (codes := later.candidates(session, talk, said, now)):
        answers = {"tickets": codes, "files": {"files": [], "done": True}}
        talk.begin(later_message.SAME_OR_NEW, answers if said.text else {**answers, "addition": ""})
        turns.take(session, talk, said, "addition" if said.text else "files", now)
        return
    if waiting:
        talk.begin(business_part.REPLY, {"part": waiting[1].code, "files": {"files": [], "done": True}})
    else:
        talk.begin(report_issue.NAME, talking.report_begins(talk))
    turns.take(session, talk, said, "reply" if waiting else "description", now)


def _not_understood(session: Session, talk: Talk, now: datetime) -> None:
    talk.misunderstood += 1
    talking.say(session, talk, "not_understood/first" if talk.misunderstood < 2 else "not_understood/again", now)


def _greet(session: Session, talk: Talk, now: datetime) -> None:
    talking.welcome(session, talk, now)


def _thanks(session: Session, talk: Talk, now: datetime) -> None:
    talking.say(session, talk, "common/thanks", now)


def _solved(session: Session, talk: Talk, now: datetime) -> None:
    """It is well: which answer made it so is asked, where one waits for a verdict."""
    if finding.standing(session, talk.person_id, now)[1]:
        wishes.how_far(session, talk, now)
    else:
        _thanks(session, talk, now)


def _report(session: Session, talk: Talk, now: datetime) -> None:
    talking.begin_report(session, talk, now)


def _look_up(session: Session, talk: Talk, now: datetime) -> None:
    talking.begin(session, talk, business_part.LOOK_UP, {}, now)


Does = Callable[[Session, Talk, datetime], None]
BUSINESS: dict[str, Does] = {
    "report": _report,
    "look_up": _look_up,
    "greeting": _greet,
    "agree": agreeing.agree,
    "disagree": agreeing.disagree,
    "thanks": _thanks,
    "withdraw": later.withdraw_what,
    "how_far": wishes.how_far,
    "solved": _solved,
    "done": _solved,
}
STAFF: dict[str, Does] = {
    "greeting": _greet,
    "look_up": _look_up,
    "thanks": _thanks,
}
