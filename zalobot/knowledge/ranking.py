"""Which known answers a text asks for: an inverted index in memory, ranked the same whatever the database.

The one rule: pure. It knows questions and answers by a key and never what they may be shown to whom.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from zalobot.knowledge.reading import features, read
from zalobot.knowledge.slips import SHORTEST, Slips

OF_ANSWER: Final = 0.5  # what a word weighs that stands only in the answer
PAIR: Final = 0.35  # what a pair of words weighs beside a word as rare
LOOKED_AT: Final = 60  # of the best by words, those whose questions are compared as wholes
WHOLE: Final = 5.0  # what likeness as a whole weighs beside the words found
# Fitted so that of what is given a chance of 0.8 about eight in ten are right (`zalobot eval search` prints it).
CALIBRATED: Final = (-2.38, 1.54, 1.85)
MOST_LEAD: Final = 2.2
ROUNDED: Final = 1e-9  # sums of the same weights in another order may differ by this
TOO_COMMON: Final = 0.25  # of all answers: a word in more of them finds none


class Known(NamedTuple):
    """An answer as the index takes it in: its key, the ways it is asked for, and the answer."""

    key: str
    questions: tuple[str, ...]
    answer: str


class Match(NamedTuple):
    """An answer found: `score` ranks, `likeness` (0 to 1) says how much of the question and of the text is the same.

    `confidence` is the chance that this is what was asked for; it grows with the lead over the next best. `coverage`
    (0 to 1) says how much of what was asked stands in the answer or its questions.
    """

    key: str
    score: float
    likeness: float
    confidence: float = 0.0
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class _Doc:
    forms: tuple[frozenset[str], ...]
    weights: Mapping[str, float]
    length: int


@dataclass(slots=True, eq=False)
class Index:
    """Known answers by their words. Putting one in or out costs its own words; searching looks at those asked for."""

    docs: dict[str, _Doc] = field(default_factory=dict)
    where: dict[str, dict[str, float]] = field(default_factory=dict)
    _slips: Slips = field(default_factory=Slips)
    _length: int = 0
    _weights: "_Weights" = field(init=False)

    def __post_init__(self) -> None:
        self._weights = _Weights(self)

    def put(self, known: Known) -> None:
        """Take an answer in, in place of what was there under its key."""
        self.drop(known.key)
        doc = _doc(known)
        self.docs[known.key] = doc
        self._weights.clear()
        self._length += doc.length
        for word, weight in doc.weights.items():
            if word not in self.where:
                self.where[word] = {}
                self._slips.put(word)
            self.where[word][known.key] = weight

    def drop(self, key: str) -> None:
        """Take an answer out; nothing where it is not in."""
        doc = self.docs.pop(key, None)
        if doc is None:
            return
        self._weights.clear()
        self._length -= doc.length
        for word in doc.weights:
            del self.where[word][key]
            if not self.where[word]:
                del self.where[word]
                self._slips.drop(word)

    def search(self, text: str, limit: int = 5, least: float = 0.0) -> list[Match]:
        """The answers that fit best, the best first; equals in the order of their keys.

        With `least` those are left out whose likeness is below it. As many are compared as wholes as are wanted.
        """
        asked = self._asked(features(read(text)))
        if not asked or not self.docs:
            return []
        compared = _Compared(asked, self._weights, least)
        scores = self._scores(asked, compared.least)
        near = heapq.nsmallest(max(limit, LOOKED_AT), scores.items(), key=lambda item: (-item[1], item[0]))
        best = near[0][1] if near else 1.0
        alike = [(key, score, compared.likeness(self.docs[key])) for key, score in near]
        found = [Match(key, score / best + WHOLE * same, same) for key, score, same in alike if same >= least]
        found.sort(key=lambda match: (-match.score, match.key))
        return [_judged(match, found[:2], compared.coverage(self.docs[match.key])) for match in found[:limit]]

    def _scores(self, asked: Mapping[str, float], least: float) -> dict[str, float]:
        """What speaks for each answer that may have so much of the weight asked for."""
        finding, more, unheard = self._words(asked, least)
        wanted = least - unheard - ROUNDED
        speaks: defaultdict[str, float] = defaultdict(float)
        for word in finding:
            heavy = asked[word]
            for key, weight in self.where[word].items():
                speaks[key] += heavy * weight
        rest = sum(map(asked.__getitem__, more))
        scores = {key: score for key, score in speaks.items() if score + rest >= wanted}
        for word in more:
            heavy, there = asked[word], self.where[word]
            for key in scores.keys() & there.keys():
                scores[key] += heavy * there[key]
        usual = self._length / len(self.docs)
        near = ((key, score) for key, score in scores.items() if score >= wanted)
        return {key: score / (0.75 + 0.25 * self.docs[key].length / usual) for key, score in near}

    def _words(self, asked: Mapping[str, float], least: float) -> tuple[list[str], list[str], float]:
        """The words by which answers are found, the rarest first; those that only speak for what was found; and what
        the words weigh that are too common to be heard at all.

        The common ones are of the second kind as far as an answer with nothing else would have less than the least.
        """
        known = sorted((word for word in asked if word in self.where), key=lambda word: len(self.where[word]))
        common = max(40, TOO_COMMON * len(self.docs))
        telling = [word for word in known if len(self.where[word]) <= common] or known
        weight, finding = 0.0, len(known)
        while finding and weight + asked[known[finding - 1]] < least:
            finding -= 1
            weight += asked[known[finding]]
        return telling[:finding], telling[finding:], sum(map(asked.__getitem__, known[len(telling) :]))

    def _asked(self, words: Sequence[str]) -> dict[str, float]:
        """What is looked for with its weight: a rare word weighs more; one that nobody used is taken for its twin."""
        return {word: self._weights[word] for word in map(self.used, words)}

    def used(self, word: str) -> str:
        """A word, or the used one a slip away that it is taken for."""
        strange = word not in self.where and len(word) >= SHORTEST and word.isalpha()
        return self._slips.meant(word) if strange else word


class _Weights(dict[str, float]):
    """What each word weighs in an index as it is now, counted when it is asked for: a rare word weighs more."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __missing__(self, word: str) -> float:
        seen, size = len(self._index.where.get(word, ())), len(self._index.docs)
        rare = math.log(1 + (size + 0.5) / (seen + 0.5))
        weight = rare * PAIR if " " in word else rare
        if seen:
            self[word] = weight
        return weight


class _Compared:
    """What was asked, compared with the ways an answer is asked for."""

    def __init__(self, asked: Mapping[str, float], weights: Mapping[str, float], least: float) -> None:
        self.asked, self.weights = asked, weights
        self.words, self.whole = frozenset(asked), sum(asked.values())
        self.least = least * self.whole / (2 - least)  # with less in common nothing can be so much alike

    def likeness(self, doc: _Doc) -> float:
        """The likeness of the way that is most alike; 0 where it is below the least that is asked for."""
        return max(map(self._of_form, doc.forms), default=0.0)

    def coverage(self, doc: _Doc) -> float:
        """The weight of what was asked that stands anywhere in a document, over the whole weight."""
        return sum(weight for word, weight in self.asked.items() if word in doc.weights) / self.whole

    def _of_form(self, form: frozenset[str]) -> float:
        """Twice the weight in common over the weight of both."""
        both = form & self.words
        common = sum(map(self.asked.__getitem__, both))
        if not both or common < self.least:
            return 0.0
        return 2 * common / (self.whole + common + sum(map(self.weights.__getitem__, form - both)))


def _judged(match: Match, leading: Sequence[Match], coverage: float) -> Match:
    """With confidence and coverage: the best leads by what it is better than the second, the others by nothing."""
    second = leading[1].score if len(leading) > 1 else 0.0
    lead = min(match.score - second, MOST_LEAD) if match.key == leading[0].key else 0.0
    even, by_likeness, by_lead = CALIBRATED
    chance = 1 / (1 + math.exp(-(even + by_likeness * match.likeness + by_lead * lead)))
    return match._replace(confidence=chance, coverage=coverage)


def _doc(known: Known) -> _Doc:
    forms = tuple(frozenset(features(read(question))) for question in known.questions)
    weights = dict.fromkeys(features(read(known.answer)), OF_ANSWER)
    weights |= dict.fromkeys((word for form in forms for word in form), 1.0)
    return _Doc(forms, weights, len(weights))


def index_of(known: Iterable[Known]) -> Index:
    """An index of these answers."""
    index = Index()
    for one in known:
        index.put(one)
    return index
