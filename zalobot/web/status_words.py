"""The words of a check for an operator: `templates/web/status.toml`.

The one rule: every problem a check can have stands there with what is the matter and what to do.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from zalobot.paths import templates_folder
from zalobot.standing import Check


@dataclass(frozen=True, slots=True)
class Told:
    """A check as a page shows it; `says` and `remedy` are empty where all is well."""

    title: str
    state: str
    says: str
    remedy: str


def told(check: Check) -> Told:
    """What an operator reads of a check; KeyError for a check without words."""
    words = wording()[check.name]
    if not check.problem:
        return Told(words["title"], check.state, "", "")
    problem = words[check.problem]
    return Told(words["title"], check.state, problem["says"].format(**check.facts), problem["remedy"])


@cache
def wording() -> dict[str, dict[str, Any]]:
    """The words of every check."""
    return tomllib.loads((templates_folder() / "web/status.toml").read_text(encoding="utf-8"))
