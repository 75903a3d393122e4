"""A wish in the middle of a form: a person is wanted, or the report is to be given up.

The one rule: only a short message that plainly wants it is one; whatever may be an answer or more of the matter is.
"""

from datetime import datetime
from functools import cache
from typing import Final

from sqlmodel import Session

from zalobot import reference
from zalobot.conversations import Talk
from zalobot.drafts import DraftFacts
from zalobot.flows.engine import Flow, Said, question
from zalobot.flows.report_issue import NAME
from zalobot.flows.steps import Text
from zalobot.handlers import commands, talking
from zalobot.languages import lists
from zalobot.understanding import Intent, reader_for
from zalobot.vietnamese import plain

SHORT: Final = 10  # words
PLAINLY: Final = 0.6


def granted(session: Session, talk: Talk, flow: Flow, said: Said, now: datetime) -> bool:
    """Do what is wished; False where the message is for the question being asked."""
    if said.files or not 2 <= len(said.text.split()) <= SHORT or (talk.open_until and now < talk.open_until):
        return False
    step = question(flow, talk.answers)
    words = f" {plain(said.text)} "
    if step is None or isinstance(step, Text) or not any(cue in words for cue in _cues()):
        return False
    if step.clear(said, talk.answers):
        return False
    found = reader_for(reference.current(session)).read(said.text)
    if found.confidence < PLAINLY:
        return False
    if found.intent is Intent.PERSON:
        commands.EVERYWHERE["person"](session, talk, now)
    elif found.intent is Intent.WITHDRAW and flow.name == NAME:
        draft = DraftFacts(talk.answers, reference.current(session))
        talking.say(session, talk, "report_issue/stop", now, draft=draft, options=())
    else:
        return False
    return True


@cache
def _cues() -> tuple[str, ...]:
    """The words without which no message is such a wish: most need not be read for it."""
    return tuple(f" {plain(cue)} " for cue in lists("typed", "amid"))
