"""Matters a coordinator has decided, as the province carries them. Pure; `understanding/precedents.py` looks in them.

The one rule: a matter is kept as its words without marks, never as the text somebody wrote.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zalobot.vietnamese import tokens


@dataclass(frozen=True, slots=True)
class Decided:
    """A matter decided once: its words and pairs of words, its topic, and who answers it (the first leads)."""

    words: frozenset[str]
    topic: str
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Docket:
    """Decided matters, the newest first; looked up by identity."""

    matters: tuple[Decided, ...] = ()


NOTHING = Docket()


def example(text: str, agencies: Sequence[str], topic: str = "") -> Decided:
    """A decided matter from its text."""
    return Decided(frozenset(tokens(text)), topic, tuple(agencies))


def docket(matters: Iterable[tuple[Sequence[str], str, Sequence[str]]]) -> Docket:
    """A docket of (words, topic, agencies)."""
    return Docket(tuple(Decided(frozenset(words), topic, tuple(agencies)) for words, topic, agencies in matters))
