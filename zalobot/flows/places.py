"""Where a business says it is: a commune-level unit of today, or a place as it was typed.

The one rule: nobody is moved. What is no unit of today (the wards of before July 2025, several of which were split
between new ones), or may be the old district as well as the ward that has its name, stays as it was typed.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from zalobot.province import Province, Unit
from zalobot.spoken import words_file
from zalobot.vietnamese import nfc, plain

PIECES: Final = re.compile(r"[,;\n|]+|\s[–-]\s|(?<=[a-zà-ỹ])\.\s")


def commune(units: Iterable[Unit], text: str) -> str | None:
    """The commune-level unit a text names with its kind (phường Hà Tu), or that a whole piece is (Hà Tu)."""
    said, pieces = f" {plain(text)} ", {plain(piece) for piece in PIECES.split(text)}
    for unit in units:
        alone = plain(unit.name) in pieces and unit.name != unit.former
        if alone or f" {plain(unit.full_name)} " in said:
            return unit.full_name
    return None


def is_place(province: Province, piece: str, sure: bool) -> bool:
    """Whether a piece says where: it begins as places do, or is a former district.

    Where it is not `sure` that the message says who writes, only a kind of unit before a name does: "phường Hải Yên".
    """
    words, listed = nfc(piece).split(), words_file()["who"]
    if not sure:
        return _begins(words, listed["unit"], named=True)
    return plain(piece) in _districts(province.units) or _begins(words, (*listed["unit"], *listed["spot"]))


def at(found: str | None, places: Iterable[str]) -> str:
    """The place in one line, as typed; of a unit of today its name, with what was typed beside it."""
    beside = [place for place in places if found is None or plain(found) not in plain(place)]
    if found is not None:
        beside = [*(place for place in beside if plain(place) not in plain(found)), found]
    return ", ".join(dict.fromkeys(beside))


def _begins(words: list[str], kinds: Iterable[str], *, named: bool = False) -> bool:
    """Whether the words are one of the kinds and something after it; `named`: with a capital or a number.

    Marks count: "Phương" and "Dương" are people.
    """
    for kind in kinds:
        count = len(kind.split())
        if len(words) > count and " ".join(words[:count]).lower() == kind:
            return not named or not words[count][0].islower()
    return False


@lru_cache(maxsize=8)
def _districts(units: tuple[Unit, ...]) -> frozenset[str]:
    return frozenset(plain(unit.former) for unit in units if unit.former)
