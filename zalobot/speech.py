"""The words of one installation: the message files, what they may speak of, and who speaks."""

from pathlib import Path

from zalobot import templating
from zalobot.message_contexts import CONTEXTS
from zalobot.paths import templates_folder
from zalobot.placeholders import PLACEHOLDERS
from zalobot.province import Province
from zalobot.templating import Wording


def wording(province: Province, folder: Path | None = None) -> Wording:
    """The shipped messages (or a folder's), spoken by this province's channel."""
    return Wording(folder or templates_folder() / "messages", PLACEHOLDERS, CONTEXTS, {"channel": province})


def check(folder: Path | None = None) -> list[str]:
    """What is wrong with the messages, a line each, in the operator's words."""
    made = Wording(folder or templates_folder() / "messages", PLACEHOLDERS, CONTEXTS)
    templating.use(made)
    return templating.check(made)
