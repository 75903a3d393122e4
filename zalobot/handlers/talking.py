"""Saying something to the person of a turn: one message, its buttons, held back while more may come.

The one rule: a turn says one thing. A reply still held from the turn before is taken back by the next one.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlmodel import Session

from zalobot import consents, flows, outbox, reference, templating
from zalobot.channels import waiting
from zalobot.conversations import Talk
from zalobot.drafts import DraftFacts
from zalobot.flows import report_issue
from zalobot.flows.engine import Flow, Step, Turn, question, wording
from zalobot.flows.options import Labels
from zalobot.store.models import Officer
from zalobot.templating import Rendered
from zalobot.tickets import answering, facts, finding, telling

BURST = "burst"  # session.info: how long a reply waits for more of the same answer
NUDGE = timedelta(days=1)
AT_ONCE = timedelta(0)
BUTTONS = 5
STUCK = 2


def heard(session: Session, talk: Talk, at: datetime, now: datetime) -> None:
    """The person has done something that opens Zalo's window (a word, a button, a follow; never a receipt, an echo or
    a reaction): remember when, by the event's own time, and let what waits for them leave before the reply."""
    talk.last_interaction_at = max(talk.last_interaction_at or at, at)
    if talk.waiting:
        waiting.release(session, talk, now)


def say(session: Session, talk: Talk, message: str, now: datetime, *, hold: timedelta = AT_ONCE, **things: Any) -> None:
    """Queue a message to this person, in place of one that is still held."""
    queue(session, talk, templating.render(message, **things), now, hold)


def queue(
    session: Session,
    talk: Talk,
    said: Rendered,
    now: datetime,
    hold: timedelta = AT_ONCE,
    check_code: str | None = None,
) -> None:
    """Queue what was rendered; the one still held from before is taken back."""
    if talk.held_reply:
        outbox.withdraw(session, talk.held_reply)
    row_id = outbox.enqueue(session, talk.person_id, said, now=now, hold=hold, check_code=check_code)
    talk.held_reply = row_id if hold else ""


def burst(session: Session) -> timedelta:
    """How long a reply waits for further messages of the same answer."""
    wait: timedelta = session.info.get(BURST, AT_ONCE)
    return wait


def ask(session: Session, talk: Talk, flow: Flow, turn: Turn, now: datetime, *, hold: timedelta = AT_ONCE) -> None:
    """Say what a turn leads to: why nothing was accepted, "more of it?", or the next question."""
    step = flow.by_name[turn.about] if turn.reason else turn.step
    talk.nudge_at = now + NUDGE
    said = worded(session, talk, wording(flow, turn), step, now)
    if turn.reason and talk.misunderstood >= STUCK and not talk.is_staff:
        said = said.changed(_with_a_way_out)
    if turn.answered == "description" and _may_be_urgent(session, turn):
        said = said.changed(_with_the_numbers)
    queue(session, talk, said, now, hold)


def _may_be_urgent(session: Session, turn: Turn) -> bool:
    return report_issue.may_be_urgent(report_issue.understood(reference.current(session), turn.answers))


def _with_the_numbers(said: Rendered) -> Rendered:
    """What may be an emergency is taken down as a matter, and the numbers are told before anything else."""
    return replace(said, text=f"{templating.render('common/if_urgent').text}\n\n{said.text}")


def _with_a_way_out(said: Rendered) -> Rendered:
    """Whoever was not understood twice in a row is told how to reach a person, and how to stop."""
    return replace(said, text=f"{said.text}\n\n{templating.render('common/way_out').text}")


def worded(session: Session, talk: Talk, name: str, step: Step | None, now: datetime) -> Rendered:
    """A question with everything it may speak of, and its options as buttons where they fit."""
    province = reference.current(session)
    things: dict[str, Any] = {"draft": DraftFacts(talk.answers, province)}
    offered = getattr(step, "offered", None)
    options = Labels(partial(offered, talk.answers)) if offered else ()
    things["options"] = options
    if talk.answers.get("part"):
        ticket, part, _ = finding.part_by_code(session, talk.answers["part"])
        things |= telling.things(session, ticket, part, now)
        if talk.answers.get("answer"):
            count = answering.alike(session, part, talk.answers["answer"], now)
            things["draft"] = DraftFacts(talk.answers, province, count)
    said = templating.render(name, **things)
    return said if said.buttons else said.changed(lambda words: with_buttons(words, options))


def with_buttons(said: Rendered, labels: Iterable[str]) -> Rendered:
    """The first options as buttons; their numbers are in the text, so that typing is the same as tapping."""
    numbered = tuple((f"{number}. {label}", label) for number, label in enumerate(islice(labels, BUTTONS), 1))
    return replace(said, buttons=numbered)


def ask_again(session: Session, talk: Talk, now: datetime) -> bool:
    """Ask what is being asked; False where nothing is."""
    flow = current_flow(session, talk)
    step = question(flow, talk.answers) if flow else None
    if flow is None or step is None:
        return False
    ask(session, talk, flow, Turn(talk.answers, step), now)
    return True


def current_flow(session: Session, talk: Talk) -> Flow | None:
    """The flow the person is in; a flow that a newer release no longer has is left."""
    flow = flows.named(reference.current(session), talk.flow) if talk.flow else None
    if flow is None and talk.flow:
        talk.leave()
    return flow


def begin(session: Session, talk: Talk, flow: str, answers: dict[str, Any], now: datetime) -> None:
    """Enter a flow and ask its first question."""
    talk.begin(flow, answers)
    ask_again(session, talk, now)


def report_begins(talk: Talk) -> dict[str, Any]:
    """The answers a report of this person begins with."""
    return report_issue.beginning(consented=consents.agreed(talk), known=talk.business)


def begin_report(session: Session, talk: Talk, now: datetime) -> None:
    """Begin a report of an issue."""
    begin(session, talk, report_issue.NAME, report_begins(talk), now)


def welcome(session: Session, talk: Talk, now: datetime) -> None:
    """Greet: staff with their work, somebody new with the terms, an old friend with what can be done."""
    talk.misunderstood = 0
    if talk.is_staff:
        say(session, talk, "officer/menu", now, officer=staff(session, talk))
    elif not consents.agreed(talk):
        read = not talk.fresh and consents.terms_are_fresh(session, talk.person_id, now)
        say(session, talk, "welcome/consent_again" if read else "welcome/consent", now)
    else:
        say(session, talk, "welcome/hello_again", now)


def officer(session: Session, talk: Talk) -> Officer:
    """The officer this Zalo account belongs to."""
    return session.get_one(Officer, talk.officer_id)


def staff(session: Session, talk: Talk) -> facts.StaffFacts:
    """The officer this conversation is with."""
    return facts.of_staff(session, talk.officer_name, talk.officer_agency)
