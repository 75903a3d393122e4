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
KINDS: Final = ("terms", "things", "troubles", "questions")


class Phrase(NamedTuple):
    """A text, its topic and its agencies; none named is the topic's lead."""

    text: str
    topic: str
    agencies: tuple[str, ...] = ()


class Sample(NamedTuple):
    """A message somebody labelled: what it wants, and for a report or a question its topic and agencies."""

    text: str
    intent: Intent
    topic: str
    agencies: tuple[str, ...]

    @property
    def is_matter(self) -> bool:
        return self.intent in MATTERS


@cache
def pack_examples(key: str) -> Mapping[str, Any]:
    """`examples.toml` of a pack; empty where it has none."""
    path = _PACKS / key / "examples.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def pack_phrases(key: str) -> Iterator[Phrase]:
    """Every line of a pack's examples."""
    for topic, about in pack_examples(key).items():
        for kind in KINDS:
            for line in about.get(kind, ()):
                text, _, agencies = line.partition(" @")
                yield Phrase(text, topic, tuple(agencies.split(",")) if agencies else ())
        for agency, lines in about.get("agencies", {}).items():
            yield from (Phrase(line, topic, (agency,)) for line in lines)


def topic_phrases(topics: Mapping[str, Topic]) -> Iterator[Phrase]:
    """A topic's name and keywords."""
    for topic in topics.values():
        if topic.keywords:
            yield from (Phrase(word, topic.code) for word in (topic.name, *topic.keywords))


@cache
def samples() -> tuple[Sample, ...]:
    """The labelled messages that come with the service."""
    return rows(raw("samples.jsonl").decode("utf-8"))


def rows(text: str) -> tuple[Sample, ...]:
    """The labelled messages of a .jsonl text."""
    found = [json.loads(line) for line in text.splitlines() if line.strip()]
    return tuple(
        Sample(row["text"], Intent(row["intent"]), row.get("topic", ""), tuple(row.get("agencies", ())))
        for row in found
    )
