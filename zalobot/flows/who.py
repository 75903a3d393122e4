"""Who writes: the business (name, tax code, sector, commune) and how to reach somebody there, in one message.

The one rule: all of it may be left out. What is plainly wrong (a tax code that cannot be) is said once, with what is
wrong about it, and what was given beside it is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from zalobot import tax_codes
from zalobot.flows.contact import email, phone, without_contacts
from zalobot.flows.engine import Accepted, Answers, Condition, Reading, Rejected, Said
from zalobot.flows.places import PIECES, at, commune, is_place
from zalobot.flows.question import Question
from zalobot.flows.steps import card_phone
from zalobot.flows.words import is_word
from zalobot.province import Province
from zalobot.spoken import words_file
from zalobot.vietnamese import nfc, plain

LONGEST: Final = 160  # characters of a name; more is a story
A_NAME: Final = 8  # words
A_PIECE: Final = 3  # words
A_LONG_NAME: Final = 16
OF_A_PERSON: Final = frozenset(("person", "phone", "email"))
_WORD: Final = re.compile(r"\w+")
Identity = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Who(Question):
    """Who writes. {} is "not asked yet", which will do where `spared` says so; the value names what was given.

    A tax code that cannot be is kept under `doubt` until it is given again or left out; `again` marks what is being
    changed: what is not said anew stays, but of another business only how to reach the person.
    """

    province: Province = field(repr=False)
    spared: Condition = field(default=lambda _: False, repr=False)

    def read(self, said: Said, answers: Answers) -> Reading:
        value = answers.get(self.name) or {}
        before = {name: kept for name, kept in value.items() if name not in ("doubt", "again")}
        if value.get("again") and is_word(said.text, "skip"):
            return Accepted({"asked": True})
        if is_word(said.text, "skip", "done", "keep", "send", "unsure"):
            return Accepted({**before, "asked": True})
        given = understood(self.province, said, before)
        if given is None:
            return Rejected("unclear", joins="description" if is_a_piece(said.text) else "")
        if value.get("again") and given.get("name", before.get("name")) != before.get("name"):
            before = {name: kept for name, kept in before.items() if name in OF_A_PERSON}
        code = tax_codes.find(said.text)
        if code is not None and code.wrong:
            return Rejected(code.wrong.value, keep={**before, **given, "doubt": code.code})
        return Accepted({**before, **given, "asked": True})

    def clear(self, said: Said, answers: Answers) -> bool:
        """A number or a name sent right after the matter is still part of it: `in_the_words` finds it there."""
        return is_word(said.text, "skip")

    def again(self, value: Any) -> dict[str, Any] | None:
        """What was said stays when a piece of it is changed, so that a new number does not cost the name."""
        kept = {name: said for name, said in (value or {}).items() if name not in ("asked", "doubt")}
        return {**kept, "again": True} if kept else None

    def holds(self, value: Any, answers: Answers) -> bool:
        if not isinstance(value, dict) or value.get("doubt") or value.get("again"):
            return False
        return bool(value.get("asked")) or self.spared(answers)


def is_a_piece(text: str) -> bool:
    """Whether words that are no answer to the question may be the next piece of the matter."""
    return len(text.split()) >= A_PIECE and not is_word(text, "lost")


def understood(province: Province, said: Said, before: Identity) -> dict[str, str] | None:
    """What a message says of who writes; None where it says nothing of that."""
    text = nfc(said.text)
    given: dict[str, str] = {}
    code = tax_codes.find(text)
    number, address = phone(_without(text, code)) or card_phone(said), email(text)
    given |= {"phone": number} if number else {}
    given |= {"email": address} if address else {}
    given |= {"tax_code": code.code} if code and not code.wrong else {}
    unit = commune(province.units, text)
    certain = bool(given) or code is not None or bool(before) or unit is not None
    rest = without_contacts(_without(text, code))
    typed = [(piece, *labelled(piece)) for part in PIECES.split(rest) if (piece := bare(part))]
    for piece, kind, words in typed:
        _put(given, piece, kind, words)
    certain = certain or "name" in given
    places = [words for piece, kind, words in typed if _is_where(province, piece, kind, words, certain)]
    given |= {"commune": where} if (where := at(unit, places)) else {}
    for piece, kind, words in typed:
        if not kind and words and words not in places and commune(province.units, piece) is None:
            _put_unlabelled(given, words, certain or "commune" in given, bool(number))
    return given if given or code else None


@lru_cache(maxsize=512)
def in_the_words(text: str) -> Mapping[str, str]:
    """What a description says of who writes, without having been asked: the tax code, and how to reach them."""
    code = tax_codes.find(text)
    found = {
        "tax_code": code.code if code and not code.wrong and not code.personal else "",
        "phone": phone(_without(text, code)),
        "email": email(text),
    }
    return {name: value for name, value in found.items() if value}


def _without(text: str, code: tax_codes.Found | None) -> str:
    return text if code is None else f"{text[: code.start]}, {text[code.end :]}"


def _put(given: dict[str, str], piece: str, kind: str, words: str) -> None:
    """Put one piece where the word that it begins with says."""
    if len(words) > LONGEST or not words:
        return
    if kind in ("business", "name") and not _is_story(words):
        given.setdefault("name", piece if kind == "business" else words)
    elif kind == "person":
        given.setdefault("person", piece if kind_is_title(piece) else words)
    elif kind == "sector":
        given.setdefault("sector", words)


def _is_where(province: Province, piece: str, kind: str, words: str, certain: bool) -> bool:
    """Whether a piece says where: by the word it begins with, in a message that says who writes."""
    if len(words) > LONGEST or _is_story(words):
        return False
    return (kind == "place" and certain and bool(words)) or (not kind and is_place(province, piece, certain))


def _put_unlabelled(given: dict[str, str], words: str, certain: bool, reachable: bool) -> None:
    """Put a piece without a label where it probably belongs, beside what is there already: what was typed is kept."""
    if not certain or len(words.split()) > A_NAME or _is_story(words):
        return
    where = _unlabelled(given, words, reachable)
    given[where] = ", ".join(filter(None, (given.get(where), words)))


def _is_story(words: str) -> bool:
    """Whether these words tell of something ("nộp từ tháng 8 chưa thấy gì"): then they are no name.

    "Vẫn" tells and "Vận" is in the name of every haulier: marks count where any are typed, and where none are only the
    words that no name has without them.
    """
    listed = words_file()["who"]
    told = set(listed["story"]) if not words.isascii() else {plain(word) for word in listed["story_unmarked"]}
    rest = words.lower()
    for name in listed["in_names"]:
        rest = rest.replace(name, "")
    return len(words.split()) > A_LONG_NAME or not told.isdisjoint(_WORD.findall(rest))


def _unlabelled(given: Mapping[str, str], words: str, reachable: bool) -> str:
    """What a piece without a label is: beside a number alone a person, else first the business, then what it does."""
    capitals = all(word[0].isupper() for word in words.split())
    if reachable and capitals and "person" not in given and ("name" in given or "tax_code" not in given):
        return "person"
    return "sector" if "name" in given else "name"


def labelled(piece: str) -> tuple[str, str]:
    """What a piece is by the word it begins with, and the rest of it as typed; ("", piece) where by none."""
    said = plain(piece)
    for kind, words in _labels():
        for word in words:
            if said == word or said.startswith(word + " "):
                return kind, " ".join(piece.split()[len(word.split()) :]).strip(" :=.-") or (
                    piece if kind == "business" else ""
                )
    return "", piece.strip(" :=.-")


def kind_is_title(piece: str) -> bool:
    """Whether a piece begins with how a person is addressed, which stays with the name."""
    return plain(piece).split()[0] in ("chi", "anh", "ong", "ba", "co", "chu", "em", "mr", "ms", "mrs")


@lru_cache(maxsize=1)
def _labels() -> tuple[tuple[str, tuple[str, ...]], ...]:
    listed = words_file()["who"]
    kinds = ("name", "business", "person", "sector", "place")
    return tuple((kind, tuple(sorted((plain(word) for word in listed[kind]), key=len, reverse=True))) for kind in kinds)


def bare(piece: str) -> str:
    """A piece without what only says that a number followed ("sđt", "email")."""
    words = piece.split()
    labels = {plain(word) for word in words_file()["who"]["phone"]}
    while words and plain(" ".join(words[-2:])) in labels:
        words = words[:-2]
    while words and (plain(words[-1]) in labels or not plain(words[-1])):
        words.pop()
    return " ".join(words).strip(" :=.-")
