"""Whether an answer says what an official answer says: conclusion, basis, next step, contact. Pure.

The one rule: it advises. What is missing is named before sending and written down; whether to send is the officer's.
The words looked for stand in `templates/words.toml` under `[answer]`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from rapidfuzz import fuzz

from zalobot.spoken import words_file
from zalobot.topics import Index, guess, index_of
from zalobot.vietnamese import fold, plain

ASPECTS: Final = ("conclusion", "basis", "next_step", "contact")
ALIKE: Final = 90.0  # of 100: the same words in nearly the same number
MANY: Final = 3  # so many of the last answers alike are pointed out
LAST: Final = 50  # answers of the agency that are looked at

_NUMBER_OF_A_PAPER: Final = re.compile(r"\d+\s*/\s*(?:\d{4}|[A-Za-zĐđ]{2,})")
_PHONE_OR_MAIL: Final = re.compile(r"\b0\d(?:[\s.-]?\d){7,9}\b|(?<![\d/.-])1\d{3}(?!\s*[/\d.-]\d|\s*/)|\S+@\S+\.\w+")
_LONGEST_LABEL: Final = 40
_REST: Final = "text"  # the label of what is no aspect
_GAP: Final = re.compile(r"\n{3,}")
_BESIDE: Final = 40  # characters between a kind of paper and its number


def read(text: str) -> dict[str, str]:
    """What the labelled lines ("Kết luận: …") of an answer say, by aspect; the lines that follow belong to them."""
    said = _sorted(text)
    return {name: said[name] for name in ASPECTS if said.get(name)}


def rest(text: str) -> str:
    """What an answer says beside what `read` finds in it; "" where that is all of it."""
    return _sorted(text).get(_REST, "")


def compose(text: str, said: Mapping[str, str]) -> str:
    """An answer out of the pieces of a form: what was said of each aspect under its label, empty ones left out.

    `read` finds in it what went in.
    """
    labels = _words("labels")
    lines = {
        name: f"{labels[name][0].capitalize()}: {given}" for name in ASPECTS if (given := said.get(name, "").strip())
    }
    first, rest = lines.pop("conclusion", ""), "\n".join(lines.values())
    return "\n\n".join(piece for piece in (first, text.strip(), rest) if piece)


def decision(text: str) -> str:
    """What is decided: yes, no, partly, or higher (cần cấp khác); "" where the answer does not say."""
    said = read(text).get("conclusion") or text
    heard = guess(said, _decisions())
    return heard[0].code if heard else ""


def missing(text: str) -> tuple[str, ...]:
    """The aspects an answer names neither by a label nor by the usual words."""
    labelled = read(text)
    said = {
        "conclusion": bool(decision(text)),
        "basis": _names_a_rule(text),
        "next_step": bool(guess(text, _phrases("next_step"))),
        "contact": bool(_PHONE_OR_MAIL.search(text) or guess(text, _phrases("contact"))),
    }
    return tuple(aspect for aspect in ASPECTS if not (labelled.get(aspect) or said[aspect]))


def alike(text: str, others: Iterable[str]) -> int:
    """How many of these answers are nearly the same words; 0 where they are few enough to be chance."""
    mine = plain(text)
    count = sum(fuzz.token_sort_ratio(mine, plain(other), score_cutoff=ALIKE) > 0 for other in others)
    return count if count >= MANY else 0


def _sorted(text: str) -> dict[str, str]:
    """The lines by the aspect whose label they follow; an empty line ends one."""
    found: dict[str, list[str]] = {}
    aspect = _REST
    for line in text.splitlines():
        label, colon, after = line.partition(":")
        named = _labels().get(plain(label), "") if colon and len(label) <= _LONGEST_LABEL else ""
        if named:
            aspect, line = named, after
        elif not line.strip():
            aspect = _REST
        found.setdefault(aspect, []).append(line.strip())
    return {name: _GAP.sub("\n\n", "\n".join(lines)).strip() for name, lines in found.items()}


def _names_a_rule(text: str) -> bool:
    if _NUMBER_OF_A_PAPER.search(text):
        return True
    said = fold(text)
    articles, papers = ("|".join(map(fold, _words("phrases")[kind])) for kind in ("articles", "papers"))
    return bool(re.search(rf"\b(?:{articles}) \d|\b(?:{papers})\b[^\n]{{0,{_BESIDE}}}?\d", said))


def _words(kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = words_file()["answer"][kind]
    return found


@cache
def _labels() -> dict[str, str]:
    return {plain(label): aspect for aspect, labels in _words("labels").items() for label in labels}


@cache
def _decisions() -> Index:
    return index_of(_words("decision"))


@cache
def _phrases(aspect: str) -> Index:
    return index_of({aspect: _words("phrases")[aspect]})
