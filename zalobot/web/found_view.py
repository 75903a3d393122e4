"""What was found for words typed into the search, as plain values.

The one rule: tickets, whether answered or not, and kept answers stand in one list, by how much of the words they have.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from zalobot.knowledge import searching
from zalobot.knowledge.ranking import LOOKED_AT
from zalobot.province import Province
from zalobot.store.queries import public
from zalobot.store.queries.public_rows import Filter, PublicTicket
from zalobot.web.home_view import excerpt
from zalobot.web.list_view import Asked, ListPage, Row, blank, narrowing, rows
from zalobot.web.public_view import agency_name

MOST = 20  # rows of a page
FEW = 10  # more are read than are shown: one may be withdrawn just now
DEEP = 500  # of each kind, those that a filter chooses from


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket (`row`, and the beginning of its latest answer, if any), or a kept answer with its source."""

    row: Row | None
    answer: str
    question: str = ""
    agency: str = ""
    source: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What `public/found.html` shows. `close` is False where these are only the nearest; `around` is the filter.

    `more` says that there are others that fit; `looked_at` how many of the newest tickets were searched, None for all.
    """

    words: str
    found: tuple[Found, ...]
    close: bool
    around: ListPage
    more: bool = False
    looked_at: int | None = None


def found_page(session: Session, wanted: Asked, now: datetime, province: Province) -> FoundPage:
    """Look for the words, within the filter of the address; the best first."""
    narrowed = narrowing(wanted, province)
    near = searching.near(session, wanted.words, DEEP if narrowed != Filter() else LOOKED_AT)
    kept: dict[str, searching.Answer] = {}
    if not (narrowed.topics or narrowed.state):  # a kept answer has neither
        kept = searching.entries(session, near.keys, now, narrowed.agency)
    keys = near.keys
    if narrowed != Filter():
        fit = public.fitting(session, keys, narrowed, now) | kept.keys()
        keys = tuple(key for key in keys if key in fit)
    tickets = public.of_codes(session, keys[: MOST + FEW])
    found = [
        _ticket(tickets[key], now, province) if key in tickets else _entry(kept[key], province)
        for key in keys[: MOST + FEW]
        if key in tickets or key in kept
    ]
    more = near.cut or len(keys) > MOST + FEW or len(found) > MOST
    return FoundPage(wanted.words, tuple(found[:MOST]), near.close, blank(wanted, province), more, near.looked_at)


def _ticket(ticket: PublicTicket, now: datetime, province: Province) -> Found:
    (row,) = rows((ticket,), now, province)
    said = [part for part in ticket.parts if part.answered_at and part.answer]
    latest = max(said, key=lambda part: part.answered_at or now, default=None)
    return Found(row, excerpt(latest.facts.get("conclusion") or latest.answer) if latest else "")


def _entry(one: searching.Answer, province: Province) -> Found:
    return Found(None, one.answer, one.question, agency_name(province, one.agency), one.source, one.on)
