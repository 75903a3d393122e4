"""The words this service has seen: those of its own data files and of the packs, without marks, and how often."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from zalobot.understanding.sources import read
from zalobot.vietnamese import fold

_WORD: Final = re.compile(r"[a-z]+")
_PACKS: Final = Path(__file__).resolve().parent.parent / "provinces"


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
    return tuple(tuple(_WORD.findall(fold(text))) for content in contents for text in _texts(content))


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
