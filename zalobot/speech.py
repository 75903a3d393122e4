"""The words of one installation: the message files, what they may speak of, and who speaks."""

from collections.abc import Mapping
from pathlib import Path

from zalobot import languages, templating
from zalobot.message_contexts import CONTEXTS, FOR_BUSINESSES
from zalobot.paths import templates_folder
from zalobot.placeholders import PLACEHOLDERS
from zalobot.province import Province
from zalobot.templating import Wording


def wording(province: Province, folder: Path | None = None, others: Mapping[str, Path] | None = None) -> Wording:
    """The shipped messages (or a folder's) in all languages, spoken by this province's channel."""
    vietnamese = folder or templates_folder() / "messages"
    return Wording(vietnamese, PLACEHOLDERS, CONTEXTS, {"channel": province}, others or languages.messages())


def check(folder: Path | None = None) -> list[str]:
    """What is wrong with the messages in any language, a line each, in the operator's words."""
    made = Wording(folder or templates_folder() / "messages", PLACEHOLDERS, CONTEXTS, others=languages.messages())
    templating.use(made)
    return [*templating.check(made), *(line for one in languages.others() for line in check_in(made, one))]


def check_in(made: Wording, language: str) -> list[str]:
    """What is wrong with the messages of a further language: one for businesses that is missing, above all."""
    return templating.check_language(made, language, FOR_BUSINESSES)
