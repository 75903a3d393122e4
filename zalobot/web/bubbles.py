"""A chat as it lies on a telephone: runs of bubbles, days, marks under one's own last word (`_macros/phone.html`).

The one rule: it is about looks. The same is done for the simulator's page, which is live, by `simulator/chat.js`; the
markup of both is `_macros/bubble.html`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from zalobot.templating import Rendered, button_kind
from zalobot.web.filters import local

GAP: Final = timedelta(minutes=30)  # after which the time is said anew
RUN: Final = timedelta(minutes=5)  # within which bubbles belong together
_LINK: Final = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]])")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message. `me`: of whoever holds the telephone. `buttons` are (title, payload); `elements` (title, note).

    `file` is (address, name, note) or (); `state` is received, seen or "".
    """

    text: str
    at: datetime | None = None
    me: bool = False
    buttons: tuple[tuple[str, str], ...] = ()
    elements: tuple[tuple[str, str], ...] = ()
    image: str = ""
    file: tuple[str, ...] = ()
    by_hand: bool = False
    state: str = ""

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The text cut at its web addresses: (words, address or "")."""
        return [(piece, piece if at % 2 else "") for at, piece in enumerate(_LINK.split(self.text)) if piece]

    @property
    def ways(self) -> list[tuple[str, str, str]]:
        """Each button as (title, kind, address)."""
        return [
            (title, kind := button_kind(payload), "" if kind == "query" else payload) for title, payload in self.buttons
        ]


@dataclass(frozen=True, slots=True)
class Laid:
    """A bubble in its place. `day` is said before it: today, yesterday, same (only the time), other or ""."""

    bubble: Bubble
    first: bool
    last: bool
    day: str = ""
    mark: str = ""


def of(rendered: Rendered, at: datetime | None = None) -> Bubble:
    """What is rendered, as a bubble of the account."""
    return Bubble(rendered.text, at, buttons=rendered.buttons)


def laid_out(bubbles: Sequence[Bubble], now: datetime) -> list[Laid]:
    """The bubbles, oldest first, as they lie at this instant."""
    mine = max((at for at, bubble in enumerate(bubbles) if bubble.me), default=-1)
    laid = []
    for at, bubble in enumerate(bubbles):
        before, after = (bubbles[at - 1] if at else None), (bubbles[at + 1] if at + 1 < len(bubbles) else None)
        day = _day(before, bubble, now)
        alike = before is not None and (before.me, before.by_hand) == (bubble.me, bubble.by_hand)
        last = after is None or after.me != bubble.me or _between(bubble, after) >= RUN
        laid.append(Laid(bubble, bool(day) or not alike, last, day, bubble.state if at == mine else ""))
    return laid


def _between(one: Bubble, other: Bubble) -> timedelta:
    return other.at - one.at if one.at and other.at else timedelta(0)


def _day(before: Bubble | None, bubble: Bubble, now: datetime) -> str:
    """What is said of the day before a bubble; "" within one conversation, and where no time is known."""
    if bubble.at is None:
        return ""
    here, today = local(bubble.at).date(), local(now).date()
    if before is not None and before.at is not None and local(before.at).date() == here:
        return "same" if bubble.at - before.at >= GAP else ""
    ago = (today - here).days
    return {0: "today", 1: "yesterday"}.get(ago, "other")
