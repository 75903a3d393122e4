"""The files of the documents that the calendar rests on: decisions as they were issued, scanned or as PDF.

The one rule: a document is known by the words the days name it with; whoever sees those words may open its files, so
only what is meant for everybody belongs here. Every process knows them from its next look on (`reference.changed`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import reference
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Account, CalendarDay, CalendarPaper, CalendarVersion, DoomedFile
from zalobot.store.queries import files as kept_files
from zalobot.store.types import storable
from zalobot.zalo.media_types import type_of

TYPES: Final = ("application/pdf", "image/jpeg", "image/png", "image/webp")
LIMIT: Final = 10_000_000  # bytes of a file
MOST: Final = 10  # files of a document: the pages of a scanned decision


@dataclass(frozen=True, slots=True)
class File:
    """A file that was looked into: what it is (`content_type`) says its content, not its name."""

    name: str
    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document, the days of the calendar in force that name it, the versions it made, and its files."""

    source: str
    days: tuple[date, ...]
    versions: tuple[str, ...]
    papers: tuple[CalendarPaper, ...]


def checked(name: str, data: bytes) -> File:
    """A file that may be kept. Raises Refused: `paper_size`, `paper_type`."""
    if not 0 < len(data) <= LIMIT:
        raise Refused("paper_size", limit=LIMIT)
    try:
        content_type = type_of(data, name)
    except Refused:
        content_type = ""
    if content_type not in TYPES:
        raise Refused("paper_type")
    return File(storable(name).strip()[:300], data, content_type)


def attach(
    session: Session, source: str, files: Mapping[str, File], now: datetime, *, by: Account
) -> tuple[CalendarPaper, ...]:
    """These files (by their sha256) are this document; those that are there already stay as they are.

    Put them once more after this is committed: one may have been on its way out. Raises Refused: `no_such_document`
    (nothing in the calendar rests on it), `papers_enough`.
    """
    revision = reference.changing(session)
    if not _named(session, source):
        raise Refused("no_such_document")
    there = {row.sha256 for row in _of(session, source)}
    new = {sha256: file for sha256, file in files.items() if sha256 not in there}
    if len(there) + len(new) > MOST:
        raise Refused("papers_enough", limit=MOST)
    rows = tuple(_row(source, sha256, file, now, by) for sha256, file in new.items())
    session.add_all(rows)
    session.execute(delete(DoomedFile).where(col(DoomedFile.sha256).in_(files)))
    session.flush()
    for row in rows:
        log.note(session, "calendar_paper_added", by, now, paper=row.id, sha256=row.sha256)
    _changed(session, revision)
    return rows


def remove(session: Session, paper_id: str, now: datetime, *, by: Account) -> None:
    """A file was the wrong one: nobody can open it any more. Raises Refused: `no_such_paper`."""
    revision = reference.changing(session)
    row = session.get(CalendarPaper, paper_id)
    if row is None:
        raise Refused("no_such_paper")
    session.delete(row)
    session.flush()
    if not kept_files.in_use(session, [row.sha256]):
        doomed = insert(DoomedFile.__table__)  # type: ignore[attr-defined]
        session.execute(doomed.on_conflict_do_nothing(index_elements=["sha256"]), {"sha256": row.sha256, "since": now})
    log.note(session, "calendar_paper_removed", by, now, paper=row.id, sha256=row.sha256)
    _changed(session, revision)


def one(session: Session, paper_id: str) -> CalendarPaper | None:
    """A file by its key."""
    return session.get(CalendarPaper, paper_id)


def documents(session: Session) -> list[Document]:
    """Every document that the calendar in force or a version of it rests on; those of the latest days first."""
    days: dict[str, list[date]] = {}
    for day in reference.current(session).calendar.days:
        days.setdefault(day.source, []).append(day.date)
    versions: dict[str, list[str]] = {}
    query = select(col(CalendarVersion.source), col(CalendarVersion.version)).order_by(col(CalendarVersion.number))
    for source, version in session.execute(query):
        versions.setdefault(source, []).append(version)
    papers: dict[str, list[CalendarPaper]] = {}
    for row in session.execute(select(CalendarPaper).order_by(col(CalendarPaper.id))).scalars():
        papers.setdefault(row.source, []).append(row)
    found = [
        Document(one, tuple(days.get(one, ())), tuple(versions.get(one, ())), tuple(papers.get(one, ())))
        for one in {**days, **versions, **papers}
        if one
    ]
    return sorted(found, key=lambda document: max(document.days, default=date.min), reverse=True)


def _named(session: Session, source: str) -> bool:
    days = select(func.count()).select_from(CalendarDay).where(col(CalendarDay.source) == source)
    versions = select(func.count()).select_from(CalendarVersion).where(col(CalendarVersion.source) == source)
    return bool(source and (session.execute(days).scalar() or session.execute(versions).scalar()))


def _of(session: Session, source: str) -> Sequence[CalendarPaper]:
    return session.execute(select(CalendarPaper).where(col(CalendarPaper.source) == source)).scalars().all()


def _row(source: str, sha256: str, file: File, now: datetime, by: Account) -> CalendarPaper:
    return CalendarPaper(
        id=new_id(),
        source=source,
        sha256=sha256,
        name=file.name,
        content_type=file.content_type,
        size=len(file.data),
        made_by=by.id,
        made_at=now,
    )


def _changed(session: Session, revision: int) -> None:
    reference.changed(session, replace(reference.current(session), papers=reference.papers(session)), revision)
