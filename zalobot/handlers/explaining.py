"""A head explains a late part: asked by a button, in two answers."""

from datetime import date, datetime

from sqlmodel import Session

from zalobot.conversations import Talk
from zalobot.flows import head_part
from zalobot.handlers import talking
from zalobot.tickets import explaining, finding, telling
from zalobot.workdays import LOCAL


def begin(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """Why is it late?"""
    _, part, _ = finding.part_by_code(session, code)
    explaining.check(part, talking.officer(session, talk), now)
    answers = {"part": part.code, "asked_on": now.astimezone(LOCAL).date().isoformat()}
    talking.begin(session, talk, head_part.EXPLAIN, answers, now)


def explained(session: Session, talk: Talk, now: datetime) -> None:
    """The reason and the new date are public."""
    answers = talk.answers
    officer, day = talking.officer(session, talk), date.fromisoformat(answers["new_date"])
    ticket, part = explaining.explain(session, answers["part"], answers["reason"], day, officer, now)
    talking.say(session, talk, "officer/explained", now, **telling.things(session, ticket, part, now))
