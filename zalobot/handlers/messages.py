"""A person says something: one turn of their conversation.

The one rule: the order of the rooms below. A human in between comes first, then what works everywhere, then the
question being asked, then what the words themselves say.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from zalobot import attachments, conversations, outbox, templating
from zalobot.conversations import Talk
from zalobot.errors import Refused
from zalobot.flows import business_part
from zalobot.flows.contact import ticket_code
from zalobot.flows.engine import Flow, Said, question
from zalobot.flows.steps import Contact, Phone
from zalobot.flows.who import Who
from zalobot.handlers import amid, asides, commands, idle, speaking, talking, turns
from zalobot.handlers.router import Router
from zalobot.tickets import calling
from zalobot.zalo.events import Event, Kind

router = Router()


@router.on(Kind.MESSAGE)
def message(session: Session, event: Event, now: datetime) -> None:
    """Play one turn of the person's conversation."""
    talk = conversations.of(session, event.person_id, now)
    talking.heard(session, talk, event.at, now)
    conversations.save(session, talk, now)
    said = Said(_words(session, talk, event), attachments.want(session, event, now), event.at.isoformat())
    speaking.note(talk, said.text)
    if talk.with_person(now):
        calling.acknowledge(session, talk, event.message_id, now)
        calling.note(session, talk.person_id, "business", said.text, now)
        return
    if not said.text and not said.files:
        sticker = any(sent.kind == "sticker" for sent in event.attachments)
        talking.say(session, talk, "common/sticker" if sticker else "common/attachment_kind", now)
        return
    answer(session, talk, said, now)


def answer(session: Session, talk: Talk, said: Said, now: datetime) -> None:
    """Play a turn; whoever asked for what cannot be is told why."""
    try:
        play(session, talk, said, now)
    except Refused as refusal:
        talking.say(session, talk, f"refused/{refusal.reason}", now, facts=refusal.facts)


def _words(session: Session, talk: Talk, event: Event) -> str:
    """What was said in words: of a contact card name and number, where that is what is asked for."""
    numbers = [sent.phone for sent in event.attachments if sent.kind == "contact" and sent.phone]
    return " ".join((event.text, *numbers) if numbers and wants_contact(session, talk) else (event.text,)).strip()


def wants_contact(session: Session, talk: Talk) -> bool:
    """Whether the person is being asked how to reach them."""
    flow = talking.current_flow(session, talk)
    return flow is not None and isinstance(question(flow, talk.answers), Contact | Phone | Who)


def play(session: Session, talk: Talk, said: Said, now: datetime) -> None:
    """One turn: what works everywhere, else the question being asked, else the words themselves."""
    text = _typed_twin(session, talk, said.text, now)
    if text != said.text:
        said = replace(said, text=text)
    if said.text and commands.obey(session, talk, said.text, now):
        return
    flow = _still_asked(session, talk, said)
    if not talk.is_staff and asides.answered(session, talk, flow, said, now):
        return
    if flow is None:
        idle.listen(session, talk, said, now)
        return
    if talk.is_staff or not amid.granted(session, talk, flow, said, now):
        turns.go_on(session, talk, flow, said, now)


def _still_asked(session: Session, talk: Talk, said: Said) -> Flow | None:
    """The flow the person is in. Who is asked for a code and tells a matter instead has left the question."""
    flow = talking.current_flow(session, talk)
    told = said.files or len(said.text.split()) >= idle.ENOUGH_WORDS
    if flow is None or flow.name != business_part.LOOK_UP or not told or ticket_code(said.text):
        return flow
    talk.leave()
    return None


def _typed_twin(session: Session, talk: Talk, text: str, now: datetime) -> str:
    """A number typed instead of tapping: what the button of the last message with this number says.

    A question with options of its own reads numbers itself.
    """
    if not (text.isdecimal() and len(text) == 1):
        return text
    flow = talking.current_flow(session, talk)
    step = question(flow, talk.answers) if flow else None
    if step is not None and hasattr(step, "offered"):
        return text
    buttons = tuple((button.title, button.value) for button in outbox.last_offer(session, talk.person_id, now))
    return templating.typed(buttons, text) or text
