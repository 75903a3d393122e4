"""What a text is about and whose it is: ranked, with the words that decided. Trained from a pack at its first use.

The one rule: three witnesses are heard (known words of the topics, phrases like it, agencies it names), and a fourth
where a coordinator has decided a matter that says nearly the same.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Final

from zalobot.province import Province
from zalobot.rules import Klass
from zalobot.topics import guess
from zalobot.understanding.folding import expanded
from zalobot.understanding.hearing import BEST, PARTS, Ground, Heard
from zalobot.understanding.learnt import trained
from zalobot.understanding.phrases import Phrase
from zalobot.understanding.precedents import Precedent, Precedents

SURE: Final = 0.45  # the lead's share
JUST_HEARD: Final = 8  # texts whose words may still be asked for in the same turn

LONG: Final = 40  # words; from here on the sentences are heard one by one too
SENTENCE: Final = 6
CERTAIN: Final = 0.7
_PIECE: Final = re.compile(r"[.;\n]|\(\d\)|, (?=\w+ \w+ \w+ \w+ \w+ )")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A topic or an agency, and its share of what spoke for any (0 to 1)."""

    code: str
    score: float
    _why: Callable[[], tuple[str, ...]] = field(repr=False, compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that spoke for it, as typed; looked for when they are asked for."""
        return self._why()


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
        topics = tuple(label.partition(":")[0] for label in labels)
        places: dict[str, list[int]] = defaultdict(list)
        for place, topic in enumerate(topics):
            places[topic].append(place)
        outside, in_zone = (tuple(self._lead(label, zone) for label in labels) for zone in (False, True))
        self.ground = Ground(province, self.trained, self.working, topics, places, (outside, in_zone))
        self._heard = lru_cache(maxsize=JUST_HEARD)(self._listen)

    def _lead(self, label: str, in_zone: bool) -> str:
        topic, _, lead = label.partition(":")
        about = self.province.topics[topic]
        found = lead or (about.zone_lead if about.zone_lead and in_zone else about.lead)
        return self.province.holder_now(found)

    def route(self, text: str, precedents: Precedents, *, asks: bool) -> Route:
        """Topic and agencies of a text; `asks`: it is a question, so that a place it names means nobody."""
        heard = self._heard(text, precedents, asks)
        why = partial(self._why, text, precedents, asks)
        topics = [
            Ranked(code, share, partial(why, Heard.topic_words, code) if place < BEST else tuple)
            for place, (code, share) in enumerate(heard.topics())
        ]
        agencies = [Ranked(code, share, partial(why, Heard.agency_words, code)) for code, share in heard.agencies()]
        lead, pieces = agencies[0].code, self._of_pieces(heard)
        told = heard.agency_words(lead)  # every report shows why it is theirs
        agencies[0] = Ranked(lead, agencies[0].score, lambda: told)
        sure = bool(heard.precedent) or heard.certainty(lead) >= SURE or len(set(pieces)) > 1
        chosen = tuple(dict.fromkeys([*heard.chosen(lead), *pieces]))[:PARTS]
        klass = self.province.topics[topics[0].code].klass
        return Route(tuple(topics), tuple(agencies), chosen if sure else (), sure, klass)

    def _listen(self, text: str, precedents: Precedents, asks: bool) -> Heard:
        return Heard(self.ground, text, self._precedent(text, precedents), asks)

    def _why(
        self, text: str, precedents: Precedents, asks: bool, of: Callable[[Heard, str], tuple[str, ...]], code: str
    ) -> tuple[str, ...]:
        """The words for a topic or an agency of a text: of one heard long ago it is heard again."""
        return of(self._heard(text, precedents, asks), code)

    def _precedent(self, text: str, precedents: Precedents) -> Precedent | None:
        """What was decided of a matter nearly the same, by whoever has the work of its agencies now."""
        found = precedents.nearest(text)
        if found is None:
            return None
        holders = tuple(dict.fromkeys(map(self.province.holder_now, found.matter.agencies)))
        if not self.working.issuperset(holders):
            return None
        return found._replace(matter=replace(found.matter, agencies=holders))

    def _of_pieces(self, heard: Heard) -> list[str]:
        """The agencies that single sentences of a long text surely mean: each answers its own part."""
        if len(heard.words) < LONG or heard.precedent:
            return []
        pieces = (piece for piece in _PIECE.split(heard.text) if len(piece.split()) >= SENTENCE)
        parts = [
            Heard(self.ground, piece, None, heard.asks)
            for piece in pieces
            if guess(expanded(piece), self.trained.topics)
        ]
        best = [max(part.certain.items(), key=lambda item: item[1]) for part in parts]
        return [code for code, share in best if share >= CERTAIN]
