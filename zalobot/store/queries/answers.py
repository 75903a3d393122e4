"""The public answers, the latest first: for the first page, and page by page for the feed.

The one rule: parts are chosen before tickets are looked at. SQLite else reads all of them, to spare itself looking up
each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlmodel import Session, col

from zalobot.store.models import Part, Ticket, Tier
from zalobot.store.queries.public import TICKET, with_parts
from zalobot.store.queries.public_rows import PublicTicket

_MANY: Final = 20  # times as many parts as are shown; were more of them sealed, the list would only be shorter
_INSTANT: Final = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer everybody may read, with its ticket's code and title. `conclusion` is '' where there is none."""

    code: str
    number: int
    title: str
    agency: str
    conclusion: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A place between answers: beside the one of this instant and this code of a part. It stays where it is, whatever
    becomes of that answer."""

    at: datetime
    code: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):{_INSTANT}}.{self.code}"

    @classmethod
    def read(cls, text: str) -> Self:
        """From an address; raises ValueError for what is none."""
        instant, dot, code = text.partition(".")
        if not dot:
            raise ValueError(text)
        return cls(datetime.strptime(instant, _INSTANT).replace(tzinfo=UTC), code)


@dataclass(frozen=True, slots=True)
class Page:
    """Some answers, the latest first, and the places before and after which there are others."""

    answers: tuple[Answer, ...]
    older: Place | None
    newer: Place | None


def latest_answers(session: Session, limit: int) -> tuple[PublicTicket, ...]:
    """The public tickets answered last (wholly or in part), the latest first."""
    newest = select(col(Part.ticket_id)).where(col(Part.id).in_(newest_answers(limit)))
    found = session.execute(newest.order_by(col(Part.answered_at).desc())).scalars()
    ids = list(dict.fromkeys(found))
    shown = select(*TICKET).where(col(Ticket.id).in_(ids), col(Ticket.tier) != Tier.SEALED)
    rows = {row.id: row for row in session.execute(shown)}
    return with_parts(session, [rows[ticket_id] for ticket_id in ids if ticket_id in rows][:limit])


def newest_answers(limit: int, *which: ColumnElement[bool]) -> Select[Any]:
    """The ids of the parts answered last, more than `limit`: some are of one ticket, some of sealed ones."""
    answered = (col(Part.answered_at).is_not(None), *which)
    return select(col(Part.id)).where(*answered).order_by(*_order(newest=True)).limit(limit * _MANY)


def page(session: Session, size: int, *, before: Place | None = None, after: Place | None = None) -> Page:
    """The answers before (older than) a place, those after it, or the newest."""
    rows = list(_rows(session, size + 1, before, after))
    more, rows = len(rows) > size, rows[:size]
    if after:
        rows.reverse()
    answers = tuple(_answer(row) for row in rows)
    older = _place(rows[-1]) if rows and (more or after) else None
    newer = _place(rows[0]) if rows and (before or (after and more)) else None
    return Page(answers, older, newer)


def _rows(session: Session, limit: int, before: Place | None, after: Place | None) -> Sequence[Row[Any]]:
    chosen = select(col(Part.id)).where(col(Part.answered_at).is_not(None), *_beside(before, after))
    chosen = chosen.order_by(*_order(newest=not after)).limit(limit * _MANY)
    columns: tuple[Any, ...] = (
        col(Ticket.code).label("of"),
        col(Ticket.title),
        col(Part.code),
        col(Part.number),
        col(Part.agency),
        col(Part.public_answer),
        col(Part.answer_facts),
        col(Part.answered_at),
    )
    shown = (col(Part.id).in_(chosen), col(Ticket.tier) != Tier.SEALED)
    query = select(*columns).join(Ticket, col(Ticket.id) == col(Part.ticket_id)).where(*shown)
    return session.execute(query.order_by(*_order(newest=not after)).limit(limit)).all()


def _beside(before: Place | None, after: Place | None) -> tuple[ColumnElement[bool], ...]:
    """The instant alone leads into the index; the code settles who of one instant comes first."""
    at, code = col(Part.answered_at), col(Part.code)
    if before:
        return at <= before.at, or_(at < before.at, code < before.code)
    if after:
        return at >= after.at, or_(at > after.at, code > after.code)
    return ()


def _order(*, newest: bool) -> tuple[ColumnElement[Any], ...]:
    if newest:
        return col(Part.answered_at).desc(), col(Part.code).desc()
    return col(Part.answered_at).asc(), col(Part.code).asc()


def _place(row: Row[Any]) -> Place:
    return Place(row.answered_at, row.code)


def _answer(row: Row[Any]) -> Answer:
    conclusion = str((row.answer_facts or {}).get("conclusion") or "")
    return Answer(row.of, row.number, row.title, row.agency, conclusion, row.public_answer, row.answered_at)
