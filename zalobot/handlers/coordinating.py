"""What coordinators type: confirm the agencies, say whose a part is, call a matter simple or hard, see what waits."""

from datetime import datetime

from sqlmodel import Session

from zalobot.conversations import Talk
from zalobot.flows import coordinator_part
from zalobot.handlers import talking
from zalobot.rules import Klass
from zalobot.tickets import facts, finding, handing, telling, triage


def confirm(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """The agencies are the right ones."""
    ticket = triage.confirm(session, code.partition("/")[0], talking.officer(session, talk), now)
    made = facts.of_ticket(session, ticket, finding.parts_of(session, ticket), now)
    talking.say(session, talk, "coordinator/confirmed", now, ticket=made)


def begin_decide(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """Whose is it?"""
    triage.check_coordinator(talking.officer(session, talk))
    _, part, _ = finding.part_by_code(session, code)
    talking.begin(session, talk, coordinator_part.DECIDE, {"part": part.code, "seen": part.version}, now)


def begin_class(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """Simple or hard?"""
    triage.check_coordinator(talking.officer(session, talk))
    ticket, parts = finding.locked(session, code.partition("/")[0])
    talking.begin(session, talk, coordinator_part.CLASS, {"part": parts[0].code, "seen": ticket.version}, now)


def decided(session: Session, talk: Talk, now: datetime) -> None:
    """The decision is made."""
    answers = talk.answers
    officer = talking.officer(session, talk)
    ticket, part = handing.decide(
        session, answers["part"], answers["owner"], answers["reason"], officer, now, seen=answers.get("seen")
    )
    talking.say(session, talk, "coordinator/decided", now, **telling.things(session, ticket, part, now))


def class_changed(session: Session, talk: Talk, now: datetime) -> None:
    """The class is changed."""
    answers = talk.answers
    code, officer = answers["part"].partition("/")[0], talking.officer(session, talk)
    klass = Klass(answers["klass"])
    ticket = triage.change_class(session, code, klass, answers["reason"], officer, now, seen=answers.get("seen"))
    made = facts.of_ticket(session, ticket, finding.parts_of(session, ticket), now)
    talking.say(session, talk, "coordinator/class_changed", now, ticket=made)
