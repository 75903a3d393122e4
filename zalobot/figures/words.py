"""What each figure means and each column holds: one text for every page, file and dictionary.

The one rule: the words stand in `templates/web/figures.toml`; a figure without its definition is an error.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from zalobot.paths import templates_folder


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure's name and how it is worked out."""

    name: str
    how: str


@cache
def definitions() -> dict[str, Definition]:
    """Every figure by its key."""
    return {key: Definition(entry["name"], entry["how"]) for key, entry in _file()["figures"].items()}


@cache
def columns() -> dict[str, dict[str, str]]:
    """What the columns of each file hold, by the file's key, in the order of the file."""
    found: dict[str, dict[str, str]] = _file()["columns"]
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the leader's workbook: its name, its headings, and the words of its states."""

    name: str
    columns: tuple[str, ...]
    looks: dict[str, str]


@cache
def sheets() -> dict[str, Sheet]:
    """The sheets by their key, in their order."""
    return {
        key: Sheet(entry["name"], tuple(entry["columns"]), entry.get("looks", {}))
        for key, entry in _file()["sheets"].items()
    }


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((templates_folder() / "web/figures.toml").read_text(encoding="utf-8"))
