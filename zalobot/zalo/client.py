"""Calls to Zalo's OpenAPI for one Official Account.

The one rule: a send is never repeated unless it is certain that the first one did not arrive; what is uncertain is
OutcomeUnknown, and whoever keeps the outbox looks at the echo or the conversation first.
"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from zalobot.errors import OutcomeUnknown, Retryable, TokenRejected, Undeliverable, ZaloError
from zalobot.zalo.answers import Clock, read
from zalobot.zalo.codes import UNSUPPORTED_OA, V2_SHUT_DOWN
from zalobot.zalo.messages import Outgoing, wire_body

V3, V2 = "/v3.0/oa/message/cs", "/v2.0/oa/message"
_OTHER_API = {UNSUPPORTED_OA: V2, V2_SHUT_DOWN: V3}


class Tokens(Protocol):
    """Where the client gets its access token from."""

    async def access(self) -> str:
        """The token to use now; raises ConsentNeeded when the grant is lost."""

    async def renewed(self, rejected: str) -> str:
        """The token to use after `rejected` was refused; raises ConsentNeeded, or Retryable if there is none now."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Zalo took; its echo carries the same id."""

    message_id: str


def appsecret_proof(access_token: str, app_secret: str) -> str:
    """The proof that the caller knows the app secret, for apps that demand it in Zalo's console."""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    sending: bool = False
    body: bytes | None = None
    params: dict[str, str] | None = None
    file: tuple[bytes, str] | None = None

    def content(self) -> bytes | aiohttp.FormData | None:
        if self.file is None:
            return self.body
        form = aiohttp.FormData()
        form.add_field("file", self.file[0], filename=self.file[1], content_type="application/octet-stream")
        return form


class ZaloClient:
    """Sends, uploads and looks up for one OA, over a session that somebody else opens and closes.

    Every call raises Retryable, Undeliverable or ConsentNeeded; only `send` may raise OutcomeUnknown.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        base_url: str,
        tokens: Tokens,
        timeout: float = 10.0,
        *,
        app_secret: str = "",
        clock: Clock = time.time,
    ) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._tokens = tokens
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout / 2, 5.0))
        self._upload_timeout = aiohttp.ClientTimeout(total=timeout * 6, connect=min(timeout / 2, 5.0))
        self._app_secret = app_secret
        self._clock = clock
        self._send_path = V3

    async def send(self, person_id: str, outgoing: Outgoing) -> Sent:
        """Send one message (see `messages.parts`).

        Some government OAs refuse the v3 call (-235) and take the same body on v2: what worked is kept for next time.
        """
        body = json.dumps(wire_body(person_id, outgoing), ensure_ascii=False).encode("utf-8", "replace")
        try:
            return await self._send(self._send_path, body)
        except Undeliverable as refused:
            other = _OTHER_API.get(refused.code)
            if other is None or other == self._send_path:
                raise
            sent = await self._send(other, body)
            self._send_path = other
            return sent

    async def _send(self, path: str, body: bytes) -> Sent:
        data = await self._call(_Call("POST", path, sending=True, body=body))
        message_id = data.get("message_id") if isinstance(data, dict) else None
        if not message_id:
            raise OutcomeUnknown(0, "success without a message_id")
        return Sent(str(message_id))

    async def upload_image(self, data: bytes, name: str) -> str:
        """Upload a JPEG or PNG of at most 1 MB; gives the id that lives 7 days."""
        return await self._upload("image", data, name, "attachment_id")

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

    async def _get(self, path: str, **parameters: object) -> Any:
        asked = {"data": json.dumps(parameters, separators=(",", ":"))} if parameters else None
        return await self._call(_Call("GET", path, params=asked))

    async def _upload(self, kind: str, data: bytes, name: str, wanted: str) -> str:
        got = await self._call(_Call("POST", f"/v2.0/oa/upload/{kind}", file=(data, name)))
        found = _dict(got).get(wanted)
        if not found:
            raise Retryable(0, f"success without {wanted}", 60.0)
        return str(found)

    async def _call(self, call: _Call) -> Any:
        token = await self._tokens.access()
        try:
            return await self._once(call, token)
        except TokenRejected:
            token = await self._tokens.renewed(token)
        try:
            return await self._once(call, token)
        except TokenRejected as again:
            raise Retryable(again.code, "two access tokens in a row were refused", 60.0) from again

    async def _once(self, call: _Call, token: str) -> Any:
        try:
            async with self._http.request(
                call.method,
                self._base + call.path,
                data=call.content(),
                params=call.params,
                headers=self._headers(call, token),
                timeout=self._timeout if call.file is None else self._upload_timeout,
                allow_redirects=False,
            ) as response:
                status, answer = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Retryable(0, f"no connection: {type(error).__name__}", 5.0) from error  # nothing was sent yet
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _interrupted(error, call.sending) from error
        return read(status, answer, sending=call.sending, clock=self._clock)

    def _headers(self, call: _Call, token: str) -> dict[str, str]:
        headers = {"access_token": token}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if self._app_secret:
            headers["appsecret_proof"] = appsecret_proof(token, self._app_secret)
        return headers


def _interrupted(error: Exception, sending: bool) -> ZaloError:
    what = f"no answer: {type(error).__name__}"
    return OutcomeUnknown(0, what) if sending else Retryable(0, what, 5.0)


def _dict(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _list(data: object) -> list[dict[str, Any]]:
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
