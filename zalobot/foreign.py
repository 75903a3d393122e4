"""Which language a first message is in: Vietnamese without marks is never taken for a foreign one.

The one rule: the small words decide, not names or terms. What two languages share ("can", "the", "do") counts for
neither; where the rest is too little, nothing is decided.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from zalobot import languages
from zalobot.vietnamese import nfc, plain

AT_LEAST: Final = 2  # small words of a language that must be there
TIMES: Final = 3  # as many as those of any other
SHARE: Final = 5  # and every fifth word
LETTERS_SHARE: Final = 3  # of the letters, where a language has its own
LOOKED_AT: Final = 600  # characters

_MARKED: Final = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")
_WORD: Final = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1024)
def written_in(text: str) -> str:
    """The code of the language a text is plainly in; "" where that is not plain."""
    text = nfc(text[:LOOKED_AT])
    return _by_letters(text) or _by_words(text)


def _by_letters(text: str) -> str:
    """A language that has letters of its own (`letters`, a class of characters) and uses them here."""
    length = len("".join(_WORD.findall(text)))
    for language, letters in _letters().items():
        if len(letters.findall(text)) * LETTERS_SHARE > length:
            return language
    return ""


def _by_words(text: str) -> str:
    said = plain(text).split()
    counts = {language: sum(word in small for word in said) for language, small in _small_words().items()}
    # A name written with its marks (Hạ Long) says nothing; a small-lettered word with marks is Vietnamese.
    counts[languages.DEFAULT] += sum(word[0].islower() and bool(_MARKED.search(word)) for word in _WORD.findall(text))
    best = max(counts, key=lambda language: counts[language])
    rest = max((count for language, count in counts.items() if language != best), default=0)
    enough = counts[best] >= max(AT_LEAST, TIMES * rest) and counts[best] * SHARE >= len(said)
    return best if enough else ""


def is_calm(text: str) -> bool:
    """Whether a text is plainly in a foreign language and has none of the words with which that cries for help."""
    language = written_in(text)
    if language in ("", languages.DEFAULT) or "alarming" not in _about(language):
        return False
    return frozenset(map(plain, _about(language)["alarming"])).isdisjoint(plain(text).split())


@cache
def _small_words() -> Mapping[str, frozenset[str]]:
    """The small words of each language that no other has."""
    lists = {one: frozenset(map(plain, _about(one).get("function_words", ()))) for one in languages.every()}
    return {
        one: small.difference(*(other for code, other in lists.items() if code != one)) for one, small in lists.items()
    }


@cache
def _letters() -> Mapping[str, re.Pattern[str]]:
    found = {one: _about(one).get("letters", "") for one in languages.others()}
    return {one: re.compile(f"[{letters}]") for one, letters in found.items() if letters}


@lru_cache(maxsize=1024)
def asked_for(said: str) -> str:
    """The language a message asks for by its name and nothing else ("English", "Tiếng Việt"); "" for none."""
    words = plain(said)
    return next((one for one in languages.every() if words and words in map(plain, _about(one)["called"])), "")


def _about(language: str) -> Mapping[str, str]:
    about: Mapping[str, str] = languages.words(language)["language"]
    return about
