"""How a placeholder is made: its sample stands in `templates/samples.toml`."""

from collections.abc import Callable
from typing import Any, Final

from zalobot.templating import Placeholder, samples

EXCERPT: Final = 500
LISTED: Final = 8  # lines of work in one message; the rest are a number


def placeholder(name: str, needs: str, value: Callable[[Any], str]) -> Placeholder:
    """A placeholder with its sample from `templates/samples.toml`, where a number stands for a text of this length."""
    given = samples.given()[name]
    longest = given.get("longest", "")
    return Placeholder(name, needs, value, given["sample"], "m" * longest if isinstance(longest, int) else longest)


def agency_of(province: Any, code: str) -> str:
    """What an agency is called in the language in use; "" for one that is not there."""
    return str(province.agency_name(code))
