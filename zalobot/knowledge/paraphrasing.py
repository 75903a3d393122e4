"""Other ways of asking what is known: made by chance from a seed, without marks, and those written by hand.

The one rule: a made question never is one of the ways the answer itself is asked for.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from zalobot.knowledge.ranking import Known
from zalobot.knowledge.reading import data
from zalobot.understanding.phrases import pack_examples
from zalobot.understanding.phrasing import shortened, slipped, without_agencies
from zalobot.vietnamese import fold

DROPPED: Final = 0.08  # of the words
OTHERWISE: Final = 0.5  # of the words that have another way
SLIPPED: Final = 0.25  # of the questions; in these about every fifth word has a slip
MANNERS: Final = (
    ("cho em hoi", "xin hoi", "ad oi", "em muon hoi", "", "", ""),
    ("a", "vay ad", "voi", "giup em", "", "", ""),
)


class Asked(NamedTuple):
    """A question, and the key of the answer it means."""

    text: str
    key: str


def corpus(pack: str, size: int) -> list[tuple[Known, list[str]]]:
    """`size` answers made from a pack's matters, each with other ways of asking for it, without marks."""
    made = [*_by_aspect(pack), *_by_sentence(pack)]
    random.Random(5).shuffle(made)
    return made[:size]


def asked(rows: list[tuple[Known, list[str]]], number: int, seed: int = 7) -> list[Asked]:
    """A question for each of so many of these answers."""
    chance = random.Random(seed)
    return [Asked(paraphrased(chance.choice(ways), chance), known.key) for known, ways in chance.sample(rows, number)]


def by_hand() -> list[Asked]:
    """The questions written by hand."""
    return [Asked(text, key) for key, texts in data("paraphrases")["by_hand"].items() for text in texts]


def strange() -> list[str]:
    """Texts that no known answer answers."""
    texts: list[str] = data("paraphrases")["strange"]["texts"]
    return texts


def paraphrased(text: str, chance: random.Random) -> str:
    """The same in other words, without marks."""
    said = text.lower()
    for word, others in data("paraphrases")["ways"].items():
        if word in said and chance.random() < OTHERWISE:
            said = said.replace(word, chance.choice(others))
    if chance.random() < OTHERWISE:
        said = shortened(said, chance)
    kept = [word for word in fold(said).split() if chance.random() >= DROPPED]
    said = " ".join(kept)
    if chance.random() < SLIPPED:
        said = slipped(said, chance)
    return f"{chance.choice(MANNERS[0])} {said} {chance.choice(MANNERS[1])}".strip()


def _by_aspect(pack: str) -> Iterator[tuple[Known, list[str]]]:
    aspects: Mapping[str, Any] = data("paraphrases")["aspects"]
    for topic, about in pack_examples(pack).items():
        for number, thing in enumerate(map(without_agencies, about.get("things", ()))):
            for aspect, said in aspects.items():
                questions = tuple(way.replace("{x}", thing) for way in said["asked"])
                known = Known(f"{topic}-{number}-{aspect}", questions, said["answer"].replace("{x}", thing))
                yield known, [way.replace("{x}", thing) for way in said["otherwise"]]


def _by_sentence(pack: str) -> Iterator[tuple[Known, list[str]]]:
    """What people report and ask in whole sentences; asked again with the sentence cut in two and turned round."""
    for topic, about in pack_examples(pack).items():
        for number, line in enumerate([*about.get("troubles", ()), *about.get("questions", ())]):
            text = without_agencies(line)
            first, _, rest = text.partition(", ")
            turned = f"{rest} {first}" if rest else text
            yield Known(f"{topic}-s{number}", (text,), ""), [turned]
