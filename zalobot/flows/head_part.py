"""What the head of an agency does in chat with a late part: explain it in public and give a new date.

The answers begin with `part`, the code that the button carried, and `asked_on`, the local day on which it was asked.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zalobot.flows.engine import Accepted, Answers, Flow, Reading, Rejected, Said
from zalobot.flows.question import Question
from zalobot.flows.steps import Text
from zalobot.province import Province
from zalobot.tickets.explaining import AT_LEAST, date_problem

EXPLAIN = "officer_explain"
_DATE = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:\s*[/.\-]\s*(\d{4}|\d{2}))?(?!\d)")


def explain_flow(province: Province) -> Flow:
    """Why it is late, and when the answer comes."""
    return Flow(
        name=EXPLAIN,
        steps=(
            Text(name="reason", at_least=AT_LEAST, at_most=1000),
            WorkDay(name="new_date", province=province),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class WorkDay(Question):
    """A working day after the one on which it is asked, typed 27/11/2026 or 27/11. The value is an ISO date."""

    province: Province = field(repr=False)

    def read(self, said: Said, answers: Answers) -> Reading:
        today = date.fromisoformat(answers["asked_on"])
        day = day_in(said.text, today)
        if day is None:
            return Rejected("not_a_date")
        problem = date_problem(day, today, self.province)
        return Rejected(problem) if problem else Accepted(day.isoformat())

    def holds(self, value: Any, answers: Answers) -> bool:
        return isinstance(value, str) and bool(value)


def day_in(text: str, today: date) -> date | None:
    """The one day named in the text; without a year the next one to come. None where there is none, or several."""
    found = _DATE.findall(text)
    if len(found) != 1:
        return None
    day, month, year = (int(number or 0) for number in found[0])
    try:
        if year:
            return date(year if year > 99 else 2000 + year, month, day)
        here = date(today.year, month, day)
        return here if here > today else date(today.year + 1, month, day)
    except ValueError:
        return None
