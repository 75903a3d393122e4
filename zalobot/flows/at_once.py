"""Two questions before a report goes on: is this known answer what was meant; is this open ticket the same matter?

The one rule: either is asked only where something was found for the words (`found_answer`, `found_ticket`, put among
the answers by the handler), and whatever else is said adds to the description.
"""

from dataclasses import dataclass
from typing import Any, Final

from zalobot.flows.choices import Choice
from zalobot.flows.engine import Answers, Reading, Rejected, Said, Step
from zalobot.flows.steps import A_SENTENCE
from zalobot.flows.words import called, is_word

ANSWER, TICKET = "at_once", "same_matter"
FOUND_ANSWER, FOUND_TICKET = "found_answer", "found_ticket"
RIGHT, JOIN = "right", "join"
FOUND: Final = {ANSWER: FOUND_ANSWER, TICKET: FOUND_TICKET}


def steps() -> tuple[Step, ...]:
    """The two questions, in the order in which they are asked."""
    return tuple(Offer(name=name, options=called(name), when=_was_found(found)) for name, found in FOUND.items())


def without(answers: Answers, *names: str) -> dict[str, Any]:
    """The answers without these."""
    return {name: value for name, value in answers.items() if name not in names}


@dataclass(frozen=True, kw_only=True)
class Offer(Choice):
    """Yes or no to what is offered or asked; a sentence instead tells more of the matter."""

    def read(self, said: Said, answers: Answers) -> Reading:
        yes, no = self.offered(answers)
        for word, option in (("yes", yes), ("no", no)):
            if is_word(said.text, word):
                said = Said(option, said.files, said.at)
        reading = super().read(said, answers)
        if isinstance(reading, Rejected) and len(said.text.split()) >= A_SENTENCE:
            return Rejected(reading.reason, joins="description")
        return reading


def _was_found(name: str) -> Any:
    return lambda answers: bool(answers.get(name))
