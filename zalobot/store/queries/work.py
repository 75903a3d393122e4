"""What the officers' pages read of one part: the part, its ticket, and the files. (The queue is in `queue`.)

The one rule: an agency sees its own parts and those offered to it, with everything the business wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.store.models import Addition, Attachment, Officer, Part, PartState, Ticket

OPEN = (PartState.WAITING, PartState.ACCEPTED, PartState.REOPENED, PartState.PAUSED, PartState.DECLINED)
COLUMNS: tuple[Any, ...] = (
    col(Part.id),
    col(Part.code),
    col(Part.number),
    col(Part.agency),
    col(Part.state),
    col(Part.klass),
    col(Part.clock_started_at),
    col(Part.due_at),
    col(Part.paused_at),
    col(Part.wait_until),
    col(Part.accepted_at),
    col(Part.explained_at),
    col(Part.explain_until),
    col(Part.declined_to),
    col(Part.question),
    col(Part.clock),
    col(Part.version),
    col(Part.officer_id),
    col(Ticket.code).label("ticket_code"),
    col(Ticket.title),
    col(Ticket.topic),
    col(Officer.name).label("officer"),
)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """An open part as its agency sees it. `officer` is who took it up, None for nobody."""

    id: str
    code: str
    number: int
    agency: str
    state: PartState
    klass: str
    clock_started_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    wait_until: datetime | None
    accepted_at: datetime | None
    explained_at: datetime | None
    explain_until: datetime | None
    declined_to: str
    question: str
    clock: int
    version: int
    officer_id: str | None
    ticket_code: str
    title: str
    topic: str
    officer: str | None


@dataclass(frozen=True, slots=True)
class Behind:
    """What an agency of a ticket may read besides its public page: the words as they were written, and the files."""

    ticket_id: str
    title: str
    description: str
    contact: str
    business_name: str
    business: Mapping[str, str]
    tier: str
    additions: tuple[tuple[datetime, str], ...]
    files: tuple["FileRow", ...]
    agencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileRow:
    """Something a business sent besides words: a file we keep (`sha256`), or a place, a card, a link."""

    id: str
    kind: str
    name: str
    url: str
    size: int | None
    sha256: str | None
    content_type: str
    state: str


def behind(session: Session, ticket_code: str) -> Behind | None:
    """What only the agencies of a ticket may read; None where there is no such ticket."""
    row = session.execute(
        select(
            col(Ticket.id),
            col(Ticket.title),
            col(Ticket.description),
            col(Ticket.contact),
            col(Ticket.business_name),
            col(Ticket.business),
            col(Ticket.tier),
        ).where(col(Ticket.code) == ticket_code)
    ).one_or_none()
    if row is None:
        return None
    added = select(col(Addition.created_at), col(Addition.text)).where(col(Addition.ticket_id) == row.id)
    parts = session.execute(select(col(Part.agency), col(Part.declined_to)).where(col(Part.ticket_id) == row.id)).all()
    return Behind(
        ticket_id=row.id,
        title=row.title,
        description=row.description,
        contact=row.contact,
        business_name=row.business_name,
        business=row.business,
        tier=str(row.tier),
        additions=tuple((at, text) for at, text in session.execute(added.order_by(col(Addition.id)))),
        files=_files(session, row.id),
        agencies=frozenset(code for pair in parts for code in pair if code),
    )


def one(session: Session, code: str) -> WorkRow | None:
    """One part, whatever state it is in; None where there is none."""
    query = (
        select(*COLUMNS)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .outerjoin(Officer, col(Officer.id) == col(Part.officer_id))
        .where(col(Part.code) == code)
    )
    row = session.execute(query).one_or_none()
    return WorkRow(**row._mapping) if row else None


def file(session: Session, file_id: str) -> tuple[FileRow, str] | None:
    """A file and the ticket it belongs to; None for none."""
    query = select(*_FILE, col(Ticket.code)).join(Ticket, col(Ticket.id) == col(Attachment.ticket_id))
    row = session.execute(query.where(col(Attachment.id) == file_id)).one_or_none()
    return (FileRow(*row[:-1]), row[-1]) if row else None


_FILE: tuple[Any, ...] = (
    col(Attachment.id),
    col(Attachment.kind),
    col(Attachment.name),
    col(Attachment.url),
    col(Attachment.size),
    col(Attachment.sha256),
    col(Attachment.content_type),
    col(Attachment.state),
)


def _files(session: Session, ticket_id: str) -> tuple[FileRow, ...]:
    query = select(*_FILE).where(col(Attachment.ticket_id) == ticket_id).order_by(col(Attachment.id))
    return tuple(FileRow(*row) for row in session.execute(query))
