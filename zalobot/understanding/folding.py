"""How a message is read before anything is decided: words without marks, short forms written out, slips mended.

The one rule: a word keeps what was typed beside what is read, so that whoever is told why sees their own words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from zalobot.understanding.sources import read
from zalobot.understanding.spelling import mended
from zalobot.understanding.vocabulary import known
from zalobot.vietnamese import fold, nfc, plain, tokens, words_equal

__all__ = ["Word", "expanded", "fold", "nfc", "plain", "tokens", "words", "words_equal"]

LONGEST: Final = 180  # words; a wall of text says what it is about at its beginning and its end
_TOKEN: Final = re.compile(r"https?://\S+|\w+|[?!]+|[^\w\s]")
_SIGNS: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_GLUED: Final = re.compile(r"(\d+)([^\W\d]+\d?)")
_LONGEST_PHRASE: Final = 4


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as typed, as read (short forms written out, with the marks that are known), and without marks."""

    typed: str
    said: str
    bare: str


class _Token(NamedTuple):
    """What is known of something typed whatever stands beside it. `words` is () where its neighbours have a say."""

    bare: str
    phrase: int  # words of the longest known phrase that begins with it
    words: tuple[Word, ...]


def words(text: str) -> tuple[Word, ...]:
    """The words of a text as they are read. A number is "0", a link "url"; of more than 180 the middle is left out."""
    return _words(text) if len(text) <= 400 else _read(text)


def expanded(text: str) -> str:
    """The text with its short forms written out and its slips mended, for whoever looks for known words in it."""
    return " ".join(word.said for word in words(text))


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[Word, ...]:
    return _read(text)


def _read(text: str) -> tuple[Word, ...]:
    typed = _typed(text)
    tokens = [_token(one) for one in typed]
    found: list[Word] = []
    place = 0
    while place < len(typed):
        token = tokens[place]
        size, said = _known(typed, place, token.phrase) if token.phrase else (0, "")
        if size:
            found.extend(_spread(" ".join(typed[place : place + size]), said))
        else:
            size = 1
            found.extend(token.words or _beside(typed, tokens, place))
        place += size
    return tuple(found)


@lru_cache(maxsize=16_384)  # people write with some thousands of words; most of a text costs one look this way
def _token(typed: str) -> _Token:
    bare = fold(typed)
    return _Token(bare, _phrases()[1].get(bare, 0), _alone(typed, bare))


def _typed(text: str) -> list[str]:
    text = nfc(text).lower()
    if _SIGNS.search(text):
        for sign, meaning in read("foreign")["signs"].items():
            text = text.replace(sign, f" {meaning} ")
    found = [piece for token in _TOKEN.findall(text) for piece in _pieces(token)]
    return found if len(found) <= LONGEST else [*found[: LONGEST * 2 // 3], *found[-LONGEST // 3 :]]


def _pieces(token: str) -> tuple[str, ...]:
    """ "20tr" is two words; "4g" is one."""
    glued = _GLUED.fullmatch(token)
    return (glued[1], glued[2]) if glued and token not in ("4g", "5g", "3g", "3q") else (token,)


def _known(typed: list[str], place: int, longest: int) -> tuple[int, str]:
    """How many words from here on are a known phrase, of at most so many, and what it stands for."""
    table = _phrases()[0]
    if place + 1 >= len(typed) and typed[place] not in table:
        return 0, ""
    for size in range(min(longest, len(typed) - place), 0, -1):
        said = table.get(fold(" ".join(typed[place : place + size])))
        if said is not None:
            return size, said
    return 0, ""


@cache
def _phrases() -> tuple[Mapping[str, str], Mapping[str, int]]:
    """What phrases stand for, and how long the longest one beginning with a word is."""
    table = {**read("foreign")["english"], **read("abbreviations")["phrases"]}
    first: dict[str, int] = {}
    for phrase in table:
        size = len(phrase.split())
        first[phrase.split()[0]] = max(size, first.get(phrase.split()[0], 0))
    return table, first


def _alone(token: str, bare: str) -> tuple[Word, ...]:
    """A word that is read the same wherever it stands; () for one that is not."""
    if token[0].isdigit():
        return (Word(token, token, "0"),)
    if token.startswith("http"):
        return (Word(token, token, "url"),)
    if not token[0].isalnum():
        return (Word(token, token, token[0]),)
    if short := _short(token):
        return () if token in read("abbreviations")["unless_after"] else _spread(token, short)
    return (Word(token, token, bare),) if bare in known() else ()


def _beside(typed: list[str], tokens: list[_Token], place: int) -> tuple[Word, ...]:
    """A short form that is none after some words, or a slip."""
    token, bare = typed[place], tokens[place].bare
    before = typed[place - 1] if place else ""
    short = _short(token)
    if short and before not in read("abbreviations")["unless_after"].get(token, ()):
        return _spread(token, short)
    after = tokens[place + 1].bare if place + 1 < len(typed) else ""
    meant = bare if bare in known() else mended(bare, tokens[place - 1].bare if place else "", after)
    if meant == bare:
        return (Word(token, token, bare),)
    short = _short(meant)
    return _spread(token, short) if short else (Word(token, meant, meant),)


def _short(token: str) -> str:
    table = read("abbreviations")["words"]
    found = table.get(token)
    if found is None and not token.isascii():
        bare = token.replace("đ", "d")
        found = table.get(bare) if bare.isascii() else None
    return found or ""


def _spread(typed: str, said: str) -> tuple[Word, ...]:
    return tuple(Word(typed, word, fold(word)) for word in said.split())
