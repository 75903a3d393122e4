"""A business writes again while it has a ticket: an addition, a new matter, taking it back, judging an answer.

The one rule: nothing that was written is lost; what is a new matter begins a report with these very words.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot.conversations import Talk
from zalobot.errors import Refused
from zalobot.flows import later_message, report_issue
from zalobot.flows.engine import Said, take_as
from zalobot.handlers import at_once, looking_up, talking
from zalobot.store.models import PartState
from zalobot.tickets import adding, facts, finding, telling

LONG = 20  # words; from here on, with nothing under way, it is plainly a new matter


def candidates(session: Session, talk: Talk, said: Said, now: datetime) -> list[str]:
    """The tickets this may be about, the newest first; none where it is plainly a new matter."""
    under_way, recent = finding.tickets_around(session, talk.person_id, now)
    if not under_way and len(said.text.split()) >= LONG:
        return []
    return [*under_way, *recent][:3]


def add(session: Session, talk: Talk, now: datetime) -> None:
    """It belongs to a ticket: its agencies are told."""
    answers = talk.answers
    files = [file["id"] for file in answers["files"]["files"]]
    ticket = adding.add(session, answers["which"], talk.person_id, answers["addition"], files, now)
    made = facts.of_ticket(session, ticket, finding.parts_of(session, ticket), now)
    talking.say(session, talk, "same_or_new/added", now, ticket=made)


def new_report(session: Session, talk: Talk, now: datetime) -> None:
    """It is a new matter: a report begins with what was written."""
    text, files = talk.answers["addition"], talk.answers["files"]["files"]
    talk.leave()
    talk.begin(report_issue.NAME, talking.report_begins(talk))
    talk.answers = {**talk.answers, "files": {"files": files, "done": True}} if files else talk.answers
    flow = talking.current_flow(session, talk)
    if flow is None or not text:
        talking.ask_again(session, talk, now)
        return
    turn = take_as(flow, talk.answers, Said(text), "description")
    talk.answers = turn.answers
    turn = at_once.looked_up(session, talk, flow, turn, now)
    talking.ask(session, talk, flow, turn, now)


def begin_withdraw(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """Ask once more before a report is taken back."""
    ticket, parts = finding.locked(session, code.partition("/")[0])
    if ticket.person_id != talk.person_id:
        raise Refused("no_such_ticket", code=code)
    talking.begin(session, talk, later_message.WITHDRAW, {"part": parts[0].code}, now)


def withdraw_what(session: Session, talk: Talk, now: datetime) -> None:
    """ "Rút" without a code: the only ticket under way, else the list to choose from."""
    under_way, _ = finding.tickets_around(session, talk.person_id, now)
    if len(under_way) == 1:
        begin_withdraw(session, talk, under_way[0], now)
    else:
        looking_up.show_mine(session, talk, now)


def withdrawn(session: Session, talk: Talk, now: datetime) -> None:
    """The report is taken back."""
    made = adding.withdraw(session, talk.answers["part"], talk.person_id, now)
    talking.say(session, talk, "status/withdrawn", now, ticket=made)


def judge(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """One answer again, with the buttons to judge it."""
    ticket, part, _ = finding.part_by_code(session, code)
    if talk.person_id in ticket.joined:
        raise Refused("only_joined", code=ticket.code)
    if talk.person_id not in telling.audience(ticket):
        raise Refused("no_such_ticket", code=code)
    if part.state is not PartState.ANSWERED:
        raise Refused("not_answered_yet", part=part.code)
    talking.say(session, talk, "status/answered", now, **telling.things(session, ticket, part, now))
