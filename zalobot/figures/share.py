"""A share with its count and its interval: 244 of 280, 87 %, 83 to 91 %.

The one rule: below five there is no percentage, only "3 of 4" (`enough` is False).
"""

from dataclasses import dataclass
from math import sqrt

LEAST = 5
_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`; `low` and `high` are Wilson's 95 % interval, in whole per cent."""

    hits: int
    of: int

    @property
    def enough(self) -> bool:
        """Whether there are enough cases to speak of a percentage."""
        return self.of >= LEAST

    @property
    def percent(self) -> int:
        """The share, in whole per cent."""
        return round(100 * self.hits / self.of) if self.of else 0

    @property
    def low(self) -> int:
        """The lower end of the interval."""
        return round(100 * self._end(-1))

    @property
    def high(self) -> int:
        """The upper end of the interval."""
        return round(100 * self._end(1))

    def _end(self, side: int) -> float:
        if not self.of:
            return 0.0 if side < 0 else 1.0
        n, p, z2 = self.of, self.hits / self.of, _Z * _Z
        return (p + z2 / (2 * n) + side * _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n)
