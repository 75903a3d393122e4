"""Letters that are not what they look like: unseen ones, and those of other scripts and styles that read as Latin.

The one rule: what a reader sees and what the checks read has to be the same. A Cyrillic "ОТР", or "OTP" with something
unseen in it, or written backwards, asks for a secret past every list of words.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from zalobot.templating.findings import Finding, Kind, found
from zalobot.vietnamese import nfc

_WORD: Final = re.compile(r"\S+")
_JOINER, _STYLES = "\u200d", ("\ufe0e", "\ufe0f")  # which put emoji together
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_MARKS: Final = frozenset("\u0300\u0301\u0302\u0303\u0306\u0308\u0309\u031b\u0323\u0327")
_ALSO: Final = frozenset("đĐªºßøØæÆœŒłŁ")
_EAST: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]")  # read as themselves
_LIKE: Final = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕԁΑΒΕΖΗΙΚΜΝΟΡΤΥΧνορτᴏᴛᴘ",
    "ABEKMHOPCTYXIJSaeopcyxijsdABEZHIKMNOPTYXvoptotp",
)


_PICTURES: Final = {first + n: chr(ord("A") + n) for first in (0x1F150, 0x1F170, 0x1F1E6) for n in range(26)}


def read(text: str) -> str:
    """What a reader reads: letters in circles, in squares and of other styles are those letters."""
    return unicodedata.normalize("NFKC", text).translate(_PICTURES)


def findings(source: str) -> Iterator[Finding]:
    """The words with such letters, each with what it should be where that is clear."""
    for number, line in enumerate(source.split("\n"), 1):
        for word in _WORD.findall(line):
            if word.isascii():
                continue
            if any(_hidden(word, at) for at in range(len(word))):
                clean = "".join(letter for at, letter in enumerate(word) if not _hidden(word, at))
                yield found(source, number, Kind.STOP, "hidden_letter", word, remedy=clean)
            elif any(map(_strange, word)):
                clean = nfc(unicodedata.normalize("NFKC", word).translate(_LIKE))
                remedy = "" if any(map(_strange, clean)) else clean
                yield found(source, number, Kind.STOP, "strange_letter", word, remedy=remedy)


def _hidden(word: str, at: int) -> bool:
    """Nothing is seen of it, or it turns the order of what is seen."""
    letter = word[at]
    if letter == _JOINER:
        beside = word[max(0, at - 1) : at] + word[at + 1 : at + 2]
        return not all(unicodedata.category(one) in ("So", "Sk") or one in _STYLES for one in beside) or len(beside) < 2
    return unicodedata.category(letter) in ("Cf", "Co", "Cn") or letter in _FILLERS


def _strange(letter: str) -> bool:
    """A letter, a digit or a mark that no Latin text has."""
    kind = unicodedata.category(letter)
    if letter.isascii() or kind[0] not in "LNM" or letter in _ALSO or letter in _STYLES:
        return False
    if kind[0] == "L":
        base = unicodedata.normalize("NFD", letter)
        return not (base[0].isascii() and set(base[1:]) <= _MARKS) and not _EAST.match(letter)
    return letter not in _MARKS if kind[0] == "M" else kind == "Nd"
