"""What reached nobody, for the operator: waiting, given up, or unclear; each with its reason and what was tried.

The one rule: nothing here is tried again by itself. An operator says so, or says that it was settled otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.errors import Refused
from zalobot.store.models import Attempt, Channel, OutboxMessage, OutboxState, Ticket

STATES = (OutboxState.WAITING, OutboxState.FAILED, OutboxState.UNCLEAR)
NEVER_LEFT = (OutboxState.WAITING, OutboxState.FAILED)


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt by one channel; `code` is the channel's own, None where nobody knows how it ended."""

    channel: Channel
    at: datetime
    code: int | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that reached nobody, as far as is known. `ticket` is a code, "" for none; `reason` says why."""

    id: str
    state: OutboxState
    person_id: str
    ticket: str
    template: str
    since: datetime
    reason: str
    tried: tuple[Tried, ...]


def listed(session: Session, limit: int = 200) -> list[Undelivered]:
    """The oldest first."""
    query = (
        select(OutboxMessage, col(Ticket.code))
        .outerjoin(Ticket, col(Ticket.id) == col(OutboxMessage.ticket_id))
        .where(col(OutboxMessage.state).in_(STATES))
        .order_by(col(OutboxMessage.id))
        .limit(limit)
    )
    rows = [(row, code or "") for row, code in session.execute(query)]
    tried = attempts(session, [row.id for row, _ in rows])
    return [
        Undelivered(
            row.id, row.state, row.person_id, code, row.template, row.created_at, row.error or "", tried.get(row.id, ())
        )
        for row, code in rows
    ]


def attempts(session: Session, keys: Sequence[str]) -> dict[str, tuple[Tried, ...]]:
    """What was tried of each of these messages, in order, but for what the free chat took at once."""
    query = select(Attempt).where(col(Attempt.outbox_id).in_(keys)).order_by(col(Attempt.id))
    found: dict[str, tuple[Tried, ...]] = {}
    for one in session.execute(query).scalars():
        found[one.outbox_id] = (*found.get(one.outbox_id, ()), Tried(one.channel, one.at, one.code))
    return found


def retry(session: Session, key: str, now: datetime) -> None:
    """Try it once more by whatever way is open now, those that refused it included. Raises Refused."""
    row = _one(session, key)
    row.state, row.channel, row.not_before, row.anew_at = OutboxState.QUEUED, Channel.WAIT, now, now
    row.doubts, row.error, row.error_code = 0, None, None


def resolve(session: Session, key: str, note: str, now: datetime) -> None:
    """Take it off the list: it was settled otherwise, as `note` says. Raises Refused."""
    row = _one(session, key)
    row.state, row.error = OutboxState.RESOLVED, f"{now:%Y-%m-%d}: {note}"


def _one(session: Session, key: str) -> OutboxMessage:
    query = select(OutboxMessage).where(col(OutboxMessage.id) == key).with_for_update()
    row: OutboxMessage | None = session.execute(query).scalar_one_or_none()
    if row is None or row.state not in STATES:
        raise Refused("no_undelivered_message", message=key)
    return row
