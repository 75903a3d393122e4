"""What Zalo shows of a conversation (§4.9), as the events that the webhook would have brought.

The one rule: an event made here has the key that Zalo's own delivery of it has, so that both are one.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from zalobot.errors import BadEvent
from zalobot.zalo.kinds import KINDS, Kind
from zalobot.zalo.reading import decode, dict_of, text_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = {
    "text": "user_send_text",
    **dict.fromkeys(("photo", "image"), "user_send_image"),
    "gif": "user_send_gif",
    "sticker": "user_send_sticker",
    **dict.fromkeys(("voice", "audio"), "user_send_audio"),
    "video": "user_send_video",
    "file": "user_send_file",
    **dict.fromkeys(("link", "links"), "user_send_link"),
    "location": "user_send_location",
    **dict.fromkeys(("card", "business_card", "contact"), "user_send_business_card"),
}
_CERTAIN = "user_send_text"  # of other types it is not established which event they are
MESSAGE_NAMES = tuple(name for name, kind in KINDS.items() if kind is Kind.MESSAGE)


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of a conversation: whose conversation, whether they said it themselves, and when."""

    person_id: str
    message_id: str
    from_person: bool
    at: datetime
    item: dict[str, Any]

    @property
    def name(self) -> str:
        """The event's name; what Zalo calls by a name we don't know is a text, which may be empty."""
        return _NAMES.get(text_of(self.item.get("type")).lower(), "user_send_text")

    @property
    def certain(self) -> bool:
        """Whether Zalo's own delivery certainly has this name."""
        return self.name == _CERTAIN and text_of(self.item.get("type")).lower() == "text"

    def body(self, app_id: str, oa_id: str) -> str:
        """The body of the event."""
        message: dict[str, Any] = {"msg_id": self.message_id}
        if words := text_of(self.item.get("message")):
            message["text"] = words
        if payload := self._payload():
            message["attachments"] = [{"type": self.name.removeprefix("user_send_"), "payload": payload}]
        if self.name == "user_send_business_card" and payload:
            message["attachments"][0]["type"] = "link"
        event = {
            "app_id": app_id,
            "event_name": self.name,
            "sender": {"id": self.person_id},
            "recipient": {"id": oa_id},
            "message": message,
            "timestamp": str(round((self.at - _EPOCH) / timedelta(milliseconds=1))),
        }
        return json.dumps(event, ensure_ascii=False)

    def _payload(self) -> dict[str, Any]:
        if place := _object(self.item.get("location")):
            return {"coordinates": dict_of(place.get("coordinates")) or place}
        url = text_of(self.item.get("url")) or text_of(_first(self.item.get("links")).get("url"))
        if not url:
            return {}
        payload = {"url": url, "thumbnail": text_of(self.item.get("thumb"))}
        if self.name == "user_send_file":
            payload["name"] = text_of(self.item.get("message"))
        if described := self.item.get("description"):
            payload["description"] = described
        return payload


def shown(item: dict[str, Any], oa_id: str) -> Shown | None:
    """An item of a conversation or of the list of recent chats; None for what cannot be one of ours."""
    sender, recipient = text_of(item.get("from_id")), text_of(item.get("to_id"))
    from_person = text_of(item.get("src")) == "1" if oa_id not in (sender, recipient) else recipient == oa_id
    person, message_id, time = sender if from_person else recipient, text_of(item.get("message_id")), item.get("time")
    millis = text_of(time)
    if not (person and person != oa_id and message_id and millis.isascii() and millis.isdigit() and len(millis) < 15):
        return None
    if len(person) > 64 or len(message_id) > 100:
        return None
    return Shown(person, message_id, from_person, _EPOCH + timedelta(milliseconds=int(millis)), item)


def _object(value: object) -> dict[str, Any]:
    """An object, also when it comes as text."""
    try:
        return dict_of(decode(value) if isinstance(value, str) and value else value)
    except BadEvent:
        return {}


def _first(value: object) -> dict[str, Any]:
    return dict_of(value[0]) if isinstance(value, list) and value else {}
