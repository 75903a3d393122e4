"""A question about the channel in the middle of a form: answered at once, and the form goes on where it stood.

The one rule: an aside changes no answer. It is a short message; while more of a description may still come (a burst)
nothing is one, for it is a part of what is described.
"""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Final

from sqlmodel import Session

from zalobot.conversations import Talk
from zalobot.flows.engine import Flow, Said, Turn, question, wording
from zalobot.flows.report_issue import NAME
from zalobot.handlers import talking
from zalobot.spoken import words_file
from zalobot.templating import Rendered, render
from zalobot.vietnamese import plain

SHORT: Final = 12  # words
BEFORE: Final = {"who_sees": 7, "who_speaks": 7, "changed_later": 7, "files_too": 7, "fee": 4}
"""Words for each kind while nothing is described yet: a longer question may be the matter itself."""


def answered(session: Session, talk: Talk, flow: Flow | None, said: Said, now: datetime) -> bool:
    """Answer a question about the channel; False where the message is none."""
    if said.files or (talk.open_until and now < talk.open_until) or (flow and flow.name != NAME):
        return False
    kind = about(said.text)
    told = bool(talk.answers.get("description"))
    if not kind or len(said.text.split()) > (SHORT if told else BEFORE.get(kind, 0)):
        return False
    step = question(flow, talk.answers) if flow else None
    if flow is None or step is None:
        talking.say(session, talk, f"asides/{kind}", now)
        return True
    asked = talking.worded(session, talk, wording(flow, Turn(talk.answers, step)), step, now)

    def answered_first(said: Rendered) -> Rendered:
        return replace(said, text=f"{render(f'asides/{kind}').text}\n\n{said.text}")

    talking.queue(session, talk, asked.changed(answered_first), now)
    return True


def about(text: str) -> str:
    """What of the channel a short message asks about, "" for nothing."""
    said = f" {plain(text)} " if len(text) <= 100 else ""
    return next((kind for kind, phrases in _asides().items() if any(phrase in said for phrase in phrases)), "")


@cache
def _asides() -> dict[str, tuple[str, ...]]:
    """The phrases of each kind, folded, with a space on both sides."""
    return {kind: tuple(f" {plain(phrase)} " for phrase in said) for kind, said in words_file()["asides"].items()}
