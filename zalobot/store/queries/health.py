"""What health and metrics read: how much waits, how long, and how old the tokens are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from zalobot.store.models import Conversation, InboxEvent, InboxState, OaToken, OutboxMessage, OutboxState

WAITING = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has not been done yet, and since when. `outbox` counts unfinished and failed messages by state."""

    inbox: int
    inbox_since: datetime | None
    inbox_failed: int
    outbox: dict[str, int]
    outbox_since: datetime | None


@dataclass(frozen=True, slots=True)
class TokenHealth:
    """The token pair as far as health goes: never the tokens themselves."""

    obtained_at: datetime
    expires_at: datetime
    status: str
    failing_since: datetime | None


def backlog(session: Session, now: datetime) -> Backlog:
    """Count what waits in inbox and outbox; a message that may not go before later is not late.

    Nor is one to a person with whom a member of staff is talking.
    """
    new = session.execute(
        select(func.count(), func.min(col(InboxEvent.id))).where(col(InboxEvent.state) == InboxState.NEW)
    ).one()
    failed = select(func.count()).select_from(InboxEvent).where(col(InboxEvent.state) == InboxState.FAILED)
    states = select(col(OutboxMessage.state), func.count()).group_by(col(OutboxMessage.state))
    waiting = states.where(col(OutboxMessage.state).in_((*WAITING, OutboxState.UNCLEAR, OutboxState.FAILED)))
    hushed = exists().where(
        col(Conversation.person_id) == col(OutboxMessage.person_id), col(Conversation.with_person_until) > now
    )
    could_go = select(func.min(col(OutboxMessage.not_before))).where(
        col(OutboxMessage.state) == OutboxState.QUEUED, col(OutboxMessage.not_before) <= now, ~hushed
    )
    return Backlog(
        inbox=new[0],
        inbox_since=session.execute(
            select(col(InboxEvent.received_at)).where(col(InboxEvent.id) == new[1])
        ).scalar_one_or_none(),
        inbox_failed=session.execute(failed).scalar_one(),
        outbox={str(state): number for state, number in session.execute(waiting)},
        outbox_since=session.execute(could_go).scalar_one(),
    )


def token(session: Session, oa_id: str) -> TokenHealth | None:
    """The token pair of an Official Account; None when there is none yet."""
    row = session.execute(
        select(
            col(OaToken.obtained_at), col(OaToken.expires_at), col(OaToken.status), col(OaToken.failing_since)
        ).where(col(OaToken.oa_id) == oa_id)
    ).one_or_none()
    return TokenHealth(*row) if row else None
