"""One line of the report.

The one rule: red is what stops an answer or soon will; all else warns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

OK, WARN, RED = STATES = ("ok", "warn", "red")

Fact = float | int | str | None


@dataclass(frozen=True, slots=True)
class Check:
    """`problem` is empty where `state` is ok; with `name` it is a key of the words (`templates/web/status.toml`)."""

    name: str
    state: str = OK
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    problem: str = ""


def worst(checks: Iterable[Check]) -> str:
    """The worst state of all."""
    return max((check.state for check in checks), key=STATES.index, default=OK)


def seconds(since: datetime | None, now: datetime) -> float:
    """How long ago, never negative; 0 for never."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
