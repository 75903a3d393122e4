"""The languages businesses are spoken to in: Vietnamese, and one more for each folder in `templates/languages/`.

The one rule: which one is in use is known only while something is worded. `speaking` is entered by the wording when it
fills a message, and where typed words are compared with what options are called; never by a rule. What is stored, and
what staff read, is Vietnamese.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Final

from zalobot.paths import templates_folder

DEFAULT: Final = "vi"

_in_use: ContextVar[str] = ContextVar("language in use", default=DEFAULT)


def in_use() -> str:
    """The language of what is being worded now."""
    return _in_use.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Word what is inside in this language."""
    before = _in_use.set(language)
    try:
        yield
    finally:
        _in_use.reset(before)


@cache
def others() -> Mapping[str, Path]:
    """The languages beside Vietnamese, by their code, each with the folder of its files."""
    folder = templates_folder() / "languages"
    found = sorted(folder.iterdir()) if folder.is_dir() else ()
    return {one.name: one for one in found if (one / "words.toml").is_file()}


def every() -> tuple[str, ...]:
    """The codes of all languages, Vietnamese first."""
    return DEFAULT, *others()


def messages() -> dict[str, Path]:
    """Where the messages of the other languages are."""
    return {language: folder / "messages" for language, folder in others().items()}


@cache
def words(language: str = DEFAULT) -> Mapping[str, Any]:
    """The `words.toml` of a language, read once; KeyError for a language that is not there."""
    folder = templates_folder() if language == DEFAULT else others()[language]
    return tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))


@cache
def lists(table: str, kind: str) -> tuple[str, ...]:
    """A list of words that people type, in all languages together; KeyError where Vietnamese has none."""
    found = list(words()[table][kind])
    for language in others():
        found += words(language).get(table, {}).get(kind, ())
    return tuple(found)
