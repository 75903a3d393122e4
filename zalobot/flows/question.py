"""What every kind of question shares."""

from dataclasses import dataclass, field
from typing import Any

from zalobot.flows.engine import Accepted, Answers, Condition, Said, always


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every kind shares: a name, a condition, and the usual answers to the engine's questions about it."""

    name: str
    when: Condition = always
    takes_files: bool = field(default=False, init=False)

    def extend(self, said: Said, value: Any) -> Accepted | None:
        return None

    def clear(self, said: Said, answers: Answers) -> bool:
        return False

    def holds(self, value: Any, answers: Answers) -> bool:
        return value is not None
