"""Stands between the service's processes and the pretended Zalo's OAuth host; knows which process asks.

The one rule: it changes nothing but what a network or a death may change: an answer replaced, or never heard.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from zalobot.simulator.app import Simulator


@dataclass
class Gate:
    """`asked` holds who asked, and the code that was answered (0: a pair). `instead`: answers without asking Zalo.

    `before_answer` is called with the asking process once Zalo has answered with a pair, before anybody hears of it.
    """

    simulator: Simulator
    asked: list[tuple[str, int]] = field(default_factory=list)
    instead: deque[dict[str, Any]] = field(default_factory=deque)
    before_answer: Callable[[str], None] | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{who}/v4/oa/access_token", self._handle)
        self._server, self._http = TestServer(app), aiohttp.ClientSession()
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self._server.close()

    def url(self, who: str) -> str:
        """The OAuth address for one process."""
        return str(self._server.make_url(f"/{who}"))

    def pairs(self) -> int:
        """How many pairs were given out."""
        return sum(code == 0 for _, code in self.asked)

    async def _handle(self, request: web.Request) -> web.Response:
        who, form = request.match_info["who"], await request.read()
        if self.instead:
            answer = self.instead.popleft()
        else:
            headers = {name: request.headers[name] for name in ("secret_key", "Content-Type")}
            address = f"{self.simulator.base_url}/v4/oa/access_token"
            async with self._http.post(address, data=form, headers=headers) as zalo:
                answer = await zalo.json()
        self.asked.append((who, int(answer.get("error", 0))))
        if "access_token" in answer and self.before_answer is not None:
            hook, self.before_answer = self.before_answer, None
            hook(who)
        return web.json_response(answer)
