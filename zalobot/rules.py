"""The rules as data: which periods are in force, by whose decision, from when.

The one rule: a ticket keeps the version it was born under; a new version never changes an old ticket.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from zalobot.errors import ConfigError
from zalobot.workdays import LOCAL


class Klass(StrEnum):
    """simple (đơn giản) is counted in working hours, hard (phức tạp) in working days."""

    SIMPLE = "simple"
    HARD = "hard"


class Convention(StrEnum):
    """A: 24:00 of day N. A17: the end of working time of day N. B: as A17, and after hours counts as the next day."""

    A = "A"
    A17 = "A17"
    B = "B"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """The periods in force from a day on, with the decision that sets them.

    `wait_days` is the most a pause may last, `close_days` of silence close an answered part, `explain_days` is the time
    to give a reason for being late; the coordinator has `triage_hours` to confirm, `dispute_hours` to settle a dispute.
    """

    version: str
    decision: str
    effective_from: date
    simple_hours: int = 4
    hard_days: int = 3
    convention: Convention = Convention.A17
    law: str = ""
    decided_on: date | None = None
    triage_hours: int = 2
    dispute_hours: int = 4
    wait_days: int = 3
    explain_days: int = 1
    close_days: int = 5

    def to_json(self) -> dict[str, Any]:
        """Plain data, from which `from_json` makes an equal rule."""
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RuleVersion":
        """The rule `to_json` wrote. Raises KeyError or ValueError when it is none."""
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in data.items() if key in known}
        values["effective_from"] = date.fromisoformat(data["effective_from"])
        values["decided_on"] = date.fromisoformat(data["decided_on"]) if data.get("decided_on") else None
        values["convention"] = Convention(data.get("convention", Convention.A17))
        return cls(**values)


def rule_in_force(rules: Iterable[RuleVersion], received: datetime) -> RuleVersion:
    """The newest rule effective on the local day of receipt. Raises ConfigError when there was none yet."""
    on = received.astimezone(LOCAL).date()
    effective = [rule for rule in rules if rule.effective_from <= on]
    if not effective:
        raise ConfigError([f"rules.toml: no rule is effective on {on}"])
    return max(effective, key=lambda rule: rule.effective_from)
