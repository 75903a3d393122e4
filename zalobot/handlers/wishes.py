"""What a business wants that is no matter to report: each wish that free text can hold, with what answers it.

The one rule: words that might be a matter are never answered away. What is not plainly a wish is taken down.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlmodel import Session

from zalobot import reference
from zalobot.conversations import Talk
from zalobot.drafts import DraftFacts
from zalobot.flows import report_issue
from zalobot.flows.contact import ticket_code
from zalobot.flows.report_issue import ELSEWHERE, NAME
from zalobot.handlers import commands, later, looking_up, talking
from zalobot.tickets import finding
from zalobot.understanding import Intent, Understanding

PLAINLY: Final = 0.5  # how sure a wish must be where the text is long enough to be a matter
RATHER: Final = 0.4  # and a short one that may be the beginning of a matter in pieces
DISMISSED: Final = 0.6  # and one whose answer sends the person away
ASKED: Final = 0.85  # and one said while an officer waits for the person's answer, which may be any words
NEVER: Final = 2.0
SHORT: Final = 4  # words; below it is no matter
REMARK: Final = 10  # words; below it what judges an answer is about the one that waits, or asks where it stays
ON_AN_ANSWER: Final = 0.25

Wish = Callable[[Session, Talk, str, datetime], bool]


def grant(session: Session, talk: Talk, text: str, found: Understanding, now: datetime) -> bool:
    """Answer what the text wants; False where it is a matter to take down, or not plainly anything else."""
    wish = WISHES.get(found.intent)
    if wish is None:
        return False
    short = len(text.split()) < SHORT
    enough = 0.0 if short or found.intent in ELSEWHERE else PLAINLY
    if found.intent in DISMISSING:
        enough = DISMISSED if not short or found.intent in TURNED_AWAY else RATHER
    if found.intent is Intent.EMERGENCY:
        enough = report_issue.URGENT
    if found.intent in JUDGING and len(text.split()) < REMARK and finding.standing(session, talk.person_id, now)[1]:
        enough = ON_AN_ANSWER
    if found.intent is not Intent.EMERGENCY and finding.paused_part_of(session, talk.person_id, now):
        enough = ASKED if found.intent in WHILE_ASKED else NEVER
    return found.confidence >= enough and wish(session, talk, text, now)


def _elsewhere(kind: str) -> Wish:
    """What must not become a ticket is told its own path, and nothing of it is kept; but what was only taken for an
    emergency can be gone on with."""

    def tell(session: Session, talk: Talk, text: str, now: datetime) -> bool:
        if kind == ELSEWHERE[Intent.EMERGENCY]:
            draft_of_it = {**talking.report_begins(talk), "description": text}
            talk.shelf = [*talk.shelf[-4:], {"flow": NAME, "answers": draft_of_it}]
        draft = DraftFacts({}, reference.current(session))
        talking.say(session, talk, f"report_issue/description.{kind}", now, draft=draft, options=[])
        return True

    return tell


def _said(message: str) -> Wish:
    def say(session: Session, talk: Talk, text: str, now: datetime) -> bool:
        talking.say(session, talk, message, now)
        return True

    return say


def _command(name: str) -> Wish:
    def obey(session: Session, talk: Talk, text: str, now: datetime) -> bool:
        commands.EVERYWHERE[name](session, talk, now)
        return True

    return obey


def _greet(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    talking.welcome(session, talk, now)
    return True


def _look_up(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    """The ticket whose code is in the text; else one's own."""
    code = ticket_code(text)
    if code:
        looking_up.show(session, talk, code, now)
    else:
        looking_up.show_mine(session, talk, now)
    return True


def _withdraw(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    """Asked once more before it is done; the ticket named, the only one, or the list to choose from."""
    code = ticket_code(text)
    if code:
        later.begin_withdraw(session, talk, code, now)
    else:
        later.withdraw_what(session, talk, now)
    return True


def _judge(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    """The answer that waits for a verdict, with its buttons. Where none does a remark is told how the tickets stand; a
    longer text tells more of the matter."""
    waiting = finding.answered_parts_of(session, talk.person_id)
    if not waiting and not (len(text.split()) < REMARK and finding.tickets_around(session, talk.person_id, now)[0]):
        return False
    how_far(session, talk, now)
    return True


def how_far(session: Session, talk: Talk, now: datetime) -> None:
    """How one's matter stands: the answer that waits for a verdict, else one's tickets, else that there are none."""
    waiting = finding.answered_parts_of(session, talk.person_id)
    if len(waiting) == 1:
        later.judge(session, talk, waiting[0].code, now)
    else:
        looking_up.show_mine(session, talk, now)


JUDGING: Final = frozenset({Intent.VERDICT, Intent.REOPEN})
WISHES: Final[dict[Intent, Wish]] = {
    **{intent: _elsewhere(kind) for intent, kind in ELSEWHERE.items()},
    Intent.GREETING: _greet,
    Intent.THANKS: _said("common/thanks"),
    Intent.HELP: _command("help"),
    Intent.PERSON: _command("person"),
    Intent.MY_DATA: _command("my_data"),
    Intent.LOOK_UP: _look_up,
    Intent.WITHDRAW: _withdraw,
    Intent.VERDICT: _judge,
    Intent.REOPEN: _judge,
    Intent.SPAM: _said("common/spam"),
    Intent.ABUSE: _said("common/abuse"),
    Intent.OUT_OF_SCOPE: _said("common/citizen_matter"),
}
DISMISSING: Final = frozenset({Intent.SPAM, Intent.ABUSE, Intent.OUT_OF_SCOPE, Intent.THANKS, Intent.GREETING})
TURNED_AWAY: Final = frozenset({Intent.SPAM, Intent.ABUSE, Intent.OUT_OF_SCOPE})
WHILE_ASKED: Final = frozenset(
    {Intent.THANKS, Intent.GREETING, Intent.HELP, Intent.PERSON, Intent.MY_DATA, Intent.LOOK_UP}
)
