"""What the words before a number say that it is.

The one rule: the nearest word decides, and nothing is read across another number, a sentence's end or a barrier.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from zalobot.redaction.shadow import PERSON, Shadow
from zalobot.redaction.words import any_of, exact, listed, plain, whole
from zalobot.vietnamese import fold

KINDS: Final = ("account_weak", "neutral", "tax", "keep", "phone", "identity", "account")
_WINDOW: Final = 70
_REACH: Final = {"account": 27, "account_weak": 24, "identity": 27, "tax": 30, "phone": 20, "neutral": 16}
_BREAK: Final = re.compile(r"[0-9\0\x01]|[.!?;] +[a-z]|\n[ \n]*[a-z]")


@dataclass(frozen=True, slots=True)
class Context:
    """The kind of the nearest word ("" for none), where it begins and ends, and whether a bank was named after it."""

    kind: str = ""
    start: int = 0
    end: int = 0
    bank: bool = False


NONE: Final = Context()


@cache
def _kinds() -> dict[str, str]:
    """The kind of each folded word; a word in several lists has the last of them."""
    return {word: kind for kind in KINDS for word in plain("cue", kind)} | dict.fromkeys(plain("bank", "names"), "bank")


@cache
def _cue() -> re.Pattern[str]:
    return re.compile(whole(_kinds()))


@cache
def _filler() -> re.Pattern[str]:
    """What may stand between "tờ khai" and its number."""
    return re.compile(rf"(?:[ :#.\-]{{1,3}}|{any_of(listed('cue', 'filler'))}(?![a-z])){{0,8}}")


@cache
def _bank_after() -> re.Pattern[str]:
    before = any_of(listed("bank", "before"))
    return re.compile(rf"[ ,;:()\-]{{0,4}}(?:{before}[ :]{{1,2}}){{0,2}}{any_of(listed('bank', 'names'))}(?![a-z])")


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(rf" ?{any_of(listed('number', 'units'))}(?![a-z0-9]| hang)")


def before(shadow: Shadow, start: int) -> Context:
    """What the number that starts here is, as far as the words before it tell."""
    last, bank = NONE, False
    for match in _cue().finditer(shadow.low, max(0, start - _WINDOW), start):
        kind = _kinds()[match[0]] if match[0] in _kinds() else _kinds()[fold(match[0])]
        if _only_with_marks(shadow, match):
            continue
        if kind == "bank" and last.kind:
            bank = True
        else:
            last, bank = Context(kind, *match.span()), False
    if not last.kind or not _reaches(shadow.low, last, start, bank):
        return _bank_only(shadow, start) if bank else NONE
    return Context(last.kind, last.start, last.end, bank)


def _only_with_marks(shadow: Shadow, match: re.Match[str]) -> bool:
    """ "luồng" is not "lương", "năm" is not a person called Nam."""
    return match[0] in plain("cue", "marked_only") and shadow.typed(*match.span()) not in exact("cue", "marked_only")


def _reaches(low: str, cue: Context, start: int, bank: bool) -> bool:
    gap = low[cue.end : start]
    if cue.kind == "tax":
        gap = gap.replace(PERSON, "")
    if _BREAK.search(gap):
        return False
    if cue.kind == "keep":
        return bool(_filler().fullmatch(gap))
    if cue.kind == "bank":
        return len(gap) <= 3 and not gap.strip(" :-(")
    if cue.kind in ("tax", "neutral", "phone") and ("," in gap or bank):
        return False
    return len(gap) <= _REACH[cue.kind] + 8 * bank


def _bank_only(shadow: Shadow, start: int) -> Context:
    """A bank's name directly before the number, when the word before it says nothing of it."""
    matches = [m for m in _cue().finditer(shadow.low, max(0, start - 20), start) if m[0] in plain("bank", "names")]
    cue = Context("bank", *matches[-1].span()) if matches else NONE
    return cue if matches and _reaches(shadow.low, cue, start, False) else NONE


def bank_follows(shadow: Shadow, end: int) -> bool:
    """Whether a bank is named right after the number."""
    return bool(_bank_after().match(shadow.low, end))


def unit_follows(shadow: Shadow, end: int) -> bool:
    """Whether the number is an amount of money, an area, a weight."""
    return bool(_unit().match(shadow.low, end))
