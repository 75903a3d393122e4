"""Finding one message among all: by words (with or without marks), by what is wrong, by what was changed.

The one rule: it looks at the words in use. What is shipped has passed `checks` already, so only what was changed since
is judged.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from zalobot.languages import DEFAULT
from zalobot.templating import titles
from zalobot.templating.checks import check
from zalobot.templating.findings import Finding, Kind
from zalobot.templating.lint import TAG
from zalobot.templating.samples import given, title
from zalobot.templating.wording import Wording
from zalobot.vietnamese import fold, fold_in_place, nfc

_WORD: Final = re.compile(r"\w+")
_BEGINNING: Final = r"(?<![^\W_])"  # "han" is in "hạn", not in "nhận"; a placeholder has words, too
AROUND: Final = 60  # letters of a line beside what was found
LONGEST: Final = 100  # letters of what is looked for


class Only(StrEnum):
    """Which messages are shown: those that need mending, that need translating (again), that were changed."""

    PROBLEMS = "can-sua"
    UNTRANSLATED = "chua-dich"
    CHANGED = "da-doi"


@dataclass(frozen=True, slots=True)
class Found:
    """A message that was looked for, in one language. `pieces` are (words, whether they were looked for)."""

    name: str
    language: str
    pieces: tuple[tuple[str, bool], ...] = ()
    problems: tuple[Finding, ...] = ()


def look(wording: Wording, text: str) -> list[Found]:
    """Messages that have these words in their name, their text or what a placeholder is called, in any language: as one
    phrase that begins a word; where none has that, all of the words. Those called so come first, then those with these
    very marks."""
    said, typed = fold(text)[:LONGEST], " ".join(nfc(text).lower().split())[:LONGEST]
    if not said:
        return []
    found = list(_having(wording, [re.compile(_BEGINNING + re.escape(said))]))
    found = found or list(_having(wording, [re.compile(rf"\b{re.escape(word)}\b") for word in set(said.split())]))
    return sorted(found, key=lambda one: _rank(wording, one, said, typed))


def _rank(wording: Wording, one: Found, said: str, typed: str) -> int:
    if said in fold(titles.title(one.name)):
        return 0
    return 1 if typed in wording.source(one.name, one.language).lower() else 2


def _having(wording: Wording, wanted: Sequence[re.Pattern[str]]) -> Iterator[Found]:
    for name in _in_order(wording):
        named = _named(wording, name)
        for language in wording.languages:
            if not wording.has(name, language):
                continue
            source = wording.source(name, language)
            folded = fold_in_place(source)
            if all(word.search(folded) or (language == DEFAULT and word.search(named)) for word in wanted):
                yield Found(name, language, _excerpt(source, folded, wanted))


def _named(wording: Wording, name: str) -> str:
    """What a message is called, and what the placeholders in it are called, folded."""
    return _calls(name, wording.source(name) if wording.has(name) else "")


@lru_cache(maxsize=2048)
def _calls(name: str, source: str) -> str:
    called = [title(word) for word in dict.fromkeys(_WORD.findall(" ".join(TAG.findall(source)))) if word in given()]
    return " | ".join((fold(titles.title(name)), name, *map(fold, called)))


def _excerpt(source: str, folded: str, wanted: Sequence[re.Pattern[str]]) -> tuple[tuple[str, bool], ...]:
    """The words around the first place, with every hit in them; the beginning where only the name has it."""
    spans = sorted(hit.span() for word in wanted for hit in word.finditer(folded))
    first = spans[0][0] if spans else 0
    start, stop = _beginning(source, first), min(len(source), first + AROUND * 2)
    pieces, at = [("…", False)] if start else [], start
    for begin, end in spans:
        if at <= begin and end <= stop:
            pieces += [(source[at:begin], False), (source[begin:end], True)]
            at = end
    pieces.append((source[at:stop], False))
    if stop < len(source):
        pieces.append(("…", False))
    return tuple(piece for piece in pieces if piece[0])


def _beginning(source: str, first: int) -> int:
    """Where an excerpt begins: with the line, or with a word of it."""
    line = source.rfind("\n", 0, first) + 1
    if first - line <= AROUND:
        return line
    space = source.find(" ", first - AROUND, first)
    return space + 1 if space >= 0 else first


def only(wording: Wording, which: Only) -> list[Found]:
    """The messages of this kind, in the order of the conversation."""
    found = {Only.PROBLEMS: _with_problems, Only.UNTRANSLATED: _untranslated, Only.CHANGED: _changed}[which](wording)
    place = {name: at for at, name in enumerate(_in_order(wording))}
    return sorted(found, key=lambda one: (place.get(one.name, len(place)), one.language != DEFAULT, one.language))


def is_changed(wording: Wording, name: str, language: str = DEFAULT) -> bool:
    """Whether it is said otherwise than the program brought it."""
    shipped = wording.shipped[language].get(name)
    return wording.has(name, language) and (shipped is None or wording.source(name, language) != shipped.source)


def _changed(wording: Wording) -> Iterator[Found]:
    return (
        Found(name, language)
        for language in wording.languages
        for name in wording.names_in(language)
        if is_changed(wording, name, language)
    )


def _untranslated(wording: Wording) -> Iterator[Found]:
    for language in wording.languages[1:]:
        for name in sorted(wording.everywhere):
            if wording.has(name) and (not wording.has(name, language) or wording.is_stale(name, language)):
                yield Found(name, language)


def _with_problems(wording: Wording) -> Iterator[Found]:
    touched = {found.name for found in (*_changed(wording), *_untranslated(wording))}
    for name in touched:
        for language in wording.languages:
            if wording.has(name, language):
                grave = tuple(one for one in problems(wording, name, language) if one.kind is not Kind.NOTE)
                if grave:
                    yield Found(name, language, problems=grave)


def problems(wording: Wording, name: str, language: str = DEFAULT) -> tuple[Finding, ...]:
    """What is found about a message as it is said now."""
    stale = language != DEFAULT and wording.has(name) and wording.is_stale(name, language)
    ours = wording.source(name) if wording.has(name) else ""
    return _judged(wording, name, language, wording.source(name, language), ours, stale)


@lru_cache(maxsize=2048)
def _judged(wording: Wording, name: str, language: str, source: str, _ours: str, _stale: bool) -> tuple[Finding, ...]:
    """Judged once for the same words: what else it depends on is in the key."""
    return check(source, name, language, wording=wording)


def _in_order(wording: Wording) -> tuple[str, ...]:
    """All messages as they come in the conversation."""
    return _placed(wording.names)


@lru_cache(maxsize=8)
def _placed(names: tuple[str, ...]) -> tuple[str, ...]:
    placed = [name for group in titles.groups(names) for name in group.names]
    known = set(placed)
    return (*placed, *(name for name in names if name not in known))
