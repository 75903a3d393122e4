"""What stands for each placeholder where there is no real case: the `samples.toml` of each language, read once.

The one rule: a further language gives only those that it says otherwise; the rest stay as they are.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from zalobot import languages
from zalobot.languages import DEFAULT
from zalobot.paths import templates_folder


@cache
def given(language: str = DEFAULT) -> Mapping[str, Mapping[str, Any]]:
    """The samples of a language: of each placeholder `title`, `sample`, and where they differ `longest` and `five`."""
    if language == DEFAULT:
        return _read(templates_folder() / "samples.toml")
    ours, theirs = given(), _read(languages.others()[language] / "samples.toml")
    return {name: {**sample, **theirs.get(name, {})} for name, sample in ours.items()}


def _read(path: Any) -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def title(name: str) -> str:
    """What operators call a placeholder; its name as words where the file has nothing."""
    return str(given().get(name, {}).get("title") or name.replace("_", " "))


def filled(sample: str, longest: str | int) -> str:
    """The longest value as it could be read: where only its length is known, the sample over and over."""
    if isinstance(longest, str):
        return longest or sample
    words = (sample or "x").split(" ")
    text = " ".join(words * (longest // max(1, len(sample)) + 1))[:longest]
    return text.rstrip(" ,;")
