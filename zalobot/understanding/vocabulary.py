"""The words this service has seen: those of its own data files and of the packs, and how often.

The one rule: read once; nothing people wrote is among them.
"""

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from zalobot.understanding.sources import read
from zalobot.vietnamese import fold, nfc

_WORD: Final = re.compile(r"[a-z]+")
_MARKED_WORD: Final = re.compile(r"[^\W\d_]+")
_PIECE: Final = re.compile(r'[.,;:!?()|"{}@]')
_PACKS: Final = Path(__file__).resolve().parent.parent / "provinces"


@cache
def english() -> frozenset[str]:
    """English words of the data files, which are no slips of Vietnamese ones."""
    packs = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_PACKS.glob("*/languages/en_*.toml"))]
    return frozenset(word for content in (read("english"), *packs) for text in _texts(content) for word in _words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


@cache
def known() -> Mapping[str, int]:
    """How often each word stands in the data files."""
    return Counter(word for words in _lines() for word in words)


@cache
def pairs() -> Mapping[tuple[str, str], int]:
    """How often one word stands right before another there."""
    return Counter(pair for words in _lines() for pair in pairwise(words))


@cache
def _lines() -> tuple[tuple[str, ...], ...]:
    packs = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_PACKS.glob("*/examples.toml"))]
    contents = (*map(read, ("intents", "abbreviations", "foreign")), *packs)
    return tuple(tuple(_words(text)) for content in contents for text in _texts(content))


def marked_lines() -> Iterator[tuple[str, ...]]:
    """The words between two signs, with their marks, each in one spelling; pieces of other languages left out."""
    spelt: dict[str, str] = {}
    for content in (*map(read, ("intents", "abbreviations", "foreign")), *_of_packs()):
        for piece in (piece for text in _texts(content) for piece in _PIECE.split(nfc(text).lower())):
            found = _MARKED_WORD.findall(piece)
            if found and 3 * sum(not word.isascii() for word in found) >= len(found):
                yield tuple(spelt.setdefault(tone_placed(word), word) for word in found)


def _of_packs() -> Iterator[Any]:
    for name in ("examples.toml", "knowledge.toml"):
        yield from (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_PACKS.glob(f"*/{name}")))
    for name in ("topics.json", "agencies.json"):
        yield from (json.loads(path.read_text(encoding="utf-8")) for path in sorted(_PACKS.glob(f"*/{name}")))


@lru_cache(maxsize=16_384)
def tone_placed(word: str) -> str:
    """hoá and hóa are one word: the marks follow the bare letters in an order of their own."""
    marks = "".join(sorted(c for c in unicodedata.normalize("NFD", word) if unicodedata.combining(c) or c == "đ"))
    return fold(word) + marks


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
