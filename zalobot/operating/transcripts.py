"""A conversation as it was: what a person wrote, what the bot, the office and the members of staff said to them.

The one rule: it is read from inbox and outbox as they stand; nothing is kept of it a second time.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot.outbox import OFFICE
from zalobot.outbox.leaving import SIGN
from zalobot.store.models import (
    Attachment,
    AttachmentState,
    Conversation,
    InboxEvent,
    LiveChat,
    OutboxMessage,
    OutboxState,
    TicketState,
)
from zalobot.tickets import finding
from zalobot.zalo.attachments import Attachment as OfZalo
from zalobot.zalo.events import Event, Kind
from zalobot.zalo.messages import Outgoing

MOST: Final = 60  # messages of each side


class Side(StrEnum):
    """Who said it. staff: somebody in Zalo's own inbox; office: somebody of the console."""

    PERSON = "person"
    BOT = "bot"
    STAFF = "staff"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Sent:
    """Something attached. `key` opens the file where we keep it, `missing`: it could not be had from Zalo."""

    kind: str
    name: str = ""
    size: int | None = None
    key: str = ""
    content_type: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `state` is that of ours in the outbox, "" for all others."""

    at: datetime
    side: Side
    text: str
    files: tuple[Sent, ...] = ()
    buttons: tuple[str, ...] = ()
    state: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a person: names, when they last wrote, and their newest tickets as (code, title, state)."""

    person_id: str
    name: str
    business: str
    last_wrote: datetime | None
    staff_until: datetime | None
    tickets: tuple[tuple[str, str, TicketState], ...]


def lines(session: Session, person_id: str, oa_id: str) -> list[Line]:
    """The newest messages of both sides, the oldest first."""
    events = select(InboxEvent).where(col(InboxEvent.person_id) == person_id).order_by(col(InboxEvent.id).desc())
    rows_heard = session.execute(events.limit(2 * MOST)).scalars()
    told = [Event.parse(row.body.encode(), oa_id, row.received_at) for row in rows_heard]
    kept = _kept(session, person_id, {sent.url for event in told for sent in event.attachments if sent.url})
    heard = [line for event in told if (line := _heard(event, kept)) is not None]
    rows = select(OutboxMessage).where(
        col(OutboxMessage.person_id) == person_id,
        col(OutboxMessage.template) != SIGN,
        col(OutboxMessage.state).not_in((OutboxState.MERGED, OutboxState.RESOLVED)),
    )
    said = [_said(row) for row in session.execute(rows.order_by(col(OutboxMessage.id).desc()).limit(MOST)).scalars()]
    return sorted([*heard[MOST - 1 :: -1], *said[::-1]], key=lambda line: line.at)


def about(session: Session, person_id: str) -> About | None:
    """What is known of a person; None where there was never a conversation."""
    talk = session.get(Conversation, person_id)
    if talk is None:
        return None
    tickets = finding.tickets_of(session, person_id, 5)
    business = str(talk.business.get("name", "")) or next((one.business_name for one in tickets), "")
    return About(
        person_id,
        talk.display_name,
        business,
        talk.last_interaction_at,
        talk.with_person_until,
        tuple((one.code, one.title, one.state) for one in tickets),
    )


def mark(session: Session, person_id: str) -> str:
    """What changes whenever something happens in this conversation; with "" in the list of those who wait."""
    chats = select(func.count(), func.max(col(LiveChat.asked_at)), func.sum(col(LiveChat.version)))
    if not person_id:
        return _digest(session.execute(chats).one())
    newest = select(func.max(col(InboxEvent.id))).where(col(InboxEvent.person_id) == person_id)
    ours = (
        select(col(OutboxMessage.id), col(OutboxMessage.state), col(OutboxMessage.seen_at))
        .where(col(OutboxMessage.person_id) == person_id)
        .order_by(col(OutboxMessage.id).desc())
        .limit(3)
    )
    fetched = select(func.count()).where(
        col(Attachment.person_id) == person_id, col(Attachment.state) != AttachmentState.WANTED
    )
    hands = select(col(Conversation.with_person_until)).where(col(Conversation.person_id) == person_id)
    return _digest(
        (
            session.execute(newest).scalar(),
            *session.execute(ours),
            session.execute(fetched).scalar(),
            session.execute(hands).scalar(),
            session.execute(chats.where(col(LiveChat.person_id) == person_id)).one(),
        )
    )


def _digest(seen: Iterable[object]) -> str:
    return hashlib.sha256("|".join(map(str, seen)).encode()).hexdigest()[:16]


def _kept(session: Session, person_id: str, addresses: Collection[str]) -> dict[str, Attachment]:
    """What we keep of what was sent, by Zalo's address of it, which says which message it hung on."""
    if not addresses:
        return {}
    query = select(Attachment).where(col(Attachment.person_id) == person_id, col(Attachment.url).in_(addresses))
    return {row.url: row for row in session.execute(query.order_by(col(Attachment.id))).scalars()}


def _heard(event: Event, kept: Mapping[str, Attachment]) -> Line | None:
    words = event.text or next((sent.description for sent in event.attachments if sent.description), "")
    files = tuple(_sent(sent, kept.get(sent.url)) for sent in event.attachments)
    if event.kind is Kind.MESSAGE:
        return Line(event.at, Side.PERSON, words, files)
    if event.kind is Kind.ECHO and event.admin_id:
        return Line(event.at, Side.STAFF, words, files)
    return None


def _sent(sent: OfZalo, row: Attachment | None) -> Sent:
    name = sent.name or sent.phone
    if row is None:
        return Sent(sent.kind, name, sent.size)
    key = row.id if row.state is AttachmentState.KEPT and row.sha256 else ""
    missing = row.state is AttachmentState.REFUSED
    return Sent(sent.kind, name or row.name, row.size or sent.size, key, row.content_type, missing)


def file(session: Session, person_id: str, key: str) -> Attachment | None:
    """A file that this person sent; None for anybody else's."""
    row = session.get(Attachment, key)
    return row if row is not None and row.person_id == person_id else None


def _said(row: OutboxMessage) -> Line:
    outgoing = Outgoing.from_json(row.body)
    files = tuple(Sent(kind) for kind, there in (("image", outgoing.has_image), ("file", outgoing.has_file)) if there)
    return Line(
        row.sent_at or row.created_at,
        Side.OFFICE if row.template == OFFICE else Side.BOT,
        outgoing.text,
        files,
        tuple(button.title for button in outgoing.buttons),
        str(row.state),
        row.seen_at,
    )
