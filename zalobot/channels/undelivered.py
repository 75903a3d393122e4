"""What reached nobody, for the operator: waiting, given up, or unclear; each with its reason and what was tried.

The one rule: nothing here is tried again by itself. An operator says so, or says that it was settled otherwise; and
what may have arrived is said again only by somebody who has been told that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.store.models import (
    Account,
    Attempt,
    Channel,
    Conversation,
    Officer,
    OutboxMessage,
    OutboxState,
    Ticket,
)
from zalobot.store.types import word

STATES: Final = (OutboxState.WAITING, OutboxState.FAILED, OutboxState.UNCLEAR)
NEVER_LEFT: Final = (OutboxState.WAITING, OutboxState.FAILED)

# As the indexes have them: SQLite takes a partial index only for the very words of its condition.
_listed = col(OutboxMessage.state).in_([word(state) for state in STATES])
_unfinished = col(OutboxMessage.state).in_(
    [word(state) for state in (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)]
)


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt by one channel; `code` is the channel's own, None where nobody knows how it ended."""

    channel: Channel
    at: datetime
    code: int | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that reached nobody, as far as is known. `ticket` is a code, "" for none; `reason` says why.

    `code` is what the last channel refused it with. `name` is how its person calls themselves; `agency` is theirs where
    they are a member of staff, "" for a business, whose `contact` is what they left on the ticket.
    """

    id: str
    state: OutboxState
    person_id: str
    ticket: str
    template: str
    since: datetime
    reason: str
    tried: tuple[Tried, ...]
    code: int | None = None
    body: dict[str, Any] | None = None
    name: str = ""
    agency: str = ""
    staff: bool = False
    contact: str = ""


def listed(session: Session, limit: int = 200) -> list[Undelivered]:
    """The oldest first."""
    return _read(session, _rows().where(_listed).limit(limit))


def page(
    session: Session, state: OutboxState, *, after: str = "", ticket: str = "", limit: int = 50
) -> list[Undelivered]:
    """Those in one state, the oldest first, from the key `after` on; with `ticket` (a code) of this ticket alone."""
    if ticket:  # a ticket has few: they are found by it, and put in order here
        of = col(OutboxMessage.ticket_id) == select(col(Ticket.id)).where(col(Ticket.code) == ticket).scalar_subquery()
        found = _read(session, _rows().order_by(None).where(of, col(OutboxMessage.state) == state))
        return sorted((row for row in found if row.id > after), key=lambda row: row.id)[:limit]
    here = _listed, col(OutboxMessage.state) == word(state), col(OutboxMessage.id) > after
    return _read(session, _rows().where(*here).limit(limit))


def one(session: Session, key: str) -> Undelivered | None:
    """The one with this key, while it is in the list."""
    found = _read(session, _rows().where(col(OutboxMessage.id) == key, _listed))
    return found[0] if found else None


def in_doubt(session: Session) -> int:
    """How many messages are being looked for right now: their outcome may still come to light by itself."""
    unknown = col(OutboxMessage.state) == word(OutboxState.UNKNOWN)
    query = select(func.count()).select_from(OutboxMessage).where(_unfinished, unknown)
    number: int = session.execute(query).scalar_one()
    return number


def attempts(session: Session, keys: Sequence[str]) -> dict[str, tuple[Tried, ...]]:
    """What was tried of each of these messages, in order, but for what the free chat took at once."""
    query = select(Attempt).where(col(Attempt.outbox_id).in_(keys)).order_by(col(Attempt.id))
    found: dict[str, tuple[Tried, ...]] = {}
    for tried in session.execute(query).scalars():
        found[tried.outbox_id] = (*found.get(tried.outbox_id, ()), Tried(tried.channel, tried.at, tried.code))
    return found


def retry(
    session: Session, key: str, now: datetime, *, by: Account | None = None, even_if_arrived: bool = False
) -> None:
    """Try it once more by whatever way is open now, those that refused it included.

    Raises Refused: `may_have_arrived` for an unclear one, unless `even_if_arrived` says that it may be read twice.
    """
    row = _one(session, key)
    if row.state is OutboxState.UNCLEAR and not even_if_arrived:
        raise Refused("may_have_arrived", message=key)
    log.note(session, "message_retried", by, now, message=key, was=str(row.state))
    row.state, row.channel, row.not_before, row.anew_at = OutboxState.QUEUED, Channel.WAIT, now, now
    row.doubts, row.error, row.error_code = 0, None, None


def resolve(session: Session, key: str, note: str, now: datetime, *, by: Account | None = None) -> None:
    """Take it off the list: it was settled otherwise, as `note` says. Raises Refused."""
    row = _one(session, key)
    log.note(session, "message_resolved", by, now, message=key, was=str(row.state))
    row.state, row.error = OutboxState.RESOLVED, f"{now:%Y-%m-%d}: {note}"


def _rows() -> Any:
    return (
        select(
            OutboxMessage,
            col(Ticket.code),
            col(Ticket.contact),
            col(Ticket.person_id),
            col(Conversation.display_name),
            col(Officer.name),
            col(Officer.agency),
        )
        .outerjoin(Ticket, col(Ticket.id) == col(OutboxMessage.ticket_id))
        .outerjoin(Conversation, col(Conversation.person_id) == col(OutboxMessage.person_id))
        .outerjoin(Officer, col(Officer.person_id) == col(OutboxMessage.person_id))
        .order_by(col(OutboxMessage.id))
    )


def _read(session: Session, query: Select[Any]) -> list[Undelivered]:
    rows = session.execute(query).all()
    tried = attempts(session, [row[0].id for row in rows])
    return [
        Undelivered(
            id=message.id,
            state=message.state,
            person_id=message.person_id,
            ticket=code or "",
            template=message.template,
            since=message.created_at,
            reason=message.error or "",
            tried=tried.get(message.id, ()),
            code=message.error_code,
            body=message.body,
            name=officer or called or "",
            agency=agency or "",
            staff=officer is not None,
            contact=(contact or "") if whose == message.person_id else "",
        )
        for message, code, contact, whose, called, officer, agency in rows
    ]


def _one(session: Session, key: str) -> OutboxMessage:
    query = select(OutboxMessage).where(col(OutboxMessage.id) == key).with_for_update()
    row: OutboxMessage | None = session.execute(query).scalar_one_or_none()
    if row is None or row.state not in STATES:
        raise Refused("no_undelivered_message", message=key)
    return row
