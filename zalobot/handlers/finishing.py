"""What happens when the last question of a flow is answered.

The one rule: each flow's end is one verb and one message.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from zalobot import attachments, reference
from zalobot.conversations import Talk
from zalobot.drafts import DraftFacts
from zalobot.errors import Refused, StaleTicket
from zalobot.flows import business_part, coordinator_part, head_part, later_message, officer_part, report_issue
from zalobot.flows import own_data as flow_of_own_data
from zalobot.handlers import agreeing, coordinating, explaining, later, looking_up, own_data, talking
from zalobot.store.models import Part, Ticket, Tier
from zalobot.tickets import finding, handing, judging, opening, telling, working

Finish = Callable[[Session, Talk, datetime], None]


def finish(session: Session, talk: Talk, now: datetime) -> None:
    """Do what the flow was for, leave it, and go on with what was put aside for it.

    Where somebody was quicker the answer is kept, to be sent by one more tap once the person has read what happened.
    """
    ended, answers = talk.flow, talk.answers
    try:
        ENDINGS[ended](session, talk, now)
    except StaleTicket as stale:
        _keep_for_another_tap(talk, stale)
        raise
    except Refused:
        talk.leave()
        raise
    if (talk.flow, talk.answers) != (ended, answers):
        return
    talk.leave()
    if talk.shelf:
        take_up(session, talk, now)


def _keep_for_another_tap(talk: Talk, stale: StaleTicket) -> None:
    """What was written stays to be sent all the same, where it still can be; else the flow is left."""
    if "confirm" not in talk.answers or not stale.facts.get("open"):
        talk.leave()
        return
    stale.facts["kept"] = True
    kept = {name: value for name, value in talk.answers.items() if name != "confirm"}
    talk.answers = {**kept, "seen": stale.facts["version"]}


def take_up(session: Session, talk: Talk, now: datetime) -> bool:
    """Bring back what was put aside last and ask its question again; False where there is nothing to ask."""
    *rest, last = talk.shelf
    talk.shelf, talk.flow, talk.answers = rest, last["flow"], last["answers"]
    return talking.ask_again(session, talk, now)


def _report(session: Session, talk: Talk, now: datetime) -> None:
    province = reference.current(session)
    draft = DraftFacts(talk.answers, province, asks_notices=not talk.notices_version)
    made = opening.open_ticket(
        session,
        opening.Draft(
            person_id=talk.person_id,
            description=draft.description,
            topic=report_issue.topic_of(province, talk.answers),
            agencies=tuple(draft.agencies),
            contact=draft.contact,
            tier=Tier(draft.tier),
            business_name=draft.business,
            business=about(draft.who),
            masks=draft.masks,
            files=tuple(draft.files),
        ),
        now,
    )
    if draft.who:
        talk.business = dict(draft.who)
    agreeing.to_the_name(session, talk, draft, made.ticket.code, now)
    message = "report_issue/sent" if made.parts[0].receipt else "report_issue/past_horizon"
    talking.say(session, talk, message, now, ticket=made, draft=draft)


def about(who: Mapping[str, Any]) -> dict[str, str]:
    """What a business said of itself besides its name."""
    return {name: str(who[name]) for name in ("tax_code", "sector", "commune") if who.get(name)}


def _look_up(session: Session, talk: Talk, now: datetime) -> None:
    looking_up.show(session, talk, talk.answers["code"], now)


def _reply(session: Session, talk: Talk, now: datetime) -> None:
    draft = DraftFacts(talk.answers, reference.current(session))
    ticket, part = working.reply(session, draft.part_code, talk.person_id, draft.description, now)
    attachments.assign(session, draft.files, ticket.id, part.number)
    talking.say(session, talk, "status/reply_noted", now, **telling.things(session, ticket, part, now))


def _verdict_reason(session: Session, talk: Talk, now: datetime) -> None:
    reason = talk.answers["reason"]
    if reason:
        judging.explain_verdict(session, talk.answers["part"], talk.person_id, reason, now)
    talking.say(session, talk, "verdict/reason_noted", now, **telling.things(session, *_of(session, talk), now))


def _answer(session: Session, talk: Talk, now: datetime) -> None:
    answers = talk.answers
    ticket, part = working.answer(
        session, answers["part"], answers["answer"], talking.officer(session, talk), now, seen=answers.get("seen")
    )
    talking.say(session, talk, "officer/answer_sent", now, **telling.things(session, ticket, part, now))


def _not_ours(session: Session, talk: Talk, now: datetime) -> None:
    answers = talk.answers
    ticket, part = handing.decline(
        session,
        answers["part"],
        answers["owner"],
        answers["reason"],
        talking.officer(session, talk),
        now,
        seen=answers.get("seen"),
    )
    talking.say(session, talk, "officer/not_ours_sent", now, **telling.things(session, ticket, part, now))


def _ask(session: Session, talk: Talk, now: datetime) -> None:
    answers = talk.answers
    ticket, part = working.ask_business(
        session, answers["part"], answers["question"], talking.officer(session, talk), now, seen=answers.get("seen")
    )
    talking.say(session, talk, "officer/ask_sent", now, **telling.things(session, ticket, part, now))


def _of(session: Session, talk: Talk) -> tuple[Ticket, Part]:
    ticket, part, _ = finding.part_by_code(session, talk.answers["part"])
    return ticket, part


def _same_or_new(session: Session, talk: Talk, now: datetime) -> None:
    if talk.answers["which"] == later_message.NEW:
        later.new_report(session, talk, now)
    else:
        later.add(session, talk, now)


ENDINGS: dict[str, Finish] = {
    report_issue.NAME: _report,
    business_part.LOOK_UP: _look_up,
    business_part.REPLY: _reply,
    business_part.VERDICT_REASON: _verdict_reason,
    officer_part.ANSWER: _answer,
    officer_part.NOT_OURS: _not_ours,
    officer_part.ASK: _ask,
    head_part.EXPLAIN: explaining.explained,
    later_message.SAME_OR_NEW: _same_or_new,
    later_message.WITHDRAW: later.withdrawn,
    flow_of_own_data.UNCONSENT: own_data.unconsented,
    flow_of_own_data.ERASE: own_data.erased,
    coordinator_part.DECIDE: coordinating.decided,
    coordinator_part.CLASS: coordinating.class_changed,
}
