"""The words an index uses, found by words that are one slip of the keyboard away from them.

The one rule: a word costs its letters to put in and to look for, however many words there are.
"""

from typing import Final

from zalobot.understanding.spelling import one_slip, without_one

SHORTEST: Final = 3  # letters; a shorter word is not mended


class Slips:
    """Words by themselves and by what is left of them without one letter."""

    def __init__(self) -> None:
        self._by_less: dict[str, tuple[str, ...]] = {}
        self._order: dict[str, int] = {}
        self._put = 0

    def put(self, word: str) -> None:
        """Take a word in that is not there yet; a pair of words is none."""
        if " " not in word and len(word) >= SHORTEST:
            self._put += 1
            self._order[word] = self._put
            for form in dict.fromkeys(without_one(word)):
                self._by_less[form] = (*self._by_less.get(form, ()), word)

    def drop(self, word: str) -> None:
        """Take a word out; nothing where it is not in."""
        if self._order.pop(word, None) is None:
            return
        for form in dict.fromkeys(without_one(word)):
            rest = tuple(other for other in self._by_less.get(form, ()) if other != word)
            if rest:
                self._by_less[form] = rest
            else:
                self._by_less.pop(form, None)

    def meant(self, word: str) -> str:
        """The word that was put in first of those one slip away; the word itself where there is none."""
        found = {other for form in without_one(word) for other in self._by_less.get(form, ())}
        near = (other for other in found if other != word and one_slip(word, other))
        return min(near, key=self._order.__getitem__, default=word)
