"""One text heard for whose it is: what speaks for each topic and agency, and the words that do.

The one rule: only what is asked for is worked out; most of it is for one agency, and its words for whoever asks why.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zalobot.province import Province
from zalobot.topics import Guess, guess
from zalobot.understanding.bayes import Bayes
from zalobot.understanding.features import restored_features
from zalobot.understanding.folding import Word, fold, words
from zalobot.understanding.learnt import Trained
from zalobot.understanding.precedents import Precedent
from zalobot.understanding.statistics import softmax

HEAT: Final = 0.2  # what divides the scores of the phrases (with the root of their number): long texts are too sure
KNOWN_WORD: Final = 0.45  # per point of the known words
LIKE_AGENCY: Final = 0.45
HERE: Final = 0.07  # for the commune of a place that is named
NAMED: Final = 0.15
USUAL: Final = 0.06  # for the first of the usual others of a topic, half of it for the second, and so on
COMPANION: Final = 0.17  # from here on a further agency is proposed
BEST: Final = 3
TOPICS: Final = 6
FAINT: Final = 0.01  # a topic of less chance brings no usual others
PARTS: Final = 4

FALLBACK: Final = -4.0  # points of the topic of what no other fits


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What texts of one province are heard against. Each label of the phrases has its topic and, in a zone and
    outside, its lead; `places` says where the labels of a topic stand."""

    province: Province
    trained: Trained
    working: frozenset[str]
    topics: tuple[str, ...]
    places: Mapping[str, Sequence[int]]
    leads: tuple[tuple[str, ...], tuple[str, ...]]


class Heard:
    """One text and everything that speaks for a topic or an agency of it."""

    def __init__(self, ground: Ground, text: str, precedent: Precedent | None, asks: bool) -> None:
        self.ground, self.province, self.trained = ground, ground.province, ground.trained
        self.text, self.words = text, words(text)
        self.said = " ".join(word.said for word in self.words)
        self.features = restored_features(text)
        self.heat = HEAT * math.sqrt(len(self.features) + 1)
        self.precedent, self.asks = precedent, asks
        self.known: tuple[Guess, ...] = guess(self.said, self.trained.topics)
        self.leads = ground.leads[bool(guess(self.said, self.trained.zones))]
        self.chances = self._chances()
        self.best = ground.topics[self.chances.index(max(self.chances))]
        self.told: dict[str, tuple[str, ...]] = {}  # what speaks for a topic, once it was looked for
        self.certain: dict[str, float] = defaultdict(float)
        for lead, chance in zip(self.leads, self.chances, strict=True):
            self.certain[lead] += chance

    def _chances(self) -> list[float]:
        """The chance of each "topic" or "topic:lead"."""
        heat = self.heat
        scores = [score / heat for score in self.trained.by_topic.scores(self.features)]
        points = {found.code: found.score for found in self.known}
        points.setdefault(self.province.fallback_topic, FALLBACK)
        for topic, score in points.items():
            for place in self.ground.places[topic]:
                scores[place] += KNOWN_WORD * score
        return softmax(scores)

    @cached_property
    def named(self) -> tuple[Guess, ...]:
        """The agencies that are named."""
        fallback = self.province.topics[self.province.fallback_topic].lead
        return tuple(found for found in guess(self.said, self.trained.names) if found.code != fallback)

    @cached_property
    def at_place(self) -> bool:
        """Whether a place is named."""
        return bool(guess(self.said, self.trained.places))

    @cached_property
    def like(self) -> dict[str, float]:
        """The chance of each agency by the phrases alone."""
        model, heat = self.trained.by_agency, self.heat
        scores = [score / heat for score in model.scores(self.features)]
        return dict(zip(model.labels, softmax(scores), strict=True))

    @cached_property
    def shares(self) -> dict[str, float]:
        """What speaks for each agency, all witnesses heard."""
        shares = defaultdict(float, self.certain)
        for topic, chance in zip(self.ground.topics, self.chances, strict=True):
            if chance >= FAINT:
                for place, other in enumerate(self.province.topics[topic].others, 1):
                    shares[other] += USUAL * chance / place
        for agency, chance in self.like.items():
            shares[agency] += LIKE_AGENCY * chance
        for found in self.named:
            shares[found.code] += NAMED
        return shares

    def certainty(self, code: str) -> float:
        """How much of what the phrases and known words say means this agency, 0 to 1."""
        return self.certain.get(code, 0.0)

    def topics(self) -> list[tuple[str, float]]:
        """The topics with their shares, likeliest first."""
        shares: dict[str, float] = defaultdict(float)
        for topic, chance in zip(self.ground.topics, self.chances, strict=True):
            shares[topic] += chance
        if self.precedent and self.precedent.matter.topic in self.province.topics:
            shares[self.precedent.matter.topic] += self.precedent.likeness + 1
        total = sum(shares.values())
        return [(code, round(share / total, 3)) for code, share in _ranked(shares, TOPICS)]

    def agencies(self) -> list[tuple[str, float]]:
        """The agencies with their shares, likeliest lead first."""
        shares = defaultdict(float, self.shares)
        if self.precedent:
            for place, code in enumerate(self.precedent.matter.agencies):
                shares[code] += (1 + self.precedent.likeness) / (place + 1) * sum(self.shares.values())
        total = sum(shares.values())
        working = {code: share for code, share in shares.items() if code in self.ground.working}
        return [(code, round(share / total, 3)) for code, share in _ranked(working, BEST)]

    def chosen(self, lead: str) -> tuple[str, ...]:
        """The lead and those that have a part of it beside."""
        if self.precedent:
            return self.precedent.matter.agencies[:PARTS]
        beside = {code: self._beside(code) for code in self._perhaps_beside() if code != lead}
        others = sorted((c for c, share in beside.items() if share >= COMPANION), key=lambda c: (-beside[c], c))
        return (lead, *others[: PARTS - 1])

    def _perhaps_beside(self) -> set[str]:
        """The agencies that can come up to a companion at all; most cannot."""
        faint = COMPANION - HERE
        near = {code for code, chance in self.like.items() if chance + 0.5 * self.certainty(code) >= faint}
        return (near | {found.code for found in self.named}) & self.ground.working

    def _beside(self, code: str) -> float:
        """How strongly an agency is spoken for beside the lead."""
        about = self.province.topics[self.best]
        usual = code in about.others or code in (about.lead, about.zone_lead)
        share = self.like.get(code, 0.0) * (1.0 if usual else 0.6)
        share += 0.3 if any(found.code == code for found in self.named) else 0.0
        share += 0.5 * self.certainty(code)
        if (
            usual
            and not self.asks
            and self.at_place
            and code in about.others
            and self.province.agencies[code].group == "commune"
        ):
            share += HERE
        return share

    def topic_words(self, code: str) -> tuple[str, ...]:
        """The words that speak for a topic."""
        if code not in self.told:
            known = [word for found in self.known if found.code == code for word in found.words]
            labels = [self.trained.by_topic.labels[place] for place in self.ground.places[code]]
            self.told[code] = self._typed(known) or self._telling(self.trained.by_topic, labels)
        return self.told[code]

    def agency_words(self, code: str) -> tuple[str, ...]:
        """The words that speak for an agency: those that name it, and those of its likeliest topic."""
        if self.precedent and code in self.precedent.matter.agencies:
            return self.precedent.words
        named = self._typed([word for found in self.named if found.code == code for word in found.words])
        places = [place for place, lead in enumerate(self.leads) if lead == code]
        best = max(places, key=self.chances.__getitem__, default=None)
        about = () if best is None else self.topic_words(self.ground.topics[best])
        return tuple(dict.fromkeys([*named, *(about or self._telling(self.trained.by_agency, [code]))]))

    def _typed(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Known words as the person typed them: "pccc", not what it stands for."""
        return tuple(dict.fromkeys(as_typed(self.words, phrase) for phrase in phrases))

    def _telling(self, model: Bayes, labels: Iterable[str]) -> tuple[str, ...]:
        """The words that spoke most for some labels of a model; a number beside a word ("9 mà") tells nobody why."""
        chosen: list[str] = []
        tellable = [f for f in self.features if f[0] in "wb" and "^" not in f and "$" not in f]
        for feature in model.telling(tellable, labels)[: BEST * 3]:
            told, taken = feature[2:].split(), {word for phrase in chosen for word in phrase.split()}
            if taken.isdisjoint(told) and not any(word.isdigit() for word in told):
                chosen.append(feature[2:])
        return self._typed(chosen[:BEST])


def _ranked(shares: Mapping[str, float], best: int) -> list[tuple[str, float]]:
    """The best of these, the largest share first, of equals by their codes."""
    least = sorted(shares.values())[-best:][0]
    return sorted((item for item in shares.items() if item[1] >= least), key=lambda item: (-item[1], item[0]))[:best]


def as_typed(read_as: Sequence[Word], phrase: str) -> str:
    """What was typed where a phrase was read."""
    wanted = [fold(word) for word in phrase.split()]
    bare = [word.bare for word in read_as]
    for start in range(len(bare) - len(wanted) + 1):
        if bare[start : start + len(wanted)] == wanted:
            return " ".join(dict.fromkeys(word.typed for word in read_as[start : start + len(wanted)]))
    return phrase
