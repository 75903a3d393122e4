"""What was found for words typed into the search, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zalobot.knowledge.searching import Answer
from zalobot.province import Province
from zalobot.web.list_view import sample_code
from zalobot.web.public_view import agency_name


@dataclass(frozen=True, slots=True)
class Found:
    """An answer. `code` is that of its ticket; one of the knowledge base has a `source` instead."""

    question: str
    answer: str
    agency: str
    source: str
    on: date
    code: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What `public/found.html` shows: the words looked for, and the answers, the best first."""

    words: str
    rows: tuple[Found, ...]
    sample_code: str


def found_page(words: str, answers: Iterable[Answer], province: Province) -> FoundPage:
    """Build the page."""
    rows = tuple(
        Found(one.question, one.answer, agency_name(province, one.agency), one.source, one.on, one.link)
        for one in answers
    )
    return FoundPage(words, rows, sample_code(province))
