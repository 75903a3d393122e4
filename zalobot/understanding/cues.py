"""Turns of phrase that tell something wherever they stand, with words between theirs ("đòi … phong bì").

The one rule: the phrases are data, in `data/cues.toml`; this only finds them.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import product
from typing import Final

from zalobot.understanding.folding import words
from zalobot.understanding.sources import read

GAP: Final = 4  # words that may stand where "…" does

Piece = tuple[str, ...]
# What it tells, its pieces in order, and the words that have to be there beside the first.
Phrase = tuple[str, tuple[Piece, ...], frozenset[str]]


@lru_cache(maxsize=256)  # asked for the features and again for the reasons
def cues(bare: tuple[str, ...]) -> Mapping[str, tuple[int, int]]:
    """What the known turns of phrase in a text tell, with where the first of each begins and ends."""
    found: dict[str, tuple[int, int]] = {}
    table = _phrases()
    whole = (*bare, "$")
    present = frozenset(whole)
    for start, word in enumerate(bare):
        for name, pieces, others in table.get(word, ()):
            if others <= present and name not in found and (end := _end(whole, start, pieces)):
                found[name] = (start, min(end, len(bare)))
    return found


def _end(whole: tuple[str, ...], start: int, pieces: tuple[Piece, ...]) -> int:
    """Where the phrase ends that begins at `start`; 0 where it does not stand there."""
    first = pieces[0]
    end = start + len(first)
    if whole[start:end] != first:
        return 0
    for piece in pieces[1:]:
        size = len(piece)
        for place in range(end, end + GAP + 1):
            if whole[place : place + size] == piece:
                end = place + size
                break
        else:
            return 0
    return end


@cache
def _phrases() -> dict[str, list[Phrase]]:
    """The phrases by their first word."""
    table: dict[str, list[Phrase]] = {}
    for name, phrases in read("cues").items():
        for pieces in dict.fromkeys(pieces for phrase in phrases for pieces in _spelt(phrase)):
            first, *others = (word for piece in pieces for word in piece)
            table.setdefault(first, []).append((name, pieces, frozenset(others)))
    return table


def _spelt(phrase: str) -> Iterator[tuple[Piece, ...]]:
    """A phrase with each "a|b" chosen either way."""
    chosen = [word.split("|") for word in phrase.split()]
    for choice in product(*chosen):
        pieces = " ".join(choice).replace("_", " ").split("…")
        yield tuple(tuple("$" if word.bare == "$" else word.bare for word in words(piece)) for piece in pieces)
