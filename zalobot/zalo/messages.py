"""What we say, and how it looks on Zalo's wire.

The one rule: a message that would break one of Zalo's limits can't be made or is split before it is sent; it is never
cut short.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal, Self, get_args

from zalobot.zalo.splitting import TEXT_LIMIT, fits, split, units

__all__ = ["MOST_BUTTONS", "TEXT_LIMIT", "Button", "ButtonKind", "Outgoing", "parts", "split", "wire_body"]

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


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to one person.

    `image_id` and `file_token` are what Zalo gave for an upload; `image_blob` and `file_blob` name files of ours (their
    sha256) that the relay uploads first. Raises ValueError for more than five buttons.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()
    image_id: str = ""
    file_token: str = ""
    image_blob: str = ""
    file_blob: str = ""
    file_name: str = ""
    quote_id: str = ""

    def __post_init__(self) -> None:
        if len(self.buttons) > MOST_BUTTONS:
            raise ValueError(f"a message has at most {MOST_BUTTONS} buttons, not {len(self.buttons)}")
        if not self.text.isascii():
            object.__setattr__(self, "text", unicodedata.normalize("NFC", self.text))

    @property
    def has_image(self) -> bool:
        """Whether an image belongs to it, uploaded already or not."""
        return bool(self.image_id or self.image_blob)

    @property
    def has_file(self) -> bool:
        """Whether a file belongs to it, uploaded already or not."""
        return bool(self.file_token or self.file_blob)

    def plain(self) -> Self:
        """The same in words only, for where Zalo refuses buttons (-201, -233); addresses, numbers are written out."""
        shown = [f"{b.title}: {b.value.partition('?body=')[0]}" for b in self.buttons if not b.kind.startswith("query")]
        return replace(self, text="\n".join((self.text, *shown)).strip(), buttons=())

    def to_json(self) -> dict[str, Any]:
        """A JSON object with what is set, for the outbox."""
        made: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(self, name))}
        if self.buttons:
            made["buttons"] = [{"title": b.title, "kind": b.kind, "value": b.value} for b in self.buttons]
        return made

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The message that `to_json` described; fields of another version are left out."""
        known = {name: kept[name] for name in _TEXTS if name in kept}
        return cls(**known, buttons=tuple([_button(**button) for button in kept.get("buttons", ())]))


@lru_cache(maxsize=4096)  # most buttons are the same for everybody, and checking one costs as much as sending it
def _button(title: str, kind: ButtonKind, value: str) -> Button:
    return Button(title, kind, value)


_TEXTS = tuple(field.name for field in fields(Outgoing) if field.name != "buttons")


def parts(outgoing: Outgoing) -> list[Outgoing]:
    """The messages that are really sent, in order: image, file, then the words; buttons go with the last one.

    A short text is the caption of its image where nothing else hangs on it; a file takes no caption.
    """
    if outgoing.text and not (outgoing.has_image or outgoing.has_file or outgoing.quote_id) and fits(outgoing.text):
        return [outgoing]
    pieces = split(outgoing.text)
    caption = outgoing.has_image and len(pieces) == 1 and not (outgoing.buttons or outgoing.quote_id)
    found = []
    if outgoing.has_image:
        words = pieces.pop() if caption else ""
        found.append(Outgoing(words, image_id=outgoing.image_id, image_blob=outgoing.image_blob))
    if outgoing.has_file:
        file = Outgoing(file_token=outgoing.file_token, file_blob=outgoing.file_blob, file_name=outgoing.file_name)
        found.append(file)
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        buttons = outgoing.buttons if place == last else ()
        # Zalo takes a quote with nothing but text.
        found.append(Outgoing(piece, buttons, quote_id="" if place or buttons else outgoing.quote_id))
    if outgoing.buttons and not pieces:
        raise ValueError("buttons need words to stand below")
    return found


def wire_body(person_id: str, outgoing: Outgoing) -> dict[str, Any]:
    """The body of `POST /v3.0/oa/message/cs`; raises ValueError for what must be uploaded or parted first."""
    if outgoing.image_blob or outgoing.file_blob:
        raise ValueError("an attachment is not uploaded yet")
    words_only = outgoing.text and not (outgoing.has_image or outgoing.has_file)
    if units(outgoing.text) > TEXT_LIMIT or not (words_only or len(parts(outgoing)) == 1):
        raise ValueError("this is no single message: ask parts()")
    message: dict[str, Any] = {"text": outgoing.text} if outgoing.text else {}
    if outgoing.quote_id and not outgoing.buttons:
        message["quote_message_id"] = outgoing.quote_id
    if outgoing.image_id:
        elements = [{"media_type": "image", "attachment_id": outgoing.image_id}]
        message["attachment"] = _template({"template_type": "media", "elements": elements})
    elif outgoing.file_token:
        message["attachment"] = {"type": "file", "payload": {"token": outgoing.file_token}}
    elif outgoing.buttons:
        message["attachment"] = _template({"buttons": [button.wire() for button in outgoing.buttons]})
    return {"recipient": {"user_id": person_id}, "message": message}


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


def _dialled(number: str) -> str:
    """A number with the country's prefix, as Zalo dials it; short numbers (1022, 114) stay as they are."""
    digits = re.sub(r"\D", "", number)
    return "84" + digits[1:] if digits.startswith("0") and len(digits) >= 9 else digits
