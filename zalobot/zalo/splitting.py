"""A long text as several messages, broken where a reader would pause.

The one rule: no word is lost, and no character that is made of several code points is torn.
"""

import re
import unicodedata

TEXT_LIMIT = 2000

_PAUSES = tuple(re.compile(pause) for pause in (r"\n\s*\n", r"\n", r"(?<=[.!?…:;])\s", r"\s"))
_EXTENDS = ("Mn", "Me", "Mc")
_JOINER = "\u200d"


def units(text: str) -> int:
    """The length as Zalo may count it: UTF-16 units, which are never fewer than code points."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str) -> bool:
    """Whether a text, already in NFC, certainly is one message as it stands: a quick look for the many short ones."""
    return len(text) <= TEXT_LIMIT // 2 and not (text[:1].isspace() or text[-1:].isspace())


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The text (in NFC) in parts of at most `limit` units, numbered `(1/3) ` where there are several; [] for none."""
    text = unicodedata.normalize("NFC", text).strip()
    if units(text) <= limit:
        return [text] if text else []
    digits = 1
    while True:
        pieces = _pieces(text, limit - len("(/) ") - 2 * digits)
        if len(str(len(pieces))) <= digits:
            return [f"({number}/{len(pieces)}) {piece}" for number, piece in enumerate(pieces, 1)]
        digits += 1


def _pieces(text: str, room: int) -> list[str]:
    if room < 1:
        raise ValueError("the limit leaves no room for words")
    pieces = []
    while units(text) > room:
        end = _end(text, room)
        pieces.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*pieces, text] if text else pieces


def _end(text: str, room: int) -> int:
    """Where to break: after the last paragraph, line, sentence or word that leaves a part at least half full."""
    most = _reach(text, room)
    window = text[: most + 1]  # a pause right behind the last character costs no room
    for pause in _PAUSES:
        ends = [found.start() for found in pause.finditer(window) if found.start() >= max(1, most // 2)]
        if ends:
            return ends[-1]
    return _whole(text, most)


def _reach(text: str, room: int) -> int:
    """How many code points fit into `room` units, at least one."""
    taken = 0
    for place, character in enumerate(text):
        taken += 2 if character > "\uffff" else 1
        if taken > room:
            return max(1, place)
    return len(text)


def _whole(text: str, end: int) -> int:
    """The last place up to `end` that tears nothing; `end` itself where one character fills the whole part."""
    return next((place for place in range(end, 0, -1) if not _tears(text, place)), end)


def _tears(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if unicodedata.category(after) in _EXTENDS or after == _JOINER or before == _JOINER:
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff":  # the skin of the emoji before it
        return True
    if _flag(before) and _flag(after):  # two letters make a flag: break between pairs only
        run = place - len(text[:place].rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
        return run % 2 == 1
    return False


def _flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
