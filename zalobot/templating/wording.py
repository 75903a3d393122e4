"""Every message the bot can say: a folder of texts, filled with values from the things each message is given.

A value is never rendered a second time, and can bring neither control characters nor buttons. A message is worded in
the language in use, else in Vietnamese; its values speak the language that the message then has. All words change at
once, by one assignment; what is inside `holding` speaks the words of one moment.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from zalobot import languages
from zalobot.languages import DEFAULT
from zalobot.templating.language import (
    ARROW,
    BODY_END,
    LINE_END,
    Compiled,
    Placeholder,
    button_kind,
    compiled,
)
from zalobot.vietnamese import nfc, plain

MAX_BUTTONS: Final = 5
MAX_TITLE: Final = 100
TYPED: Final = "common/typed"
TWINS_KEPT: Final = 500

_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
_TRAILING: Final = re.compile(r"[ \t]+\n")
_BLANK: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What to send. `buttons` are (title, payload) in order; `version` tells which wording of `template` it was.

    `again` says the same in another language; None where there are words in this one only.
    """

    text: str
    buttons: tuple[tuple[str, str], ...]
    template: str
    version: str
    language: str = DEFAULT
    again: "Callable[[str], Rendered] | None" = field(default=None, repr=False, compare=False)

    def into(self, language: str) -> "Rendered":
        """The same in this language; as it is where there are no words in that one."""
        return self if self.again is None or language in ("", self.language) else self.again(language)

    def changed(self, change: "Callable[[Rendered], Rendered]") -> "Rendered":
        """With something changed about it, in this language and in any other."""
        made, again = change(self), self.again
        if again is None:
            return made

        def anew(language: str) -> Rendered:
            said = again(language)
            with languages.speaking(said.language):
                return replace(change(said), again=anew)

        return replace(made, again=anew)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its operator sees it, and which version of it that is.

    `since` grows from release to release of any message, and is 0 for what is shipped.
    """

    source: str
    version: str
    since: int = 0


Key = tuple[str, str]  # language and name


@dataclass(frozen=True, slots=True)
class _Words:
    """All messages at one moment, and what was worked out of them since."""

    messages: Mapping[str, Mapping[str, Message]]
    compiled: dict[Key, tuple[str, Compiled]] = field(default_factory=dict)
    fixed: dict[Key, Rendered] = field(default_factory=dict)  # messages without placeholders, as they always are
    twins: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)


_held: "ContextVar[tuple[Wording, _Words] | None]" = ContextVar("words held", default=None)


class Wording:
    """All messages of one installation. `contexts` tells which things each is given, `always` those all are given.

    `folder` has the Vietnamese ones, `others` the folders of further languages by their code; `shipped` is what they
    say. `revision` counts the releases that are spoken (released.py).
    """

    def __init__(
        self,
        folder: Path,
        placeholders: Iterable[Placeholder],
        contexts: Mapping[str, Sequence[str]],
        always: Mapping[str, object] | None = None,
        others: Mapping[str, Path] | None = None,
        *,
        must_say: Mapping[str, Sequence[str]] | None = None,
        everywhere: Collection[str] = (),
    ) -> None:
        self.folder = folder
        self.placeholders = {placeholder.name: placeholder for placeholder in placeholders}
        self.contexts = dict(contexts)
        self.always = dict(always or {})
        self.must_say = dict(must_say or {})
        self.everywhere = frozenset(everywhere)
        self.languages = (DEFAULT, *(others or ()))
        self.revision = 0
        folders = {DEFAULT: folder, **(others or {})}
        self.shipped: Mapping[str, Mapping[str, Message]] = {one: _read(files) for one, files in folders.items()}
        self.worked_out: dict[str, Any] = {}  # of the shipped words, once; `with_words` shares it
        self._words = _Words(self.shipped)

    @property
    def names(self) -> tuple[str, ...]:
        """The messages there are, such as "status/accepted"."""
        return self.names_in(DEFAULT)

    def names_in(self, language: str) -> tuple[str, ...]:
        """The messages there are in a language."""
        return tuple(self._now().messages[language])

    def message(self, name: str, language: str = DEFAULT) -> Message:
        """A message as it is said now, and its version; KeyError where there is none."""
        return self._now().messages[language][name]

    def source(self, name: str, language: str = DEFAULT) -> str:
        """The text of a message as its operator sees it; KeyError where there is none."""
        return self.message(name, language).source

    def is_stale(self, name: str, language: str) -> bool:
        """Whether the Vietnamese was changed after these words were: they may say what was true before."""
        return self.message(name, language).since < self.message(name).since

    def has(self, name: str, language: str = DEFAULT) -> bool:
        """Whether there is such a message."""
        return name in self._now().messages.get(language, ())

    def put(self, name: str, source: str, version: str = "", *, language: str = DEFAULT) -> None:
        """Say it in these words from now on (see `checks`); `version` is their hash unless given."""
        self._change({**self._words.messages[language], name: message(source, version)}, language)

    def speak(self, released: Mapping[Key, Message], revision: int) -> bool:
        """Say the shipped words but for these from now on, all at once; False where newer ones are said already."""
        if revision < self.revision:
            return False
        changed = {one: dict(messages) for one, messages in self.shipped.items()}
        for (language, name), said in released.items():
            if name in changed.get(language, ()):
                changed[language][name] = said
        self._words, self.revision = self._after(changed), revision
        return True

    def with_words(self, other: Mapping[Key, Message]) -> "Wording":
        """Another wording that says these words for these messages, to see what would become of it."""
        made = copy(self)
        for language in self.languages:
            these = {name: said for (one, name), said in other.items() if one == language}
            if these:
                made._change({**made._words.messages[language], **these}, language)
        return made

    def _change(self, messages: Mapping[str, Message], language: str) -> None:
        self._words = self._after({**self._words.messages, language: messages})

    def _after(self, messages: Mapping[str, Mapping[str, Message]]) -> _Words:
        """The next state: what did not change need not be compiled again."""
        kept = {
            (language, name): made
            for (language, name), made in dict(self._words.compiled).items()
            if messages[language].get(name) == self._words.messages[language].get(name)
        }
        return _Words(messages, kept)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Inside, in this thread, all is said in the words of this moment, whatever is released meanwhile."""
        before = _held.set((self, self._words))
        try:
            yield
        finally:
            _held.reset(before)

    def _now(self) -> _Words:
        held = _held.get()
        return held[1] if held is not None and held[0] is self else self._words

    def render(self, name: str, /, **things: Any) -> Rendered:
        """The message with its values; KeyError for a message, LookupError for a thing that is not there."""
        return self._render(name, things, languages.in_use())

    def _render(self, name: str, things: Mapping[str, Any], language: str) -> Rendered:
        if language != DEFAULT and not self.has(name, language):
            language = DEFAULT
        fixed = self._now().fixed.get((language, name))
        if fixed is not None:
            return fixed
        if language == languages.in_use():
            return self._fill(name, things, language)
        with languages.speaking(language):
            return self._fill(name, things, language)

    def _fill(self, name: str, things: Mapping[str, Any], language: str) -> Rendered:
        words = self._now()
        version, template = words.compiled.get((language, name)) or self._compile(words, name, language)
        text, buttons = self._finish(template.render(self._values(name, template, things)))
        elsewhere = any(self.has(name, other) for other in self.languages if other != language)
        again = partial(self._render, name, things) if elsewhere else None
        rendered = Rendered(text, buttons, name, version, language, again)
        if not template.names:
            words.fixed[language, name] = rendered
        return rendered

    def _values(self, name: str, template: Compiled, things: Mapping[str, Any]) -> dict[str, str]:
        values = {}
        for word in template.names:
            placeholder = self.placeholders[word]
            thing = things.get(placeholder.needs)
            if thing is None:
                thing = self.always.get(placeholder.needs)
                if thing is None:
                    raise LookupError(f"message {name}: {word} needs {placeholder.needs}")
            values[word] = clean(placeholder.value(thing))
        return values

    def _compile(self, words: _Words, name: str, language: str) -> tuple[str, Compiled]:
        said = words.messages[language][name]
        template = compiled(said.source)
        unknown = [word for word in template.names if word not in self.placeholders]
        if unknown:
            raise LookupError(f"message {name}: no placeholder {unknown[0]}")
        words.compiled[language, name] = (said.version, template)
        return words.compiled[language, name]

    def preview(self, source: str, values: Mapping[str, str] | None = None) -> Rendered:
        """These words with the samples (or these values) in place; Unsafe where they can't be rendered."""
        template = compiled(nfc(source))
        filled = {
            word: clean(
                (values or {}).get(word, self.placeholders[word].sample if word in self.placeholders else "???")
            )
            for word in template.names
        }
        text, buttons = self._finish(template.render(filled))
        return Rendered(text, buttons, "", "")

    def _finish(self, rendered: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        body, _, block = rendered.partition(BODY_END)
        text = tidy(body)
        if not block:
            return text, ()
        buttons, titles = [], []
        for line in block.split(LINE_END):
            title, _, payload = (" ".join(piece.split()) for piece in line.partition(ARROW))
            if not title or not payload:
                continue
            if button_kind(payload) == "query":
                titles.append(title)
                title = f"{len(titles)}. {title}"
            elif button_kind(payload) == "url" and payload not in text:
                text = f"{text}\n{payload}"
            buttons.append((nfc(title), nfc(payload)))
        if titles and self.has(TYPED):
            text = f"{text}\n\n{self._twin(tuple(titles))}"
        return text, tuple(buttons)

    def _twin(self, titles: tuple[str, ...]) -> str:
        """The line that tells how to type what the buttons say."""
        key, twins = (languages.in_use(), titles), self._now().twins
        line = twins.get(key)
        if line is None:
            if len(twins) >= TWINS_KEPT:
                twins.clear()
            line = twins[key] = self.render(TYPED, options=titles).text
        return line


def message(source: str, version: str = "") -> Message:
    """A message of these words; `version` is their hash unless given."""
    source = nfc(source.replace("\r\n", "\n"))
    return Message(source, version or hashlib.sha256(source.encode()).hexdigest()[:12])


def _read(files: Path) -> dict[str, Message]:
    """The messages of a folder, such as "status/accepted"."""
    return {
        path.relative_to(files).with_suffix("").as_posix(): message(path.read_text(encoding="utf-8"))
        for path in sorted(files.rglob("*.txt"))
    }


def clean(value: str) -> str:
    """A value without control and direction characters; new lines stay."""
    return value if value.isprintable() else _CONTROL.sub(" ", value.replace("\r\n", "\n"))


def tidy(text: str) -> str:
    """NFC, no spaces at the ends of lines, at most one blank line in a row, none at either end."""
    text = text.strip()
    if " \n" in text or "\t\n" in text:
        text = _TRAILING.sub("\n", text)
    if "\n\n\n" in text:
        text = _BLANK.sub("\n\n", text)
    return nfc(text)


def typed(buttons: Sequence[tuple[str, str]], text: str) -> str | None:
    """What the typed twin of a button stands for: the payload of the query button with this number or title."""
    said = plain(text)
    queries = [button for button in buttons if button_kind(button[1]) == "query"]
    for number, (title, payload) in enumerate(queries, 1):
        words = plain(title)
        if said and said in (str(number), words, words.removeprefix(f"{number} ")):
            return payload
    return None
