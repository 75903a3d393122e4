"""What a text is about and whose it is: ranked, with the words that decided. Trained from a pack at its first use.

The one rule: three witnesses are heard (known words of the topics, phrases like it, agencies it names), and a fourth
where a coordinator has decided a matter that says nearly the same.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

from zalobot.province import Province
from zalobot.rules import Klass
from zalobot.topics import Guess, guess
from zalobot.understanding.bayes import Bayes
from zalobot.understanding.features import restored_features
from zalobot.understanding.folding import Word, fold, words
from zalobot.understanding.learnt import trained
from zalobot.understanding.phrases import Phrase
from zalobot.understanding.precedents import Precedent, Precedents
from zalobot.understanding.statistics import softmax

HEAT: Final = 0.2  # what divides the scores of the phrases (with the root of their number): long texts are too sure
KNOWN_WORD: Final = 0.45  # per point of the known words
LIKE_AGENCY: Final = 0.45
HERE: Final = 0.07  # for the commune of a place that is named
NAMED: Final = 0.15
USUAL: Final = 0.06  # for the first of the usual others of a topic, half of it for the second, and so on
COMPANION: Final = 0.17  # from here on a further agency is proposed
SURE: Final = 0.45  # the lead's share
BEST: Final = 3
TOPICS: Final = 6
FAINT: Final = 0.01  # a topic of less chance brings no usual others
PARTS: Final = 4

FALLBACK: Final = -4.0  # points of the topic of what no other fits

LONG: Final = 40  # words; from here on the sentences are heard one by one too
SENTENCE: Final = 6
CERTAIN: Final = 0.7
_PIECE: Final = re.compile(r"[.;\n]|\(\d\)|, (?=\w+ \w+ \w+ \w+ \w+ )")


class Ranked(NamedTuple):
    """A topic or an agency, its share of what spoke for any (0 to 1), and the words that spoke for it, as typed."""

    code: str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a text should go. `proposed` are the agencies, the lead first; none where that is not sure."""

    topics: tuple[Ranked, ...]
    agencies: tuple[Ranked, ...]
    proposed: tuple[str, ...]
    sure: bool
    klass: Klass


class Router:
    """Routes texts for one province."""

    def __init__(self, province: Province, more: Sequence[Phrase] = ()) -> None:
        self.province = province
        self.trained = trained(
            province.key,
            tuple(province.topics.values()),
            tuple(province.working_agencies.values()),
            tuple(unit.name for unit in province.units),
            province.zone_words,
            tuple(more),
            tuple((code, province.holder_now(code)) for code, one in province.agencies.items() if one.successor),
        )
        self.working = frozenset(province.working_agencies)
        labels = self.trained.by_topic.labels
        self.topic_of = {label: label.partition(":")[0] for label in labels}
        self.labels_of: dict[str, list[str]] = defaultdict(list)
        for label, topic in self.topic_of.items():
            self.labels_of[topic].append(label)
        self.leads = [{label: self._lead(label, in_zone) for label in labels} for in_zone in (False, True)]

    def _lead(self, label: str, in_zone: bool) -> str:
        topic, _, lead = label.partition(":")
        about = self.province.topics[topic]
        found = lead or (about.zone_lead if about.zone_lead and in_zone else about.lead)
        return self.province.holder_now(found)

    def route(self, text: str, precedents: Precedents, *, asks: bool) -> Route:
        """Topic and agencies of a text; `asks`: it is a question, so that a place it names means nobody."""
        heard = _Heard(self, text, self._precedent(text, precedents), asks)
        topics, agencies = heard.topics(), heard.agencies()
        lead, pieces = agencies[0].code, self._of_pieces(heard)
        sure = bool(heard.precedent) or heard.certainty(lead) >= SURE or len(set(pieces)) > 1
        chosen = tuple(dict.fromkeys([*heard.chosen(lead), *pieces]))[:PARTS]
        klass = self.province.topics[topics[0].code].klass
        return Route(topics, agencies, chosen if sure else (), sure, klass)

    def _precedent(self, text: str, precedents: Precedents) -> Precedent | None:
        """What was decided of a matter nearly the same, by whoever has the work of its agencies now."""
        found = precedents.nearest(text)
        if found is None:
            return None
        holders = tuple(dict.fromkeys(map(self.province.holder_now, found.matter.agencies)))
        if not self.working.issuperset(holders):
            return None
        return found._replace(matter=replace(found.matter, agencies=holders))

    def _of_pieces(self, heard: "_Heard") -> list[str]:
        """The agencies that single sentences of a long text surely mean: each answers its own part."""
        if len(heard.words) < LONG or heard.precedent:
            return []
        found = []
        for piece in _PIECE.split(heard.text):
            if len(piece.split()) >= SENTENCE:
                part = _Heard(self, piece, None, heard.asks)
                best = max(part.certain, key=lambda code: part.certain[code])
                found += [best] if part.known and part.certain[best] >= CERTAIN else []
        return found


class _Heard:
    """One text and everything that speaks for a topic or an agency of it."""

    def __init__(self, router: Router, text: str, precedent: Precedent | None, asks: bool) -> None:
        self.province, self.trained, self.working = router.province, router.trained, router.working
        self.text, self.words = text, words(text)
        self.said = " ".join(word.said for word in self.words)
        self.features = restored_features(text)
        self.tellable = [f for f in self.features if f[0] in "wb" and "^" not in f and "$" not in f]
        self.precedent, self.asks = precedent, asks
        self.known: tuple[Guess, ...] = guess(self.said, self.trained.topics)
        fallback = self.province.topics[self.province.fallback_topic].lead
        self.named = tuple(found for found in guess(self.said, self.trained.names) if found.code != fallback)
        self.in_zone = bool(guess(self.said, self.trained.zones))
        self.at_place = bool(guess(self.said, self.trained.places))
        self.topic_of, self.labels_of, self.leads = router.topic_of, router.labels_of, router.leads[self.in_zone]
        self.labels = self._labels()
        self.best = max(self.labels, key=lambda label: self.labels[label])
        self.told: dict[str, tuple[str, ...]] = {}  # what speaks for a topic, once it was looked for
        self.certain: dict[str, float] = defaultdict(float)
        for label, chance in self.labels.items():
            self.certain[self.leads[label]] += chance

    def _labels(self) -> dict[str, float]:
        """The chance of each "topic" or "topic:lead"."""
        model, heat = self.trained.by_topic, self._heat()
        points = {found.code: found.score for found in self.known}
        points.setdefault(self.province.fallback_topic, FALLBACK)
        scores = [
            score / heat + KNOWN_WORD * points.get(self.topic_of[label], 0.0)
            for label, score in zip(model.labels, model.scores(self.features), strict=True)
        ]
        return dict(zip(model.labels, softmax(scores), strict=True))

    @cached_property
    def like(self) -> dict[str, float]:
        """The chance of each agency by the phrases alone."""
        model, heat = self.trained.by_agency, self._heat()
        scores = [score / heat for score in model.scores(self.features)]
        return dict(zip(model.labels, softmax(scores), strict=True))

    def _heat(self) -> float:
        return HEAT * math.sqrt(len(self.features) + 1)

    @cached_property
    def shares(self) -> dict[str, float]:
        """What speaks for each agency, all witnesses heard."""
        shares = defaultdict(float, self.certain)
        for label, chance in self.labels.items():
            if chance >= FAINT:
                for place, other in enumerate(self.province.topics[self.topic_of[label]].others, 1):
                    shares[other] += USUAL * chance / place
        for agency, chance in self.like.items():
            shares[agency] += LIKE_AGENCY * chance
        for found in self.named:
            shares[found.code] += NAMED
        return shares

    def certainty(self, code: str) -> float:
        """How much of what the phrases and known words say means this agency, 0 to 1."""
        return self.certain.get(code, 0.0)

    def topics(self) -> tuple[Ranked, ...]:
        """The topics, likeliest first."""
        shares: dict[str, float] = defaultdict(float)
        for label, chance in self.labels.items():
            shares[self.topic_of[label]] += chance
        if self.precedent and self.precedent.matter.topic in self.province.topics:
            shares[self.precedent.matter.topic] += self.precedent.likeness + 1
        total = sum(shares.values())
        best = _ranked(shares)[:TOPICS]
        told = [self._topic_words(code) if place < BEST else () for place, (code, _) in enumerate(best)]
        return tuple(
            Ranked(code, round(share / total, 3), words_of) for (code, share), words_of in zip(best, told, strict=True)
        )

    def agencies(self) -> tuple[Ranked, ...]:
        """The agencies, likeliest lead first."""
        shares = defaultdict(float, self.shares)
        if self.precedent:
            for place, code in enumerate(self.precedent.matter.agencies):
                shares[code] += (1 + self.precedent.likeness) / (place + 1) * sum(self.shares.values())
        total = sum(shares.values())
        best = [(code, share) for code, share in _ranked(shares) if code in self.working]
        return tuple(Ranked(code, round(share / total, 3), self._agency_words(code)) for code, share in best[:BEST])

    def chosen(self, lead: str) -> tuple[str, ...]:
        """The lead and those that have a part of it beside."""
        if self.precedent:
            return self.precedent.matter.agencies[:PARTS]
        beside = {code: self._beside(code) for code in self.working if code != lead}
        others = sorted((c for c, share in beside.items() if share >= COMPANION), key=lambda c: (-beside[c], c))
        return (lead, *others[: PARTS - 1])

    def _beside(self, code: str) -> float:
        """How strongly an agency is spoken for beside the lead."""
        about = self.province.topics[self.topic_of[self.best]]
        usual = code in about.others or code in (about.lead, about.zone_lead)
        share = self.like.get(code, 0.0) * (1.0 if usual else 0.6)
        share += 0.3 if any(found.code == code for found in self.named) else 0.0
        share += 0.5 * self.certainty(code)
        if usual and not self.asks and self.at_place and code in about.others and self._is_local(code):
            share += HERE
        return share

    def _is_local(self, code: str) -> bool:
        return self.province.agencies[code].group == "commune"

    def _topic_words(self, code: str) -> tuple[str, ...]:
        if code not in self.told:
            self.told[code] = self._words_for(code)
        return self.told[code]

    def _words_for(self, code: str) -> tuple[str, ...]:
        known = [word for found in self.known if found.code == code for word in found.words]
        return self._typed(known) or self._telling(self.trained.by_topic, self.labels_of[code])

    def _agency_words(self, code: str) -> tuple[str, ...]:
        if self.precedent and code in self.precedent.matter.agencies:
            return self.precedent.words
        named = self._typed([word for found in self.named if found.code == code for word in found.words])
        topics = [label for label, lead in self.leads.items() if lead == code]
        best = max(topics, key=lambda label: self.labels[label], default="")
        about = self._topic_words(self.topic_of[best]) if best else ()
        return tuple(dict.fromkeys([*named, *(about or self._telling(self.trained.by_agency, [code]))]))

    def _typed(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Known words as the person typed them: "pccc", not what it stands for."""
        return tuple(dict.fromkeys(as_typed(self.words, phrase) for phrase in phrases))

    def _telling(self, model: Bayes, labels: Iterable[str]) -> tuple[str, ...]:
        """The words that spoke most for some labels of a model."""
        chosen: list[str] = []
        for feature in model.telling(self.tellable, labels)[: BEST * 3]:
            taken = {word for phrase in chosen for word in phrase.split()}
            if taken.isdisjoint(feature[2:].split()):
                chosen.append(feature[2:])
        return self._typed(chosen[:BEST])


def _ranked(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: (-item[1], item[0]))


def as_typed(read_as: Sequence[Word], phrase: str) -> str:
    """What was typed where a phrase was read."""
    wanted = [fold(word) for word in phrase.split()]
    bare = [word.bare for word in read_as]
    for start in range(len(bare) - len(wanted) + 1):
        if bare[start : start + len(wanted)] == wanted:
            return " ".join(dict.fromkeys(word.typed for word in read_as[start : start + len(wanted)]))
    return phrase
