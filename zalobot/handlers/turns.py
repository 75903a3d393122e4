"""Playing a message against the question being asked, and saying what comes of it.

The one rule: while an answer is open the reply waits; a further message joins the answer, the reply is made anew.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot.conversations import Talk
from zalobot.flows.engine import Flow, Said, Turn, advance, take_as
from zalobot.flows.words import is_word
from zalobot.handlers import agreeing, at_once, finishing, talking


def go_on(session: Session, talk: Talk, flow: Flow, said: Said, now: datetime) -> None:
    """The next message of a flow."""
    joining = talk.open_step if talk.open_until and now < talk.open_until else None
    _apply(session, talk, flow, advance(flow, talk.answers, said, joining=joining), said, now)


def take(session: Session, talk: Talk, said: Said, step: str, now: datetime) -> None:
    """The first message of a flow just entered: it is the answer to this step, whatever would be asked first."""
    flow = talking.current_flow(session, talk)
    if flow is not None:
        _apply(session, talk, flow, take_as(flow, talk.answers, said, step), said, now)


def _apply(session: Session, talk: Talk, flow: Flow, turn: Turn, said: Said, now: datetime) -> None:
    talk.answers = turn.answers
    wait = talking.burst(session) if turn.open else talking.AT_ONCE
    talk.open_step = (turn.answered or "") if turn.open else ""
    talk.open_until = now + wait if turn.open else None
    stuck = talking.STUCK if is_word(said.text, "lost") else talk.misunderstood + 1
    talk.misunderstood = stuck if turn.reason else 0
    if agreeing.in_report(session, talk, now):
        return
    if at_once.settled(session, talk, now):
        return
    turn = at_once.looked_up(session, talk, flow, turn, now)
    if turn.step is None:
        finishing.finish(session, talk, now)
        return
    talking.ask(session, talk, flow, turn, now, hold=wait)
