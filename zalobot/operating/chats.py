"""Talking to a person from the console: taken over, said, given back.

The one rule: one account holds a conversation; who takes it from a colleague is told that before and says so. While it
is held the bot is silent, as when a member of staff answers in Zalo's own inbox (`tickets/calling.py`).
"""

from datetime import datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col, select

from zalobot import channel_policy, conversations, outbox
from zalobot.accounts import log
from zalobot.channels.choosing import CHAT, Choice, Known, Message, choose
from zalobot.errors import Refused
from zalobot.store.models import Account, Conversation, LiveChat, Person, Priority, Reach
from zalobot.tickets import calling
from zalobot.zalo.messages import TEXT_LIMIT, Outgoing
from zalobot.zalo.splitting import units

MOST: Final = 3 * TEXT_LIMIT  # as Zalo counts; longer words are no chat any more
_known = insert(LiveChat.__table__).on_conflict_do_nothing(index_elements=["person_id"])  # type: ignore[attr-defined]


def take(session: Session, person_id: str, now: datetime, *, by: Account, from_colleague: bool = False) -> None:
    """Hold the conversation: the bot is silent from now on.

    Raises Refused: `no_such_person`; `chat_held` where a colleague holds it, unless `from_colleague`.
    """
    chat = _locked(session, person_id, now)
    holder = holding(session, chat, now)
    if holder not in (None, by.id) and not from_colleague:
        raise Refused("chat_held", name=name_of(session, holder), person=person_id)
    calling.take_over(session, person_id, now, now)
    if holder != by.id:
        log.note(session, "chat_taken", by, now, from_colleague=holder is not None)
        chat.held_by, chat.held_since = by.id, now
        chat.version += 1
    chat.asked_at = None


def say(session: Session, person_id: str, text: str, now: datetime, *, by: Account, may_pay: bool) -> None:
    """Say it to the person as the office, at once, and stay with them. Noted beside their newest open ticket.

    Raises Refused: `chat_not_held`, `chat_empty`, `chat_too_long`, `chat_closed` (Zalo takes nothing now).
    """
    chat = _locked(session, person_id, now)
    if holding(session, chat, now) != by.id:
        raise Refused("chat_not_held", person=person_id)
    words = text.strip()
    if not words:
        raise Refused("chat_empty")
    if units(words) > MOST:
        raise Refused("chat_too_long")
    if way(session, person_id, now, may_pay=may_pay).channel not in CHAT:
        raise Refused("chat_closed", person=person_id)
    outbox.enqueue_message(session, person_id, Outgoing(words), now=now, wording=(outbox.OFFICE, "1"))
    calling.take_over(session, person_id, now, now)
    calling.note(session, person_id, "staff", words, now)


def give_back(session: Session, person_id: str, now: datetime, *, by: Account) -> None:
    """The bot speaks again, and says so. Raises Refused: `chat_not_held` where nobody holds it."""
    _locked(session, person_id, now)
    if not calling.give_back(session, person_id, now):
        raise Refused("chat_not_held", person=person_id)
    log.note(session, "chat_given_back", by, now)


def dismiss(session: Session, person_id: str, now: datetime, *, by: Account) -> None:
    """They wait no longer: somebody reached them otherwise. Raises Refused: `chat_not_asked`."""
    chat = _locked(session, person_id, now)
    if chat.asked_at is None:
        raise Refused("chat_not_asked", person=person_id)
    chat.asked_at = None
    log.note(session, "chat_dismissed", by, now)


def holding(session: Session, chat: LiveChat | None, now: datetime) -> str | None:
    """The account that holds it now; None where nobody of the console does."""
    if chat is None or chat.held_by is None:
        return None
    until = session.exec(
        select(col(Conversation.with_person_until)).where(col(Conversation.person_id) == chat.person_id)
    ).one_or_none()
    return chat.held_by if until is not None and until > now else None


def way(session: Session, person_id: str, now: datetime, *, may_pay: bool) -> Choice:
    """By which way typed words would go to this person now: the free chat, the paid one, or none and why."""
    talk, reach = session.get(Conversation, person_id), session.get(Reach, person_id)
    wrote = talk.last_interaction_at if talk else None
    refused = bool(reach and reach.refused_at and (wrote is None or wrote <= reach.refused_at))
    known = Known(last_interaction=wrote, chat_refused=refused)
    return choose(Message(Priority.REPLY), known, channel_policy.policy(may_pay=may_pay), now)


def name_of(session: Session, account_id: str | None) -> str:
    """The full name of an account, "" for none."""
    account = session.get(Account, account_id) if account_id else None
    return account.full_name if account else ""


def _locked(session: Session, person_id: str, now: datetime) -> LiveChat:
    """The row of a person's chat, made where there is none; the person is locked."""
    if session.get(Person, person_id) is None:
        raise Refused("no_such_person", person=person_id)
    conversations.of(session, person_id, now)
    session.execute(_known, {"person_id": person_id, "version": 1})
    query = select(LiveChat).where(col(LiveChat.person_id) == person_id)
    return session.exec(query.execution_options(populate_existing=True)).one()
