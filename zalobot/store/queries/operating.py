"""What needs a hand of the operators now: counted for the side list and the first page.

The one rule: every count goes along an index and stops at a thousand, so that a bad day does not make the page slow.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from zalobot.store.models import (
    Conversation,
    InboxEvent,
    InboxState,
    KnowledgeEntry,
    KnowledgeState,
    LiveChat,
    OutboxMessage,
    OutboxState,
    WordingState,
    WordingVersion,
)
from zalobot.store.types import word

MOST: Final = 1000
# As the index has it: SQLite takes a partial index only for the very words of its condition.
_listed = col(OutboxMessage.state).in_(
    [word(state) for state in (OutboxState.WAITING, OutboxState.FAILED, OutboxState.UNCLEAR)]
)


@dataclass(frozen=True, slots=True)
class Wanting:
    """`failed` and `unclear` messages are an operator's to decide on; `waiting` ones leave by themselves when the
    person writes. `to_release`: words that whoever looks may release; `own_words`: theirs, which only others may.
    `asked`: people who wait for a human, the first since `asked_since`. MOST stands for that many or more."""

    failed: int = 0
    unclear: int = 0
    waiting: int = 0
    events: int = 0
    asked: int = 0
    asked_since: datetime | None = None
    held: int = 0
    to_release: int = 0
    own_words: int = 0
    past_review: int = 0

    @property
    def messages(self) -> int:
        """The messages that somebody has to decide on."""
        return min(self.failed + self.unclear, MOST)


def wanting(session: Session, today: date, now: datetime, me: str = "") -> Wanting:
    """What wants a hand of the account `me` at `now`."""
    states = OutboxState.FAILED, OutboxState.UNCLEAR, OutboxState.WAITING
    failed, unclear, waiting = (_count(session, _messages(state)) for state in states)
    asked = select(func.count(), func.min(col(LiveChat.asked_at))).where(col(LiveChat.asked_at).is_not(None))
    waits, since = session.execute(asked).one()
    return Wanting(
        failed,
        unclear,
        waiting,
        events=_count(session, select(col(InboxEvent.id)).where(col(InboxEvent.state) == word(InboxState.FAILED))),
        asked=waits,
        asked_since=since,
        held=_count(session, _held(now)),
        to_release=_count(session, _asked_for(col(WordingVersion.author_id) != me)),
        own_words=_count(session, _asked_for(col(WordingVersion.author_id) == me)),
        past_review=_count(session, _past_review(today)),
    )


def _count(session: Session, rows: Select[Any]) -> int:
    number: int = session.execute(select(func.count()).select_from(rows.limit(MOST).subquery())).scalar_one()
    return number


def _messages(state: OutboxState) -> Select[Any]:
    return select(col(OutboxMessage.id)).where(_listed, col(OutboxMessage.state) == word(state))


def _held(now: datetime) -> Select[Any]:
    talks = select(col(LiveChat.person_id)).join(Conversation, col(Conversation.person_id) == col(LiveChat.person_id))
    return talks.where(col(LiveChat.held_by).is_not(None), col(Conversation.with_person_until) > now)


def _asked_for(whose: ColumnElement[bool]) -> Select[Any]:
    return select(col(WordingVersion.id)).where(col(WordingVersion.state) == word(WordingState.WAITING), whose)


def _past_review(today: date) -> Select[Any]:
    return select(col(KnowledgeEntry.id)).where(
        col(KnowledgeEntry.state) == KnowledgeState.ACTIVE, col(KnowledgeEntry.review) < today
    )
