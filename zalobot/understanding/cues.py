"""Turns of phrase that tell something wherever they stand, with words between theirs ("đòi … phong bì").

The one rule: the phrases are data, in `data/cues.toml`; this only finds them.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Final

from zalobot.understanding.folding import words
from zalobot.understanding.sources import read

GAP: Final = 4  # words that may stand where "…" does

Piece = tuple[str, ...]
Phrase = tuple[str, tuple[Piece, ...]]  # what it tells, and its pieces in order


@lru_cache(maxsize=256)  # asked for the features and again for the reasons
def cues(bare: tuple[str, ...]) -> Mapping[str, tuple[int, int]]:
    """What the known turns of phrase in a text tell, with where the first of each begins and ends."""
    found: dict[str, tuple[int, int]] = {}
    table = _phrases()
    whole = [*bare, "$"]
    for start, word in enumerate(bare):
        for name, pieces in table.get(word, ()):
            if name not in found and (end := _end(whole, start, pieces)):
                found[name] = (start, min(end, len(bare)))
    return found


def _end(whole: Sequence[str], start: int, pieces: Sequence[Piece]) -> int:
    """Where the phrase ends that begins at `start`; 0 where it does not stand there."""
    end = start
    for number, piece in enumerate(pieces):
        places = (end,) if number == 0 else range(end, end + GAP + 1)
        place = next((at for at in places if tuple(whole[at : at + len(piece)]) == piece), None)
        if place is None:
            return 0
        end = place + len(piece)
    return end


@cache
def _phrases() -> dict[str, list[Phrase]]:
    """The phrases by their first word."""
    table: dict[str, list[Phrase]] = {}
    for name, phrases in read("cues").items():
        for pieces in dict.fromkeys(pieces for phrase in phrases for pieces in _spelt(phrase)):
            table.setdefault(pieces[0][0], []).append((name, pieces))
    return table


def _spelt(phrase: str) -> Iterator[tuple[Piece, ...]]:
    """A phrase with each "a|b" chosen either way."""
    chosen = [word.split("|") for word in phrase.split()]
    for choice in product(*chosen):
        pieces = " ".join(choice).replace("_", " ").split("…")
        yield tuple(tuple("$" if word.bare == "$" else word.bare for word in words(piece)) for piece in pieces)
