"""What Zalo or the language of messages would not take: slips of the pen, placeholders, buttons, lengths.

The one rule: it looks at the words alone. What they mean is `sense`, how languages agree is `translation`; `checks`
puts all of it together.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from rapidfuzz import process

from zalobot.templating.findings import Finding, Kind, found
from zalobot.templating.language import Placeholder, Unsafe, button_kind, button_lines, names, parse, parts
from zalobot.templating.wording import MAX_BUTTONS, MAX_TITLE, Wording
from zalobot.vietnamese import plain

MAX_TEXT: Final = 2000
LONG_TEXT: Final = 700
MAX_PAYLOAD: Final = 1000

_SCHEME: Final = re.compile(r"(?!https?://|tel:)[a-z][a-z0-9+.\-]*:", re.I)
TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_BRACES: Final = re.compile(r"\{\s*\{|\}\s*\}|\{%|%\}")
_NUMBER: Final = re.compile(r"\d{1,2}[.):]\s*")


def findings(wording: Wording, source: str, things: Collection[str]) -> list[Finding]:
    """What is wrong with these words, as they stand, for a message that is given these things."""
    try:
        tree = parse(source)
    except Unsafe as error:
        return [_refusal(source, error)]
    wrong = [*_placeholders(wording, source, names(tree), things), *_buttons(source), *_titles(source), *_text(source)]
    if not any(finding.kind is Kind.STOP for finding in wrong):
        wrong += _sizes(wording, source)
    return wrong


def _refusal(source: str, error: Unsafe) -> Finding:
    if error.what == "source_too_long":
        return found(source, error.line, Kind.STOP, "source_too_long")
    syntax = error.what.startswith("syntax: ")
    detail = error.what.removeprefix("syntax: ")
    return found(source, error.line, Kind.STOP, "syntax" if syntax else "unsafe", detail)


def _placeholders(
    wording: Wording, source: str, used: list[tuple[str, int]], things: Collection[str]
) -> Iterator[Finding]:
    given = {*things, *wording.always}
    usable = [word for word, placeholder in wording.placeholders.items() if placeholder.needs in given]
    for word, line in used:
        placeholder = wording.placeholders.get(word)
        if placeholder is None or placeholder.needs not in given:
            code = "unknown_placeholder" if placeholder is None else "not_here"
            yield found(source, line, Kind.STOP, code, word, remedy=_nearest(word, usable))


def _nearest(word: str, known: Sequence[str]) -> str:
    nearest = process.extractOne(word, known, score_cutoff=70)
    return str(nearest[0]) if nearest else ""


def _buttons(source: str) -> Iterator[Finding]:
    lines = list(button_lines(source))
    _, block, first = parts(source)
    if first and not lines:
        yield found(source, first, Kind.STOP, "no_buttons", block.strip())
    for line, title, payload in lines:
        if payload is None:
            yield found(source, line, Kind.STOP, "missing_arrow", title)
        elif not title or not payload:
            yield found(source, line, Kind.STOP, "empty_button", title or payload)
        elif _SCHEME.match(payload) and button_kind(payload) == "query":
            yield found(source, line, Kind.STOP, "bad_link", payload)
        elif payload.startswith("http://"):
            remedy = f"https://{payload.removeprefix('http://')}"
            yield found(source, line, Kind.WARNING, "plain_link", payload, remedy=remedy)


def _titles(source: str) -> Iterator[Finding]:
    """What typing would stumble over: the same title twice, a number of its own, a telephone that is nowhere told."""
    body, _, _ = parts(source)
    digits, seen = re.sub(r"\D", "", TAG.sub("x", body)), set()
    for line, title, payload in button_lines(source):
        said = plain(title)
        if payload is None or not said:
            continue
        if said in seen:
            yield found(source, line, Kind.STOP, "same_title", title)
        seen.add(said)
        kind = button_kind(payload)
        if kind == "query" and (number := _NUMBER.match(title)) and number.end() < len(title):
            yield found(source, line, Kind.WARNING, "numbered_title", title, remedy=title[number.end() :])
        if kind == "phone" and not TAG.search(payload) and re.sub(r"\D", "", payload) not in digits:
            yield found(source, line, Kind.WARNING, "no_twin", title, payload.removeprefix("tel:"))


def _text(source: str) -> Iterator[Finding]:
    body, _, _ = parts(source)
    if not body.strip():
        yield found(source, 1, Kind.STOP, "empty")
    for number, line in enumerate(body.split("\n"), 1):
        if stray := _BRACES.search(TAG.sub("", line)):
            yield found(source, number, Kind.STOP, "syntax", stray[0])
        if "\ufffd" in line:
            yield found(source, number, Kind.STOP, "broken_letter", line.strip())
        yield from _emoji(source, number, line)
    for number, title, _ in button_lines(source):
        yield from _emoji(source, number, title)


def _emoji(source: str, number: int, words: str) -> Iterator[Finding]:
    """A picture in an office's message; worse where nothing else says it: readers for the blind, old telephones."""
    emoji = next((char for char in words if 0x1F000 <= ord(char) <= 0x1FAFF or 0x2600 <= ord(char) <= 0x27BF), "")
    if emoji:
        alone = not any(char.isalnum() for char in words)
        kind, code = (Kind.STOP, "only_emoji") if alone else (Kind.WARNING, "emoji")
        yield found(source, number, kind, code, emoji)


def _sizes(wording: Wording, source: str) -> Iterator[Finding]:
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
            yield found(source, last, Kind.STOP, "too_many_buttons", str(len(rendered.buttons)))
        for title, payload in rendered.buttons:
            if len(title) > MAX_TITLE:
                yield found(source, last, Kind.STOP, "title_too_long", title)
            if len(payload) > MAX_PAYLOAD:
                yield found(source, last, Kind.STOP, "payload_too_long", title)
    ordinary = len(wording.preview(source).text)
    if max(lengths) > MAX_TEXT:
        yield found(source, last, Kind.STOP, "too_long", str(max(lengths)))
    elif ordinary > LONG_TEXT:
        yield found(source, last, Kind.WARNING, "long", str(ordinary))


def longest(placeholder: Placeholder) -> str:
    """The value with which the greatest length is measured."""
    return placeholder.longest or placeholder.sample


def lost(old: str, new: str) -> tuple[str, ...]:
    """Placeholders the old words had and the new ones lack; Unsafe where either is no template."""
    before = {word for word, _ in names(parse(old))}
    return tuple(sorted(before - {word for word, _ in names(parse(new))}))
