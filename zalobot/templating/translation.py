"""How the languages of one message agree: what a further one lacks, says besides, or has not been told of yet.

The one rule: Vietnamese leads; what is wrong between two languages is found on the side of the other one.
"""

from collections.abc import Iterator

from zalobot import languages
from zalobot.languages import DEFAULT
from zalobot.templating.findings import Finding, Kind, found
from zalobot.templating.language import Unsafe, button_lines
from zalobot.templating.lint import lost
from zalobot.templating.wording import Wording
from zalobot.vietnamese import plain


def findings(wording: Wording, source: str, name: str, language: str) -> Iterator[Finding]:
    """What is wrong between these words and those of the other languages."""
    if language == DEFAULT:
        for other in wording.languages[1:] if name in wording.everywhere else ():
            if not wording.has(name, other):
                yield found(source, 1, Kind.WARNING, "untranslated", other)
    elif not wording.has(name):
        yield found(source, 1, Kind.STOP, "no_vietnamese")
    else:
        yield from _against(source, wording.source(name))
        if wording.is_stale(name, language):
            yield found(source, 1, Kind.WARNING, "stale")


def _against(source: str, ours: str) -> Iterator[Finding]:
    try:
        missing, more = lost(ours, source), lost(source, ours)
    except Unsafe:
        return
    yield from (found(source, 1, Kind.STOP, "says_less", word) for word in missing)
    yield from (found(source, 1, Kind.STOP, "says_more", word) for word in more)
    if _payloads(ours) != _payloads(source):
        line = next((number for number, _, _ in button_lines(source)), 1)
        yield found(source, line, Kind.STOP, "other_buttons")


def _payloads(source: str) -> list[str | None]:
    """What the buttons send, but for those that ask for a language."""
    named = {plain(word) for one in languages.every() for word in languages.words(one)["language"]["called"]}
    return [payload for _, _, payload in button_lines(source) if plain(payload or "") not in named]
