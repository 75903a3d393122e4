"""Matters decided before: a text that says nearly the same goes where that one went.

The one rule: a decision counts from the next message on, and the words in common say why.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from zalobot.decided import Decided
from zalobot.vietnamese import tokens

NEAR: Final = 0.6  # of the weight of all words and pairs; below it a likeness says nothing
FEWEST: Final = 8  # words and pairs: less is like too much
COMMON: Final = 40  # a word in more decided matters than this finds none of them
COMPARED: Final = 50


class Precedent(NamedTuple):
    """The matter that is most alike, how much (0 to 1), and the words in common, as typed."""

    matter: Decided
    likeness: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Precedents:
    """Decided matters, the newest first. A rare word weighs more than a common one."""

    matters: tuple[Decided, ...] = ()
    _where: dict[str, list[int]] = field(init=False, repr=False)
    _weight: dict[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        where: dict[str, list[int]] = {}
        for number, matter in enumerate(self.matters):
            for word in matter.words:
                where.setdefault(word, []).append(number)
        size = len(self.matters) + 1
        object.__setattr__(self, "_where", where)
        object.__setattr__(self, "_weight", {word: math.log(1 + size / len(at)) for word, at in where.items()})

    def extended(self, newer: Iterable[Decided]) -> "Precedents":
        """These and newer ones, the newest first."""
        return Precedents((*newer, *self.matters))

    def nearest(self, text: str) -> Precedent | None:
        """The one most like this text, the newest of equals; None where none is near."""
        said = frozenset(tokens(text)) if self.matters else frozenset()
        if len(said) < FEWEST:
            return None
        shared = Counter(number for word in said if len(at := self._where.get(word, ())) <= COMMON for number in at)
        close = [number for number, _ in shared.most_common(COMPARED)]
        best = max(close, key=lambda number: (self._likeness(said, number), -number), default=None)
        if best is None or (likeness := self._likeness(said, best)) < NEAR:
            return None
        known = self.matters[best].words
        common = [word for word in text.split() if set(tokens(word)) & known]
        return Precedent(self.matters[best], likeness, tuple(dict.fromkeys(common)))

    def _likeness(self, said: frozenset[str], number: int) -> float:
        known = self.matters[number].words
        common = sum(self._weight.get(word, 1.0) for word in said & known)
        return common / (sum(self._weight.get(word, 1.0) for word in said | known) or 1.0)
