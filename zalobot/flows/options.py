"""Which option a message means: certain ways first (number, code, name), then guesses that only one option fits."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rapidfuzz import fuzz, process

from zalobot import languages
from zalobot.flows.words import command, longest_first
from zalobot.vietnamese import plain

Options = Mapping[str, str]
Aliases = Mapping[str, tuple[str, ...]]
Source = Options | Callable[[Mapping[str, Any]], Options]

_NUMBERED: Final = re.compile(r"(\d{1,2})(?:\s+(.+))?")
_CLOSE_ENOUGH: Final = 84.0
_LEAD: Final = 6.0


class Labels:
    """What the options are called, in the language in use whenever it is looked at: for the wording."""

    def __init__(self, offered: Callable[[], Options]) -> None:
        self._offered = offered
        self._known: dict[str, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[str]:
        language = languages.in_use()
        if language not in self._known:
            self._known[language] = tuple(self._offered().values())
        return iter(self._known[language])


def resolve(source: Source, answers: Mapping[str, Any]) -> Options:
    """The options as they stand with these answers."""
    return source(answers) if callable(source) else source


def certain(text: str, options: Options, aliases: Aliases) -> str | None:
    """The option meant by a number, a numbered label, a code, a label or another name in full; else None."""
    if len(text) > 200:
        return None
    said = command(text)
    return _by_number(said, options) or _by_name(said, options, aliases) or _by_name(plain(text), options, aliases)


def certain_in_any(text: str, offered: Callable[[], Options], aliases: Aliases) -> str | None:
    """The same, by what the options are called in any language; `offered` gives them in the one in use."""
    return _in_any(certain, text, offered, aliases)


def best_in_any(text: str, offered: Callable[[], Options], aliases: Aliases) -> str | None:
    """`best` in whichever language it is found first."""
    return _in_any(best, text, offered, aliases)


def _in_any(
    means: Callable[[str, Options, Aliases], str | None], text: str, offered: Callable[[], Options], aliases: Aliases
) -> str | None:
    for language in languages.every():
        with languages.speaking(language):
            found = means(text, offered(), aliases)
        if found is not None:
            return found
    return None


def _by_number(said: str, options: Options) -> str | None:
    for word in longest_first("number"):
        if said.startswith(word + " "):
            said = said[len(word) + 1 :]
            break
    found = _NUMBERED.fullmatch(said)
    if found is None or not 1 <= int(found[1]) <= len(options):
        return None
    code = list(options)[int(found[1]) - 1]
    return code if found[2] is None or plain(options[code]).startswith(found[2]) else None


def _by_name(said: str, options: Options, aliases: Aliases) -> str | None:
    for code, label in options.items():
        if said and said in (plain(code), plain(code.replace("_", " ")), plain(label)):
            return code
    named = [code for code in options if any(said == plain(other) for other in aliases.get(code, ()))]
    return named[0] if len(named) == 1 else None


def best(text: str, options: Options, aliases: Aliases) -> str | None:
    """The one option that fits: certainly, by its beginning, by its words, or by a small slip; None when two would."""
    code = certain(text, options, aliases)
    said = command(text)
    if code is not None or len(said) < 2 or len(said) > 200:
        return code
    names = {code: _names(label, aliases.get(code, ())) for code, label in options.items()}
    for fits in (_begins, _among, _mentioned):
        found = [code for code, known in names.items() if any(fits(said, name) for name in known)]
        if len(found) == 1:
            return found[0]
    return _misspelt(said, names)


def _names(label: str, others: tuple[str, ...]) -> list[str]:
    """Everything an option is called; "Thuế, hóa đơn" is called by either half too."""
    return list(dict.fromkeys(plain(name) for name in (label, *label.split(","), *others)))


def _begins(said: str, name: str) -> bool:
    return name.startswith(said)


def _among(said: str, name: str) -> bool:
    return set(said.split()) <= set(name.split())


def _mentioned(said: str, name: str) -> bool:
    return bool(name) and f" {name} " in f" {said} "


def _misspelt(said: str, names: Mapping[str, list[str]]) -> str | None:
    if len(said) < 4:
        return None
    flat = [(code, name) for code, known in names.items() for name in known]
    ranked = process.extract(said, [name for _, name in flat], scorer=fuzz.ratio, score_cutoff=60, limit=8)
    scores: dict[str, float] = {}
    for _, score, place in ranked:
        scores.setdefault(flat[place][0], score)
    order = sorted(scores.items(), key=lambda item: -item[1])
    if not order or order[0][1] < _CLOSE_ENOUGH or (len(order) > 1 and order[0][1] - order[1][1] < _LEAD):
        return None
    return order[0][0]
