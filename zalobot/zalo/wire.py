"""A message as Zalo's API wants it: which call, which body.

The one rule: what is no single message has no wire; `messages.parts` comes first.
"""

from typing import Any

from zalobot.zalo.messages import TEXT_LIMIT, Outgoing, parts
from zalobot.zalo.splitting import units

V3, V2 = "/v3.0/oa/message/cs", "/v2.0/oa/message"
"""Consultation messages, and what some government accounts take instead; reactions are on v2 for everybody."""


def wire_body(person_id: str, outgoing: Outgoing) -> dict[str, Any]:
    """The body of a call to `V3` or `V2`; raises ValueError for what must be uploaded or parted first."""
    if outgoing.react_icon:
        action = {"react_icon": outgoing.react_icon, "react_message_id": outgoing.react_id}
        return {"recipient": {"user_id": person_id}, "sender_action": action}
    _check(outgoing)
    message: dict[str, Any] = {"text": outgoing.text} if outgoing.text else {}
    if outgoing.quote_id and not outgoing.buttons:
        message["quote_message_id"] = outgoing.quote_id
    if attachment := _attachment(outgoing):
        message["attachment"] = attachment
    return {"recipient": {"user_id": person_id}, "message": message}


def _check(outgoing: Outgoing) -> None:
    if outgoing.image_blob or outgoing.file_blob:
        raise ValueError("an attachment is not uploaded yet")
    words_only = outgoing.text and not (outgoing.has_image or outgoing.has_file or outgoing.stands_alone)
    if units(outgoing.text) > TEXT_LIMIT or not (words_only or len(parts(outgoing)) == 1):
        raise ValueError("this is no single message: ask parts()")


def _attachment(outgoing: Outgoing) -> dict[str, Any]:
    if outgoing.image_id:
        return _media({"media_type": "image", "attachment_id": outgoing.image_id})
    if outgoing.gif_id:
        size = {"width": outgoing.width, "height": outgoing.height}
        return _media({"media_type": "gif", "attachment_id": outgoing.gif_id, **size})
    if outgoing.sticker_id:
        return _media({"media_type": "sticker", "attachment_id": outgoing.sticker_id})
    if outgoing.file_token:
        return {"type": "file", "payload": {"token": outgoing.file_token}}
    if outgoing.ask_title:
        asked = {"title": outgoing.ask_title, "subtitle": outgoing.ask_subtitle, "image_url": outgoing.ask_image_url}
        return _template({"template_type": "request_user_info", "elements": [asked]})
    if outgoing.buttons:
        return _template({"buttons": [button.wire() for button in outgoing.buttons]})
    return {}


def _media(element: dict[str, Any]) -> dict[str, Any]:
    return _template({"template_type": "media", "elements": [element]})


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}
