"""Why a message reached nobody, in plain words with the remedy: `templates/web/undelivered.toml`.

The one rule: every code and every reason leads to some words, one we never heard of to those of its kind.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from zalobot.channels.choosing import Why
from zalobot.channels.undelivered import Undelivered
from zalobot.paths import templates_folder
from zalobot.store.models import Channel, OutboxState
from zalobot.zalo.codes import OA, ZBS, Reaction, reaction


@dataclass(frozen=True, slots=True)
class Reason:
    """What the matter is and what to do about it."""

    says: str
    remedy: str


def why(message: Undelivered) -> Reason:
    """The words for a message of the list."""
    group, key = _key(message)
    words = wording()[group]
    return Reason(**words[key])


@cache
def wording() -> dict[str, dict[str, dict[str, Any]]]:
    """The words of every reason."""
    return tomllib.loads((templates_folder() / "web/undelivered.toml").read_text(encoding="utf-8"))


def _key(message: Undelivered) -> tuple[str, str]:
    if message.state is OutboxState.UNCLEAR:
        return "unclear", "not_shown" if message.reason.startswith("cannot be looked up") else "not_seen"
    if message.state is OutboxState.WAITING:
        first = _first_reason(message.reason)
        told = str(message.code) in wording()["code"] and first in (Why.REFUSED, Why.CHAT_REFUSED)
        return ("code", str(message.code)) if told else ("why", first)
    if message.code is None:
        return "other", "unsayable"
    if str(message.code) in wording()["code"]:
        return "code", str(message.code)
    last = message.tried[-1].channel if message.tried else Channel.CS
    if last is Channel.MAIL:
        return "other", "mail"
    asks = reaction(message.code, ZBS if last is Channel.ZBS_PHONE else OA)
    return "other", str(Reaction.CONFIGURATION if asks in (Reaction.RENEW, Reaction.CONSENT) else asks)


def _first_reason(told: str) -> str:
    """Why the chat, the first way of all, was closed: `cs: window_closed, zbs_uid: no_template`."""
    first = told.split(",", 1)[0].rpartition(": ")[2]
    return first if first in set(Why) else "unknown"
