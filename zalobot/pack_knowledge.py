"""What is answered at once, as a file says it: the `knowledge.toml` of a pack, or one that an operator imports.

The one rule: every entry names its source and the day until which it may be shown.
"""

import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zalobot.pack import Entry, Notes, read_toml

FILE = "knowledge.toml"
_KEYS = ("key", "topic", "agency", "questions", "answer", "source", "review")


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A question with its answer; `questions` are the ways it is asked, `review` the last day it may be shown."""

    key: str
    topic: str
    agency: str
    questions: tuple[str, ...]
    answer: str
    source: str
    review: date


def read_knowledge(
    path: Path, topics: Container[str], agencies: Container[str], notes: Notes
) -> tuple[KnownAnswer, ...]:
    """The entries of a file. What is wrong is noted by file and key."""
    whole = read_toml(path.parent, path.name, notes)
    whole.only("entry")
    found = [_answer(entry, topics, agencies) for entry in whole.entries("entry", "key")]
    keys = [answer.key for answer in found]
    for twice in sorted({key for key in keys if keys.count(key) > 1}):
        notes.add(f"{path.name}: entry", f"{twice} is there twice")
    return tuple(found)


def written(answers: Iterable[KnownAnswer]) -> str:
    """The same as a file's text."""
    return "\n".join(_table(answer) for answer in answers)


def _answer(entry: Entry, topics: Container[str], agencies: Container[str]) -> KnownAnswer:
    entry.only(*_KEYS)
    answer = KnownAnswer(
        key=entry.text("key"),
        topic=entry.text("topic"),
        agency=entry.text("agency"),
        questions=entry.texts("questions"),
        answer=entry.text("answer"),
        source=entry.text("source"),
        review=entry.day("review"),
    )
    if answer.topic and answer.topic not in topics:
        entry.notes.add(f"{entry.where}: topic", f"no topic {answer.topic}")
    if answer.agency and answer.agency not in agencies:
        entry.notes.add(f"{entry.where}: agency", f"no agency {answer.agency}")
    if "questions" in entry.values and not answer.questions:
        entry.notes.add(f"{entry.where}: questions", "must hold one at least")
    return answer


def _table(answer: KnownAnswer) -> str:
    lines = [f"{name} = {_value(getattr(answer, name))}" for name in _KEYS]
    return "\n".join(["[[entry]]", *lines, ""])


def _value(value: str | tuple[str, ...] | date) -> str:
    if isinstance(value, date):
        return value.isoformat()
    # A JSON string is a TOML string, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
