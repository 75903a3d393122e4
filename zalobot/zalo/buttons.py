"""Buttons below a message.

The one rule: a button beyond Zalo's limits can't be made.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

from zalobot.zalo.splitting import units

ButtonKind = Literal["query", "query_hidden", "url", "phone", "sms"]
_KINDS = get_args(ButtonKind)
MOST_BUTTONS, TITLE_LIMIT, PAYLOAD_LIMIT = 5, 100, 1000


@dataclass(frozen=True, slots=True)
class Button:
    """A button. `value` is what is typed by a tap (query), an address (url), a number (phone), or for sms a number with
    `?body=` and the words. Raises ValueError beyond Zalo's limits."""

    title: str
    kind: ButtonKind
    value: str

    def __post_init__(self) -> None:
        for name in ("title", "value"):
            object.__setattr__(self, name, unicodedata.normalize("NFC", getattr(self, name)).strip())
        if self.kind not in _KINDS:
            raise ValueError(f"{self.kind!r} is no kind of button")
        if not 0 < units(self.title) <= TITLE_LIMIT:
            raise ValueError(f"a button's title has 1 to {TITLE_LIMIT} characters: {self.title!r}")
        if not 0 < units(self.value) <= PAYLOAD_LIMIT:
            raise ValueError(f"what the button {self.title!r} sends has 1 to {PAYLOAD_LIMIT} characters")
        if self.kind == "url" and not re.match(r"https?://[^\s/]", self.value):
            raise ValueError(f"the button {self.title!r} leads to no web address: {self.value!r}")

    @property
    def written(self) -> str:
        """The button in words, for where there are none: an address or a number. A query has its typed twin already."""
        return "" if self.kind.startswith("query") else f"{self.title}: {self.value.partition('?body=')[0]}"

    def wire(self) -> dict[str, Any]:
        """The button as Zalo wants it."""
        number, _, words = self.value.partition("?body=")
        match self.kind:
            case "query" | "query_hidden":
                kind, payload = ("oa.query.show" if self.kind == "query" else "oa.query.hide"), self.value
                return {"title": self.title, "type": kind, "payload": payload}
            case "url":
                return {"title": self.title, "type": "oa.open.url", "payload": {"url": self.value}}
            case "phone":
                return {"title": self.title, "type": "oa.open.phone", "payload": {"phone_code": _dialled(number)}}
            case "sms":
                sms = {"content": words, "phone_code": _dialled(number)}
                return {"title": self.title, "type": "oa.open.sms", "payload": sms}


@lru_cache(maxsize=4096)  # most buttons are the same for everybody, and checking one costs as much as sending it
def kept_button(title: str, kind: ButtonKind, value: str) -> Button:
    """A button that was made before: `Outgoing.from_json` makes the same few again and again."""
    return Button(title, kind, value)


def _dialled(number: str) -> str:
    """A number with the country's prefix, as Zalo dials it; short numbers (1022, 114) stay as they are."""
    digits = re.sub(r"\D", "", number)
    return "84" + digits[1:] if digits.startswith("0") and len(digits) >= 9 else digits
