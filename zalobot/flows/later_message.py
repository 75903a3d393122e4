"""A business with a ticket under way writes again: the same matter, or a new one? Asked once, by one tap.

The one rule: what was written is already the answer to `addition`; more of it may come until the question is answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zalobot.flows.choices import Choice
from zalobot.flows.engine import Accepted, Answers, Flow, Reading, Rejected, Said
from zalobot.flows.options import Options
from zalobot.flows.steps import A_SENTENCE, Confirm, Files, Text
from zalobot.flows.words import is_word, spoken
from zalobot.province import Province

SAME_OR_NEW, WITHDRAW = "same_or_new", "withdraw"
NEW = "new"


def same_or_new_flow(_province: Province) -> Flow:
    """`tickets` (codes, the newest first) and `files` are answered beforehand; `which` is a code or NEW."""
    return Flow(
        name=SAME_OR_NEW,
        steps=(
            Addition(name="addition", optional=True),
            Files(name="files"),
            Which(name="which", options=choices),
        ),
    )


def withdraw_flow(_province: Province) -> Flow:
    """Taking a report back is asked once more."""
    return Flow(name=WITHDRAW, steps=(Confirm(name="confirm"),))


def choices(answers: Mapping[str, Any]) -> Options:
    """One option for each ticket it may belong to, and a new matter."""
    words = spoken("same_or_new")
    return {**{code: f"{words['same']} {code}" for code in answers.get("tickets", ())}, NEW: words["new"]}


@dataclass(frozen=True, kw_only=True)
class Addition(Text):
    """What was written; nothing yet where a photo came first, which words may follow."""

    def extend(self, said: Said, value: Any) -> Accepted | None:
        return super().extend(said, value) if value or not said.text.strip() else Accepted(said.text, open=True)


@dataclass(frozen=True, kw_only=True)
class Which(Choice):
    """Which ticket it belongs to; a further sentence is more of the same message."""

    def read(self, said: Said, answers: Answers) -> Reading:
        tickets = answers.get("tickets", ())
        if len(tickets) == 1 and is_word(said.text, "same"):
            return Accepted(tickets[0])
        if is_word(said.text, "new", "report"):
            return Accepted(NEW)
        reading = super().read(said, answers)
        if isinstance(reading, Accepted):
            return reading
        return Rejected("not_an_option", joins="addition" if len(said.text.split()) >= A_SENTENCE else "")
