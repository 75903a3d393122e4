"""Reading the files of a province pack: every value is asked for by file and key, every mistake is noted, none stops.

The one rule: `Notes` gathers all problems, so that whoever edits a pack sees the whole list at once.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Notes:
    """The problems found so far, each "file: key: what is wrong"."""

    problems: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Note a problem; one that is asked for again is noted once."""
        if (problem := f"{where}: {what}") not in self.problems:
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Entry:
    """A table of a file. `where` names file and key for whoever has to mend it."""

    where: str
    values: dict[str, Any]
    notes: Notes

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The value of a key; a missing or wrong one is noted and an empty one of that kind returned."""
        value = self.values.get(key, default)
        if value is None:
            self.notes.add(self.where, f"{key} is missing")
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.notes.add(f"{self.where}: {key}", f"must be {_NAMES[kind]}, not {value!r}")
        elif value == "" and default is None:
            self.notes.add(self.where, f"{key} is empty")
        else:
            return value
        return default if default is not None else _empty(kind)

    def text(self, key: str, default: str | None = None) -> str:
        return self.get(key, str, default)

    def day(self, key: str) -> date:
        return self.get(key, date)

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        found = self.get(key, list, None if default is None else list(default))
        if wrong := [item for item in found if not isinstance(item, str)]:
            self.notes.add(f"{self.where}: {key}", f"must hold texts, not {wrong[0]!r}")
        return tuple(item for item in found if isinstance(item, str))

    def only(self, *known: str) -> None:
        """Note every key that is none of these: a misspelt one must not pass unseen."""
        for key in self.values.keys() - set(known):
            self.notes.add(f"{self.where}: {key}", f"is not known here; known are {', '.join(known)}")

    def entries(self, key: str, name: str = "") -> Iterator["Entry"]:
        """The tables of a list, each called by its own `name` or by its number."""
        yield from _entries(f"{self.where}: {key}", self.values.get(key, []), name, self.notes)


_NAMES: dict[type, str] = {str: "a text", int: "a whole number", date: "a date", list: "a list", dict: "a table"}
_NAMES[bool] = "true or false"


def _empty(kind: type[T]) -> T:
    return kind(1, 1, 1) if kind is date else kind()  # type: ignore[call-arg]


def read_toml(folder: Path, name: str, notes: Notes) -> Entry:
    """A .toml file; unreadable is noted and empty."""
    try:
        return Entry(name, tomllib.loads((folder / name).read_text(encoding="utf-8")), notes)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        notes.add(name, _reason(error))
        return Entry(name, {}, Notes())


def read_list(folder: Path, name: str, key: str, notes: Notes, *, optional: bool = False) -> list[Entry]:
    """A .json file holding a list of objects; unreadable is noted and empty."""
    if optional and not (folder / name).exists():
        return []
    try:
        data = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        notes.add(name, _reason(error))
        return []
    return list(_entries(name, data, key, notes))


def _entries(where: str, data: Any, key: str, notes: Notes) -> Iterator[Entry]:
    if not isinstance(data, list):
        notes.add(where, "must be a list")
        return
    for number, item in enumerate(data, 1):
        if isinstance(item, dict):
            yield Entry(f"{where}: {item.get(key) or number}", item, notes)
        else:
            notes.add(f"{where}: {number}", "must be a table")


def _reason(error: Exception) -> str:
    return "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error}"
