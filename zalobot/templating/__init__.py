"""What the bot says: messages in files, filled with values, linted before they are saved.

`use(wording)` once at the start; then any rule says `templating.render("status/accepted", part=part)`.
"""

from typing import Any

from zalobot.templating.language import Placeholder, Unsafe, button_kind
from zalobot.templating.lint import Problem, check, check_folder, check_language, lost
from zalobot.templating.lint import problems as _problems
from zalobot.templating.wording import Rendered, Wording, typed

__all__ = [
    "Placeholder",
    "Problem",
    "Rendered",
    "Unsafe",
    "Wording",
    "button_kind",
    "check",
    "check_folder",
    "check_language",
    "current",
    "lost",
    "preview",
    "problems",
    "render",
    "typed",
    "use",
]

_current: Wording | None = None


def use(wording: Wording) -> None:
    """Let the whole process speak these words from now on."""
    global _current
    _current = wording


def current() -> Wording:
    """The words in use; RuntimeError before `use`."""
    if _current is None:
        raise RuntimeError("templating.use(wording) has not been called")
    return _current


def render(name: str, /, **things: Any) -> Rendered:
    """The message in the words in use, with values from these things."""
    return current().render(name, **things)


def preview(source: str) -> Rendered:
    """These words with samples in place of values."""
    return current().preview(source)


def problems(source: str, things: tuple[str, ...]) -> list[Problem]:
    """What is wrong with these words for a message that is given these things."""
    return _problems(current(), source, things)
