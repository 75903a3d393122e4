"""What a message would do to whoever reads it: ask for what no office asks, two things at once, forget the code.

The one rule: the words it looks for stand in `[unasked]` of each language's `words.toml`.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Final

from zalobot import languages
from zalobot.templating import letters, previews
from zalobot.templating.findings import Finding, Kind, found
from zalobot.templating.language import names, parse, parts
from zalobot.templating.lint import TAG
from zalobot.templating.samples import given
from zalobot.templating.wording import Wording
from zalobot.vietnamese import plain

LETTERS: Final = 30  # in a row of a bubble on an ordinary telephone
ROWS: Final = 26  # on its screen, a button counted as one
SECRETS: Final = ("otp", "password", "money", "identity")
_SENTENCE_ENDS: Final = re.compile(r"[.!?;:]+(?=\s|$)")
_SINGLES: Final = re.compile(r" (?:\w ){2,}")
_ZERO: Final = re.compile(r"(?<=[a-z])0|0(?=[a-z])|(?<= )0(?= [a-z] )")
_CODE: Final = re.compile(r"\b[A-Z]{2,4}-\d{4}-\d{5}\b")
_ABOUT_A_TICKET: Final = frozenset({"ticket", "part"})
_LINES: Final = "list/"  # each a line within another message
_OURS: Final = "lint/"  # says to operators what this module found


def findings(wording: Wording, source: str, name: str) -> Iterator[Finding]:
    """What its readers would stumble over, for words that are sound in themselves."""
    body, _, _ = parts(source)
    if not name.startswith(_OURS):
        yield from _secrets(source)
    for number, line in enumerate(source.split("\n"), 1):
        yield from _tone(source, number, line)
    text = wording.preview(body).text
    if text.count("?") > 1:
        last = max(number for number, line in enumerate(body.split("\n"), 1) if "?" in line)
        yield found(source, last, Kind.WARNING, "two_questions")
    things = wording.contexts.get(name, ())
    if name in wording.contexts:
        yield from _tall(wording, source, name)
    if _speaks_of_a_ticket(name, things) and not _CODE.search(text):
        yield found(source, 1, Kind.STOP, "no_code", "ma_phan_viec" if "part" in things else "ma_ho_so")
    said = {word for word, _ in names(parse(source))}
    for word in wording.must_say.get(name, ()):
        if word not in said:
            yield found(source, 1, Kind.STOP, "must_say", word)


def _tall(wording: Wording, source: str, name: str) -> Iterator[Finding]:
    """More than a telephone shows at once where five agencies have a part in it."""
    lists = [(line, word) for word, line in names(parse(source)) if given().get(word, {}).get("five")]
    if not lists:
        return
    five = previews.samples(name, languages.in_use(), wording=wording)[previews.KEYS.index(previews.FIVE)]
    shown = previews.render(source, name, five, languages.in_use(), wording=wording)
    rows = len(shown.buttons) + sum(max(1, -(-len(line) // LETTERS)) for line in shown.text.split("\n"))
    if rows > ROWS:
        yield found(source, lists[0][0], Kind.NOTE, "tall", lists[0][1])


def _speaks_of_a_ticket(name: str, things: Collection[str]) -> bool:
    """Whether it is told of a ticket, and not in the middle of a conversation that has just named it."""
    return bool(_ABOUT_A_TICKET.intersection(things)) and "draft" not in things and not name.startswith(_LINES)


def _secrets(source: str) -> Iterator[Finding]:
    """A sentence that asks for a secret is stopped; one that only names it is asked about; a warning is well.

    Each line is read by itself, so that a warning in the one before hides nothing, and what asks over several lines
    as a whole.
    """
    seen = set()
    for number, line in enumerate(source.split("\n"), 1):
        for finding in _asked(source, number, line):
            seen.add((finding.line, finding.code))
            yield finding
    for first, text in _paragraphs(parts(source)[0]):
        for finding in _asked(source, first, text):
            if finding.kind is Kind.STOP and not any(code == finding.code for _, code in seen):
                yield finding


def _paragraphs(body: str) -> Iterator[tuple[int, str]]:
    """Lines that follow each other, with the number of the first."""
    lines = [*body.split("\n"), ""]
    first, run = 1, list[str]()
    for number, line in enumerate(lines, 1):
        if line.strip():
            run.append(line)
            continue
        if len(run) > 1:
            yield first, " ".join(run)
        first, run = number + 1, []


def _asked(source: str, number: int, text: str) -> Iterator[Finding]:
    for sentence in _SENTENCE_ENDS.split(text):
        for secret in SECRETS:
            for said in _readings(sentence):
                named = _first(said, _words(secret))
                if not named:
                    continue
                if not _is_a_warning(said):
                    asked = secret == "money" or _first(said, _words("ask"))
                    kind, code = (Kind.STOP, f"asks_{secret}") if asked else (Kind.WARNING, "names_secret")
                    yield found(source, number, kind, code, _as_typed(TAG.sub(" ", sentence), named))
                break


@cache
def _readings(sentence: str) -> tuple[str, ...]:
    """What a reader may make of a sentence: as it stands, with conditions left out, and with letters read together that
    stand apart ("O.T.P") or are written as digits ("0TP")."""
    whole = [f" {plain(TAG.sub(between, letters.read(sentence)))} " for between in (" ", "")]
    closed = [_SINGLES.sub(lambda found: f" {found[0].replace(' ', '')} ", _ZERO.sub("o", one)) for one in whole]
    return tuple(dict.fromkeys((*whole, *closed)))


def _is_a_warning(said: str) -> bool:
    """Whether the sentence says not to: "không gửi …"; not so where a threat follows ("không gửi thì …"), nor where
    something else is spared ("không cần lo, gửi …")."""
    if _first(said, _words("threat")):
        return False
    return bool(_first(said, _words("never")) or _spared().search(said))


@cache
def _spared() -> re.Pattern[str]:
    """A word that spares ("không cần") right before what is asked for or the asking."""
    what = "|".join(re.escape(word) for kind in ("ask", *SECRETS) for word in _words(kind))
    return re.compile(rf" (?:{'|'.join(map(re.escape, _words('spare')))}) (?:\w+ )?(?:{what}) ")


def _tone(source: str, number: int, line: str) -> Iterator[Finding]:
    words = TAG.sub(" ", line)
    said = f" {plain(words)} "
    for odd in _words("tone"):
        if f" {odd} " in said and (typed := _as_typed(words, odd)).lower() in _marked("tone"):
            yield found(source, number, Kind.NOTE, "tone", typed)
    if "!" in words:
        yield found(source, number, Kind.NOTE, "shouting", "!")


def _first(said: str, words: Collection[str]) -> str:
    return next((word for word in words if f" {word} " in said), "")


def _as_typed(sentence: str, folded: str) -> str:
    """The words of the sentence that fold to these."""
    pieces = re.findall(r"\w+", sentence)
    length = len(folded.split())
    for start in range(len(pieces) - length + 1):
        if plain(" ".join(pieces[start : start + length])) == folded:
            return " ".join(pieces[start : start + length])
    return folded


@cache
def _words(kind: str) -> tuple[str, ...]:
    return tuple(sorted({plain(word) for word in languages.lists("unasked", kind)}, key=len, reverse=True))


@cache
def _marked(kind: str) -> frozenset[str]:
    """The same as they are written: "ạ" is no office's word, "a" may be one."""
    return frozenset(word.lower() for word in languages.lists("unasked", kind))
