"""Errors of the JSON interface as problem details (RFC 9457), and what a browser asks before it reads from elsewhere.

The one rule: the words stand in `templates/web/api/problems.toml`; a kind of problem is a table there.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from zalobot.paths import templates_folder

PATHS = "/api/"
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Content-Location",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_URN = "urn:zalobot:problem:"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A parameter that cannot be used. `why` is a key of `[parameter]` in the wording, `facts` fill its blanks."""

    name: str
    why: str
    facts: Mapping[str, str] = field(default_factory=dict)


class BadParameters(web.HTTPBadRequest):
    """Some parameters of a request cannot be used; all of them are named at once."""

    def __init__(self, wrong: Iterable[Wrong]) -> None:
        super().__init__()
        self.wrong = tuple(wrong)


class NoTicket(web.HTTPNotFound):
    """No ticket has this code."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error below `/api/` as a problem, and every preflight; other addresses pass through."""
    if not request.path.startswith(PATHS):
        return await handler(request)
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=SHARED | _PREFLIGHT)
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _response(request, error)


def _response(request: web.Request, error: web.HTTPException) -> web.Response:
    kind, facts, more = _told(error)
    words = wording()[kind]
    body = {
        "type": _URN + kind.replace("_", "-"),
        "title": words["title"],
        "status": error.status,
        "detail": words["detail"].format(**facts),
        "instance": request.path[:200],
        **more,
    }
    headers = SHARED | {"Cache-Control": "no-store", "Content-Type": "application/problem+json; charset=utf-8"}
    if isinstance(error, web.HTTPMethodNotAllowed):
        headers["Allow"] = error.headers["Allow"]
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return web.Response(body=text, status=error.status, headers=headers)


def _told(error: web.HTTPException) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The kind of problem, what fills its words, and what else is said."""
    match error:
        case BadParameters(wrong=wrong):
            names = ", ".join(dict.fromkeys(one.name for one in wrong))
            return "bad_parameters", {"names": names}, {"errors": [_named(one) for one in wrong]}
        case NoTicket(code=code):
            return "no_ticket", {"code": code}, {}
        case web.HTTPNotFound():
            return "not_found", {}, {}
        case web.HTTPMethodNotAllowed():
            return "method_not_allowed", {}, {}
        case web.HTTPInternalServerError():
            return "fault", {"number": error.text or ""}, {}
        case _:
            return "refused", {"status": str(error.status)}, {}


def _named(wrong: Wrong) -> dict[str, str]:
    return {"parameter": wrong.name, "detail": wording()["parameter"][wrong.why].format(**wrong.facts)}


@cache
def wording() -> dict[str, dict[str, str]]:
    """The words of every kind of problem."""
    path = templates_folder() / "web/api/problems.toml"
    found: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found
