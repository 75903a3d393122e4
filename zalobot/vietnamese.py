"""Vietnamese text as people type it: with or without marks, in one Unicode form or another.

The one rule: what is shown is NFC and untouched; what is compared is folded.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Final

_MARKS: Final = (0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323)
_INVISIBLE: Final = (0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
# FTS5's remove_diacritics leaves đ alone, so it is named here.
_STRIP: Final[dict[int, str | None]] = {**dict.fromkeys(_MARKS + _INVISIBLE), 0x111: "d", 0x110: "d"}
_WORD: Final = re.compile(r"\w+")


def _precomposed() -> dict[int, str | None]:
    """The letters with marks already in them, so that ordinary text needs no decomposition."""
    table: dict[int, str | None] = dict(_STRIP)
    for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)):
        bare = unicodedata.normalize("NFD", chr(code)).translate(_STRIP)
        if bare.isascii():
            table[code] = bare.lower()
    return table


_FOLD: Final = _precomposed()


def nfc(text: str) -> str:
    """The composed form, in which every text is stored, counted and sent."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=4096)
def _fold_short(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    if not text.isascii():
        text = text.translate(_FOLD)
        if not text.isascii():
            text = nfc(unicodedata.normalize("NFD", text).translate(_STRIP))
    return " ".join(text.lower().split())


def fold(text: str) -> str:
    """Without marks, đ as d, lower case, one space between words: the form in which words are compared."""
    return _fold_short(text) if len(text) <= 80 else _fold(text)


@lru_cache(maxsize=2048)
def fold_in_place(text: str) -> str:
    """Folded letter for letter, so that what is found in it stands at the same place in the text (in NFC)."""
    return "".join(map(_letter, text))


@lru_cache(maxsize=1024)
def _letter(letter: str) -> str:
    folded = letter.translate(_FOLD).lower()
    return " " if letter.isspace() else folded if len(folded) == 1 else letter


def plain(text: str) -> str:
    """Folded, and without punctuation: "Bỏ qua!" and "(bo qua)" are the same command."""
    return _plain_short(text) if len(text) <= 80 else _plain(text)


@lru_cache(maxsize=8192)  # a turn compares a message with hundreds of names and words, always the same ones
def _plain_short(text: str) -> str:
    return _plain(text)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))


def tokens(text: str) -> list[str]:
    """What search indexes: syllables, then pairs of syllables (a Vietnamese word is mostly two)."""
    words = _WORD.findall(fold(text))
    return words + [f"{a}_{b}" for a, b in pairwise(words)]


@lru_cache(maxsize=4096)
def token_set(text: str) -> frozenset[str]:
    """The tokens once each: the same few hundred texts are compared again and again."""
    return frozenset(tokens(text))


def words_equal(one: str, other: str) -> bool:
    """Whether two texts are the same words, however they were typed."""
    return one == other or plain(one) == plain(other)
