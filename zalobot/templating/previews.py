"""A message as it would look, before it is released: with an ordinary case and three awkward ones.

The one rule: nothing here knows a real person; values come from `samples.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from zalobot import languages
from zalobot.languages import DEFAULT
from zalobot.templating.language import Placeholder, Unsafe, conditions, parse
from zalobot.templating.samples import filled, given
from zalobot.templating.using import current
from zalobot.templating.wording import Rendered, Wording
from zalobot.vietnamese import nfc

USUAL, LONGEST, BARE, FIVE = "usual", "longest", "bare", "five"
KEYS: Final = (USUAL, LONGEST, BARE, FIVE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One case: `key` is usual, longest (names), bare (nothing that may be missing is there) or five (agencies)."""

    key: str
    values: Mapping[str, str]


def samples(name: str, language: str = DEFAULT, *, wording: Wording | None = None) -> tuple[Sample, ...]:
    """The four cases for a message, each with a value for all placeholders it may name. KeyError for no such message.

    `wording` is the one in use unless given.
    """
    spoken = wording or current()
    things = {*spoken.contexts[name], *spoken.always}
    usable = [one for one in spoken.placeholders.values() if one.needs in things]
    optional = _optional(spoken)
    return tuple(Sample(key, {one.name: _value(one, key, language, optional) for one in usable}) for key in KEYS)


def _value(placeholder: Placeholder, key: str, language: str, optional: frozenset[str]) -> str:
    if key == BARE and placeholder.name in optional:
        return ""
    sample = given(language).get(placeholder.name)
    if sample is None:
        return placeholder.longest if key == LONGEST and placeholder.longest else placeholder.sample
    usual = str(sample["sample"])
    if key == LONGEST:
        return filled(usual, sample.get("longest", ""))
    return str(sample.get("five", usual)) if key == FIVE else usual


def _optional(wording: Wording) -> frozenset[str]:
    """The placeholders of which any shipped message asks whether they are there: those may be missing."""
    found: frozenset[str] | None = wording.worked_out.get("optional")
    if found is None:
        found = wording.worked_out["optional"] = frozenset(_asked_for(wording))
    return found


def _asked_for(wording: Wording) -> set[str]:
    asked: set[str] = set()
    for message in wording.shipped[DEFAULT].values():
        try:
            asked |= conditions(parse(message.source))
        except Unsafe:
            continue
    return asked


def render(
    source: str, name: str, sample: Sample, language: str = DEFAULT, *, wording: Wording | None = None
) -> Rendered:
    """These words with the values of a sample, whether or not they are released. Unsafe where they can't be rendered.

    A placeholder that this message has not reads "???".
    """
    spoken, source = wording or current(), nfc(source.replace("\r\n", "\n"))
    values = dict.fromkeys(spoken.placeholders, "???") | dict(sample.values)
    if sample.key == BARE:
        values |= dict.fromkeys(conditions(parse(source)), "")
    with languages.speaking(language):
        return replace(spoken.preview(source, values), template=name, language=language)
