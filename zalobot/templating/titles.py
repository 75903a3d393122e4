"""What messages are called on the operators' pages, and in which part of a conversation each is said.

The one rule: the names stand in `templates/message_names.toml`. A refusal of an answer is called by its question.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from zalobot.paths import templates_folder


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the conversation: `when` says in a few words where it comes, `names` are its messages in order."""

    title: str
    when: str
    names: tuple[str, ...]


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads((templates_folder() / "message_names.toml").read_text(encoding="utf-8"))


@cache
def _titles() -> Mapping[str, str]:
    return {name: title for group in _file()["group"] for name, title in group["messages"].items()}


def title(name: str) -> str:
    """What a message is called; its own name where the file has none."""
    found = _titles().get(name)
    if found is not None:
        return found
    base, reason = question(name)
    if base in _titles() and reason in _file()["reasons"]:
        return f"{_titles()[base]}: {_file()['reasons'][reason]}"
    return name


def reason(name: str) -> str:
    """What a refusal is called beside its question; the whole name of anything else."""
    known = _file()["reasons"].get(question(name)[1])
    return str(known) if known and name not in _titles() else title(name)


def flow(name: str) -> str:
    """What a conversation is called; its own name where the file has none."""
    return str(_file()["flows"].get(name, {}).get("title", name))


def after(name: str) -> tuple[str, ...]:
    """The messages that may end a conversation."""
    return tuple(_file()["flows"].get(name, {}).get("after", ()))


def question(name: str) -> tuple[str, str]:
    """The message of the question and the reason, for a refusal such as `reply/files.too_many`; else ("", "")."""
    folder, _, step = name.partition("/")
    base, _, reason = step.partition(".")
    return (f"{folder}/{base}", reason) if reason else ("", "")


def groups(names: Iterable[str]) -> tuple[Group, ...]:
    """These messages as they appear in the conversation; what the file does not name yet stands at the end."""
    refusals: dict[str, list[str]] = {}
    there = set(names)
    for name in sorted(there):
        if name not in _titles():
            refusals.setdefault(question(name)[0], []).append(name)
    found = []
    for group in _file()["group"]:
        named = [one for name in group["messages"] for one in (name, *refusals.pop(name, ())) if one in there]
        found.append(Group(group["title"], group["when"], tuple(named)))
    unnamed = _file()["unnamed"]
    rest = sorted(name for some in refusals.values() for name in some)
    found.append(Group(unnamed["title"], unnamed["when"], tuple(rest)))
    return tuple(group for group in found if group.names)
