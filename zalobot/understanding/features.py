"""What is counted of a message: its words, pairs of words, the known cues in it, and its shape.

The one rule: a feature is named after the words that make it, so that a decision can be explained by them.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from zalobot import languages
from zalobot.foreign import written_in
from zalobot.understanding.cues import cues
from zalobot.understanding.folding import Word, words
from zalobot.understanding.marks import restored
from zalobot.understanding.sources import read
from zalobot.understanding.vocabulary import tone_placed

_CODE: Final = re.compile(r"\b[a-z]{2}[\s-]?\d{4}[\s-]?\d{3,6}\b", re.IGNORECASE)
_PHONE: Final = re.compile(r"\b0[\dxX.\s-]{3,13}\b|\b0\d{2,3}[.\s]?[xX]{2,}")
_LETTERS: Final = re.compile(r"[^\W\d_]")
MARKED_SHARE: Final = 6  # a text of which every sixth word has marks was typed with them
_SIZES: Final = (1, 2, 3, 5, 8, 12, 18, 30, 60)


def intent_features(text: str) -> list[str]:
    """Everything the reading of the intent counts."""
    read_as = words(text)
    bare = tuple(word.bare for word in read_as)
    told = [f"c:{name}" for name in cues(bare)]
    return [*_single(read_as), *_pieces(read_as), *_pairs(bare), *_threes(bare), *told, *_shape(text, read_as)]


def topic_features(text: str) -> list[str]:
    """What the routing counts: words that carry matter, with the marks that are known, and their pairs."""
    return _of_matter([word for word in words(text) if _tells(word)])


def restored_features(text: str) -> list[str]:
    """The same of a text that was typed without marks: with those that its words most likely have."""
    read_as = words(text)
    marked = sum(not word.typed.isascii() for word in read_as)
    if MARKED_SHARE * marked >= len(read_as) or written_in(text) not in ("", languages.DEFAULT):
        return topic_features(text)
    likely = restored([word.bare for word in read_as])
    both = zip(read_as, likely, strict=True)
    return _of_matter([_with_marks(word, form) for word, form in both if _tells(word)])


def _with_marks(word: Word, form: str) -> Word:
    return Word(word.typed, form, word.bare) if word.said.isascii() else word


def _of_matter(read_as: Sequence[Word]) -> list[str]:
    return [*_single(read_as), *_pairs([word.bare for word in read_as])]


def _tells(word: Word) -> bool:
    return word.bare.isalnum() and word.bare not in _ignored()


@cache
def _ignored() -> frozenset[str]:
    """English words that go with every matter; none of them is a Vietnamese word without marks."""
    return frozenset(read("foreign")["ignored"]["words"])


def _single(read_as: Sequence[Word]) -> list[str]:
    found = [f"w:{word.bare}" for word in read_as]
    found += [f"m:{tone_placed(word.said)}" for word in read_as if not word.said.isascii()]
    return list(dict.fromkeys(found))


def _pieces(read_as: Sequence[Word]) -> list[str]:
    """Four letters in a row of a long word: it is foreign, or two that were typed as one."""
    long = {word.bare for word in read_as if len(word.bare) > 6}
    return sorted({f"g:{word[at : at + 4]}" for word in long for at in range(len(word) - 3)})


def _pairs(bare: Sequence[str]) -> list[str]:
    """Two words in a row; "^" is before the first, "$" after the last."""
    return list(dict.fromkeys(f"b:{one} {other}" for one, other in pairwise(("^", *bare, "$"))))


def _threes(bare: Sequence[str]) -> list[str]:
    whole = ("^", *bare, "$")
    return list(dict.fromkeys(f"t:{a} {b} {c}" for a, b, c in zip(whole, whole[1:], whole[2:], strict=False)))


def _shape(text: str, read_as: Sequence[Word]) -> list[str]:
    size = len(read_as)
    shape = [f"s:words<={next((limit for limit in _SIZES if size <= limit), 999)}"]
    letters = _LETTERS.findall(text)
    if not letters:
        shape.append("s:no letters")
        shape += [] if any(word.bare in "?!.,0" for word in read_as) else ["s:signs only"]
    elif size > 3 and sum(map(str.isupper, letters)) > 0.6 * len(letters):
        shape.append("s:capitals")
    shape += ["s:asks"] if "?" in text else []
    shape += ["s:code"] if _CODE.search(text) else []
    shape += ["s:phone"] if _PHONE.search(text) else []
    return shape
