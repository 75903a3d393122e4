"""What changed from one text to another, line by line and within a line word by word.

The one rule: put together again, the pieces of a line are that line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_WORDS: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\w+|\s+|[^\w\s]")
_ALIKE: Final = 0.35  # lines with less in common are shown as one gone and one new
AROUND: Final = 1  # lines that stayed, before and after a change


@dataclass(frozen=True, slots=True)
class Line:
    """A line that stayed ("same"), went ("gone") or came ("new"); of what changed, `pieces` says which words did.

    "skipped" stands for lines that stayed and are not shown.
    """

    kind: str
    pieces: tuple[tuple[str, bool], ...] = ()

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece for piece, _ in self.pieces)


def between(before: str, after: str) -> list[Line]:
    """The lines that changed, with one on either side; nothing where nothing changed."""
    old, new = before.rstrip().split("\n"), after.rstrip().split("\n")
    if old == new:
        return []
    return list(_shortened(list(_lines(old, new))))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Line("same", ((line, False),)) for line in old[a:b])
            continue
        pairs = min(b - a, d - c)
        for offset in range(pairs):
            yield from _pair(old[a + offset], new[c + offset])
        yield from (Line("gone", ((line, False),)) for line in old[a + pairs : b])
        yield from (Line("new", ((line, False),)) for line in new[c + pairs : d])


def _pair(old: str, new: str) -> Iterator[Line]:
    words, others = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    if matcher.ratio() < _ALIKE:
        yield Line("gone", ((old, False),))
        yield Line("new", ((new, False),))
        return
    steps = matcher.get_opcodes()
    yield Line("gone", _joined(("".join(words[a:b]), tag != "equal") for tag, a, b, _, _ in steps))
    yield Line("new", _joined(("".join(others[c:d]), tag != "equal") for tag, _, _, c, d in steps))


def _joined(pieces: Iterator[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    return tuple((text, changed) for text, changed in pieces if text)


def _shortened(lines: Sequence[Line]) -> Iterator[Line]:
    changed = [index for index, line in enumerate(lines) if line.kind != "same"]
    near = {index + offset for index in changed for offset in range(-AROUND, AROUND + 1)}
    skipping = False
    for index, line in enumerate(lines):
        if index in near:
            yield line
        elif not skipping:
            yield Line("skipped")
        skipping = index not in near
