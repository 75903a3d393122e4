"""The words people type for "send", "skip", "done", in all languages together: read once, compared folded."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Final, cast

from zalobot import languages
from zalobot.spoken import spoken
from zalobot.vietnamese import plain

__all__ = ["after", "called", "changes", "command", "is_word", "spoken", "words"]


@cache
def words(kind: str) -> frozenset[str]:
    """The folded words of one list in `[typed]`; KeyError for a list that is not there."""
    return frozenset(plain(word) for word in languages.lists("typed", kind))


@cache
def longest_first(kind: str) -> tuple[str, ...]:
    """The same words, so that a longer one is found before one that it begins with."""
    return tuple(sorted(words(kind), key=len, reverse=True))


def called(table: str) -> Callable[[Any], Mapping[str, str]]:
    """For `Choice(options=…)`: the options of a table of `[spoken]`, as they are called in the language in use."""
    return lambda _: cast("Mapping[str, str]", spoken(table))


def changes(*steps: str) -> dict[str, str]:
    """For `Confirm(change=…)`: the words that name each of these steps in "sửa …"."""
    return {plain(word): step for step in steps for word in languages.lists("change", step)}


def command(text: str) -> str:
    """The message without marks, punctuation and politeness at its end."""
    said = plain(text).split()
    polite: Final = words("polite")
    while len(said) > 1 and said[-1] in polite:
        said.pop()
    return " ".join(said)


def is_word(text: str, *kinds: str) -> bool:
    """Whether the whole message is one of the words of these lists."""
    return len(text) <= 60 and not _lists_with(text).isdisjoint(kinds)


@lru_cache(maxsize=4096)
def _lists_with(text: str) -> frozenset[str]:
    """The lists that have this message as a word: a turn asks for a dozen of them."""
    said = {plain(text), command(text)}
    return frozenset(kind for kind in languages.words()["typed"] if not said.isdisjoint(words(kind)))


def after(text: str, kind: str) -> str | None:
    """What follows, folded, when the message begins with a word of this list ("" for nothing); None when it doesn't."""
    whole = plain(text)
    for word in longest_first(kind):
        if whole == word or whole.startswith(word + " "):
            return whole[len(word) :].strip()
    return None
