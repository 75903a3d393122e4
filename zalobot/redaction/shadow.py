"""A text as the rules see it: one plain character for each, whatever Unicode form it was typed in.

The one rule: what is masked or must stay becomes `BARRIER` in the shadow, a name `PERSON`. No rule finds more because
of a barrier, so masking a text twice is masking it once.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from zalobot.vietnamese import nfc

BARRIER: Final = "\0"
PERSON: Final = "\1"
# Combining marks, soft hyphens, zero-width characters, variation selectors, and the keycap of emoji digits.
_DROPPED: Final = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ufe00-\ufe0f\u20e3]")
_DROPPED_SET: Final = frozenset(c for c in map(chr, range(0x10000)) if _DROPPED.match(c))
_MARKED: Final = re.compile("[\u00c0-\u01b0\u1ea0-\u1ef9\u0300-\u0323]")
_RANGES: Final = ((0x80, 0x250), (0x660, 0x66A), (0x6F0, 0x6FA), (0x1E00, 0x1F00), (0x2000, 0x2070), (0x2070, 0x208A))
_WIDE: Final = ((0x3000, 0x3001), (0xFF01, 0xFF5F), (0x1D7CE, 0x1D800))
_DASHES: Final = (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212)
_ZERO: Final = re.compile("(?<![a-z])o+(?=[0-9])|(?<=[0-9])o+(?![a-z])|(?<=[0-9][ .-])o{1,4}(?=[ .-][0-9])")
_NEAR_ZERO: Final = re.compile("[0-9][ .-]?o|o[0-9]")


def _plain(code: int) -> str:
    """The one ASCII character that this one stands for, or itself."""
    letter = chr(code)
    bare = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    if bare.isspace():
        return " "
    if len(bare) == 1 and bare.isdecimal():
        return str(unicodedata.decimal(bare))
    return bare if len(bare) == 1 and bare.isascii() else letter


def _table() -> dict[int, str]:
    table = {code: _plain(code) for low, high in _RANGES + _WIDE for code in range(low, high)}
    table |= dict.fromkeys(_DASHES, "-")
    return table | {
        0x1: BARRIER,
        0x9: " ",
        0xD: " ",
        0x110: "D",
        0x111: "d",
        0x2028: "\n",
        0x2029: "\n",
        0x41E: "O",
        0x43E: "o",
    }


_PLAIN: Final = _table()


@dataclass(frozen=True, slots=True)
class Shadow:
    """`bare` has no marks, `low` no capitals either, `num` a zero where "o" was typed for one; all equally long."""

    text: str
    bare: str
    low: str
    num: str
    places: tuple[int, ...]
    marked: bool

    @classmethod
    def of(cls, text: str) -> Self:
        """The shadow of a text; `places` is empty where nothing had to be left out."""
        kept = text
        places: tuple[int, ...] = ()
        if not text.isascii() and _DROPPED.search(text):
            places = tuple(i for i, letter in enumerate(text) if letter not in _DROPPED_SET)
            kept = "".join([text[i] for i in places])
        bare = kept.translate(_PLAIN)
        low = bare.lower()
        num = _ZERO.sub(lambda m: "0" * len(m[0]), low) if _NEAR_ZERO.search(low) else low
        return cls(text, bare, low, num, places, not text.isascii() and bool(_MARKED.search(text)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where this part of the shadow lies in the text, marks and all."""
        if not self.places:
            return start, end
        return self.places[start], self.places[end] if end < len(self.places) else len(self.text)

    def typed(self, start: int, end: int) -> str:
        """The characters as they were typed, composed, without capitals."""
        first, last = self.span(start, end)
        return nfc(self.text[first:last]).lower()

    def marked_outside(self) -> bool:
        """Whether there are marks that no barrier covers."""
        for mark in _MARKED.finditer(self.text):
            at = bisect_right(self.places, mark.start()) - 1 if self.places else mark.start()
            if self.low[at] not in (BARRIER, PERSON):
                return True
        return False

    def without(self, spans: Sequence[tuple[int, int]], wall: str = BARRIER) -> "Shadow":
        """The same with barriers in these places."""
        if not spans:
            return self
        bare, low, num = self.bare, self.low, self.num
        for start, end in spans:
            over = wall * (end - start)
            bare = bare[:start] + over + bare[end:]
            low = low[:start] + over + low[end:]
            num = num[:start] + over + num[end:]
        return Shadow(self.text, bare, low, num, self.places, self.marked)
