"""Older tickets by their words, packed tightly: pairs of words are not written down, and words are numbers.

The one rule: pure, and it only proposes, like `ranking`, with the same measures of likeness and coverage. How rare a
pair is, it takes from the rarer of its words.
"""

import heapq
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from zalobot.knowledge.ranking import PAIR, TOO_COMMON, Match
from zalobot.knowledge.reading import read

FAINT: Final = 0.25  # of the weight looked for: what has no more than this of it need not be found
CROWD: Final = 5_000  # where only words are looked for that most tickets have, the newest of these are ranked
_Feature = int | tuple[int, int]  # a word, or two neighbours


class _Doc(NamedTuple):
    """A ticket: the numbers of its words in their order, and those of each of its answers."""

    key: str
    text: "array[int]"
    answers: "tuple[array[int], ...]"


@dataclass(slots=True, eq=False)
class Older:
    """Tickets by their words. They are put in the newest first; what was put in is dropped, never changed."""

    _numbers: dict[str, int] = field(default_factory=dict)
    _where: "list[array[int]]" = field(default_factory=list)
    _docs: list[_Doc | None] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._places)

    def knows(self, word: str) -> bool:
        """Whether any ticket had this word."""
        return word in self._numbers

    def put(self, key: str, text: str, answers: Iterable[str]) -> None:
        """Take in a ticket that is not there yet."""
        doc = _Doc(key, self._packed(text), tuple(self._packed(one) for one in answers))
        place = self._places[key] = len(self._docs)
        self._docs.append(doc)
        for word in {*doc.text, *(word for answer in doc.answers for word in answer)}:
            self._where[word].append(place)

    def drop(self, key: str) -> None:
        """Forget a ticket and its words; nothing where it is not in."""
        place = self._places.pop(key, None)
        if place is not None:
            self._docs[place] = None

    def search(self, words: Sequence[str], limit: int) -> list[Match]:
        """The tickets that have most of these words (what `read` makes of a text), the newest first among equals."""
        if not self._places or not words:
            return []
        asked = [self._numbers.get(word, -number) for number, word in enumerate(words, 1)]
        near = heapq.nsmallest(limit, self._scores(asked).items(), key=lambda item: (-item[1], item[0]))
        compared = _Compared(self, asked)
        docs = (self._docs[place] for place, _ in near)
        return [compared.match(doc) for doc in docs if doc is not None]

    def weight(self, word: int) -> float:
        """What a word weighs: a rare one more, one that nobody used (its number is negative) most."""
        seen = len(self._where[word]) if word >= 0 else 0
        return math.log(1 + (len(self._places) + 0.5) / (seen + 0.5))

    def _packed(self, text: str) -> "array[int]":
        packed = array("I")
        for word in read(text):
            number = self._numbers.setdefault(word, len(self._where))
            if number == len(self._where):
                self._where.append(array("I"))
            packed.append(number)
        return packed

    def _scores(self, asked: Sequence[int]) -> dict[int, float]:
        """What speaks for each ticket. The rarest words find it; those that are too common, or that alone would be too
        little, only speak for what was found, unless nothing else was."""
        weights = {word: self.weight(word) for word in asked}
        known = sorted((word for word in weights if word >= 0), key=lambda word: len(self._where[word]))
        common, spare = TOO_COMMON * len(self._docs), FAINT * sum(weights.values())
        scores: dict[int, float] = {}
        left = sum(weights[word] for word in known)
        for word in known:
            here = self._where[word]
            if scores and (left <= spare or len(here) > common):
                found: Iterable[int] = _both(scores, here)
            else:
                found = here if len(here) <= common else here[:CROWD]
            for place in found:
                scores[place] = scores.get(place, 0.0) + weights[word]
            left -= weights[word]
        return scores


def _both(places: Mapping[int, float], here: "array[int]") -> list[int]:
    """Those of these places that stand in a sorted array."""
    if len(places) > len(here) // 8:
        return list(places.keys() & set(here))
    at = ((place, bisect_left(here, place)) for place in places)
    return [place for place, n in at if n < len(here) and here[n] == place]


class _Compared:
    """What was asked, compared with tickets as wholes."""

    def __init__(self, older: Older, asked: Sequence[int]) -> None:
        self._older = older
        self._known: dict[_Feature, float] = {}
        self.asked = {one: self._weight(one) for one in _features(asked)}
        self.whole = sum(self.asked.values())

    def match(self, doc: _Doc) -> Match:
        """How much of what was asked the ticket or its answers have, and how alike ticket and question are."""
        text = _features(doc.text)
        there = text.union(*(_features(answer) for answer in doc.answers))
        coverage = sum(weight for one, weight in self.asked.items() if one in there) / self.whole
        both = text & self.asked.keys()
        common = sum(self.asked[one] for one in both)
        likeness = 2 * common / (self.whole + common + sum(map(self._weight, text - both)))
        return Match(doc.key, coverage + likeness, likeness, coverage=coverage)

    def _weight(self, one: _Feature) -> float:
        weight = self._known.get(one)
        if weight is None:
            words = one if isinstance(one, tuple) else (one,)
            weight = max(map(self._older.weight, words)) * (PAIR if isinstance(one, tuple) else 1)
            self._known[one] = weight
        return weight


def _features(words: Iterable[int]) -> set[_Feature]:
    told = list(words)
    return {*told, *pairwise(told)}
