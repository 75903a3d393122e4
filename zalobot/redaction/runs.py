"""A run of digits as people group them: "0912 000 345", "1.250.000.000", "022085001234".

The one rule: a number begins and ends where a group does.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from zalobot.redaction import context
from zalobot.redaction.shadow import Shadow

_GROUP: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Run:
    """Groups of digits with nothing but spaces, dots, hyphens and brackets between them."""

    shadow: Shadow
    groups: tuple[tuple[int, int], ...]
    singles: tuple[str, ...]

    @classmethod
    def of(cls, shadow: Shadow, start: int, end: int) -> Self:
        """The run between these places."""
        groups = [(group.span(), group[0]) for group in _GROUP.finditer(shadow.num, start, end)]
        return cls(shadow, tuple(span for span, _ in groups), tuple(digits for _, digits in groups))

    def digits(self, first: int, last: int) -> str:
        """The digits of these groups, both included."""
        return "".join(self.singles[first : last + 1])

    def gap(self, group: int) -> str:
        """What stands before a group, back to the one before."""
        return self.shadow.num[self.groups[group - 1][1] : self.groups[group][0]]

    def reach(self, first: int, most: int) -> list[tuple[int, str]]:
        """Each group at which a number that begins at `first` may end, with its digits, `most` at the longest."""
        found, digits = [], ""
        for last in range(first, len(self.groups)):
            digits += self.singles[last]
            if len(digits) > most:
                break
            found.append((last, digits))
        return found

    def amount(self, first: int) -> int:
        """The last group of "1.250.000.000" or "1 250 000 đồng"; -1 if these are not an amount."""
        if self.singles[first][0] == "0" or len(self.singles[first]) > 3:
            return -1
        last, mark = first, ""
        while last + 1 < len(self.groups) and len(self.singles[last + 1]) == 3:
            gap = self.gap(last + 1)
            if gap not in (".", " ") or (mark and gap != mark):
                break
            last, mark = last + 1, gap
        if last == first or (mark == " " and not context.unit_follows(self.shadow, self.groups[last][1])):
            return -1
        return last
