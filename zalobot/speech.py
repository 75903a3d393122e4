"""The words of one installation: the message files, what they may speak of, and who speaks."""

from collections.abc import Mapping
from pathlib import Path

from zalobot import languages, templating
from zalobot.message_contexts import CONTEXTS, FOR_BUSINESSES, MUST_SAY
from zalobot.paths import templates_folder
from zalobot.placeholders import PLACEHOLDERS
from zalobot.province import Province
from zalobot.templating import Wording


def wording(province: Province, folder: Path | None = None, others: Mapping[str, Path] | None = None) -> Wording:
    """The shipped messages (or a folder's) in all languages, spoken by this province's channel."""
    return _wording(folder, {"channel": province}, others)


def _wording(
    folder: Path | None, always: Mapping[str, object] | None = None, others: Mapping[str, Path] | None = None
) -> Wording:
    return Wording(
        folder or templates_folder() / "messages",
        PLACEHOLDERS,
        CONTEXTS,
        always,
        others or languages.messages(),
        must_say=MUST_SAY,
        everywhere=FOR_BUSINESSES,
    )


def check(folder: Path | None = None) -> list[str]:
    """What is wrong with the messages in any language, a line each, in the operator's words."""
    made = _wording(folder)
    templating.use(made)
    return [*templating.check_all(made), *(line for one in languages.others() for line in check_in(made, one))]


def check_in(made: Wording, language: str) -> list[str]:
    """What is wrong with the messages of a further language: one for businesses that is missing, above all."""
    return templating.check_language(made, language, FOR_BUSINESSES)
