"""What the understanding is trained from: the matters of a pack, its topics' own words, and the sample messages.

The one rule: a phrase says which topic and which agencies it means, the lead first.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from zalobot.province import Topic
from zalobot.understanding.intents import MATTERS, Intent
from zalobot.understanding.sources import raw

_PACKS: Final = Path(__file__).resolve().parent.parent / "provinces"
ENGLISH: Final = 0.3  # what a line in English counts: its terms are read as the Vietnamese ones, and those are known
KINDS: Final = ("terms", "things", "troubles", "questions")


class Phrase(NamedTuple):
    """A text, its topic and its agencies (none named is the topic's lead), and how much it counts."""

    text: str
    topic: str
    agencies: tuple[str, ...] = ()
    weight: float = 1.0


class Sample(NamedTuple):
    """A message somebody labelled: what it wants, and for a report or a question its topic and agencies."""

    text: str
    intent: Intent
    topic: str
    agencies: tuple[str, ...]

    @property
    def is_matter(self) -> bool:
        return self.intent in MATTERS


def pack_examples(key: str) -> Mapping[str, Any]:
    """`examples.toml` of a pack; empty where it has none."""
    return _examples(key, "examples.toml")


def english_examples(key: str) -> Mapping[str, Any]:
    """`languages/en_examples.toml` of a pack; empty where it has none."""
    return _examples(key, "languages/en_examples.toml")


@cache
def _examples(key: str, name: str) -> Mapping[str, Any]:
    path = _PACKS / key / name
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def pack_phrases(key: str) -> Iterator[Phrase]:
    """Every line of a pack's examples, of either language."""
    for examples, weight in ((pack_examples(key), 1.0), (english_examples(key), ENGLISH)):
        for topic, about in examples.items():
            for line in (line for kind in KINDS for line in about.get(kind, ())):
                text, _, agencies = line.partition(" @")
                yield Phrase(text, topic, tuple(agencies.split(",")) if agencies else (), weight)
            for agency, lines in about.get("agencies", {}).items():
                yield from (Phrase(line, topic, (agency,), weight) for line in lines)


def topic_phrases(topics: Mapping[str, Topic]) -> Iterator[Phrase]:
    """A topic's name and keywords."""
    for topic in topics.values():
        if topic.keywords:
            yield from (Phrase(word, topic.code) for word in (topic.name, *topic.keywords))


@cache
def samples() -> tuple[Sample, ...]:
    """The labelled messages that come with the service."""
    return rows(raw("samples.jsonl").decode("utf-8"))


def english_messages() -> tuple[Sample, ...]:
    """Labelled messages in English, which are in nobody's training."""
    return rows(raw("english.jsonl").decode("utf-8"))


def rows(text: str) -> tuple[Sample, ...]:
    """The labelled messages of a .jsonl text."""
    found = [json.loads(line) for line in text.splitlines() if line.strip()]
    return tuple(
        Sample(row["text"], Intent(row["intent"]), row.get("topic", ""), tuple(row.get("agencies", ())))
        for row in found
    )
