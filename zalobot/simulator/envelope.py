"""How every OpenAPI call is answered: token, rate and refusals, in Zalo's envelope.

The one rule: a refusal is HTTP 200 with `error` other than 0; only a path that does not exist is a 404.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .faults import Where
from .gate import admit, counted
from .mishaps import REFUSED, through
from .rules import Refusal, invalid
from .stage import STAGE, Stage

METADATA = web.RequestKey("metadata", dict[str, int])

Endpoint = Callable[[web.Request, Stage], Awaitable[Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def endpoint(call: Endpoint, where: Where = Where.LOOKUPS) -> Handler:
    """Make an endpoint out of a function that returns `data` or raises Refusal; `where`: which faults are about it."""

    async def handle(request: web.Request) -> web.StreamResponse:
        stage = request.app[STAGE]
        return await through(request, stage, where, lambda: answer(request, stage))

    async def answer(request: web.Request, stage: Stage) -> web.StreamResponse:
        rate = counted(stage, where)
        try:
            admit(request, stage, where, rate)
            done = {"data": await call(request, stage), "error": 0, "message": "Success"}
            response = web.json_response(done | ({"metadata": request[METADATA]} if METADATA in request else {}))
        except Refusal as refusal:
            facts = {"code": refusal.code, "words": refusal.message, "path": request.path}
            stage.world.note(stage.now(), "refused", refusal.person_id, **facts)
            request[REFUSED] = True
            response = web.json_response({"error": refusal.code, "message": refusal.message})
        rate.put_into(response)
        return response

    return handle


async def posted(request: web.Request) -> dict[str, Any]:
    """The JSON object in the body; -201 for anything else."""
    return _object(await request.read())


def asked(request: web.Request) -> dict[str, Any]:
    """The JSON object in the query parameter `data`; -201 for anything else."""
    return _object(request.query.get("data", "").encode())


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        raise invalid("Params") from None
    if not isinstance(body, dict):
        raise invalid("Params")
    return body


async def unknown_path(_request: web.Request) -> web.StreamResponse:
    """What Zalo says to a path it does not have."""
    return web.json_response({"error": 404, "message": "You are accessing an empty or invalid API"}, status=404)
