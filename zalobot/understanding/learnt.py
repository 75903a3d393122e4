"""What is learnt from a pack for routing: known words, and models of its phrases. Made once for each state of a pack.

The one rule: a phrase counts for whoever has the work of its agency now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from zalobot.province import Agency, Topic
from zalobot.topics import Index, index_of
from zalobot.understanding.bayes import Bayes, learn
from zalobot.understanding.features import topic_features
from zalobot.understanding.folding import expanded, fold
from zalobot.understanding.phrases import Phrase, pack_phrases, topic_phrases

SCOPE: Final = "place"


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What is learnt from a pack: known words, phrases by "topic" or "topic:lead", phrases by agency."""

    topics: Index
    names: Index
    zones: Index
    places: Index
    by_topic: Bayes
    by_agency: Bayes


@lru_cache(maxsize=8)
def trained(
    key: str,
    topics: tuple[Topic, ...],
    agencies: tuple[Agency, ...],
    places: tuple[str, ...],
    zones: tuple[str, ...],
    more: tuple[Phrase, ...],
    holders: tuple[tuple[str, str], ...] = (),
) -> Trained:
    """What there is to learn. `agencies` are those that have work; `holders` says who has the work of the others."""
    by_code = {topic.code: topic for topic in topics}
    working = {agency.code for agency in agencies}
    phrases = [p for p in (*pack_phrases(key), *topic_phrases(by_code), *more) if p.topic in by_code]
    meant = [(phrase, _agencies(phrase, by_code, working, dict(holders))) for phrase in phrases]
    rows = [(topic_features(text), p, a) for p, a in meant for text in _typed_both(p.text)]
    labels = sorted({*by_code, *(_label(p, a, by_code) for p, a in meant)})
    return Trained(
        topics=_index({topic.code: topic.keywords for topic in topics}),
        names=_index({a.code: (*a.aliases, a.name, a.short, *a.former) for a in agencies}),
        zones=_index({"zone": zones}),
        places=index_of({SCOPE: places}),
        by_topic=learn(((f, {_label(p, a, by_code): p.weight}) for f, p, a in rows), labels),
        by_agency=learn(((f, {code: p.weight / len(a) for code in a}) for f, p, a in rows if a), sorted(working)),
    )


def _index(known: Mapping[str, Iterable[str]]) -> Index:
    """Known words as the texts are read: short forms written out."""
    return index_of({code: [expanded(word) for word in words_of] for code, words_of in known.items()})


def _agencies(
    phrase: Phrase, topics: Mapping[str, Topic], working: set[str], holders: Mapping[str, str]
) -> tuple[str, ...]:
    """Whose a phrase is now, the lead first: what was an agency's is its successor's."""
    named = _now(phrase.agencies, working, holders)
    return named or _now((topics[phrase.topic].lead,), working, holders)


def _now(codes: Iterable[str], working: set[str], holders: Mapping[str, str]) -> tuple[str, ...]:
    heirs = dict.fromkeys(holders.get(code, code) for code in codes)
    return tuple(code for code in heirs if code in working)


def _label(phrase: Phrase, agencies: tuple[str, ...], topics: Mapping[str, Topic]) -> str:
    about = topics[phrase.topic]
    usual = not agencies or agencies[0] == about.lead
    return about.code if usual else f"{about.code}:{agencies[0]}"


def _typed_both(text: str) -> tuple[str, str]:
    return text, fold(text)
