"""What people send besides words: a row at once; files are fetched soon after because Zalo's links die.

The one rule: what was sent is remembered even where it cannot be fetched, with the reason. A place, a contact card and
a link are no files: the row is all there is of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from zalobot.store.database import later
from zalobot.store.ids import new_id
from zalobot.store.models import Attachment, AttachmentState, DoomedFile
from zalobot.zalo.attachments import Attachment as Sent
from zalobot.zalo.events import Event

FETCHED = ("image", "file", "video", "audio", "gif")
ATTEMPTS = 8

_table = Attachment.__table__  # type: ignore[attr-defined]
_insert = _table.insert()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file still to be fetched."""

    id: str
    url: str
    name: str
    attempts: int


def want(session: Session, event: Event, now: datetime) -> tuple[dict[str, Any], ...]:
    """Remember what hangs on a message; gives back what a flow's answer keeps of each."""
    files = []
    for sent in event.attachments:
        fetched = sent.kind in FETCHED and bool(sent.url)
        name, url = (sent.name, sent.url) if fetched else _noted(sent)
        if not url:
            continue
        row_id = new_id()
        later(
            session,
            _insert,
            {
                "id": row_id,
                "person_id": event.person_id,
                "kind": sent.kind,
                "url": url,
                "name": name[:300],
                "size": sent.size,
                "content_type": "",
                "state": AttachmentState.WANTED if fetched else AttachmentState.KEPT,
                "error": "",
                "attempts": 0,
                "try_at": now,
                "created_at": now,
            },
        )
        files.append({"id": row_id, "kind": sent.kind, "name": name} | ({"phone": sent.phone} if sent.phone else {}))
    return tuple(files)


def _noted(sent: Sent) -> tuple[str, str]:
    """Name and address of what is no file; no address for what cannot be kept (a sticker, a place without a place)."""
    match sent.kind:
        case "location" if sent.latitude is not None and sent.longitude is not None:
            place = f"{sent.latitude:.6f},{sent.longitude:.6f}"
            return place, f"geo:{place}"
        case "contact" if sent.phone:
            digits = "".join(character for character in sent.phone if character.isdigit())
            return " ".join(filter(None, (sent.name, sent.phone))), f"tel:+{digits}" if digits else ""
        case "link" if sent.url.startswith(("https://", "http://")):
            return sent.description or sent.url, sent.url
    return "", ""


def wanted(session: Session, now: datetime, limit: int = 20) -> list[Wanted]:
    """The files to be fetched now."""
    query = (
        select(_table.c.id, _table.c.url, _table.c.name, _table.c.attempts)
        .where(_table.c.state == AttachmentState.WANTED, _table.c.try_at <= now)
        .order_by(_table.c.try_at)
        .limit(limit)
    )
    return [Wanted(*row) for row in session.execute(query)]


def kept(session: Session, file_id: str, sha256: str, content_type: str, size: int) -> None:
    """The file is in the blob store; that it was to go with somebody who was erased is over.

    Put it once more after this is committed: it may have gone in between.
    """
    session.execute(delete(DoomedFile).where(col(DoomedFile.sha256) == sha256))
    session.execute(
        update(_table)
        .where(_table.c.id == file_id)
        .values(state=AttachmentState.KEPT, sha256=sha256, content_type=content_type, size=size)
    )


def refused(session: Session, file_id: str, reason: str) -> None:
    """The file will never be had (host, size, type): the officer sees that there was one, and why it is missing."""
    session.execute(update(_table).where(_table.c.id == file_id).values(state=AttachmentState.REFUSED, error=reason))


def again(session: Session, file: Wanted, reason: str, now: datetime) -> None:
    """Not this time; later and later, and given up after some hours."""
    if file.attempts + 1 >= ATTEMPTS:
        refused(session, file.id, reason)
        return
    values = {"attempts": file.attempts + 1, "error": reason[:100], "try_at": now + timedelta(minutes=2**file.attempts)}
    session.execute(update(_table).where(_table.c.id == file.id).values(**values))


def assign(session: Session, file_ids: Sequence[str], ticket_id: str, part_number: int | None = None) -> None:
    """These files belong to this ticket."""
    if file_ids:
        statement = update(Attachment).where(col(Attachment.id).in_(file_ids))
        session.execute(statement.values(ticket_id=ticket_id, part_number=part_number))
