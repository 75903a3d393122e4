"""Softmax regression over named features, trained by stochastic steps in plain Python; small, and it can say why.

The one rule: the same examples in the same order give the same weights, on every machine.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zalobot.understanding.columns import Columns

Features = Sequence[str]
Weights = Mapping[str, tuple[tuple[int, float], ...]]
Example = tuple[Features, str, float]  # its label and how much it counts

STEP: Final = 0.35
SHRINK: Final = 2e-5
NEGLIGIBLE: Final = 0.004  # a gradient below this is not worth a step
FAINT: Final = 0.15  # a weight below this is dropped


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Labels, and for each feature the weights of the labels it speaks for or against."""

    labels: tuple[str, ...]
    weights: Weights
    _columns: Columns = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_columns", Columns(self.weights, len(self.labels)))

    def scores(self, features: Features) -> list[float]:
        """How strongly each label is spoken for, in the order of the labels."""
        value = _scale(features)
        return [total * value for total in self._columns.added(features)[1]]

    def probabilities(self, features: Features) -> dict[str, float]:
        """The chance of each label."""
        return dict(zip(self.labels, softmax(self.scores(features)), strict=True))

    def reasons(self, features: Features, label: str) -> list[tuple[str, float]]:
        """The features that spoke for a label against the average of all, strongest first."""
        place, size = self.labels.index(label), len(self.labels)
        gains: list[tuple[str, float]] = []
        for feature in dict.fromkeys(features):
            row = self.weights.get(feature)
            if row is not None:
                average = sum(weight for _, weight in row) / size
                gains.append((feature, next((weight for at, weight in row if at == place), 0.0) - average))
        return sorted((item for item in gains if item[1] > 0), key=lambda item: -item[1])


def softmax(scores: Sequence[float]) -> list[float]:
    """Scores as chances that add up to one."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def train(examples: Iterable[Example], labels: Sequence[str], *, rounds: int, seed: int = 7) -> "Fit":
    """Fit weights to (features, label, weight) by AdaGrad; the order of the examples is shuffled with `seed`."""
    fit = Fit(labels)
    fit.learn(examples, rounds=rounds, seed=seed)
    return fit


def _scale(features: Features) -> float:
    """Long texts have many features: each then counts for less."""
    return 1.0 / math.sqrt(max(len(features), 12))


class Fit:
    """The weights while they are learnt, with the sum of squared gradients beside each."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.weights: dict[str, list[float]] = {}
        self.squares: dict[str, list[float]] = {}

    def copy(self) -> "Fit":
        """The same weights, to be learnt on apart."""
        other = Fit(self.labels)
        other.weights = {feature: row.copy() for feature, row in self.weights.items()}
        other.squares = {feature: row.copy() for feature, row in self.squares.items()}
        return other

    def learn(self, examples: Iterable[Example], *, rounds: int, seed: int = 7) -> None:
        """Go through the examples so many times, in an order of chance."""
        number = {label: place for place, label in enumerate(self.labels)}
        rows = [(tuple(features), number[label], weight) for features, label, weight in examples]
        order = random.Random(seed)
        for _ in range(rounds):
            order.shuffle(rows)
            for features, right, weight in rows:
                self.step(features, right, weight)

    def step(self, features: tuple[str, ...], right: int, weight: float) -> None:
        """One example: every feature moves towards the right label and away from the likely wrong ones."""
        rows = [self._row(feature) for feature in features]
        value = _scale(features)
        chances = softmax([sum(column) * value for column in zip(*rows, strict=True)])
        moves = [
            (place, ((chance - (place == right)) * weight * value))
            for place, chance in enumerate(chances)
            if abs(chance - (place == right)) > NEGLIGIBLE
        ]
        for feature, row in zip(features, rows, strict=True):
            squares = self.squares[feature]
            for place, gradient in moves:
                gradient += SHRINK * row[place]
                squares[place] += gradient * gradient
                row[place] -= STEP * gradient / math.sqrt(squares[place])

    def _row(self, feature: str) -> list[float]:
        row = self.weights.get(feature)
        if row is None:
            row = self.weights[feature] = [0.0] * len(self.labels)
            self.squares[feature] = [0.05] * len(self.labels)
        return row

    def model(self) -> Model:
        """The weights that matter, rounded."""
        kept = {
            feature: tuple((place, round(weight, 2)) for place, weight in enumerate(row) if abs(weight) >= FAINT)
            for feature, row in self.weights.items()
        }
        return Model(self.labels, {feature: pairs for feature, pairs in kept.items() if pairs})
