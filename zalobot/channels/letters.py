"""A message as a letter by e-mail: the same words, with what a letter needs around them.

The one rule: what a button sends is no use in a letter; what it opens is written out, and the way back to the chat is
named.
"""

import re
from dataclasses import dataclass

from zalobot import templating
from zalobot.languages import DEFAULT
from zalobot.zalo.messages import Outgoing

_NUMBER = re.compile(r"^\d\. ")


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A message as the wording of a letter, or a template, sees it. `code` is its ticket's, `check_code` the one that
    the message is looked up by; "" where it has none."""

    text: str
    code: str
    chat_url: str
    language: str = DEFAULT
    check_code: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter without an address."""

    subject: str
    text: str


def facts(
    outgoing: Outgoing, code: str, chat_url: str, language: str = DEFAULT, check_code: str | None = None
) -> LetterFacts:
    """What a letter or a template may say of a message."""
    return LetterFacts(_without_twins(outgoing, language), code, chat_url, language, check_code or "")


def _without_twins(outgoing: Outgoing, language: str) -> str:
    """The words without the line that tells how to type what the buttons send."""
    words = outgoing.plain().text
    titles = tuple(_NUMBER.sub("", one.title) for one in outgoing.buttons if one.kind == "query")
    typed = templating.render("common/typed", options=titles).into(language).text
    return words.replace(typed, "").strip() if titles else words


def written(letter: LetterFacts) -> Written:
    """The letter, in the words of `mail/letter` and `mail/subject`, in the language of what it carries."""
    subject, text = (templating.render(f"mail/{name}", letter=letter) for name in ("subject", "letter"))
    return Written(subject.into(letter.language).text, text.into(letter.language).text)
