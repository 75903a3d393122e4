"""What the search makes of a text: its words without marks, ways of saying one thing made one, courtesy left out.

The one rule: questions, answers and what is looked for are read by the same function.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from zalobot.understanding.folding import words
from zalobot.vietnamese import fold

_LONGEST: Final = 5  # words of a phrase that is looked for
_DATA: Final = Path(__file__).resolve().parent / "data"


@cache
def data(name: str) -> dict[str, Any]:
    """`data/<name>.toml`."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[str, ...]:
    """The words that say what a text is about, in order. Numbers stay as typed."""
    bare = [word.typed if word.bare == "0" else word.bare for word in words(text)]
    return tuple(_told(bare))


def features(read_as: Sequence[str]) -> list[str]:
    """What is counted: each word once, then each pair of neighbours once."""
    return list(dict.fromkeys([*read_as, *(f"{one} {other}" for one, other in pairwise(read_as))]))


def _told(bare: Sequence[str]) -> list[str]:
    table, begins, ignored = _phrases(), _begins(), _ignored()
    found: list[str] = []
    place = 0
    while place < len(bare):
        longest = min(begins.get(bare[place], 0), len(bare) - place)
        size = next((n for n in range(longest, 0, -1) if _at(bare, place, n) in table), 0)
        if size:
            found.extend(table[_at(bare, place, size)].split())
        elif bare[place][0].isalnum() and bare[place] not in ignored:
            found.append(bare[place])
        place += size or 1
    return found


def _at(bare: Sequence[str], place: int, size: int) -> str:
    return " ".join(bare[place : place + size])


@cache
def _phrases() -> Mapping[str, str]:
    """Phrases and what stands for them: joined into one word, or nothing for courtesy."""
    table = {fold(phrase): "" for phrase in data("search")["ignored"] if " " in phrase}
    for phrases in data("search")["same"]:
        table |= {fold(phrase): fold(phrases[0]).replace(" ", "_") for phrase in phrases}
    return table


@cache
def _begins() -> Mapping[str, int]:
    """How many words the longest phrase has that begins with a word, of those that are looked for."""
    sizes: dict[str, int] = {}
    for phrase in map(str.split, _phrases()):
        if len(phrase) <= _LONGEST:
            sizes[phrase[0]] = max(len(phrase), sizes.get(phrase[0], 0))
    return sizes


@cache
def _ignored() -> frozenset[str]:
    return frozenset(fold(word) for word in data("search")["ignored"])
