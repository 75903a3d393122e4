"""Training phrases from the data files: slots filled, matters put into frames, and typed as people type.

The one rule: chance comes from a seed, so that the same data gives the same phrases everywhere.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from zalobot.understanding.intents import MATTERS, Intent
from zalobot.understanding.phrases import english_examples, pack_examples
from zalobot.understanding.sources import read
from zalobot.vietnamese import fold

_SLOT: Final = re.compile(r"\{(\w+)\}")


class Size(NamedTuple):
    """How many phrases are made: of reports and of questions each, and of every other intent."""

    matter: int
    other: int


VIETNAMESE: Final = Size(2600, 420)
ENGLISH: Final = Size(600, 100)

Labelled = tuple[str, Intent]
Data = Mapping[str, Any]


def intent_phrases(pack: str, share: float = 1.0, seed: int = 11) -> list[Labelled]:
    """Phrases for every intent, in Vietnamese and English; reports and questions speak of the matters of a pack.

    `share` of the usual number are made, where less will do.
    """
    chance = random.Random(seed)
    languages = (
        (read("intents"), pack_examples(pack), VIETNAMESE),
        (read("english"), english_examples(pack), ENGLISH),
    )
    return [made for data, examples, size in languages for made in _made(data, examples, size, share, chance)]


def _made(data: Data, examples: Data, size: Size, share: float, chance: random.Random) -> Iterator[Labelled]:
    for intent in Intent:
        if intent in MATTERS:
            phrases, number = _matter(intent, data, examples, chance), size.matter
        else:
            phrases, number = _other(intent, data, chance), size.other
        yield from ((typed(next(phrases), chance), intent) for _ in range(round(number * share)))


def _other(intent: Intent, data: Data, chance: random.Random) -> Iterator[str]:
    """Every phrase as it stands before any a second time."""
    said = list(data[intent]["said"])
    while True:
        chance.shuffle(said)
        for phrase in said:
            yield _polite(_filled(phrase, data, chance), data, chance, intent)


def _polite(phrase: str, data: Data, chance: random.Random, intent: Intent) -> str:
    manners = data["manners"]
    if intent in manners["not_for"] or chance.random() < 0.6:
        return phrase
    head = chance.choice(manners["heads"]) if chance.random() < 0.5 else ""
    tail = chance.choice(manners["tails"]) if not head or chance.random() < 0.4 else ""
    return f"{head} {phrase} {tail}".strip()


def _matter(intent: Intent, data: Data, examples: Data, chance: random.Random) -> Iterator[str]:
    about = data[intent]
    own = "troubles" if intent is Intent.REPORT else "questions"
    things = [without_agencies(line) for topic in examples.values() for line in topic.get("things", ())]
    wholes = [without_agencies(line) for topic in examples.values() for line in topic.get(own, ())]
    while True:
        kind = chance.random()
        if kind < 0.45:
            phrase = chance.choice(wholes)
        elif kind < 0.9:
            phrase = _filled(chance.choice(about["frames"]), data, chance, x=chance.choice(things))
        else:
            phrase = _filled(chance.choice(about["said"]), data, chance)
        head, tail = (_filled(chance.choice(about[kind]), data, chance) for kind in ("heads", "tails"))
        yield _around(phrase, head, tail, chance)


def _around(phrase: str, head: str, tail: str, chance: random.Random) -> str:
    mark = ", " if tail and not tail.startswith(("?", "ạ")) and chance.random() < 0.6 else " "
    return f"{head} {phrase}{mark}{tail}".strip(" ,")


def _filled(phrase: str, data: Data, chance: random.Random, **given: str) -> str:
    slots = data["slots"]
    return _SLOT.sub(lambda slot: given.get(slot[1]) or chance.choice(slots[slot[1]]), phrase)


def without_agencies(line: str) -> str:
    """A line of `examples.toml` without the agencies it names."""
    return line.partition(" @")[0]


def typed(phrase: str, chance: random.Random) -> str:
    """As somebody types it: with marks or without, short, in capitals, with slips."""
    dice = chance.random()
    if dice < 0.42:
        made = phrase
    elif dice < 0.72:
        made = fold(phrase)
    elif dice < 0.84:
        made = shortened(phrase, chance)
    elif dice < 0.95:
        made = slipped(fold(phrase) if chance.random() < 0.6 else phrase, chance)
    else:
        made = phrase.upper()
    return made if chance.random() < 0.7 else made[:1].upper() + made[1:]


def shortened(phrase: str, chance: random.Random) -> str:
    """With the short forms people use; without marks as often as with."""
    said = f" {phrase} "
    for meaning, forms in _forms().items():
        if meaning in said:
            said = said.replace(meaning, f" {chance.choice(forms)} ")
    said = said.strip()
    return fold(said) if chance.random() < 0.5 else said


def _forms() -> Mapping[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for form, meaning in sorted(read("abbreviations")["words"].items(), key=lambda item: -len(item[1])):
        forms.setdefault(f" {meaning} ", []).append(form)
    return forms


def slipped(phrase: str, chance: random.Random) -> str:
    """With one slip in about every five words: letters swapped, left out, doubled, or Telex left in."""
    return " ".join(_slip(word, chance) if chance.random() < 0.2 else word for word in phrase.split())


def _slip(word: str, chance: random.Random) -> str:
    if len(word) < 3 or not word.isalpha():
        return word
    slip: Callable[[str, int], str] = chance.choice(_SLIPS)
    return slip(word, chance.randrange(len(word) - 1))


_SLIPS: Final[tuple[Callable[[str, int], str], ...]] = (
    lambda word, at: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    lambda word, at: word[: at + 1] + word[at + 2 :],
    lambda word, at: word[: at + 1] + word[at] + word[at + 1 :],
    lambda word, at: telexed(word),
)

_TONES: Final = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_LETTERS: Final = {"\u0302": None, "\u031b": "w", "\u0306": "w"}


def telexed(word: str) -> str:
    """A word as its Telex keys, where the input method was off: "được" is "dduwowcj"."""
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFD", word):
        if letter in _TONES:
            tone = _TONES[letter]
        elif letter in _LETTERS:
            keys += _LETTERS[letter] or keys[-1]
        else:
            keys += "dd" if letter == "đ" else letter
    return keys + tone


def variants(texts: Iterable[str], seed: int = 3) -> dict[str, list[str]]:
    """The same texts without marks, with short forms, and with slips: what the losses are measured on."""
    chance = random.Random(seed)
    whole = list(texts)
    return {
        "without accents": [fold(text) for text in whole],
        "abbreviated": [shortened(text, chance) for text in whole],
        "with typos": [slipped(text, chance) for text in whole],
    }
