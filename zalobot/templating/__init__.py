"""What the bot says: messages in files, filled with values, checked before they are released.

`use(wording)` once at the start; then any rule says `templating.render("status/accepted", part=part)`.
"""

from typing import Any

from zalobot.templating.checks import check, check_all, check_language, words
from zalobot.templating.findings import Finding, Kind, mended
from zalobot.templating.language import Placeholder, Unsafe, button_kind
from zalobot.templating.lint import lost
from zalobot.templating.using import current, one_moment, use
from zalobot.templating.wording import Message, Rendered, Wording, message, typed

__all__ = [
    "Finding",
    "Kind",
    "Message",
    "Placeholder",
    "Rendered",
    "Unsafe",
    "Wording",
    "button_kind",
    "check",
    "check_all",
    "check_language",
    "current",
    "lost",
    "mended",
    "message",
    "one_moment",
    "preview",
    "render",
    "typed",
    "use",
    "words",
]


def render(name: str, /, **things: Any) -> Rendered:
    """The message in the words in use, with values from these things."""
    return current().render(name, **things)


def preview(source: str) -> Rendered:
    """These words with samples in place of values."""
    return current().preview(source)
