"""Who waits for a human and who is talked to by one, for the list of the console."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from zalobot.store.models import Account, Conversation, LiveChat


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person of the list. `asked_at`: they wait since; else somebody talks to them until `until` at least, from the
    console `holder` since `held_since`, or "" in Zalo's own inbox."""

    person_id: str
    name: str
    business: str
    asked_at: datetime | None
    last_wrote: datetime | None
    holder_id: str
    holder: str
    held_since: datetime | None
    until: datetime | None


def listed(session: Session, now: datetime, limit: int = 100) -> list[Waiting]:
    """Those who wait, the longest first, then those who are talked to."""
    held = and_(col(LiveChat.asked_at).is_(None), col(Conversation.with_person_until) > now)
    query = (
        select(LiveChat, Conversation, col(Account.full_name))
        .join(Conversation, col(Conversation.person_id) == col(LiveChat.person_id))
        .outerjoin(Account, col(Account.id) == col(LiveChat.held_by))
        .where(or_(col(LiveChat.asked_at).is_not(None), held))
        .order_by(col(LiveChat.asked_at).is_(None), col(LiveChat.asked_at), col(LiveChat.held_since))
        .limit(limit)
    )
    return [
        Waiting(
            chat.person_id,
            talk.display_name,
            str(talk.business.get("name", "")),
            chat.asked_at,
            talk.last_interaction_at,
            chat.held_by or "",
            holder or "",
            chat.held_since,
            talk.with_person_until,
        )
        for chat, talk, holder in session.execute(query)
    ]
