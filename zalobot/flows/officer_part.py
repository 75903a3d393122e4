"""What an officer does in chat with one part: answer it, say "not ours", ask the business.

The answers begin with `part`, the code that the button carried.
"""

from dataclasses import dataclass, field
from typing import Any

from zalobot.flows.engine import Accepted, Answers, Flow, Reading, Rejected, Said
from zalobot.flows.options import best
from zalobot.flows.question import Question
from zalobot.flows.steps import Confirm, Text
from zalobot.flows.words import changes
from zalobot.province import Province

ANSWER, NOT_OURS, ASK = "officer_answer", "officer_not_ours", "officer_ask"


def answer_flow(_province: Province) -> Flow:
    """The answer, seen once more before it goes: from the push to sent it is two taps and the text."""
    return Flow(
        name=ANSWER,
        steps=(
            Text(name="answer", at_least=15),
            Confirm(name="confirm", change=changes("answer"), more="answer"),
        ),
    )


def not_ours_flow(province: Province) -> Flow:
    """ "Not ours" must name the owner and a reason."""
    return Flow(
        name=NOT_OURS, steps=(Owner(name="owner", province=province), Text(name="reason", at_least=10, at_most=1000))
    )


def ask_flow(_province: Province) -> Flow:
    """A concrete question to the business."""
    return Flow(name=ASK, steps=(Text(name="question", at_least=10, at_most=1000),))


@dataclass(frozen=True, kw_only=True)
class Owner(Question):
    """The agency whose work it is, by any name people type for it. The value is its code."""

    province: Province = field(repr=False)

    def read(self, said: Said, answers: Answers) -> Reading:
        named = self.province.named(said.text)
        if named:
            return Accepted(named[0])
        agencies = self.province.working_agencies
        names = {code: agency.name for code, agency in agencies.items()}
        code = best(said.text, names, {code: tuple(agency.aliases) for code, agency in agencies.items()})
        return Accepted(code) if code else Rejected("not_an_agency")

    def holds(self, value: Any, answers: Answers) -> bool:
        return value in self.province.working_agencies
