"""Template messages by phone ("ZBS Template Message", once ZNS): another host of Zalo's, with the same token.

The one rule: its codes below -100 mean other things than those of the OA's API (`codes.ZBS`).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zalobot.errors import OutcomeUnknown, Retryable
from zalobot.zalo.calls import Call, Caller
from zalobot.zalo.client import Sent
from zalobot.zalo.codes import ZBS

TRACKING_LIMIT = 48


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """A template as Zalo has it. `parameters` maps each name to its longest value (0: not told)."""

    template_id: str
    status: str
    quality: str
    tag: str
    parameters: Mapping[str, int]
    reason: str = ""


class ZbsClient:
    """Sends templates by phone and looks up what Zalo decided of them. `hash_phone`: numbers go as their SHA-256."""

    def __init__(self, calls: Caller, base_url: str, *, hash_phone: bool = False) -> None:
        self._calls = calls.at(base_url, ZBS)
        self._hash_phone = hash_phone

    async def send(self, phone: str, template_id: str, values: Mapping[str, str], tracking_id: str) -> Sent:
        """Send a template to a number (as people write it). `tracking_id` comes back in the receipt; Zalo does not
        recognise a second send by it. Raises Retryable, Undeliverable, OutcomeUnknown."""
        number = dialled(phone)
        to = {"hash_phone": hashed(number)} if self._hash_phone else {"phone": number}
        body = {
            **to,
            "template_id": template_id,
            "template_data": dict(values),
            "tracking_id": tracking_id[:TRACKING_LIMIT],
        }
        path = "/message/template/hashphone" if self._hash_phone else "/message/template"
        data = await self._calls.call(Call("POST", path, "template", None, sending=True, body=_json(body)))
        message_id = data.get("msg_id") if isinstance(data, dict) else None
        if not message_id:
            raise OutcomeUnknown(0, "success without a msg_id")
        return Sent(str(message_id))

    async def template(self, template_id: str) -> TemplateInfo:
        """What Zalo has of a template. Raises Retryable, Undeliverable."""
        params = {"template_id": template_id}
        data = await self._calls.call(Call("GET", "/template/info/v2", "template_info", None, params=params))
        if not isinstance(data, dict):
            raise Retryable(0, "no template in the answer", 60.0)
        return TemplateInfo(
            template_id=str(data.get("templateId", template_id)),
            status=str(data.get("status", "")),
            quality=str(data.get("templateQuality", "")),
            tag=str(data.get("templateTag", "")),
            parameters={str(one["name"]): _length(one) for one in data.get("listParams") or () if "name" in one},
            reason=str(data.get("reason") or ""),
        )


def dialled(phone: str) -> str:
    """A number as this API takes it: 84…, never 0…"""
    digits = re.sub(r"\D", "", phone)
    return "84" + digits[1:] if digits.startswith("0") and not digits.startswith("00") else digits.removeprefix("00")


def hashed(number: str) -> str:
    """The SHA-256 of a number in the form 84…"""
    return hashlib.sha256(number.encode()).hexdigest()


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _length(parameter: Mapping[str, Any]) -> int:
    told = str(parameter.get("maxLength", ""))
    return int(told) if told.isdecimal() else 0
