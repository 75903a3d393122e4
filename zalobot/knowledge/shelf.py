"""The indexes of one process: answers and open tickets, kept as fresh as the database.

The one rule: which tickets changed is told by the ledger, whose numbers grow in the order of commits; nothing else is
read again.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from zalobot.knowledge.ranking import Index, Known
from zalobot.store.database import memo
from zalobot.store.models import (
    GONE_TICKET,
    KnowledgeEntry,
    KnowledgeState,
    KnowledgeVersion,
    Part,
    PartState,
    Ticket,
    TicketEvent,
    Tier,
    Verdict,
)
from zalobot.tickets.life import OPEN

SHELF: Final = "answers_known"  # session.info: the shelf that all sessions of a store share
KEPT: Final = 10_000  # the newest tickets that are searched
_UNFIT: Final = (Verdict.GENERIC, Verdict.NOT_MY_QUESTION)  # what its own business says of an answer that is none
_TICKET: Final = (
    col(Ticket.id),
    col(Ticket.code),
    col(Ticket.state),
    col(Ticket.tier),
    col(Ticket.title),
    col(Ticket.public_text),
    col(Ticket.topic),
)
_PART: Final[tuple[Any, ...]] = (
    col(Part.ticket_id),
    col(Part.code),
    col(Part.agency),
    col(Part.state),
    col(Part.public_answer).label("answer"),
    col(Part.answered_at),
    col(Part.verdict),
)


@dataclass(slots=True)
class Shelf:
    """The index of one process: answers and open tickets by their key, and up to where it has read the database."""

    answers: Index = field(default_factory=Index)
    under_way: Index = field(default_factory=Index)
    seen: int = -1
    entries: tuple[int, int] = (-1, -1)
    keys: dict[str, set[str]] = field(default_factory=dict)  # of a ticket: under what it stands in the indexes
    entry_keys: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)


def _of(session: Session) -> Shelf:
    shelf: Shelf = session.info.setdefault(SHELF, Shelf())
    return shelf


def refreshed(session: Session) -> Shelf:
    """The shelf of this process, with what the database has learnt since; looked up once a transaction."""
    shelf = _of(session)
    if memo(session).get(SHELF) is None:
        memo(session)[SHELF] = True
        with shelf.lock:
            _take_entries(session, shelf)
            _take_tickets(session, shelf)
    return shelf


def read_entries(session: Session) -> None:
    """The knowledge base alone, and what it takes to read any text; the answers to tickets come later."""
    shelf = _of(session)
    with shelf.lock:
        _take_entries(session, shelf)


def at_hand(session: Session) -> Shelf | None:
    """The same for a conversation, which holds the database: None while all of it is being read for the first time.

    After a start that takes seconds where there are thousands of answers; nobody's message waits for it.
    """
    shelf = _of(session)
    if shelf.seen < 0:
        if not shelf.lock.acquire(blocking=False):
            return None
        shelf.lock.release()
    return refreshed(session)


def _take_entries(session: Session, shelf: Shelf) -> None:
    """Every version is a row that stays: their number and that of entries say whether anything changed."""
    query = select(func.count(), func.coalesce(func.sum(col(KnowledgeVersion.version)), 0)).select_from(
        KnowledgeVersion
    )
    number, total = session.execute(query).one()
    if (number, total) == shelf.entries:
        return
    active = select(KnowledgeEntry).where(col(KnowledgeEntry.state) == KnowledgeState.ACTIVE)
    rows = {entry.key: entry for entry in session.execute(active).scalars()}
    for key in shelf.entry_keys - set(rows):
        shelf.answers.drop(key)
    for key, entry in rows.items():
        shelf.answers.put(Known(key, tuple(entry.questions), entry.answer))
    shelf.entry_keys, shelf.entries = set(rows), (number, total)


def _take_tickets(session: Session, shelf: Shelf) -> None:
    newest = session.execute(select(func.max(col(TicketEvent.seq)))).scalar()
    if newest is None or newest == shelf.seen:
        return
    if shelf.seen < 0:
        chosen = select(*_TICKET).order_by(col(Ticket.id).desc()).limit(KEPT)
    else:
        changed = select(col(TicketEvent.ticket_id)).where(col(TicketEvent.seq) > shelf.seen)
        chosen = select(*_TICKET).where(col(Ticket.id).in_(changed))
    tickets = session.execute(chosen).all()
    parts: dict[str, list[Any]] = {ticket.id: [] for ticket in tickets}
    for some in _batches([ticket.id for ticket in tickets]):
        for part in session.execute(select(*_PART).where(col(Part.ticket_id).in_(some))):
            parts[part.ticket_id].append(part)
    for ticket in tickets:
        _put_ticket(shelf, ticket, parts[ticket.id])
    shelf.seen = newest


def _batches(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (ids[first : first + size] for first in range(0, len(ids), size))


def _put_ticket(shelf: Shelf, ticket: Row[Any], parts: Sequence[Row[Any]]) -> None:
    for key in shelf.keys.pop(ticket.id, ()):
        shelf.answers.drop(key)
        shelf.under_way.drop(key)
    keys: set[str] = set()
    if ticket.tier != Tier.SEALED and ticket.public_text and ticket.state not in GONE_TICKET:
        questions = (ticket.public_text,)
        for part in parts:
            if is_answer(part):
                shelf.answers.put(Known(part.code, questions, part.answer))
                keys.add(part.code)
        if any(part.state in OPEN for part in parts):
            shelf.under_way.put(Known(ticket.code, questions, ""))
            keys.add(ticket.code)
    if keys:
        shelf.keys[ticket.id] = keys


def is_answer(part: Row[Any] | Part) -> bool:
    """Whether a part has an answer to show: given, and not one that its own business calls none."""
    return (
        bool(part.answer)
        and part.state in (PartState.ANSWERED, PartState.CLOSED)
        and part.answered_at is not None
        and part.verdict not in _UNFIT
    )
