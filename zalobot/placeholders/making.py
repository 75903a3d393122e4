"""How a placeholder is made: its sample stands in `templates/samples.toml`."""

import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from zalobot.paths import templates_folder
from zalobot.templating import Placeholder

EXCERPT: Final = 500
LISTED: Final = 8  # lines of work in one message; the rest are a number


@cache
def _samples() -> dict[str, dict[str, Any]]:
    return tomllib.loads((templates_folder() / "samples.toml").read_text(encoding="utf-8"))


def placeholder(name: str, needs: str, value: Callable[[Any], str]) -> Placeholder:
    """A placeholder with its sample from `templates/samples.toml`, where a number stands for a text of this length."""
    given = _samples()[name]
    longest = given.get("longest", "")
    return Placeholder(name, needs, value, given["sample"], "m" * longest if isinstance(longest, int) else longest)


def agency_of(province: Any, code: str) -> str:
    """What an agency is called in the language in use; "" for one that is not there."""
    return str(province.agency_name(code))
