"""A server that answers as it is told, on a port of its own, and remembers what it was asked."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedServer:
    """`answers` are given in order: a status with a body (JSON or bytes), or "hang", "reset", "redirect:<url>"."""

    url: str = ""
    answers: deque[Any] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append(Asked(request.method, request.path, dict(request.query), dict(request.headers), body))
        match self.answers.popleft():
            case "reset":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case str() as address:
                return web.Response(status=302, headers={"Location": address.removeprefix("redirect:")})
            case (int() as status, bytes() as content):
                return web.Response(status=status, body=content)
            case (int() as status, content):
                return web.json_response(content, status=status)
        raise AssertionError("no such answer")


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    scripted = ScriptedServer()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", scripted.handle)
    async with TestServer(app) as running:
        scripted.url = str(running.make_url("")).rstrip("/")
        yield scripted


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
