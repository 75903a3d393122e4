"""The indexes of one process: answers and open tickets, kept as fresh as the database, and all tickets before them.

The one rule: which tickets changed is told by the ledger, whose numbers grow in the order of commits; nothing else is
read again. What is older than the newest tickets is read once, in the background.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from zalobot.knowledge.older import Older
from zalobot.knowledge.ranking import Index, Known
from zalobot.knowledge.reading import read
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
KEPT: Final = 10_000  # the newest tickets, whose answers are shown at once; the older ones are only found by a search
_BATCH: Final = 100  # older tickets of one reading, some hundredths of a second
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
    """The index of one process: answers and open tickets by their key, and up to where it has read the database.

    `below`: the id before which tickets are still to be read for the public search; '' when all are.
    """

    answers: Index = field(default_factory=Index)
    under_way: Index = field(default_factory=Index)
    seen: int = -1
    entries: tuple[int, int] = (-1, -1)
    keys: dict[str, set[str]] = field(default_factory=dict)  # of a ticket: under what it stands in the indexes
    entry_keys: set[str] = field(default_factory=set)
    older: Older = field(default_factory=Older)
    newest: int = KEPT
    below: str = ""
    looked_at: int = 0  # tickets read so far
    changed: set[str] = field(default_factory=set)  # while older ones are read: those that stand elsewhere already
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


def read_older(session: Session) -> bool:
    """Read some of the tickets that are older than the newest, the newest of them first; False when all are read."""
    shelf = refreshed(session)
    below = shelf.below
    if not below:
        return False
    chosen = select(*_TICKET).where(col(Ticket.id) < below).order_by(col(Ticket.id).desc()).limit(_BATCH)
    tickets = session.execute(chosen).all()
    told = [(ticket, parts) for ticket, parts in _with_parts(session, tickets) if _is_shown(ticket)]
    for ticket, parts in told:  # outside the lock, for reading is what takes time; the reader remembers it
        for said in (ticket.public_text, *(part.answer for part in parts)):
            read(said)
    with shelf.lock:
        if shelf.below == below:
            _put_older(shelf, told)
            shelf.below = tickets[-1].id if len(tickets) == _BATCH else ""
            shelf.looked_at += len(tickets)
    return bool(shelf.below)


def _put_older(shelf: Shelf, told: Iterable[tuple[Row[Any], list[Row[Any]]]]) -> None:
    for ticket, parts in told:
        if ticket.id not in shelf.changed:
            shelf.older.put(ticket.code, ticket.public_text, (part.answer for part in parts if is_answer(part)))


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
    first = shelf.seen < 0
    if first:
        chosen = select(*_TICKET).order_by(col(Ticket.id).desc()).limit(shelf.newest)
    else:
        changed = select(col(TicketEvent.ticket_id)).where(col(TicketEvent.seq) > shelf.seen)
        chosen = select(*_TICKET).where(col(Ticket.id).in_(changed))
    tickets = session.execute(chosen).all()
    for ticket, parts in _with_parts(session, tickets):
        _put_ticket(shelf, ticket, parts)
    if first:
        shelf.looked_at = len(tickets)
        shelf.below = tickets[-1].id if len(tickets) == shelf.newest else ""
    shelf.seen = newest


def _with_parts(session: Session, tickets: Sequence[Row[Any]]) -> Iterable[tuple[Row[Any], list[Row[Any]]]]:
    parts: dict[str, list[Row[Any]]] = {ticket.id: [] for ticket in tickets}
    for some in _batches(list(parts)):
        for part in session.execute(select(*_PART).where(col(Part.ticket_id).in_(some))):
            parts[part.ticket_id].append(part)
    return ((ticket, parts[ticket.id]) for ticket in tickets)


def _batches(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (ids[first : first + size] for first in range(0, len(ids), size))


def _put_ticket(shelf: Shelf, ticket: Row[Any], parts: Sequence[Row[Any]]) -> None:
    for key in shelf.keys.pop(ticket.id, ()):
        shelf.answers.drop(key)
        shelf.under_way.drop(key)
    shelf.older.drop(ticket.code)
    if shelf.below:
        shelf.changed.add(ticket.id)
    keys: set[str] = set()
    if _is_shown(ticket):
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


def _is_shown(ticket: Row[Any]) -> bool:
    return ticket.tier != Tier.SEALED and bool(ticket.public_text) and ticket.state not in GONE_TICKET


def is_answer(part: Row[Any] | Part) -> bool:
    """Whether a part has an answer to show: given, and not one that its own business calls none."""
    return (
        bool(part.answer)
        and part.state in (PartState.ANSWERED, PartState.CLOSED)
        and part.answered_at is not None
        and part.verdict not in _UNFIT
    )
