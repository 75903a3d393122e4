"""A message as a letter by e-mail: the same words, with what a letter needs around them.

The one rule: what a button sends is no use in a letter; what it opens is written out, and the way back to the chat is
named.
"""

import re
from dataclasses import dataclass

from zalobot import templating
from zalobot.zalo.messages import Outgoing

_NUMBER = re.compile(r"^\d\. ")


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A message as the wording of a letter, or a template, sees it. `code` is its ticket's, "" where it has none."""

    text: str
    code: str
    chat_url: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter without an address."""

    subject: str
    text: str


def facts(outgoing: Outgoing, code: str, chat_url: str) -> LetterFacts:
    """What a letter or a template may say of a message."""
    return LetterFacts(_without_twins(outgoing), code, chat_url)


def _without_twins(outgoing: Outgoing) -> str:
    """The words without the line that tells how to type what the buttons send."""
    words = outgoing.plain().text
    titles = tuple(_NUMBER.sub("", one.title) for one in outgoing.buttons if one.kind == "query")
    return words.replace(templating.render("common/typed", options=titles).text, "").strip() if titles else words


def written(letter: LetterFacts) -> Written:
    """The letter, in the words of `mail/letter` and `mail/subject`."""
    return Written(
        templating.render("mail/subject", letter=letter).text, templating.render("mail/letter", letter=letter).text
    )
