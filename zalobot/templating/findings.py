"""What is found about the words of a message: where, how grave, and what would mend it.

The one rule: a finding has no words of its own; its operator reads the message `lint/<code>`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A STOP can't be released, a WARNING asks once more, a NOTE only says something."""

    STOP = "stop"
    WARNING = "warning"
    NOTE = "note"


_GRAVEST_FIRST: Final = {Kind.STOP: 0, Kind.WARNING: 1, Kind.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a line (from 1) at a column (from 1; 1 where it is about the whole line).

    `values` are what it is about. Where there is a `remedy`, it goes where the first of them stands (`checks.mended`).
    """

    line: int
    column: int
    kind: Kind
    code: str
    values: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def detail(self) -> str:
        """What it is about, as one phrase."""
        return ", ".join(self.values)

    @property
    def rank(self) -> tuple[int, int, int, str, tuple[str, ...]]:
        """Its place among others: by line, the gravest first."""
        return self.line, _GRAVEST_FIRST[self.kind], self.column, self.code, self.values


def found(source: str, line: int, kind: Kind, code: str, *values: str, remedy: str = "") -> Finding:
    """A finding about this line of a source, its column that of the first value where the line has it."""
    lines = source.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    column = text.find(values[0]) + 1 if values and values[0] else 0
    return Finding(line, max(1, column), kind, code, tuple(values), remedy)


def mended(source: str, finding: Finding) -> str:
    """The source with the finding's remedy in place; as it was where there is none, or it does not fit any more."""
    lines = source.split("\n")
    if not finding.remedy or not finding.values or not 0 < finding.line <= len(lines):
        return source
    text, start = lines[finding.line - 1], finding.column - 1
    wrong = finding.values[0]
    if text[start : start + len(wrong)] != wrong:
        return source
    lines[finding.line - 1] = text[:start] + finding.remedy + text[start + len(wrong) :]
    return "\n".join(lines)
