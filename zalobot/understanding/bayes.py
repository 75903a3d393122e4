"""Complement naive Bayes over counted features: learns at once, forgets nothing, can say why.

The one rule: what a label is not is counted (Rennie and others, 2003), so that small labels are not drowned.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zalobot.understanding.columns import Columns

SMOOTH: Final = 0.4
TELLING: Final = 1.0  # a feature gives a label at least so much to be named as a reason


@dataclass(frozen=True, slots=True, eq=False)
class Bayes:
    """`ground`: what any known feature gives each label; `gains`: what it gives those it was seen with beyond that."""

    labels: tuple[str, ...]
    ground: tuple[float, ...]
    gains: Mapping[str, tuple[tuple[int, float], ...]]
    _columns: Columns = field(init=False, repr=False)
    _telling: dict[str, dict[int, float]] = field(init=False, repr=False)  # the gains that may be reasons

    def __post_init__(self) -> None:
        object.__setattr__(self, "_columns", Columns(self.gains, len(self.labels)))
        telling = {
            feature: strong
            for feature, row in self.gains.items()
            if (strong := {place: gain for place, gain in row if gain >= TELLING})
        }
        object.__setattr__(self, "_telling", telling)

    def scores(self, features: Sequence[str]) -> list[float]:
        """How strongly each label is spoken for."""
        known, gains = self._columns.added(features)
        return [known * ground + gain for ground, gain in zip(self.ground, gains, strict=True)]

    def telling(self, features: Sequence[str], labels: Iterable[str]) -> list[str]:
        """The features that are reasons for one of these labels, the strongest first, of equals pairs."""
        wanted = frozenset(labels)
        places = [place for place, label in enumerate(self.labels) if label in wanted]
        gains: dict[str, float] = {}
        for feature in features:
            if (strong := self._telling.get(feature)) and (gain := max(strong.get(place, 0.0) for place in places)):
                gains[feature] = gain
        return sorted(gains, key=lambda feature: (-gains[feature], -feature.count(" "), feature))


def learn(examples: Iterable[tuple[Sequence[str], Mapping[str, float]]], labels: Sequence[str]) -> Bayes:
    """From (features, weight of each label)."""
    number = {label: place for place, label in enumerate(labels)}
    counts: dict[str, dict[int, float]] = {}
    for features, weights in examples:
        weighed = [(number[label], weight) for label, weight in weights.items()]
        for feature in features:
            row = counts.setdefault(feature, {})
            for place, weight in weighed:
                row[place] = row.get(place, 0.0) + weight
    totals = [0.0] * len(labels)
    for row in counts.values():
        for place, weight in row.items():
            totals[place] += weight
    whole = sum(totals) + SMOOTH * len(counts) or 1.0  # of nothing nothing is learnt
    ground = tuple(math.log(whole - total) - math.log(whole) for total in totals)
    return Bayes(tuple(labels), ground, {feature: _gains(row) for feature, row in counts.items()})


def _gains(row: Mapping[int, float]) -> tuple[tuple[int, float], ...]:
    """The fewer other labels a feature was seen with, the more it says for these."""
    of_all = sum(row.values()) + SMOOTH
    return tuple((place, math.log(of_all / (of_all - weight))) for place, weight in row.items())
