"""Slips of the keyboard, mended: Telex and VNI left in, letters held too long, swapped, missing or one too many.

The one rule: what could be a Vietnamese syllable or is known is left alone; what has no one near word is too.
"""

import re
from functools import cache, lru_cache
from typing import Final

from zalobot.understanding.vocabulary import english, known, pairs

_ONSET: Final = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
_NUCLEUS: Final = (
    "(?:uye|uya|uyu|ieu|yeu|uou|uoi|uay|uao|oai|oay|oeo|oao|iu|ia|ie|ua|ue|ui|uo|uu|uy|oa|oe|oi|ao|ai|au|ay"
    "|eo|eu|ye|[aeiouy])"
)
_SYLLABLE: Final = re.compile(f"{_ONSET}{_NUCLEUS}(?:ch|ng|nh|[cmnpt])?")
_HELD: Final = re.compile(r"(.)\1{2,}")
_DOUBLED: Final = re.compile(r"(.)\1")
_VOWEL: Final = re.compile("[aeiouy]")
_TONE: Final = re.compile("[sfrxj](?=[a-z]{0,2}$)")
_SHORTEST: Final = 4


@lru_cache(maxsize=32_768)
def mended(word: str, before: str = "", after: str = "") -> str:
    """A word without marks as it was meant; its neighbours decide where several would do."""
    if len(word) < 2 or word in known() or word in english() or not word.isascii() or not word.isalpha():
        return _vni(word) if word[-1:].isdigit() else word
    if _SYLLABLE.fullmatch(word):
        return _nearest(word, before, after, alone=False) or word
    plainer = [guess for guess in (_HELD.sub(r"\1", word), _telex(word), _DOUBLED.sub(r"\1", word)) if guess != word]
    for guess in plainer:
        if guess in known() and len(guess) > 2:
            return guess
    alone = len(word) >= _SHORTEST or not _VOWEL.search(word)
    likely = next((guess for guess in plainer if len(guess) > 2 and _SYLLABLE.fullmatch(guess)), word)
    return _nearest(word, before, after, alone=alone and likely == word) or likely


def _telex(word: str) -> str:
    """ "dduwowcj" is "duoc": the letters that stood for marks are taken out."""
    for double in ("dd", "aa", "ee", "oo"):
        word = word.replace(double, double[0])
    bare = word.replace("w", "") if _VOWEL.search(word) else word.replace("w", "u")
    return _TONE.sub("", bare) if not _SYLLABLE.fullmatch(bare) else bare


def _vni(word: str) -> str:
    """ "thue61" is "thue"."""
    bare = re.sub("[1-9]", "", word)
    return bare if len(bare) > 2 and bare.isalpha() and bare in known() and word[0].isalpha() else word


def _nearest(word: str, before: str, after: str, *, alone: bool) -> str:
    """The known word one slip away that stands beside these neighbours elsewhere, else (`alone`) the likeliest; or "".

    Letters swapped come first, then the word most used.
    """
    near = {found for form in without_one(word) for found in _by_less().get(form, ())}
    one_off = [found for found in near if found != word and one_slip(word, found)]
    beside = {found: pairs().get((before, found), 0) + pairs().get((found, after), 0) for found in one_off}
    letters = sorted(word)
    best = max(
        one_off,
        key=lambda found: (beside[found], sorted(found) == letters, found[0] == word[0], known()[found], found),
        default="",
    )
    return best if best and (alone or beside[best]) else ""


def without_one(word: str) -> list[str]:
    """A word, and what is left of it without one of its letters: two words a slip apart have one of these in common."""
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]


@cache
def _by_less() -> dict[str, tuple[str, ...]]:
    """Known words by themselves and by what is left of them without one letter."""
    found: dict[str, list[str]] = {}
    for word in known():
        if len(word) >= 2 and word.isalpha():
            for form in without_one(word):
                found.setdefault(form, []).append(word)
    return {form: tuple(words) for form, words in found.items()}


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter put in, left out, replaced, or by two neighbours swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    if len(one) == len(other):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b if len(one) > len(other) else a == b[1:]
