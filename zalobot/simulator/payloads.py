"""The bodies of Zalo's webhooks, as the platform's notes print them (§2).

The one rule: every id and every timestamp is a string, and receipts are inverted: their sender is the OA.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .settings import SimSettings
from .world import By, Message

Body = dict[str, Any]


def millis(at: datetime) -> str:
    """Epoch milliseconds, as a string."""
    return str(int(at.timestamp() * 1000))


def by_app(person_id: str) -> str:
    """The same person's id in the app's number space."""
    return str(int(hashlib.sha256(person_id.encode()).hexdigest()[:15], 16))


class Payloads:
    """Builds webhook bodies for one app and one OA."""

    def __init__(self, settings: SimSettings) -> None:
        self._app_id = settings.app_id
        self._oa_id = settings.oa_id

    def said(self, message: Message, attachments: list[Body] | None = None) -> Body:
        """`user_send_<kind>`: the person wrote, or sent something."""
        content: Body = {"msg_id": message.id}
        if message.text:
            content["text"] = message.text
        if message.quote_id:
            content["quote_msg_id"] = message.quote_id
        if attachments := _attachments(message) if attachments is None else attachments:
            content["attachments"] = attachments
        return self._between(f"user_send_{message.kind}", message.person_id, self._oa_id, message.at, content)

    def echo(self, message: Message, admin_id: str = "") -> Body:
        """`oa_send_<kind>`: what the OA sent comes back; with `admin_id` when staff wrote it in the OA's inbox."""
        content: Body = {"msg_id": message.id}
        if message.text:
            content["text"] = message.text
        if attachments := _attachments(message):
            content["attachments"] = attachments
        name = {"ask_info": "request_user_info"}.get(message.kind, message.kind)
        body = self._between(f"oa_send_{name}", self._oa_id, message.person_id, message.at, content)
        if message.by is By.STAFF:
            body["sender"]["admin_id"] = admin_id
        return body

    def received(self, message: Message, at: datetime) -> Body:
        """`user_received_message`: it reached the phone. The sender is the OA."""
        return self._between("user_received_message", self._oa_id, message.person_id, at, {"msg_id": message.id})

    def seen(self, messages: list[Message], at: datetime) -> Body:
        """`user_seen_message`: the person looked at them. The sender is the OA."""
        ids = [message.id for message in messages]
        return self._between("user_seen_message", self._oa_id, messages[0].person_id, at, {"msg_ids": ids})

    def template_received(self, message: Message, phone: str, tracking_id: str) -> Body:
        """`user_received_message` of a template by phone: the recipient is the number (or its hash) as it was sent."""
        at = millis(message.delivered_at or message.at)
        content = {"delivery_time": at, "msg_id": message.id, "tracking_id": tracking_id}
        return self._between("user_received_message", self._oa_id, phone, message.at, content)

    def template_status(self, template_id: str, before: str, after: str, reason: str, at: datetime) -> Body:
        """`change_template_status`: a template was approved, rejected or switched off."""
        return {"event_name": "change_template_status", "oa_id": self._oa_id, "app_id": self._app_id,
                "template_id": template_id, "status": {"prev_status": before, "new_status": after},
                "reason": reason, "timestamp": millis(at)}  # fmt: skip

    def daily_quota(self, before: str, after: str, at: datetime) -> Body:
        """`change_oa_daily_quota`; the account's id has another name here than in every other event."""
        return {"event_name": "change_oa_daily_quota", "oaId": self._oa_id, "app_id": self._app_id,
                "quota": {"prev_value": before, "new_value": after}, "timestamp": millis(at)}  # fmt: skip

    def in_group(self, group_id: str, person_id: str, text: str, message_id: str, at: datetime) -> Body:
        """`user_send_group_text`: somebody wrote in a group the OA is in."""
        body = self._between("user_send_group_text", person_id, group_id, at, {"msg_id": message_id, "text": text})
        return {**body, "user_id_by_app": by_app(person_id), "oa_id": self._oa_id}

    def group(self, name: str, group_id: str, people: list[str], at: datetime) -> Body:
        """A group's own events: `create_group`, `user_join_group`, `user_out_group` …"""
        users = {"users": [{"id": one} for one in people]} if people else {}
        return {"oa_id": self._oa_id, "group_id": group_id, "app_id": self._app_id, "event_name": name,
                "timestamp": millis(at), **users}  # fmt: skip

    def sample(self, name: str, at: datetime) -> Body:
        """What the console's Test button sends: the event's shape, with ids that are nobody's."""
        content = {"msg_id": "This is message id", "text": "This is testing message"}
        return self._between(name, "246845883529197922", self._oa_id, at, content)

    def reacted(self, message: Message, icon: str, at: datetime) -> Body:
        """`user_reacted_message`."""
        content = {"msg_id": message.id, "react_icon": icon}
        return self._between("user_reacted_message", message.person_id, self._oa_id, at, content)

    def submitted(self, person_id: str, info: Mapping[str, Any], at: datetime) -> Body:
        """`user_submit_info`: the person filled in the form the OA asked for."""
        body = self._between("user_submit_info", person_id, self._oa_id, at, {})
        del body["message"]
        return {**body, "info": dict(info)}

    def followed(self, person_id: str, at: datetime) -> Body:
        """`follow`."""
        return {**self._about("follow", at, person_id), "follower": {"id": person_id}, "source": "oa_profile"}

    def unfollowed(self, person_id: str, at: datetime) -> Body:
        """`unfollow`."""
        return {**self._about("unfollow", at, person_id), "follower": {"id": person_id}, "source": "oa_profile"}

    def chatnow(self, person_id: str, at: datetime) -> Body:
        """`user_click_chatnow`: the first "Nhắn tin" of somebody who never wrote."""
        return {**self._about("user_click_chatnow", at, person_id), "user_id": person_id}

    def withdrew(self, person_id: str, at: datetime) -> Body:
        """`user_withdraw`: the person's data must be deleted."""
        return {**self._about("user_withdraw", at, person_id), "user_id": person_id}

    def _about(self, name: str, at: datetime, person_id: str) -> Body:
        return {"oa_id": self._oa_id, "user_id_by_app": by_app(person_id), "event_name": name,
                "app_id": self._app_id, "timestamp": millis(at)}  # fmt: skip

    def _between(self, name: str, sender: str, recipient: str, at: datetime, message: Body) -> Body:
        person_id = recipient if sender == self._oa_id else sender
        return {
            "app_id": self._app_id, "user_id_by_app": by_app(person_id), "sender": {"id": sender},
            "recipient": {"id": recipient}, "event_name": name, "message": message, "timestamp": millis(at),
        }  # fmt: skip


def _attachments(message: Message) -> list[Body]:
    """What hangs on a message, by its kind."""
    file = message.file
    match message.kind:
        case "image" | "gif":
            return [{"type": message.kind, "payload": {"thumbnail": message.image, "url": message.image}}]
        case "file" if file is not None:
            checksum = hashlib.md5(file.data, usedforsecurity=False).hexdigest()
            payload = {"url": file.url, "size": str(len(file.data)), "name": file.name, "type": file.type}
            return [{"type": "file", "payload": {**payload, "checksum": checksum}}]
        case "sticker" if message.elements:
            return [{"type": "sticker", "payload": {"id": message.elements[0]["id"], "url": ""}}]
        case "text" | "list" if message.buttons or message.elements:
            checksum = hashlib.sha256(json.dumps([b.title for b in message.buttons]).encode()).hexdigest()
            return [{"type": "template", "payload": {"zinstant_id": message.id, "text": message.text,
                                                     "link_url": "", "checksum": checksum}}]  # fmt: skip
    return []
