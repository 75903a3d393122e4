"""Rows of numbers, one for each feature, that are added up by the dozen: a row is one large integer.

The one rule: a sum is taken of a few hundred rows at most, so that no number leaves its field of 64 bits.
"""

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

_BITS: Final = 64
_UNIT: Final = 2.0**-32  # numbers are kept to about ten digits after the point


class Columns:
    """For each feature the numbers it has in some of the columns; in the others it has none."""

    def __init__(self, rows: Mapping[str, Iterable[tuple[int, float]]], size: int) -> None:
        self._rows = {feature: sum(_in_place(*pair) for pair in pairs) for feature, pairs in rows.items()}
        self._size = size
        self._middle = sum(1 << (_BITS * place + _BITS - 1) for place in range(size))

    def added(self, features: Sequence[str]) -> tuple[int, list[float]]:
        """How many of the features there are, and the sum of each column over them."""
        known = [row for row in map(self._rows.get, features) if row is not None]
        # A number below zero borrows from its neighbour; with the middle of every field added none is.
        whole = (sum(known) + self._middle) ^ self._middle
        fields = array("q", whole.to_bytes(self._size * _BITS // 8, sys.byteorder))
        return len(known), [number * _UNIT for number in (fields if sys.byteorder == "little" else reversed(fields))]


def _in_place(place: int, number: float) -> int:
    return round(number / _UNIT) << (_BITS * place)
