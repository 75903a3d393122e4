"""Tax codes (mã số thuế) in what people type: found, checked, and what is wrong with one that cannot be.

The one rule: a right check digit proves typing, not existence, and a wrong code never stops anybody. Ten digits are an
enterprise, thirteen its branch (-001 to -999), twelve a person, whose identity number it has been since 1 July 2025
(Thông tư 86/2024/TT-BTC). The first two digits never count against a code: it stays when a business moves.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from zalobot.spoken import words_file

WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
PLACES: Final = range(1, 97)  # the first three digits of an identity number

_BARE: Final = re.compile(r"(?<![\w+.])(\d[\dOo]?(?:[ .]?[\dOo]){7,12}(?:\s?-\s?\d{1,3})?)(?![\w])")
_ABROAD: Final = re.compile(r"(?<!\d)(?:\+|00)\s?\d[\d .\-()]{7,18}")
_MOBILE: Final = re.compile(r"(?:0|84)[35789]\d{8}")
_LANDLINE: Final = re.compile(r"02\d{9}")


class Wrong(StrEnum):
    """What is wrong with a code; each has its words."""

    LETTER = "tax_letter"
    LENGTH = "tax_length"
    SERIAL = "tax_serial"
    CHECK = "tax_check"
    BRANCH = "tax_branch"
    PERSON = "tax_person"


@dataclass(frozen=True, slots=True)
class Found:
    """A code in its written form (a branch with its hyphen), where it stood, and what is wrong with it, if anything."""

    code: str
    start: int
    end: int
    wrong: Wrong | None = None

    @property
    def personal(self) -> bool:
        """Whether it is somebody's identity number: personal data, which an enterprise's code is not."""
        return len(self.code) == 12 and self.code.isdecimal()


def find(text: str) -> Found | None:
    """The code a text holds: what follows a word for it, else digits that can be no telephone number."""
    flat = unicodedata.normalize("NFC", text)
    cued = _cued().search(flat)
    if cued is not None:
        return _found(cued[1], cued.start(), cued.start(1))
    flat = _ABROAD.sub(lambda number: " " * len(number[0]), flat)
    for bare in _BARE.finditer(flat):
        if not _telephone(bare[1]):
            return _found(bare[1], bare.start(), bare.start(1))
    return _second_number(flat)


@cache
def _cued() -> re.Pattern[str]:
    """A word for it, perhaps whose it is, and the digits."""
    listed = words_file()["who"]
    word, between = ("|".join(map(re.escape, listed[name])) for name in ("tax_code", "between"))
    return re.compile(rf"(?<!\w)(?:{word})(?:\s*(?:{between}))*\s*[:=.\-]*\s*([\dOoIl][\dOoIl .\-]{{4,20}})", re.I)


def _second_number(text: str) -> Found | None:
    """Of two numbers that may be telephones the one with a right check digit is the code: 0315998705 is both."""
    numbers = [bare for bare in _BARE.finditer(text) if _telephone(bare[1])]
    right = [bare for bare in numbers if wrong_with(_digits(bare[1])) is None]
    return _found(right[0][1], right[0].start(), right[0].start(1)) if len(numbers) > 1 and len(right) == 1 else None


def _telephone(typed: str) -> bool:
    digits = _digits(typed)
    return bool(_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits))


def _digits(typed: str) -> str:
    return re.sub(r"\D", "", typed.replace("O", "0").replace("o", "0"))


def _found(typed: str, start: int, at: int) -> Found:
    typed = typed.rstrip(" .-")
    bare = re.sub(r"[ .]", "", typed)
    end = at + len(typed)
    if any(letter in bare for letter in "OoIl"):
        return Found(bare, start, end, Wrong.LETTER)
    digits = re.sub(r"\D", "", bare)
    if "-" in bare and 10 < len(digits) != 13:
        return Found(bare, start, end, Wrong.BRANCH)
    code = f"{digits[:10]}-{digits[10:]}" if len(digits) == 13 else digits
    return Found(code, start, end, wrong_with(code))


def wrong_with(code: str) -> Wrong | None:
    """What is wrong with a code of ten, twelve or thirteen digits; None where nothing is."""
    digits, branch = code.replace("-", "")[:10], code.replace("-", "")[10:]
    if len(code) == 12 and code.isdecimal():
        return None if int(code[:3]) in PLACES else Wrong.PERSON
    if len(digits) != 10 or len(branch) not in (0, 3):
        return Wrong.LENGTH
    if digits[2:9] == "0000000":
        return Wrong.SERIAL
    if int(digits[9]) != check_digit(digits[:9]):
        return Wrong.CHECK
    return Wrong.BRANCH if branch == "000" else None


def check_digit(nine: str) -> int:
    """The tenth digit to these nine; 10, which no digit is, where there is no code with them."""
    return 10 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, nine, strict=True)) % 11
