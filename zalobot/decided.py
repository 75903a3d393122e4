"""Matters a coordinator has decided: a text that says nearly the same goes where that one went. Pure.

The one rule: only a near likeness counts (`NEAR` of all their words in common), so that whoever asks why can be shown
the one matter it is like. Everything vaguer is for the topics.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zalobot.vietnamese import tokens

NEAR = 0.7
FEWEST = 8  # words and pairs of words: less than that is like too much


@dataclass(frozen=True, slots=True)
class Decided:
    """A matter decided once: its words without marks, its topic, and who answers it (the first was decided on)."""

    words: frozenset[str]
    topic: str
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Docket:
    """Decided matters, the newest first; looked up by identity."""

    matters: tuple[Decided, ...] = ()


NOTHING = Docket()


def docket(matters: Iterable[tuple[Sequence[str], str, Sequence[str]]]) -> Docket:
    """A docket of (words, topic, agencies)."""
    return Docket(tuple(Decided(frozenset(words), topic, tuple(agencies)) for words, topic, agencies in matters))


@lru_cache(maxsize=1024)
def nearest(text: str, known: Docket) -> Decided | None:
    """The matter most like this text, the newest of equals; None where none is near."""
    words = frozenset(tokens(text)) if known.matters else frozenset()
    if len(words) < FEWEST:
        return None
    best = max(known.matters, key=lambda matter: likeness(words, matter.words))
    return best if likeness(words, best.words) >= NEAR else None


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of all their words two texts have in common, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0
