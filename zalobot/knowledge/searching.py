"""Finding what is already answered, and open tickets of the same matter.

The one rule: an index proposes keys; what is given back is read from the database right then, masked, and left out if
it may not be shown any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.knowledge.keeping import shown_on
from zalobot.knowledge.ranking import LOOKED_AT, Match
from zalobot.knowledge.reading import read
from zalobot.knowledge.shelf import at_hand, is_answer, refreshed
from zalobot.store.models import GONE_TICKET, KnowledgeEntry, Part, Ticket, TicketState, Tier
from zalobot.workdays import LOCAL

HOLDS: Final = timedelta(days=365)  # a public answer is shown at once for so long; the list of tickets has it for good
ENOUGH: Final = 0.8  # the confidence from which an answer is shown at once
SAME: Final = 0.55  # how alike an open ticket has to be to be offered as the same matter
COVERED: Final = 0.5  # the share of the words looked for, by weight, that a result of the public search has
ALIKE: Final = 0.3  # or how alike its question is
NEAREST: Final = 3  # what is given where nothing comes so near


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known: `key` is that of an entry (then `source` is its document) or the code of the part answered.

    `on` is the day of the answer or of the entry's last change, `link` the code of the ticket where there is one.
    """

    key: str
    question: str
    answer: str
    agency: str
    source: str
    on: date
    link: str
    confidence: float


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A public ticket under way that says nearly the same."""

    code: str
    title: str
    agencies: tuple[str, ...]
    likeness: float


def answers(session: Session, text: str, now: datetime, *, limit: int = 5, at_once: bool = False) -> list[Answer]:
    """The answers to what a text asks, the best first; `at_once`: only a best one that is sure enough to be shown.

    `at_once` does not wait for the first reading of the answers after a start: then it knows none.
    """
    shelf = at_hand(session) if at_once else refreshed(session)
    if shelf is None:
        return []
    with shelf.lock:
        matches = shelf.answers.search(text, limit)
    if at_once:
        matches = [match for match in matches if match.confidence >= ENOUGH][:1]
    return _shown(session, matches, now, at_once=at_once) if matches else []


@dataclass(frozen=True, slots=True)
class Near:
    """What the words of a public search lead to: keys of entries and codes of tickets, the best first.

    `close` is False where nothing has enough of the words: then these are only the nearest. `looked_at` is None where
    all tickets were searched, else how many of the newest were: the older ones are being read, some minutes after a
    start. `cut` says that there may be more than these.
    """

    keys: tuple[str, ...]
    close: bool
    looked_at: int | None = None
    cut: bool = False


def near(session: Session, text: str, most: int = LOOKED_AT) -> Near:
    """Answers, answered tickets, tickets under way and older tickets by the words of a search, each once; of each kind
    no more than `most`."""
    shelf = refreshed(session)
    with shelf.lock:
        words = [word if shelf.older.knows(word) else shelf.answers.used(word) for word in read(text)]
        kinds = (
            shelf.answers.search(text, most),
            shelf.under_way.search(text, most),
            shelf.older.search(words, most),
        )
        looked_at = shelf.looked_at if shelf.below else None
    every = sorted((match for kind in kinds for match in kind), key=lambda one: (-one.coverage - one.likeness, one.key))
    fit = [match for match in every if match.coverage >= COVERED or match.likeness >= ALIKE]
    keys = (match.key.partition("/")[0] for match in fit or every[:NEAREST])
    cut = any(len(kind) == most and kind[-1] in fit for kind in kinds)
    return Near(tuple(dict.fromkeys(keys)), bool(fit), looked_at, cut)


def entries(session: Session, keys: Sequence[str], now: datetime, agency: str = "") -> dict[str, Answer]:
    """The entries of the knowledge base among these keys that may be shown, perhaps only an agency's."""
    today = now.astimezone(LOCAL).date()
    rows = session.execute(select(KnowledgeEntry).where(col(KnowledgeEntry.key).in_(keys))).scalars()
    return {
        row.key: _of_entry(row, 0.0) for row in rows if shown_on(row, today) and (not agency or row.agency == agency)
    }


def same_matter(session: Session, text: str, person_id: str) -> OpenTicket | None:
    """An open public ticket of somebody else that says nearly the same; None where there is none or theirs is it.

    None, too, while all tickets are read for the first time after a start.
    """
    shelf = at_hand(session)
    if shelf is None:
        return None
    with shelf.lock:
        matches = shelf.under_way.search(text, 3, least=SAME)
    for match in matches:
        ticket = session.execute(select(Ticket).where(col(Ticket.code) == match.key)).scalar_one_or_none()
        if ticket is None or person_id in (ticket.person_id, *ticket.followers) or not _may_be_joined(ticket):
            continue
        agencies = session.execute(select(col(Part.agency)).where(col(Part.ticket_id) == ticket.id)).scalars()
        return OpenTicket(ticket.code, ticket.title, tuple(dict.fromkeys(agencies)), match.likeness)
    return None


def _may_be_joined(ticket: Ticket) -> bool:
    ended = (*GONE_TICKET, TicketState.CLOSED, TicketState.ANSWERED)
    return ticket.tier != Tier.SEALED and ticket.state not in ended and bool(ticket.person_id)


def _shown(session: Session, matches: Sequence[Match], now: datetime, *, at_once: bool) -> list[Answer]:
    """The answers of these matches as they are now, in their order; what may not be shown is left out."""
    keys = [match.key for match in matches]
    today = now.astimezone(LOCAL).date()
    entries = session.execute(select(KnowledgeEntry).where(col(KnowledgeEntry.key).in_(keys))).scalars()
    parts = select(Ticket, Part).join(Part, col(Part.ticket_id) == col(Ticket.id)).where(col(Part.code).in_(keys))
    found: dict[str, Answer] = {}
    chances = {match.key: match.confidence for match in matches}
    for entry in entries:
        if shown_on(entry, today):
            found[entry.key] = _of_entry(entry, chances[entry.key])
    for ticket, part in session.execute(parts):
        fresh = part.answered_at is not None and now - part.answered_at <= HOLDS
        public = ticket.tier != Tier.SEALED and ticket.state not in GONE_TICKET and ticket.public_text
        if public and is_answer(part) and (fresh or not at_once):
            found[part.code] = _of_part(ticket, part, chances[part.code])
    return [found[key] for key in keys if key in found]


def _of_entry(entry: KnowledgeEntry, confidence: float) -> Answer:
    on = entry.updated_at.astimezone(LOCAL).date()
    return Answer(entry.key, entry.questions[0], entry.answer, entry.agency, entry.source, on, "", confidence)


def _of_part(ticket: Ticket, part: Part, confidence: float) -> Answer:
    assert part.answered_at is not None  # `is_answer` has seen it
    on = part.answered_at.astimezone(LOCAL).date()
    return Answer(part.code, ticket.title, part.public_answer, part.agency, "", on, ticket.code, confidence)
