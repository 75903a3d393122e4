"""What a person attached to a message, read tolerantly from Zalo's payloads.

The one rule: whatever is malformed becomes an empty field; nothing here raises.
"""

import math
from dataclasses import dataclass
from typing import Any

from zalobot.errors import BadEvent
from zalobot.zalo.reading import clean, decode, dict_of, text_of


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; `kind` is image, file, link, audio, video, sticker, location, gif or contact."""

    kind: str
    url: str = ""
    thumbnail: str = ""
    name: str = ""
    size: int | None = None
    type: str = ""
    checksum: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    description: str = ""


def attachments_of(name: str, message: dict[str, Any]) -> tuple[Attachment, ...]:
    """The attachments of a `message` object of the event `name`."""
    listed = message.get("attachments")
    found = (
        [_attachment(name, message, item) for item in listed if isinstance(item, dict)] if type(listed) is list else []
    )
    bare = message.get("location")  # one source shows the location outside of the attachments
    if isinstance(bare, dict) and not any(a.kind == "location" for a in found):
        found.append(_location(bare))
    return tuple(found)


def _attachment(name: str, message: dict[str, Any], item: dict[str, Any]) -> Attachment:
    payload = dict_of(item.get("payload"))
    kind = text_of(item.get("type"))
    if kind == "location":
        return _location(dict_of(payload.get("coordinates")) or payload)
    if name.endswith("business_card"):
        return _contact(message, payload)
    return Attachment(
        kind=kind,
        url=text_of(payload.get("url")) or text_of(payload.get("link_url")),
        thumbnail=text_of(payload.get("thumbnail")),
        name=clean(payload.get("name")),
        size=_size(payload.get("size")),
        type=text_of(payload.get("type")),
        checksum=text_of(payload.get("checksum")),
        description=clean(payload.get("description")) or clean(payload.get("text")),
    )


def _contact(message: dict[str, Any], payload: dict[str, Any]) -> Attachment:
    """A business card: the contact's name is the message's text, `description` is JSON inside a string."""
    description = payload.get("description")
    try:
        card = dict_of(decode(description) if isinstance(description, str) else description)
    except BadEvent:
        card = {}
    return Attachment(
        kind="contact",
        url=text_of(payload.get("url")) or text_of(card.get("qrCodeUrl")),
        thumbnail=text_of(payload.get("thumbnail")),
        name=clean(message.get("text")),
        phone=text_of(card.get("phone")),
        description="" if card else clean(description),
    )


def _location(coordinates: dict[str, Any]) -> Attachment:
    latitude, longitude = _degrees(coordinates.get("latitude"), 90), _degrees(coordinates.get("longitude"), 180)
    return Attachment("location", latitude=latitude, longitude=longitude)


def _degrees(value: object, most: int) -> float | None:
    if not isinstance(value, str | int | float):
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None


def _size(value: object) -> int | None:
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
