"""Calls to Zalo's OpenAPI for one Official Account.

The one rule: a send is never repeated unless it is certain that the first one did not arrive; what is uncertain is
OutcomeUnknown, and whoever keeps the outbox looks at the echo or the conversation first.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from zalobot.errors import OutcomeUnknown, Retryable
from zalobot.zalo.allowance import Allowance, Kind
from zalobot.zalo.answers import Clock
from zalobot.zalo.calls import Call, Caller, Tokens
from zalobot.zalo.messages import Outgoing
from zalobot.zalo.proof import Proof
from zalobot.zalo.send_api import Memory, Nothing, SendApi
from zalobot.zalo.wire import V2, wire_body


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Zalo took; its echo carries the same id."""

    message_id: str


class ZaloClient:
    """Sends, uploads and looks up for one OA, over a session that somebody else opens and closes.

    Every call raises Retryable, Undeliverable or ConsentNeeded; only `send` may raise OutcomeUnknown. Look-ups and
    uploads wait until the `allowance` lets them go; whoever sends has asked it before.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        base_url: str,
        tokens: Tokens,
        timeout: float = 10.0,
        *,
        proof: Proof | None = None,
        allowance: Allowance | None = None,
        clock: Clock = time.time,
        memory: Memory | None = None,
    ) -> None:
        self.calls = Caller(http, base_url, tokens, timeout, proof=proof, allowance=allowance, clock=clock)
        self.memory = memory or Nothing()
        self._send_api = SendApi(self.memory)

    @property
    def skew(self) -> float | None:
        """Seconds by which Zalo's clock was ahead of ours at its last answer."""
        return self.calls.skew

    async def send(self, person_id: str, outgoing: Outgoing) -> Sent:
        """Send one message (see `messages.parts`) by the call this account takes (`send_api`)."""
        body = json.dumps(wire_body(person_id, outgoing), ensure_ascii=False).encode("utf-8", "replace")
        if outgoing.react_icon:
            return await self._send(V2, body)
        tried: list[str] = []

        async def by(path: str) -> Sent:
            if tried:
                await self.calls.allowance.went()
            tried.append(path)
            return await self._send(path, body)

        return await self._send_api.by(by)

    async def _send(self, path: str, body: bytes) -> Sent:
        data = await self.calls.call(Call("POST", path, "send", None, sending=True, body=body))
        message_id = data.get("message_id") if isinstance(data, dict) else None
        if not message_id:
            raise OutcomeUnknown(0, "success without a message_id")
        return Sent(str(message_id))

    async def send_template(self, person_id: str, template_id: str, values: Mapping[str, str]) -> Sent:
        """Send an approved template to somebody the OA knows, whenever they last wrote (platform facts 4.5)."""
        body = {"user_id": person_id, "template_id": template_id, "template_data": dict(values)}
        return await self._send("/v3.0/oa/message/template", json.dumps(body, ensure_ascii=False).encode())

    async def upload_image(self, data: bytes, name: str) -> str:
        """Upload a JPEG or PNG of at most 1 MB; gives the id that lives 7 days."""
        return await self._upload("image", data, name, "attachment_id")

    async def upload_gif(self, data: bytes, name: str) -> str:
        """Upload a GIF of at most 5 MB; gives the id that lives 7 days."""
        return await self._upload("gif", data, name, "attachment_id")

    async def upload_file(self, data: bytes, name: str) -> str:
        """Upload a PDF, DOC or DOCX of at most 5 MB; gives the token that lives 7 days."""
        return await self._upload("file", data, name, "token")

    async def conversation(self, person_id: str, count: int = 10, offset: int = 0) -> list[dict[str, Any]]:
        """The latest messages with a person, at most 10, newest first (`src` 0: from the OA)."""
        return _list(await self._get("/v2.0/oa/conversation", user_id=person_id, offset=offset, count=min(count, 10)))

    async def recent_chats(self, offset: int = 0, count: int = 10) -> list[dict[str, Any]]:
        """The latest message of each recent conversation, at most 10: what was missed during an outage."""
        return _list(await self._get("/v2.0/oa/listrecentchat", offset=offset, count=min(count, 10)))

    async def profile(self, person_id: str) -> dict[str, Any]:
        """What Zalo tells about a person; Undeliverable (-213) for some who don't follow: go on without a name."""
        return _dict(await self._get("/v3.0/oa/user/detail", user_id=person_id))

    async def account(self) -> dict[str, Any]:
        """The OA itself: `is_verified`, `oa_type` (4: government), `package_name`; a health check."""
        return _dict(await self._get("/v2.0/oa/getoa"))

    async def paid_quota(self) -> list[dict[str, Any]]:
        """How many paid messages the package still has: `remain` and `total` of each grant."""
        body = json.dumps({"quota_owner": "OA", "product_type": "cs"}).encode()
        return _list(await self.calls.call(Call("POST", "/v3.0/oa/quota/message", "quota", body=body)))

    async def _get(self, path: str, **parameters: object) -> Any:
        asked = {"data": json.dumps(parameters, separators=(",", ":"))} if parameters else None
        return await self.calls.call(Call("GET", path, path.rpartition("/")[2], params=asked))

    async def _upload(self, kind: str, data: bytes, name: str, wanted: str) -> str:
        got = await self.calls.call(Call("POST", f"/v2.0/oa/upload/{kind}", "upload", Kind.STATUS, file=(data, name)))
        found = _dict(got).get(wanted)
        if not found:
            raise Retryable(0, f"success without {wanted}", 60.0)
        return str(found)


def _dict(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _list(data: object) -> list[dict[str, Any]]:
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
