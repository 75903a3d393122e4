"""How well messages are understood: figures over labelled messages, and the folds that keep them honest.

The one rule: no message is read by a model that was trained on it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zalobot.province import Province
from zalobot.understanding.intents import Intent
from zalobot.understanding.phrases import Phrase, Sample
from zalobot.understanding.phrasing import variants
from zalobot.understanding.reader import Reader, Understanding
from zalobot.understanding.training import Trainer

MUST_BE_FOUND: Final = (Intent.COMPLAINT, Intent.DENUNCIATION, Intent.EMERGENCY)
Read = Callable[[str], Understanding]
Judged = Sequence[tuple[Sample, Understanding]]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 1 where there was nothing to be right about."""
        return self.right / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one intent, as counts."""

    right: int
    said: int
    meant: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.meant if self.meant else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.said + self.meant) if self.said + self.meant else 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured over labelled messages. The agencies are judged over reports and questions."""

    intents: Mapping[Intent, Score]
    must_be_found: Share
    lead_first: Share
    lead_of_three: Share
    together: Score
    sure: Share
    sure_right: Share
    topic: Share
    milliseconds: float

    @property
    def macro_f1(self) -> float:
        """The mean of the F1 of the intents that occur."""
        return sum(score.f1 for score in self.intents.values()) / len(self.intents)


def judged(rows: Sequence[Sample], read: Callable[[int], Read], texts: Sequence[str] | None = None) -> Judged:
    """Each message with how it was understood. `read(n)` reads the n-th; `texts` stand in for what was typed."""
    typed = texts or [row.text for row in rows]
    return [(row, read(number)(text)) for number, (row, text) in enumerate(zip(rows, typed, strict=True))]


def figures(found: Judged, milliseconds: float = 0.0) -> Figures:
    """The figures of what was judged."""
    matters = [(row, got) for row, got in found if row.is_matter and row.agencies]
    sure = [(row, got) for row, got in matters if got.sure]
    grave = [(row, got) for row, got in found if row.intent in MUST_BE_FOUND]
    return Figures(
        intents=_intents(found),
        must_be_found=Share(sum(row.intent is got.intent for row, got in grave), len(grave)),
        lead_first=Share(sum(_lead(row, got, 1) for row, got in matters), len(matters)),
        lead_of_three=Share(sum(_lead(row, got, 3) for row, got in matters), len(matters)),
        together=_together(matters),
        sure=Share(len(sure), len(matters)),
        sure_right=Share(sum(_lead(row, got, 1) for row, got in sure), len(sure)),
        topic=Share(sum(bool(got.topics) and got.topics[0].code == row.topic for row, got in matters), len(matters)),
        milliseconds=milliseconds,
    )


def _intents(found: Judged) -> dict[Intent, Score]:
    right = Counter(row.intent for row, got in found if row.intent is got.intent)
    said = Counter(got.intent for _, got in found)
    meant = Counter(row.intent for row, _ in found)
    return {intent: Score(right[intent], said[intent], meant[intent]) for intent in Intent if meant[intent]}


def _lead(row: Sample, got: Understanding, best: int) -> bool:
    return row.agencies[0] in [ranked.code for ranked in got.agencies[:best]]


def _together(matters: Judged) -> Score:
    """The proposed agencies against the meant ones; where nothing is proposed the best one is taken."""
    pairs = [(set(row.agencies), set(got.proposed or [got.agencies[0].code])) for row, got in matters]
    return Score(
        sum(len(meant & said) for meant, said in pairs),
        sum(len(said) for _, said in pairs),
        sum(len(meant) for meant, _ in pairs),
    )


def timed(rows: Sequence[Sample], read: Callable[[int], Read]) -> float:
    """Milliseconds of processor time per message, each read for the first time."""
    begun = time.process_time()
    for number, row in enumerate(rows):
        read(number)(f"{row.text} .")
    return (time.process_time() - begun) * 1000 / max(len(rows), 1)


def folded(province: Province, rows: Sequence[Sample], folds: int, share: float = 1.0) -> Callable[[int], Read]:
    """A reader for each message that was trained without it: one for every fold; `share` as in `phrasing`."""
    trainer = Trainer(province.key, share)
    readers = []
    for fold in range(folds):
        others = [row for number, row in enumerate(rows) if number % folds != fold]
        phrases = [Phrase(row.text, row.topic, row.agencies) for row in others if row.is_matter]
        readers.append(Reader(province, model=trainer.model(others), phrases=phrases))
    return lambda number: readers[number % folds].read


def losses(rows: Sequence[Sample], read: Callable[[int], Read]) -> Iterator[tuple[str, Figures]]:
    """The figures of the same messages typed in other ways."""
    for name, texts in variants(row.text for row in rows).items():
        yield name, figures(judged(rows, read, texts))
