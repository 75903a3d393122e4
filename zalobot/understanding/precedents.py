"""Matters decided before: a text that says nearly the same goes where that one went.

The one rule: a decision counts from the next message on, and the words in common say why.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from zalobot.vietnamese import tokens

NEAR: Final = 0.45  # of the weight of all words and pairs; below it a likeness says nothing
FEWEST: Final = 6  # words and pairs: less is like too much
COMMON: Final = 40  # a word in more decided matters than this finds none of them


class Example(NamedTuple):
    """A text and whose it was found to be, the lead first. The topic may be unknown: ""."""

    text: str
    agencies: tuple[str, ...]
    topic: str = ""


class Precedent(NamedTuple):
    """The example that is most alike, how much (0 to 1), and the words in common."""

    example: Example
    likeness: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Precedents:
    """Decided matters, the newest last."""

    examples: tuple[Example, ...] = ()
    _words: tuple[frozenset[str], ...] = field(init=False, repr=False)
    _where: dict[str, list[int]] = field(init=False, repr=False)
    _weight: dict[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = tuple(frozenset(tokens(example.text)) for example in self.examples)
        where: dict[str, list[int]] = {}
        for number, words in enumerate(found):
            for word in words:
                where.setdefault(word, []).append(number)
        size = len(found) + 1
        put = object.__setattr__
        put(self, "_words", found)
        put(self, "_where", where)
        put(self, "_weight", {word: math.log(1 + size / len(at)) for word, at in where.items()})

    def extended(self, more: Iterable[Example]) -> "Precedents":
        """These and newer ones."""
        return Precedents((*self.examples, *more))

    def nearest(self, text: str) -> Precedent | None:
        """The one most like this text, the newest of equals; None where none is near."""
        said = frozenset(tokens(text)) if self.examples else frozenset()
        if len(said) < FEWEST:
            return None
        rare = Counter(n for word in said if len(at := self._where.get(word, ())) <= COMMON for n in at)
        best = max(((self._alike(said, n), n) for n, _ in rare.most_common(50)), default=(0.0, -1))
        if best[0] < NEAR:
            return None
        common = [word for word in tokens(text) if word in self._words[best[1]] and "_" not in word]
        return Precedent(self.examples[best[1]], best[0], tuple(dict.fromkeys(common)))

    def _alike(self, said: frozenset[str], number: int) -> float:
        known = self._words[number]
        weigh = self._weight.get
        common = sum(weigh(word, 1.0) for word in said & known)
        return common / (sum(weigh(word, 1.0) for word in said | known) or 1.0)
