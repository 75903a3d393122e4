"""A report begins: what its words ask is perhaps answered already, or somebody else's ticket is of the same matter.

The one rule: nothing is lost by looking. "Not that" goes on with the very words, and so does silence.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from zalobot import reference
from zalobot.conversations import Talk
from zalobot.errors import Refused
from zalobot.flows import at_once, report_issue
from zalobot.flows.engine import Flow, Turn, question
from zalobot.handlers import agreeing, talking
from zalobot.knowledge import instant, searching
from zalobot.tickets import joining
from zalobot.understanding import Intent, reader_for


def looked_up(session: Session, talk: Talk, flow: Flow, turn: Turn, now: datetime) -> Turn:
    """The turn, with what was found for a description just taken down as its next question."""
    if flow.name != report_issue.NAME or turn.answered != "description":
        return turn
    found = _found(session, talk, now)
    kept = at_once.without(talk.answers, *at_once.FOUND.values())
    talk.answers = {**kept, **found}
    return replace(turn, answers=talk.answers, step=question(flow, talk.answers))


def settled(session: Session, talk: Talk, now: datetime) -> bool:
    """Take note of what was said to something found. True when that ends the report: no ticket is needed."""
    if talk.flow != report_issue.NAME:
        return False
    return _liked(session, talk, now) or _joined(session, talk, now)


def _found(session: Session, talk: Talk, now: datetime) -> dict[str, Any]:
    """A known answer for a question that is sure enough, else an open ticket of the same matter; each offered once."""
    text = str(talk.answers["description"])
    asks = reader_for(reference.current(session)).read(text).intent is Intent.QUESTION
    if asks and at_once.ANSWER not in talk.answers:
        for answer in searching.answers(session, text, now, at_once=True):
            return {at_once.FOUND_ANSWER: instant.noted(answer)}
    if at_once.TICKET not in talk.answers:
        ticket = searching.same_matter(session, text, talk.person_id)
        if ticket is not None:
            return {
                at_once.FOUND_TICKET: {"code": ticket.code, "title": ticket.title, "agencies": list(ticket.agencies)}
            }
    return {}


def _liked(session: Session, talk: Talk, now: datetime) -> bool:
    found, said = talk.answers.get(at_once.FOUND_ANSWER), talk.answers.get(at_once.ANSWER)
    if not found or said is None:
        return False
    instant.record(session, found, right=said == at_once.RIGHT, now=now)
    talk.answers = at_once.without(talk.answers, at_once.FOUND_ANSWER)
    if said != at_once.RIGHT:
        return False
    talk.leave()
    talking.say(session, talk, "at_once/right", now)
    return True


def _joined(session: Session, talk: Talk, now: datetime) -> bool:
    """Joining keeps who joined, so it waits for the consent. A ticket that has ended meanwhile is joined no more."""
    found, said = talk.answers.get(at_once.FOUND_TICKET), talk.answers.get(at_once.TICKET)
    if not found or said != at_once.JOIN or talk.answers.get("consent") != "yes":
        return False
    try:
        made = joining.join(session, found["code"], talk.person_id, now)
    except Refused:
        talk.answers = at_once.without(talk.answers, at_once.FOUND_TICKET)
        return False
    told = agreeing.to_joining(session, talk, found["code"], now)
    talk.leave()
    talking.say(session, talk, "at_once/joined", now, ticket=made, told=told)
    return True
