"""A calendar file for `zalobot calendar import`: TOML or JSON, written as the pack's `calendar.toml`.

The one rule: with `first` and `last` the file speaks for all days between them, and may reach further than the calendar
did; without them it sets the days it names and no others.
"""

import json
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from zalobot.errors import ConfigError
from zalobot.pack import Entry, Notes
from zalobot.pack_time import read_days
from zalobot.workdays import Day, WorkCalendar

_DATES = ("date", "from", "to", "off", "work", "first", "last")
_SIZE = 1_000_000


def read(path: Path, old: WorkCalendar) -> tuple[WorkCalendar, str]:
    """The calendar as it would be, and the file's `source`. Raises ConfigError with every problem, by key."""
    notes = Notes()
    entry = Entry(path.name, _values(path), notes)
    entry.only("version", "first", "last", "source", "off", "swap", "half", "work", "unset")
    whole = "first" in entry.values or "last" in entry.values
    first, last = (entry.day("first"), entry.day("last")) if whole else (old.first, old.last)
    days = list(read_days(entry, old))
    unset = [one.day("date") for one in entry.entries("unset", "date")]
    source = entry.text("source", "")
    if not notes.problems:
        try:
            return _merged(old, days, unset, (first, last) if whole else None), source
        except ValueError as error:
            for problem in str(error).split("; "):
                notes.add(path.name, problem)
    raise ConfigError(notes.problems)


def _merged(old: WorkCalendar, days: list[Day], unset: list[date], whole: tuple[date, date] | None) -> WorkCalendar:
    twice = {day.date for number, day in enumerate(days) if day.date in {other.date for other in days[:number]}}
    if twice:
        raise ValueError("; ".join(f"{on} is there twice" for on in sorted(twice)))
    if whole is None:
        return old.with_days(old.version, days, unset)
    first, last = whole
    outside = [day.date for day in days if not first <= day.date <= last]
    if outside:
        raise ValueError("; ".join(f"{on} is outside {first}..{last}" for on in outside))
    gone = [day.date for day in old.days if first <= day.date <= last]
    return replace(old, last=max(old.last, last)).with_days(old.version, days, [*gone, *unset])


def _values(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _SIZE:
            raise ConfigError([f"{path.name}: more than a megabyte is no calendar"])
        text = path.read_text(encoding="utf-8")
        found = _dated(json.loads(text)) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError([f"{path.name}: cannot be read: {error}"]) from error
    if not isinstance(found, dict):
        raise ConfigError([f"{path.name}: must be a table"])
    return found


def _dated(data: Any) -> Any:
    """JSON has no days: texts under the keys that hold days become days where they are ones."""
    if isinstance(data, list):
        return [_dated(item) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        key: _day(value) if key in _DATES and isinstance(value, str) else _dated(value) for key, value in data.items()
    }


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
