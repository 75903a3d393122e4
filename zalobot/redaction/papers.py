"""Number plates and passports: letters and digits together.

The one rule: a plate is known by its form, or after a word by less of it; a passport only after a word.
"""

import re
from functools import cache
from typing import Final

from zalobot.redaction.kinds import Kind
from zalobot.redaction.links import Found
from zalobot.redaction.shadow import Shadow
from zalobot.redaction.words import any_of, listed, whole

# 14C-123.45, 14A 12345, 14B1-234.56, 29AA-123.45, 14N-1234
_PLATE: Final = re.compile(
    r"(?<![a-z0-9./-])[1-9][0-9][ .-]{0,2}[a-z]{1,2}[0-9]?[ .-]{0,3}"
    r"(?:[0-9]{3}[ .-]{1,2}[0-9]{2}|[0-9]{4,5})(?![a-z0-9]|[./-][0-9a-z])"
)
_FORMAL: Final = re.compile(
    r"[0-9]{2}-?[a-z]{1,2}[0-9]?(?:[ .-]{0,3}[0-9]{3}\.[0-9]{2}|[ ]?-[ ]?(?!(?:19|20)[0-9]{2}$)[0-9]{4,5})"
)
_SERIES: Final = re.compile(
    r"[0-9]{2}[ -]?(?:[abcdefghklmnpstuvxyz]|[abcdefghklm][0-9]|ld|da|ng|nn|qt|md|cd|kt|hc|rm|aa|ab|ac)[ .-]?[0-9]{5}"
)
_PASSPORT: Final = r"(?:[a-z]{1,2}[0-9]{6,8}|[a-z] [0-9]{7,8}|[0-9]{9})(?![a-z0-9])"


@cache
def _plate_cue() -> re.Pattern[str]:
    return re.compile(rf"{whole(listed('plate', 'cues'))}[^0-9\n\0\x01]{{0,22}}\Z")


@cache
def _passport() -> re.Pattern[str]:
    cue = whole(listed("passport", "cues"))
    return re.compile(rf"{cue}[^0-9\0\x01]{{0,25}}?(?<![a-z0-9])({_PASSPORT})")


@cache
def _next_passport() -> re.Pattern[str]:
    return re.compile(rf" ?(?:[,;/+]|{any_of(listed('passport', 'and'))})? ?(?<![a-z0-9])({_PASSPORT})")


def plates(shadow: Shadow) -> list[Found]:
    """Plates of vehicles."""
    masks: list[Found] = []
    for match in _PLATE.finditer(shadow.low):
        capital = shadow.bare[match.start() : match.end()].upper() == shadow.bare[match.start() : match.end()]
        if _FORMAL.fullmatch(match[0]) or (capital and _SERIES.fullmatch(match[0])):
            masks.append((Kind.PLATE, *match.span(), "form"))
        elif _plate_cue().search(shadow.low, max(0, match.start() - 36), match.start()):
            masks.append((Kind.PLATE, *match.span(), "vehicle_word"))
    return masks


def passports(shadow: Shadow) -> list[Found]:
    """Passports after a word that names them, and those listed after the first."""
    masks: list[Found] = []
    for match in _passport().finditer(shadow.low):
        found: re.Match[str] | None = match
        while found:
            masks.append((Kind.PASSPORT, *found.span(1), "passport_word"))
            found = _next_passport().match(shadow.low, found.end())
    return masks
