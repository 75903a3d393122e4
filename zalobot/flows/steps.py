"""The kinds of question: each reads a message and says what it means. No step sends, stores or knows the time.

A refusal's reason names its wording: `<step>.<reason>`. Values are JSON: text, lists and dicts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from zalobot.flows.choices import Choice, Several
from zalobot.flows.contact import email, name_beside, phone, ticket_code
from zalobot.flows.engine import Accepted, Answers, Reading, Rejected, Reopened, Said
from zalobot.flows.options import best
from zalobot.flows.question import Question
from zalobot.flows.words import after, command, is_word
from zalobot.vietnamese import nfc

__all__ = ["Choice", "Code", "Confirm", "Contact", "Files", "Phone", "Several", "Text"]

A_SENTENCE = 4  # words; fewer are a slip of the thumb, not an afterthought


@dataclass(frozen=True, kw_only=True)
class Text(Question):
    """Words of their own, kept whole. What is too short is kept as a beginning, so that several bubbles add up."""

    at_least: int = 1
    at_most: int = 5000
    optional: bool = False

    def read(self, said: Said, answers: Answers) -> Reading:
        if self.optional and is_word(said.text, "skip"):
            return Accepted("")
        beginning = answers.get(self.name)
        text = _together(beginning if isinstance(beginning, str) else "", said.text)
        if len(text) > self.at_most:
            return Rejected("too_long")
        if len(text) < self.at_least:
            return Rejected("too_short", keep=text or None)
        return Accepted(text, open=True)

    def extend(self, said: Said, value: Any) -> Accepted | None:
        if not said.text.strip() or not value:
            return None
        text = _together(value, said.text)
        return Accepted(text, open=True) if len(text) <= self.at_most else None

    def holds(self, value: Any, answers: Answers) -> bool:
        return isinstance(value, str) and ((self.optional and not value) or len(value) >= self.at_least)


def _together(one: str, more: str) -> str:
    return "\n".join(text for text in (one, nfc(more).strip()) if text)


@dataclass(frozen=True, kw_only=True)
class Files(Question):
    """Photos and files over several messages, ended by "xong", or none: "bỏ qua". A caption stays with its file.

    The value is {"files": [...], "done": bool}; the question stays open until it is done. {} is "not asked": what
    comes is taken all the same.
    """

    at_most: int = 5
    takes_files: bool = field(default=True, init=False)

    def read(self, said: Said, answers: Answers) -> Reading:
        before = {"files": [], "done": self.name in answers} | (answers.get(self.name) or {})
        if said.files:
            new = [dict(file) for file in said.files]
            if said.text.strip():
                new[0]["caption"] = nfc(said.text).strip()
            if len(before["files"]) + len(new) > self.at_most:
                return Rejected("too_many")
            return Accepted({"files": [*before["files"], *new], "done": before["done"]}, open=True)
        if is_word(said.text, "done", "skip", "send"):
            return Accepted({**before, "done": True})
        return Rejected("not_a_file")

    def extend(self, said: Said, value: Any) -> Accepted | None:
        if not said.files or len(value["files"]) + len(said.files) > self.at_most:
            return None
        return Accepted({**value, "files": [*value["files"], *map(dict, said.files)]}, open=True)

    def clear(self, said: Said, answers: Answers) -> bool:
        return bool(said.files) or is_word(said.text, "done", "skip")

    def holds(self, value: Any, answers: Answers) -> bool:
        return isinstance(value, dict) and bool(value.get("done", not value))


@dataclass(frozen=True, kw_only=True)
class Phone(Question):
    """A Vietnamese phone number; the value is its digits from 0, "" when skipped."""

    optional: bool = False

    def read(self, said: Said, answers: Answers) -> Reading:
        number = phone(said.text) or card_phone(said)
        if number:
            return Accepted(number)
        skipped = self.optional and is_word(said.text, "skip", "done")
        return Accepted("") if skipped else Rejected("not_a_phone")

    def clear(self, said: Said, answers: Answers) -> bool:
        return bool(phone(said.text)) or (self.optional and is_word(said.text, "skip"))


@dataclass(frozen=True, kw_only=True)
class Contact(Question):
    """How to reach the person: {"name", "phone", "email"}, of which a phone number or an address must be there."""

    optional: bool = False

    def read(self, said: Said, answers: Answers) -> Reading:
        number, address = phone(said.text) or card_phone(said), email(said.text)
        if number or address:
            return Accepted({"name": name_beside(said.text), "phone": number, "email": address})
        if self.optional and is_word(said.text, "skip", "done"):
            return Accepted({"name": "", "phone": "", "email": ""})
        return Rejected("not_a_phone")

    def clear(self, said: Said, answers: Answers) -> bool:
        if self.optional and is_word(said.text, "skip"):
            return True
        return bool(phone(said.text) or email(said.text)) and len(said.text) <= 100

    def holds(self, value: Any, answers: Answers) -> bool:
        return isinstance(value, dict) and (self.optional or bool(value.get("phone") or value.get("email")))


def card_phone(said: Said) -> str:
    """The number on a contact card sent instead of typing."""
    return next((number for file in said.files if (number := phone(str(file.get("phone") or "")))), "")


@dataclass(frozen=True, kw_only=True)
class Code(Question):
    """A ticket code however it is typed; the value is its written form. `part`: also that of a part."""

    part: bool = False

    def read(self, said: Said, answers: Answers) -> Reading:
        code = ticket_code(said.text)
        if not code:
            return Rejected("not_a_code")
        return Accepted(code if self.part else code.partition("/")[0])

    def clear(self, said: Said, answers: Answers) -> bool:
        return bool(ticket_code(said.text))


@dataclass(frozen=True, kw_only=True)
class Confirm(Question):
    """See it all before it goes: a word for yes, or "sửa …" to answer one step again (words → step).

    `more` names the step that a further sentence is added to, so that an afterthought is not lost.
    """

    change: Mapping[str, str] = field(default_factory=dict)
    more: str = ""

    def read(self, said: Said, answers: Answers) -> Reading:
        if is_word(said.text, "send", "yes") or command(said.text) == "1":
            return Accepted(True)
        if is_word(said.text, "no"):
            return Rejected("what_to_change")
        if command(said.text) in self.change:
            return Reopened(self.change[command(said.text)])
        asked = after(said.text, "change")
        if asked is None:
            return Rejected("unclear", joins=self.more if len(said.text.split()) >= A_SENTENCE else "")
        step = best(asked, {step: step for step in self.change.values()}, self._aliases) if asked else None
        return Reopened(step) if step else Rejected("what_to_change")

    @cached_property
    def _aliases(self) -> dict[str, tuple[str, ...]]:
        names: dict[str, tuple[str, ...]] = {}
        for words, step in self.change.items():
            bare = after(words, "change")
            names[step] = (*names.get(step, ()), words, *([bare] if bare else ()))
        return names

    def clear(self, said: Said, answers: Answers) -> bool:
        return len(said.text) <= 60 and not isinstance(self.read(said, answers), Rejected)

    def holds(self, value: Any, answers: Answers) -> bool:
        return value is True
