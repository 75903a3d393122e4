"""A QR code as one SVG path, so that a page needs neither a script nor a picture file."""

from dataclasses import dataclass
from functools import lru_cache

import segno

_BORDER = 2


@dataclass(frozen=True, slots=True)
class Qr:
    """The code of `text`: `path` fits a square of `size` units, quiet border included."""

    text: str
    size: int
    path: str


@lru_cache(maxsize=500)  # milliseconds each, and the same pages are asked for again and again
def qr(text: str) -> Qr:
    """Draw a QR code with error level M."""
    matrix = segno.make(text, error="m", micro=False).matrix
    rows = "".join(_row(tuple(row), y + _BORDER) for y, row in enumerate(matrix))
    return Qr(text, len(matrix) + 2 * _BORDER, rows)


def _row(row: tuple[int, ...], y: int) -> str:
    out, x = [], 0
    while x < len(row):
        width = 0
        while x + width < len(row) and row[x + width]:
            width += 1
        if width:
            out.append(f"M{x + _BORDER} {y}h{width}v1h-{width}z")
        x += width or 1
    return "".join(out)
