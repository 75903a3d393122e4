"""Calls to Zalo's OpenAPI for one Official Account.

The one rule: a send is never repeated unless it is certain that the first one did not arrive; what is uncertain is
OutcomeUnknown, and whoever keeps the outbox looks at the echo or the conversation first.
"""

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import aiohttp

from zalobot import metrics
from zalobot.errors import OutcomeUnknown, Retryable, TokenRejected, Undeliverable, ZaloError
from zalobot.zalo.allowance import Allowance, Kind, Unlimited
from zalobot.zalo.answers import Clock, read
from zalobot.zalo.codes import RATE_LIMIT
from zalobot.zalo.messages import Outgoing
from zalobot.zalo.proof import Proof
from zalobot.zalo.send_api import Memory, Nothing, SendApi
from zalobot.zalo.wire import V2, wire_body


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


@dataclass(frozen=True, slots=True)
class _Call:
    """`what` it is for, in the metric; `kind` in the allowance, None for what was paid in advance (sends)."""

    method: str
    path: str
    what: str
    kind: Kind | None = Kind.LOOK_UP
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
        self._http = http
        self._base = base_url.rstrip("/")
        self._tokens = tokens
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout / 2, 5.0))
        self._upload_timeout = aiohttp.ClientTimeout(total=timeout * 6, connect=min(timeout / 2, 5.0))
        self._proof = proof or Proof()
        self._allowance = allowance or Unlimited()
        self._clock = clock
        self.skew: float | None = None
        """Seconds by which Zalo's clock was ahead of ours at its last answer."""
        self.memory = memory or Nothing()
        self._send_api = SendApi(self.memory)

    async def send(self, person_id: str, outgoing: Outgoing) -> Sent:
        """Send one message (see `messages.parts`) by the call this account takes (`send_api`)."""
        body = json.dumps(wire_body(person_id, outgoing), ensure_ascii=False).encode("utf-8", "replace")
        if outgoing.react_icon:
            return await self._send(V2, body)
        tried: list[str] = []

        async def by(path: str) -> Sent:
            if tried:
                await self._allowance.went()
            tried.append(path)
            return await self._send(path, body)

        return await self._send_api.by(by)

    async def _send(self, path: str, body: bytes) -> Sent:
        data = await self._call(_Call("POST", path, "send", None, sending=True, body=body))
        message_id = data.get("message_id") if isinstance(data, dict) else None
        if not message_id:
            raise OutcomeUnknown(0, "success without a message_id")
        return Sent(str(message_id))

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

    async def _get(self, path: str, **parameters: object) -> Any:
        asked = {"data": json.dumps(parameters, separators=(",", ":"))} if parameters else None
        return await self._call(_Call("GET", path, path.rpartition("/")[2], params=asked))

    async def _upload(self, kind: str, data: bytes, name: str, wanted: str) -> str:
        got = await self._call(_Call("POST", f"/v2.0/oa/upload/{kind}", "upload", Kind.STATUS, file=(data, name)))
        found = _dict(got).get(wanted)
        if not found:
            raise Retryable(0, f"success without {wanted}", 60.0)
        return str(found)

    async def _call(self, call: _Call) -> Any:
        if call.kind is not None:
            await self._allowance.go(call.kind)
        token = await self._tokens.access()
        try:
            return await self._proven(call, token)
        except TokenRejected:
            token = await self._tokens.renewed(token)
        await self._allowance.went()
        try:
            return await self._proven(call, token)
        except TokenRejected as again:
            raise Retryable(again.code, "two access tokens in a row were refused", 60.0) from again

    async def _proven(self, call: _Call, token: str) -> Any:
        """Once, and again with the proof of the app secret where that was what it lacked."""
        try:
            return await self._once(call, token)
        except Undeliverable as refused:
            if not self._proof.demanded(refused.code):
                raise
        await self._allowance.went()
        return await self._once(call, token)

    async def _once(self, call: _Call, token: str) -> Any:
        metrics.CALLS.labels(call.what).inc()
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
                status, headers, answer = response.status, response.headers, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Retryable(0, f"no connection: {type(error).__name__}", 5.0) from error  # nothing was sent yet
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _interrupted(error, call.sending) from error
        self._note_time(headers)
        await self._allowance.heard(headers)
        try:
            return read(status, answer, sending=call.sending, clock=self._clock)
        except Retryable as error:
            if error.code == RATE_LIMIT:
                await self._allowance.refused(error.after)
            raise

    def _note_time(self, headers: Mapping[str, str]) -> None:
        with contextlib.suppress(ValueError, TypeError):
            self.skew = parsedate_to_datetime(headers.get("Date", "")).timestamp() - self._clock()

    def _headers(self, call: _Call, token: str) -> dict[str, str]:
        headers = {"access_token": token, **self._proof.headers(token)}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        return headers


def _interrupted(error: Exception, sending: bool) -> ZaloError:
    what = f"no answer: {type(error).__name__}"
    return OutcomeUnknown(0, what) if sending else Retryable(0, what, 5.0)


def _dict(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _list(data: object) -> list[dict[str, Any]]:
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
