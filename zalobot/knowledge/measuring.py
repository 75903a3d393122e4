"""How well the search finds: figures over questions asked in other words than the answers are known by.

The one rule: made and hand-written questions are counted apart, and so are texts that nothing known answers.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zalobot.knowledge.paraphrasing import Asked
from zalobot.knowledge.ranking import Index

BEST: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """Of `of` questions: whose answer came first, and among five; shown at once, and right of these; milliseconds."""

    of: int
    first: int
    among_five: int
    shown: int
    shown_right: int
    milliseconds: float

    @property
    def hit_at_1(self) -> float:
        return self.first / self.of

    @property
    def hit_at_5(self) -> float:
        return self.among_five / self.of

    @property
    def precision(self) -> float:
        """Of what is shown at once, how much is right; 1 where nothing is shown."""
        return self.shown_right / self.shown if self.shown else 1.0


def measured(index: Index, questions: Sequence[Asked], enough: float) -> Found:
    """Search for each of these questions; `enough` is the confidence from which an answer is shown at once."""
    index.search(questions[0].text)  # what is read once only is no part of the time
    began = time.process_time()
    results = [(asked.key, index.search(asked.text, BEST)) for asked in questions]
    spent = time.process_time() - began
    ranks = [([match.key for match in got], key) for key, got in results]
    shown = [(got[0].key, key) for key, got in results if got and got[0].confidence >= enough]
    return Found(
        of=len(questions),
        first=sum(got[:1] == [key] for got, key in ranks),
        among_five=sum(key in got for got, key in ranks),
        shown=len(shown),
        shown_right=sum(best == key for best, key in shown),
        milliseconds=1000 * spent / len(questions),
    )


def shown_wrongly(index: Index, texts: Sequence[str], enough: float) -> int:
    """How many of these texts, which nothing known answers, would be answered at once all the same."""
    best = [index.search(text, 1) for text in texts]
    return sum(bool(got) and got[0].confidence >= enough for got in best)
