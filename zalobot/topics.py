"""Which known words a text has and what they stand for (a topic, an agency, a decision); longer ones count more. Pure.

The one rule: marks typed must agree, marks not typed may be anything. "thue" can be thuế (tax), "thuê" (rent) cannot.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from zalobot.vietnamese import fold, nfc

_WORD = re.compile(r"\w+")
# A word of several syllables says far more than one syllable, which may belong to many words.
_WEIGHTS = {1: 1.0, 2: 2.5, 3: 4.0}
_LONGEST_WEIGHT = 5.0
_ABBREVIATION = 2.5
_UNMARKED_SYLLABLE = 0.5


class Syllable(NamedTuple):
    """A syllable without marks, and its marks in an order of their own (so that hoá and hóa are one)."""

    bare: str
    marks: str


class Guess(NamedTuple):
    """What a text seems to speak of: a code, how strongly, and the words of the text that say so."""

    code: str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A known word and all codes it speaks for."""

    syllables: tuple[Syllable, ...]
    codes: tuple[str, ...]

    def weight(self, typed: tuple[Syllable, ...]) -> float:
        """How much one match counts for each of the codes."""
        if len(typed) > 1:
            weight = _WEIGHTS.get(len(typed), _LONGEST_WEIGHT)
        elif not self.syllables[0].marks:
            weight = _ABBREVIATION if len(typed[0].bare) > 2 else _WEIGHTS[1]
        else:
            weight = _WEIGHTS[1] if typed[0].marks else _UNMARKED_SYLLABLE
        return weight / len(self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Keywords by their first two syllables, unmarked (by one, where they have only one)."""

    keywords: Mapping[tuple[str, ...], tuple[Keyword, ...]]


def index_of(words: Mapping[str, Iterable[str]]) -> Index:
    """An index of the keywords of each code."""
    codes: dict[tuple[Syllable, ...], list[str]] = {}
    for code, keywords in words.items():
        for keyword in dict.fromkeys(tuple(s for s, _ in syllables(word)) for word in keywords):
            if keyword:
                codes.setdefault(keyword, []).append(code)
    found: dict[tuple[str, ...], list[Keyword]] = {}
    for keyword, owners in codes.items():
        entry = Keyword(keyword, tuple(owners))
        found.setdefault(tuple(s.bare for s in keyword[:2]), []).append(entry)
    return Index({key: tuple(sorted(k, key=lambda w: -len(w.syllables))) for key, k in found.items()})


@lru_cache(maxsize=1024)
def guess(text: str, index: Index) -> tuple[Guess, ...]:
    """What the text speaks of, strongest first; of equals, what is said first. Empty when no word is known.

    A word inside a longer known word is not counted: "bảo hiểm xã hội" does not speak of "xã hội".
    """
    looked_through = _looked_through(text)
    scores: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    counted: set[tuple[Syllable, ...]] = set()
    for start, keyword in _matches(looked_through, index):
        if keyword.syllables in counted:
            continue
        counted.add(keyword.syllables)
        here = looked_through.typed[start : start + len(keyword.syllables)]
        for code in keyword.codes:
            scores[code] = scores.get(code, 0.0) + keyword.weight(tuple(s for s, _ in here))
            words.setdefault(code, []).append(" ".join(word for _, word in here))
    order = {code: place for place, code in enumerate(words)}
    ranked = sorted(scores.items(), key=lambda item: (-item[1], order[item[0]]))
    return tuple(Guess(code, round(score, 3), tuple(words[code])) for code, score in ranked)


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A text as known words are looked for in it: the places of each one or two syllables that may begin one."""

    typed: tuple[tuple[Syllable, str], ...]
    places: Mapping[tuple[str, ...], tuple[int, ...]]
    begins: frozenset[tuple[str, ...]]


@lru_cache(maxsize=256)  # one text is looked through for several kinds of known words
def _looked_through(text: str) -> _Text:
    typed = syllables(text)
    bare = [syllable.bare for syllable, _ in typed]
    places: dict[tuple[str, ...], tuple[int, ...]] = {}
    for place, begin in (*enumerate(pairwise(bare)), *enumerate(zip(bare, strict=True))):
        places[begin] = (*places.get(begin, ()), place)
    return _Text(typed, places, frozenset(places))


def syllables(text: str) -> tuple[tuple[Syllable, str], ...]:
    """The syllables of a text, each with the word as typed."""
    return tuple((_syllable(word), word) for word in _WORD.findall(nfc(text).lower()))


@lru_cache(maxsize=16_384)  # people write with some thousands of syllables; a text costs a tenth this way
def _syllable(word: str) -> Syllable:
    return Syllable(fold(word), _marks(word))


def _marks(word: str) -> str:
    if word.isascii():
        return ""
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(sorted(c for c in decomposed if unicodedata.combining(c) or c == "đ"))


def _matches(text: _Text, index: Index) -> list[tuple[int, Keyword]]:
    """Every keyword in the text that lies in no longer one, in order; of one place a single syllable comes last."""
    found = [
        (start, keyword)
        for begin in text.begins & index.keywords.keys()
        for start in text.places[begin]
        for keyword in index.keywords[begin]
        if _agree(keyword.syllables, text.typed[start : start + len(keyword.syllables)])
    ]
    if len(found) < 2:
        return found
    found.sort(key=lambda item: (item[0], len(item[1].syllables) == 1))
    outermost = _outermost({(start, start + len(keyword.syllables)) for start, keyword in found})
    return [(start, keyword) for start, keyword in found if (start, start + len(keyword.syllables)) in outermost]


def _outermost(spans: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these spans that lie in no longer one."""
    found: set[tuple[int, int]] = set()
    reached = 0
    for first, last in sorted(spans, key=lambda span: (span[0], -span[1])):
        if last > reached:
            found.add((first, last))
            reached = last
    return found


def _agree(keyword: tuple[Syllable, ...], typed: Sequence[tuple[Syllable, str]]) -> bool:
    return len(keyword) == len(typed) and all(
        known.bare == said.bare and (not said.marks or not known.marks or said.marks == known.marks)
        for known, (said, _) in zip(keyword, typed, strict=True)
    )
