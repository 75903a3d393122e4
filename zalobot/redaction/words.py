"""The words of `templates/redaction.toml`, made into patterns once.

The one rule: patterns are matched against a shadow, so they are folded; a repeat is always bounded.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from zalobot.paths import templates_folder
from zalobot.vietnamese import fold, nfc

NOT_IN_WORD: Final = "(?<![a-z])"
WORD_ENDS: Final = "(?![a-z])"


@cache
def data() -> dict[str, Any]:
    """The whole file; FileNotFoundError where it is missing."""
    return tomllib.loads((templates_folder() / "redaction.toml").read_text(encoding="utf-8"))


def listed(table: str, *lists: str) -> list[str]:
    """The words of these lists, one after another; KeyError for a list that is not there."""
    return [word for name in lists for word in data()[table][name]]


def any_of(words: Iterable[str]) -> str:
    """A group of alternatives, folded, the longest first; a space in a word stands for one or two."""
    folded = sorted({fold(word) for word in words}, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", " {1,2}") for word in folded) + ")"


def whole(words: Iterable[str]) -> str:
    """Any of these as whole words; a digit may touch them."""
    return f"{NOT_IN_WORD}{any_of(words)}{WORD_ENDS}"


@cache
def exact(table: str, *lists: str) -> frozenset[str]:
    """The words as written, composed and without capitals."""
    return frozenset(nfc(word).lower() for word in listed(table, *lists))


@cache
def plain(table: str, *lists: str) -> frozenset[str]:
    """The words folded."""
    return frozenset(fold(word) for word in listed(table, *lists))


def means(typed: str, table: str, *lists: str, marked: bool) -> bool:
    """Whether a typed word is in the lists: with its marks in a text that has marks, folded otherwise."""
    if marked:
        return typed in exact(table, *lists)
    return fold(typed) in plain(table, *lists)


@cache
def tags() -> dict[str, str]:
    """The tag of each kind."""
    return {kind: nfc(tag) for kind, tag in data()["tags"].items()}


@cache
def tag_pattern() -> re.Pattern[str]:
    """A tag that is already in the text, as the shadow shows it."""
    return re.compile(any_of(tags().values()))


@cache
def name_tag() -> str:
    """The tag of a name, as the shadow shows it."""
    return fold(tags()["TEN"])
