"""What works everywhere, whatever is being asked: huỷ, quay lại, menu, gặp cán bộ, and anything with a code.

The one rule: a command is the whole message. Words inside a longer text are that text.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from zalobot import consents, templating
from zalobot.accounts import own_zalo
from zalobot.conversations import Talk
from zalobot.errors import Refused
from zalobot.flows import business_part, officer_part
from zalobot.flows.contact import ticket_code
from zalobot.flows.engine import back
from zalobot.flows.words import is_word
from zalobot.handlers import (
    agreeing,
    coordinating,
    explaining,
    finishing,
    later,
    looking_up,
    opening_web,
    own_data,
    speaking,
    talking,
)
from zalobot.officers import link, read_link_code
from zalobot.store.models import PartState, Verdict
from zalobot.tickets import calling, finding, handing, joining, judging, telling, working
from zalobot.vietnamese import plain

Command = Callable[[Session, Talk, datetime], None]
Coded = Callable[[Session, Talk, str, datetime], None]


def obey(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    """Do what the message commands; False when it is no command."""
    for words, does in EVERYWHERE.items():
        if is_word(text, words):
            does(session, talk, now)
            return True
    if speaking.change(session, talk, text, now):
        return True
    code = read_link_code(text)
    if code:
        _link(session, talk, code, now)
        return True
    if code := own_zalo.read_code(text):
        account = own_zalo.bind(session, talk.person_id, code, now)
        talking.say(session, talk, "studio/bound", now, facts={"account": account.full_name})
        return True
    return _coded(session, talk, text, now)


def _coded(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    code = ticket_code(text) if len(text) <= 80 else ""
    if not code:
        return False
    said = plain(text)
    digits = "".join(character for character in code if character.isalnum()).lower()
    words = " ".join(word for word in said.replace("/", " ").split() if not _of_code(word, digits))
    for kind, does in (STAFF if talk.is_staff else BUSINESS).items():
        if is_word(words, kind):
            does(session, talk, code, now)
            return True
    if not words or is_word(words, "look_up"):
        looking_up.show(session, talk, code, now)
        return True
    return False


def _of_code(word: str, digits: str) -> bool:
    bare = "".join(character for character in word if character.isalnum())
    return bool(bare) and bare in digits and (bare.isdigit() or len(bare) <= 4 or bare == digits)


def _cancel(session: Session, talk: Talk, now: datetime) -> None:
    if not talk.flow:
        talking.say(session, talk, "common/nothing_to_cancel", now)
        return
    message = f"{talk.flow}/cancelled"
    talk.leave()
    talking.say(session, talk, message if templating.current().has(message) else "common/cancelled", now)


def _back(session: Session, talk: Talk, now: datetime) -> None:
    flow = talking.current_flow(session, talk)
    answers = back(flow, talk.answers) if flow else None
    if not answers or answers == talk.answers:
        talking.say(session, talk, "common/nothing_to_go_back", now)
        return
    talk.answers, talk.open_step, talk.open_until = answers, "", None
    talking.ask_again(session, talk, now)


def _menu(session: Session, talk: Talk, now: datetime) -> None:
    """The menu puts a draft aside; "tiếp tục" brings it back."""
    if talk.flow:
        talk.begin("", {})
    if talk.is_staff:
        talking.say(session, talk, "officer/menu", now, officer=talking.staff(session, talk))
    else:
        talking.say(session, talk, "welcome/menu", now)


def _help(session: Session, talk: Talk, now: datetime) -> None:
    talking.say(session, talk, "officer/help" if talk.is_staff else "welcome/help", now)


def _person(session: Session, talk: Talk, now: datetime) -> None:
    """Call a human: the coordinators are told; whoever takes over does so in Zalo's own inbox."""
    at_work = calling.call_person(session, talk, now)
    talking.say(session, talk, "common/person_called" if at_work else "common/person_called_after_hours", now)


def _link(session: Session, talk: Talk, code: str, now: datetime) -> None:
    linked = link(session, talk.person_id, code, now)
    talk.officer_id, talk.officer_name = linked.id, linked.name
    talk.officer_agency, talk.officer_role = linked.agency, linked.role
    talk.leave()
    talking.say(session, talk, "officer/link_done", now, officer=talking.staff(session, talk))


def _my_work(session: Session, talk: Talk, now: datetime) -> None:
    if talk.is_staff:
        looking_up.show_work(session, talk, now)
    else:
        looking_up.show_mine(session, talk, now)


def _accept(session: Session, talk: Talk, code: str, now: datetime) -> None:
    ticket, part = working.accept(session, code, talking.officer(session, talk), now)
    if talk.answers.get("part") == part.code:
        talk.answers = {**talk.answers, "seen": part.version}  # what they wrote so far is not stale by their own doing
    talking.say(session, talk, "officer/accepted", now, **telling.things(session, ticket, part, now))


def _start(flow: str) -> Coded:
    def start(session: Session, talk: Talk, code: str, now: datetime) -> None:
        _, part, _ = finding.part_by_code(session, code)
        officer = talking.officer(session, talk)
        if not (flow == officer_part.NOT_OURS and handing.is_offered(part, officer)):
            working.check_mine(part, officer)
        if part.state in (PartState.ANSWERED, PartState.CLOSED):
            raise Refused("already_answered", part=part.code)
        talking.begin(session, talk, flow, {"part": part.code, "seen": part.version}, now)

    return start


def _judge(verdict: Verdict) -> Coded:
    def judge(session: Session, talk: Talk, code: str, now: datetime) -> None:
        ticket, part = judging.give_verdict(session, code, verdict, talk.person_id, now)
        things = telling.things(session, ticket, part, now)
        if verdict is Verdict.SOLVED:
            talking.say(session, talk, "verdict/thanks_solved", now, **things)
        else:
            talking.begin(session, talk, business_part.VERDICT_REASON, {"part": part.code}, now)

    return judge


def _reply(session: Session, talk: Talk, code: str, now: datetime) -> None:
    ticket, part, _ = finding.part_by_code(session, code)
    if ticket.person_id != talk.person_id:
        raise Refused("no_such_ticket", code=code)
    if part.paused_at is None:
        looking_up.show(session, talk, code, now)
        return
    answers = {"part": part.code, "files": {"files": [], "done": True}}
    talking.begin(session, talk, business_part.REPLY, answers, now)


def _open_web(session: Session, talk: Talk, now: datetime) -> None:
    """The way in on the web, for members of staff: a link of their own that works once."""
    if talk.is_staff:
        opening_web.give(session, talk, "", now)
    else:
        talking.welcome(session, talk, now)


def _join(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """Somebody read a public ticket and has the same trouble."""
    if not consents.agreed(talk):
        talking.say(session, talk, "welcome/consent", now)
        return
    made = joining.join(session, code, talk.person_id, now)
    told = agreeing.to_joining(session, talk, made.ticket.code, now)
    talking.say(session, talk, "at_once/joined", now, ticket=made, told=told)


def _resume(session: Session, talk: Talk, now: datetime) -> None:
    """Go on: with the question being asked, else with what was put aside last."""
    if talk.flow and talking.ask_again(session, talk, now):
        return
    if not (talk.shelf and finishing.take_up(session, talk, now)):
        talking.welcome(session, talk, now)


EVERYWHERE: dict[str, Command] = {
    "cancel": _cancel,
    "back": _back,
    "menu": _menu,
    "help": _help,
    "person": _person,
    "mine": looking_up.show_mine,
    "my_work": _my_work,
    "my_data": own_data.show,
    "unconsent": own_data.begin_unconsent,
    "erase_me": own_data.begin_erase,
    "resume": _resume,
    "notices_on": agreeing.notices_on,
    "notices_off": agreeing.notices_off,
    "privacy": agreeing.privacy,
    "open_web": _open_web,
}
STAFF: dict[str, Coded] = {
    "accept": _accept,
    "answer": _start(officer_part.ANSWER),
    "not_ours": _start(officer_part.NOT_OURS),
    "ask": _start(officer_part.ASK),
    "explain": explaining.begin,
    "open_web": opening_web.give,
    "confirm": coordinating.confirm,
    "decide": coordinating.begin_decide,
    "change_class": coordinating.begin_class,
}
BUSINESS: dict[str, Coded] = {
    "solved": _judge(Verdict.SOLVED),
    "partly": _judge(Verdict.PARTLY),
    "generic": _judge(Verdict.GENERIC),
    "not_my_question": _judge(Verdict.NOT_MY_QUESTION),
    "reply": _reply,
    "withdraw": later.begin_withdraw,
    "judge": later.judge,
    "join": _join,
}
