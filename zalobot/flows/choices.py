"""Questions with options: one of them, or several.

The options may come from data (fields, agencies): a stored answer that is no longer among them is asked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from zalobot.flows.engine import Accepted, Answers, Reading, Rejected, Said
from zalobot.flows.options import Options, Source, best, best_in_any, certain, certain_in_any, resolve
from zalobot.flows.question import Question
from zalobot.flows.words import is_word
from zalobot.vietnamese import nfc, plain


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One of several options, by number, code, label, or enough of the label to know it. The value is the code.

    `options` is code → label, or a function of the answers giving that; `aliases` is code → other names.
    """

    options: Source
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = False

    def offered(self, answers: Answers) -> Options:
        """The options as they stand, in the order in which they are numbered."""
        return resolve(self.options, answers)

    def read(self, said: Said, answers: Answers) -> Reading:
        offered = partial(self.offered, answers)
        code = certain_in_any(said.text, offered, self.aliases)
        if code is None and self.optional and is_word(said.text, "skip"):
            return Accepted("")
        code = code or best_in_any(said.text, offered, self.aliases)
        return Accepted(code) if code is not None else Rejected("not_an_option")

    def clear(self, said: Said, answers: Answers) -> bool:
        if self.optional and is_word(said.text, "skip"):
            return True
        return certain_in_any(said.text, partial(self.offered, answers), self.aliases) is not None

    def holds(self, value: Any, answers: Answers) -> bool:
        return (self.optional and value == "") or value in self.offered(answers)


@dataclass(frozen=True, kw_only=True)
class Several(Question):
    """One or more of several options: "1, 3", "Sở Xây dựng và Công an tỉnh". The value is a list of codes.

    A word for yes takes `proposed(answers)`, the codes put forward in the question.
    """

    options: Source
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proposed: Callable[[Answers], list[str]] | None = None
    at_most: int = 5

    def offered(self, answers: Answers) -> Options:
        """The options as they stand, in the order in which they are numbered."""
        return resolve(self.options, answers)

    def read(self, said: Said, answers: Answers) -> Reading:
        options = self.offered(answers)
        if self.proposed is not None and is_word(said.text, "yes", "send", "skip"):
            return Accepted(list(self.proposed(answers)))
        codes = self._codes(said.text, options)
        if not codes:
            return Rejected("not_an_option")
        return Accepted(codes) if len(codes) <= self.at_most else Rejected("too_many")

    def _codes(self, text: str, options: Options) -> list[str]:
        whole = certain(text, options, self.aliases)
        if whole is not None:
            return [whole]
        pieces = [best(piece, options, self.aliases) for piece in split_list(text)]
        return [] if None in pieces else list(dict.fromkeys(code for code in pieces if code))

    def clear(self, said: Said, answers: Answers) -> bool:
        if self.proposed is not None and is_word(said.text, "yes", "send"):
            return True
        options = self.offered(answers)
        pieces = split_list(said.text)
        return bool(pieces) and all(certain(piece, options, self.aliases) is not None for piece in pieces)

    def holds(self, value: Any, answers: Answers) -> bool:
        options = self.offered(answers)
        return isinstance(value, list) and bool(value) and all(code in options for code in value)


def split_list(text: str) -> list[str]:
    """The pieces of an enumeration: commas, semicolons, new lines, plus signs; numbers also by spaces and "và"."""
    whole = plain(text).replace(" va ", " ").split()
    if whole and all(word.isdecimal() for word in whole):
        return whole
    pieces = nfc(text).replace(";", ",").replace("\n", ",").replace("+", ",").split(",")
    return [piece.strip() for piece in pieces if piece.strip()]
