"""What is wrong with a message, line by line, before anybody is sent it. Saving an edit and the tests run the same.

The words of each problem, as its operator reads them, are the messages `lint/<code>`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rapidfuzz import process

from zalobot import languages
from zalobot.templating.language import Placeholder, Unsafe, button_kind, button_lines, names, parse, parts
from zalobot.templating.wording import MAX_BUTTONS, MAX_TITLE, Wording
from zalobot.vietnamese import nfc, plain

MAX_TEXT: Final = 2000
LONG_TEXT: Final = 700
MAX_PAYLOAD: Final = 1000

_SCHEME: Final = re.compile(r"(?!https?://|tel:)[a-z][a-z0-9+.\-]*:", re.I)
_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_BRACES: Final = re.compile(r"\{\s*\{|\}\s*\}|\{%|%\}")


@dataclass(frozen=True, slots=True)
class Problem:
    """An "error" can't be saved, a "warning" can; `detail` is what the code is about, `suggestion` a remedy."""

    line: int
    severity: str
    code: str
    detail: str = ""
    suggestion: str = ""


def problems(wording: Wording, source: str, things: Collection[str]) -> list[Problem]:
    """Everything wrong with these words for a message that is given these things, in the order of its lines."""
    source = nfc(source.replace("\r\n", "\n"))
    try:
        tree = parse(source)
    except Unsafe as error:
        return [_refusal(error)]
    found = [*_placeholders(wording, names(tree), things), *_buttons(source), *_text(source)]
    if not any(problem.severity == "error" for problem in found):
        found += _sizes(wording, source)
    return sorted(set(found), key=lambda problem: (problem.line, problem.severity, problem.code, problem.detail))


def _refusal(error: Unsafe) -> Problem:
    if error.what == "source_too_long":
        return Problem(error.line, "error", "source_too_long")
    syntax = error.what.startswith("syntax: ")
    detail = error.what.removeprefix("syntax: ")
    return Problem(error.line, "error", "syntax" if syntax else "unsafe", detail)


def _placeholders(wording: Wording, used: list[tuple[str, int]], things: Collection[str]) -> Iterator[Problem]:
    given = {*things, *wording.always}
    usable = [word for word, placeholder in wording.placeholders.items() if placeholder.needs in given]
    for word, line in used:
        placeholder = wording.placeholders.get(word)
        if placeholder is None or placeholder.needs not in given:
            code = "unknown_placeholder" if placeholder is None else "not_here"
            yield Problem(line, "error", code, word, _nearest(word, usable))


def _nearest(word: str, known: Sequence[str]) -> str:
    found = process.extractOne(word, known, score_cutoff=70)
    return str(found[0]) if found else ""


def _buttons(source: str) -> Iterator[Problem]:
    lines = list(button_lines(source))
    _, block, first = parts(source)
    if first and not lines:
        yield Problem(first, "error", "no_buttons", block.strip())
    for line, title, payload in lines:
        if payload is None:
            yield Problem(line, "error", "missing_arrow", title)
        elif not title or not payload:
            yield Problem(line, "error", "empty_button", title or payload)
        elif _SCHEME.match(payload) and button_kind(payload) == "query":
            yield Problem(line, "error", "bad_link", payload)
        elif payload.startswith("http://"):
            yield Problem(line, "warning", "plain_link", payload)


def _text(source: str) -> Iterator[Problem]:
    body, _, _ = parts(source)
    if not body.strip():
        yield Problem(1, "error", "empty")
    for number, line in enumerate(body.split("\n"), 1):
        if stray := _BRACES.search(_TAG.sub("", line)):
            yield Problem(number, "error", "syntax", stray[0])
        emoji = next((char for char in line if 0x1F000 <= ord(char) <= 0x1FAFF or 0x2600 <= ord(char) <= 0x27BF), "")
        if emoji:
            yield Problem(number, "warning", "emoji", emoji)
        if "\ufffd" in line:
            yield Problem(number, "error", "broken_letter", line.strip())


def _sizes(wording: Wording, source: str) -> Iterator[Problem]:
    """Measure the message with the longest samples and with every placeholder empty: both sides of each condition."""
    used = wording.placeholders.values()
    variants: Sequence[Mapping[str, str]] = (
        {placeholder.name: longest(placeholder) for placeholder in used},
        {placeholder.name: "" for placeholder in used},
    )
    last = source.count("\n", 0, len(source.rstrip())) + 1
    lengths = []
    for variant in variants:
        rendered = wording.preview(source, variant)
        lengths.append(max(len(rendered.text), len(rendered.text.encode("utf-16-le")) // 2))
        if len(rendered.buttons) > MAX_BUTTONS:
            yield Problem(last, "error", "too_many_buttons", str(len(rendered.buttons)))
        for title, payload in rendered.buttons:
            if len(title) > MAX_TITLE:
                yield Problem(last, "error", "title_too_long", title)
            if len(payload) > MAX_PAYLOAD:
                yield Problem(last, "error", "payload_too_long", title)
    ordinary = len(wording.preview(source).text)
    if max(lengths) > MAX_TEXT:
        yield Problem(last, "error", "too_long", str(max(lengths)))
    elif ordinary > LONG_TEXT:
        yield Problem(last, "warning", "long", str(ordinary))


def longest(placeholder: Placeholder) -> str:
    """The value with which the greatest length is measured."""
    return placeholder.longest or placeholder.sample


def lost(old: str, new: str) -> tuple[str, ...]:
    """Placeholders the old words had and the new ones lack: a reason to ask before saving."""
    before = {word for word, _ in names(parse(old))}
    return tuple(sorted(before - {word for word, _ in names(parse(new))}))


def check(wording: Wording) -> list[str]:
    """One line for each problem of every message, and for each that is missing or not declared; empty when well."""
    lines = [f"{name}.txt: missing" for name in wording.contexts if not wording.has(name)]
    for name in wording.names:
        things = wording.contexts.get(name)
        if things is None:
            lines.append(f"{name}.txt: not declared in message_contexts")
            continue
        lines += _lines(wording, f"{name}.txt", problems(wording, wording.source(name), things))
    return sorted(lines)


def check_language(wording: Wording, language: str, needed: Collection[str]) -> list[str]:
    """The same for the messages of a further language, which has the `needed` ones, speaks of the same things as they
    do in Vietnamese, and has the same buttons in the same order. A button that changes the language is its own affair.
    """
    lines = [f"{language}/{name}.txt: missing" for name in needed if not wording.has(name, language)]
    for name in wording.names_in(language):
        where = f"{language}/{name}.txt"
        if name not in needed:
            lines.append(f"{where}: nobody is told this in another language")
            continue
        if not wording.has(name):
            lines.append(f"{where}: not there in Vietnamese")
            continue
        ours, theirs = wording.source(name), wording.source(name, language)
        with languages.speaking(language):
            found = problems(wording, theirs, wording.contexts[name])
        lines += _lines(wording, where, found)
        if not any(problem.severity == "error" for problem in found):
            lines += [f"{where}: {problem}" for problem in _differences(ours, theirs)]
    return sorted(lines)


def _differences(ours: str, theirs: str) -> Iterator[str]:
    yield from (f"does not say {word}" for word in lost(ours, theirs))
    yield from (f"says {word}, which the Vietnamese does not" for word in lost(theirs, ours))
    if _payloads(ours) != _payloads(theirs):
        yield "has other buttons than the Vietnamese"


def _payloads(source: str) -> list[str | None]:
    """What the buttons send, but for those that ask for a language."""
    named = {plain(word) for one in languages.every() for word in languages.words(one)["language"]["called"]}
    return [payload for _, _, payload in button_lines(source) if plain(payload or "") not in named]


def _lines(wording: Wording, where: str, found: Sequence[Problem]) -> list[str]:
    return [
        f"{where}:{problem.line}: {problem.severity} {problem.code}: {_words(wording, problem)}" for problem in found
    ]


def _words(wording: Wording, problem: Problem) -> str:
    """In its operator's words."""
    name = f"lint/{problem.code}"
    return wording.render(name, problem=problem).text if wording.has(name) else problem.detail


def check_folder(folder: Path, placeholders: Sequence[Placeholder], contexts: Mapping[str, Any]) -> list[str]:
    """`check` for a folder of messages that is not the one in use."""
    return check(Wording(folder, placeholders, contexts))
