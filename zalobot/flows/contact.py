"""Phone numbers, e-mail addresses and ticket codes, found in what people type around them.

Numbers: mobile 0 + 3, 5, 7, 8 or 9 and eight digits; landline 02 and nine digits (Quảng Ninh: 0203 and seven);
+84, 84 and 0084 stand for the 0. A service number (1800, 1900) is nobody's contact.
"""

import re
import unicodedata
from typing import Final

_PHONE: Final = re.compile(r"(?<!\d)(?:(?:\+|00)\s?84|84|0)(?:[\s.()\-]*[\doO]){9,10}(?!\d)")
_MOBILE: Final = re.compile(r"0[35789]\d{8}")
_LANDLINE: Final = re.compile(r"02\d{9}")
_EMAIL: Final = re.compile(r"(?<![\w.%+-])[A-Za-z0-9_.%+-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}")
_EMAIL_SLIPS: Final = (
    (re.compile(r"@(?:gmai|gmial|gmil|gamil)\.", re.I), "@gmail."),
    (re.compile(r"\.(?:con|cmo|comm)$", re.I), ".com"),
)
_TICKET: Final = re.compile(
    r"(?<![\w.])([a-z]{2,4})[\s\-_.]*(\d{4})(?:[\s\-_.]*(\d{5})|[\s\-_.]+(\d{1,4}))(?:\s*/\s*(\d{1,2}))?(?![\w.]*\d)",
    re.I,
)


def phone(text: str) -> str:
    """The first phone number in the text as ten or eleven digits from 0, "" where there is none."""
    for found in _PHONE.finditer(unicodedata.normalize("NFKC", text)):
        digits = re.sub(r"\D", "", found[0].replace("o", "0").replace("O", "0"))
        digits = "0" + re.sub(r"^(?:0084|84|0)", "", digits)
        if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
            return digits
    return ""


def email(text: str) -> str:
    """The first e-mail address in the text, common slips (gmail.con) mended, "" where there is none."""
    found = _EMAIL.search(re.sub(r"\s*@\s*", "@", unicodedata.normalize("NFKC", text)))
    if found is None or len(found[0]) > 254:
        return ""
    address = found[0].strip(".")
    for slip, mended in _EMAIL_SLIPS:
        address = slip.sub(mended, address)
    return address


def name_beside(text: str) -> str:
    """The text without its phone number and e-mail address: a name, where the person wrote one."""
    rest = _EMAIL.sub(" ", re.sub(r"\s*@\s*", "@", unicodedata.normalize("NFKC", text)))
    rest = _PHONE.sub(" ", rest)
    return " ".join(re.sub(r"[\s,;:|()\-–]+", " ", rest).split())[:120]


def without_contacts(text: str) -> str:
    """The text with its phone numbers and e-mail addresses taken out, a comma where each stood."""
    rest = _EMAIL.sub(" , ", re.sub(r"\s*@\s*", "@", unicodedata.normalize("NFKC", text)))
    return _PHONE.sub(" , ", rest)


def ticket_code(text: str) -> str:
    """A ticket or part code in its written form (QN-2611-00042, QN-2611-00042/1), "" where there is none.

    Read without hyphens, with spaces, in lower case, and without the leading zeros where a separator shows the place.
    """
    found = _TICKET.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return ""
    prefix, month, whole, short, part = found.groups()
    if not 1 <= int(month[2:]) <= 12:
        return ""
    return f"{prefix.upper()}-{month}-{(whole or short).zfill(5)}" + (f"/{int(part)}" if part else "")
