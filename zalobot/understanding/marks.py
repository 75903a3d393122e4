"""Which marks the words of a text typed without any most likely have: "dat thue" is "đất thuê", "no thue" "nợ thuế".

The one rule: what is restored is one more thing counted beside the bare word, never in its place; a doubtful word has
none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from zalobot.understanding.vocabulary import marked_lines
from zalobot.vietnamese import fold

SURE: Final = 0.7  # the chance from which a form is taken for the one that was meant
BESIDE: Final = 0.9  # what the word before says of a word; the rest is said by how often the word is used at all
RARE: Final = 5.0  # a word that was seen this often is believed half as much as one always seen
_BEGIN, _END = "^", "$"

Chances = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """How often words stand in the data files, alone and beside each other; and the forms of each bare word."""

    alone: Mapping[str, int]
    beside: Mapping[tuple[str, str], int]
    forms: Mapping[str, tuple[str, ...]]
    whole: int

    def chance(self, before: str, word: str) -> float:
        """How likely a word is after another."""
        pair = self.beside.get((before, word), 0) / (self.alone.get(before, 0) + RARE)
        return BESIDE * pair + (1 - BESIDE) * (self.alone.get(word, 0) + 0.1) / self.whole


def restored(bare: Sequence[str]) -> list[str]:
    """The likeliest form of each word of a text without marks; the bare word where that is not sure, or unknown."""
    found: list[str] = []
    for run in _runs(bare):
        found.extend(run if len(run) == 1 and not run[0].isalpha() else map(_best, run, _chances(run)))
    return found


def _best(bare: str, chances: Chances) -> str:
    form = max(chances, key=lambda form: chances[form])
    return form if chances[form] >= SURE else bare


def _runs(bare: Iterable[str]) -> Iterator[list[str]]:
    """Words in a row; a sign or a number stands alone."""
    run: list[str] = []
    for word in bare:
        if word.isalpha():
            run.append(word)
            continue
        if run:
            yield run
        yield [word]
        run = []
    if run:
        yield run


def _chances(run: Sequence[str]) -> list[Chances]:
    """The chance of each form of each word, given all words of the run (forward and backward sums)."""
    seen = _seen()
    rows = [seen.forms.get(word, (word,)) for word in run]
    ahead: list[Chances] = [{_BEGIN: 1.0}]
    for forms in rows:
        ahead.append(_even({form: sum(c * seen.chance(b, form) for b, c in ahead[-1].items()) for form in forms}))
    found: list[Chances] = []
    behind: Chances = {_END: 1.0}
    for forms, before in zip(reversed(rows), reversed(ahead), strict=False):
        behind = _even({form: sum(c * seen.chance(form, a) for a, c in behind.items()) for form in forms})
        found.append(_even({form: before[form] * behind[form] for form in forms}))
    return found[::-1]


def _even(chances: Chances) -> Chances:
    whole = sum(chances.values())
    return {form: chance / whole for form, chance in chances.items()}


@cache
def _seen() -> _Seen:
    alone: dict[str, int] = {}
    beside: dict[tuple[str, str], int] = {}
    forms: dict[str, dict[str, None]] = {}
    for line in marked_lines():
        for word in line:
            alone[word] = alone.get(word, 0) + 1
            forms.setdefault(fold(word), {})[word] = None
        for pair in pairwise((_BEGIN, *line, _END)):
            beside[pair] = beside.get(pair, 0) + 1
        alone[_BEGIN] = alone.get(_BEGIN, 0) + 1
    return _Seen(alone, beside, {bare: tuple(of) for bare, of in forms.items()}, sum(alone.values()))
