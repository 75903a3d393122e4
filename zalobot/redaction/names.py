"""Names of people: after a title ("ông", "chị"), after a word that asks for one ("gặp", "chủ TK"), or after an office.

The one rule: where marks or capitals leave doubt, only two words and more that begin with a family name are a name.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from zalobot.redaction.kinds import Kind
from zalobot.redaction.links import Found
from zalobot.redaction.shadow import Shadow
from zalobot.redaction.words import any_of, exact, listed, means, plain
from zalobot.vietnamese import fold

_SYLLABLE: Final = re.compile(r"[A-Z][A-Za-z]{0,14}(?![A-Za-z0-9@]|-[0-9])")
_BETWEEN: Final = re.compile(r"[ ]{1,2}(?=[A-Z])")
_WORD_BEFORE: Final = re.compile(r"([a-z]+)[ ]{1,2}\Z")
_HOLDER: Final = re.compile(r"[^A-Z\0\x01\n]{0,6}")
_CAPITALS: Final = re.compile(r"[A-Z]+(?: [A-Z]+){1,4}(?![A-Za-z0-9@])")
_VOWEL: Final = re.compile("[AEIOUYaeiouy]")
_NEXT_WORD: Final = re.compile(r" {1,2}([A-Za-z]+)")
_LETTERS: Final = re.compile("[A-Za-z]+")
_INITIALS: Final = frozenset("abcdeghiklmnpqrstuvxy")
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Clue:
    """A word before a name: what kind of word, where the name would begin, whether capitals tell nothing."""

    kind: str
    start: int
    name: int
    loud: bool


@cache
def _clue() -> re.Pattern[str]:
    """Any clue before a word."""
    words = any_of(listed("name", "titles", "cues", "jobs"))
    after = r"(?:\.?[ ]{1,3}|[ ]?[:.\-][ \n]{0,2}| la {1,2}:? ?)"
    return re.compile(rf"(?<![a-z0-9])({words}){after}(?=[a-z])")


def _clues(shadow: Shadow) -> list[Clue]:
    found: list[Clue] = []
    for match in _clue().finditer(shadow.low):
        if not shadow.bare[match.end()].isupper():
            continue
        typed = shadow.typed(*match.span(1))
        for kind in ("titles", "cues", "jobs"):
            strict = shadow.marked and kind != "jobs"
            if means(typed, "name", kind, marked=strict and not _bare_cue(typed, kind)):
                found.append(Clue(kind, match.start(), match.end(), _loud(shadow, match)))
                break
    return found


def _loud(shadow: Shadow, match: re.Match[str]) -> bool:
    """Whether capitals tell nothing: clue and name are shouted, or the clue is one letter ("a Huy", "a Saturday")."""
    said = shadow.bare[slice(*match.span(1))]
    return len(said) == 1 or (said.isupper() and shadow.bare[match.end() : match.end() + 2].isupper())


def _bare_cue(typed: str, kind: str) -> bool:
    """A word of a list of cues that was typed without any mark: "chu TK" in an otherwise marked text."""
    return kind == "cues" and typed.isascii() and " " in typed


def _stops(shadow: Shadow, start: int, end: int, after_family: bool) -> bool:
    """Whether a name ends before this word: an organisation, a place, an office, an ordinary word."""
    if after_family and end - start == 1 and shadow.typed(start, end) in _INITIALS:
        return False
    word = shadow.typed(start, end)
    pair = _NEXT_WORD.match(shadow.bare, end)
    two = f"{word} {shadow.typed(*pair.span(1))}" if pair else ""
    marked = shadow.marked and not (word.isascii() and shadow.bare[start:end].isupper())
    # "Bui Van Phong": two syllables of a name may spell "van phong".
    if two and means(two, "name", "stops", marked=marked) and (marked or not after_family):
        return True
    if means(word, "name", "stops", marked=marked) and (marked or not _maybe(word, after_family)):
        return True
    if means(word, "cue", "keep", "tax", marked=marked) or (two and means(two, "cue", "keep", "tax", marked=marked)):
        return marked or not after_family
    upper = shadow.bare[start:end]
    return len(upper) > 1 and upper.isupper() and not _VOWEL.search(upper)


def _maybe(word: str, after_family: bool) -> bool:
    """Whether a word typed without marks may be a part of a name although it looks like an ordinary word."""
    return word in plain("name", "maybe" if after_family else "surnames") and word != "la"


def _syllables(shadow: Shadow, start: int) -> list[tuple[int, int]]:
    """The capitalised words from here on that may be parts of one name."""
    found: list[tuple[int, int]] = []
    while len(found) < _MOST:
        match = _SYLLABLE.match(shadow.bare, start)
        family = bool(found) and _surname(shadow, found[0])
        if not match or _stops(shadow, *match.span(), family):
            break
        if found and shadow.bare[slice(*found[0])].isupper() != match[0].isupper() and len(match[0]) > 1:
            break
        found.append(match.span())
        between = _BETWEEN.match(shadow.bare, match.end())
        if not between:
            break
        start = between.end()
    return found


def _surname(shadow: Shadow, syllable: tuple[int, int]) -> bool:
    typed = shadow.typed(*syllable)
    if typed.isascii():
        return typed in plain("name", "surnames")
    return typed in exact("name", "surnames")


def _is_name(shadow: Shadow, clue: Clue, syllables: list[tuple[int, int]]) -> bool:
    family = len(syllables) > 1 and _surname(shadow, syllables[0])
    first = shadow.bare[slice(*syllables[0])]
    if clue.kind == "jobs" or clue.loud:
        return family
    if clue.kind == "titles" and not shadow.marked:
        return family or fold(shadow.bare[clue.start : clue.name].strip(" .")) in {"anh", "mr", "ms", "mrs"}
    return family or (len(first) > 1 and bool(_VOWEL.search(first)))


def _excluded(shadow: Shadow, clue: Clue, end: int) -> bool:
    """Cô Tô is an island, Bà Triệu a street."""
    before = _WORD_BEFORE.search(shadow.low, max(0, clue.start - 12), clue.start)
    if before and means(shadow.typed(*before.span(1)), "name", "not_after", marked=shadow.marked):
        return True
    excluded = _not_names()
    return shadow.typed(clue.start, end).startswith(excluded) or shadow.typed(clue.name, end).startswith(excluded)


@cache
def _not_names() -> tuple[str, ...]:
    return tuple(exact("name", "not_names"))


def names(shadow: Shadow, accounts: list[Found]) -> list[Found]:
    """Names after clues, and the holder typed in capitals after an account."""
    masks: list[Found] = []
    last = 0
    for clue in _clues(shadow):
        if clue.name < last:
            continue
        syllables = _syllables(shadow, clue.name)
        if syllables and _is_name(shadow, clue, syllables) and not _excluded(shadow, clue, syllables[-1][1]):
            last = syllables[-1][1]
            masks.append((Kind.NAME, clue.name, last, clue.kind))
    return masks + _holders(shadow, accounts, masks)


def _holders(shadow: Shadow, accounts: list[Found], masks: list[Found]) -> list[Found]:
    found: list[Found] = []
    for _, _, end, _ in accounts:
        start = end
        for _ in range(3):
            gap = _HOLDER.match(shadow.bare, start)
            start = gap.end() if gap else start
            name = _CAPITALS.match(shadow.bare, start)
            if name and _surname(shadow, (start, start + len(name[0].split(" ")[0]))):
                if all(name.end() <= m[1] or name.start() >= m[2] for m in masks + found):
                    found.append((Kind.NAME, *name.span(), "holder"))
                break
            word = _LETTERS.match(shadow.bare, start)
            if not word:
                break
            start = word.end()
    return found
