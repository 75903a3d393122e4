"""One call of Zalo's API, with everything that may come between: the token, the proof, the allowance, the network.

The one rule: what is `sending` is never repeated here unless it is certain that the first time did not arrive.
"""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, Self

import aiohttp

from zalobot import metrics
from zalobot.errors import OutcomeUnknown, Retryable, TokenRejected, Undeliverable, ZaloError
from zalobot.zalo.allowance import Allowance, Kind, Unlimited
from zalobot.zalo.answers import Clock, read
from zalobot.zalo.codes import OA, RATE_LIMIT, Reaction
from zalobot.zalo.proof import Proof

STILL_ON_ITS_WAY = 20.0  # seconds within which Zalo may still say what we stopped waiting for


class Tokens(Protocol):
    """Where the client gets its access token from."""

    async def access(self) -> str:
        """The token to use now; raises ConsentNeeded when the grant is lost."""

    async def renewed(self, rejected: str) -> str:
        """The token to use after `rejected` was refused; raises ConsentNeeded, or Retryable if there is none now."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of Zalo's. `what` it is for, in the metric; `kind` in the allowance, None for what was paid in advance
    (sends) or counts for nothing."""

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


class Caller:
    """Calls one host of Zalo's over a session that somebody else opens and closes; `table` is what its codes mean.

    Look-ups and uploads wait until the `allowance` lets them go; whoever sends has asked it before.
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
        table: Mapping[int, Reaction] = OA,
    ) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._tokens = tokens
        self._seconds = timeout
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout / 2, 5.0))
        self._upload_timeout = aiohttp.ClientTimeout(total=timeout * 6, connect=min(timeout / 2, 5.0))
        self._proof = proof or Proof()
        self._clock, self._table = clock, table
        self.allowance = allowance or Unlimited()
        self.skew: float | None = None
        """Seconds by which Zalo's clock was ahead of ours at its last answer."""

    def at(self, base_url: str, table: Mapping[int, Reaction]) -> Self:
        """The same for another host of Zalo's that counts no calls."""
        return type(self)(
            self._http, base_url, self._tokens, self._seconds, proof=self._proof, clock=self._clock, table=table
        )

    async def call(self, call: Call) -> Any:
        """Make a call; the data of its answer. Raises what `answers.read` raises, and ConsentNeeded."""
        if call.kind is not None:
            await self.allowance.go(call.kind)
        token = await self._tokens.access()
        try:
            return await self._proven(call, token)
        except TokenRejected:
            token = await self._tokens.renewed(token)
        await self.allowance.went()
        try:
            return await self._proven(call, token)
        except TokenRejected as again:
            raise Retryable(again.code, "two access tokens in a row were refused", 60.0) from again

    async def _proven(self, call: Call, token: str) -> Any:
        """Once, and again with the proof of the app secret where that was what it lacked."""
        try:
            return await self._once(call, token)
        except Undeliverable as refused:
            if not self._proof.demanded(refused.code):
                raise
        await self.allowance.went()
        return await self._once(call, token)

    async def _once(self, call: Call, token: str) -> Any:
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
        await self.allowance.heard(headers)
        try:
            return read(status, answer, sending=call.sending, clock=self._clock, table=self._table)
        except Retryable as error:
            if error.code == RATE_LIMIT:
                await self.allowance.refused(error.after)
            raise

    def _note_time(self, headers: Mapping[str, str]) -> None:
        with contextlib.suppress(ValueError, TypeError):
            self.skew = parsedate_to_datetime(headers.get("Date", "")).timestamp() - self._clock()

    def _headers(self, call: Call, token: str) -> dict[str, str]:
        headers = {"access_token": token, **self._proof.headers(token)}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        return headers


def _interrupted(error: Exception, sending: bool) -> ZaloError:
    what = f"no answer: {type(error).__name__}"
    after = STILL_ON_ITS_WAY if isinstance(error, TimeoutError) else 0.0
    return OutcomeUnknown(0, what, after) if sending else Retryable(0, what, 5.0)
