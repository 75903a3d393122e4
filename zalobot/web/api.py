"""The open data as JSON: `/api/v1`, read-only, for everybody.

The one rule: it gives what the public pages give, from the same reads; a body is made and squeezed on a reader's
thread, so that a large page never delays the webhook.
"""

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ETag, web
from sqlmodel import Session

from zalobot.services import SERVICES
from zalobot.store.queries import api as reads
from zalobot.store.queries import figures, stories
from zalobot.web import api_params, api_schema, api_views
from zalobot.web.api_history import Scene
from zalobot.web.home_view import bounds_of_today
from zalobot.web.problems import SHARED, NoTicket
from zalobot.web.public import proper_code

_FRESH = "public, max-age=15"
_SQUEEZED_FROM = 1400  # below one packet nothing is gained
_ANY = "*"

routes = web.RouteTableDef()
Build = Callable[[Session], tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Body:
    """An answer in both its forms. `link` is the value of the Link header, or ''."""

    plain: bytes
    squeezed: bytes
    digest: str
    link: str


@routes.get("/api/v1/tickets")
async def tickets(request: web.Request) -> web.Response:
    """A page of tickets, newest first."""
    wanted, scene = api_params.wanted(request.query.items(), request.app[SERVICES].province), _scene(request)

    def build(session: Session) -> tuple[Any, str]:
        rows, more = reads.tickets(session, wanted, scene.now)
        following = _address(request, scene, rows[-1].id) if more else None
        shown = {"tickets": [api_views.ticket(row, scene) for row in rows], "next": following}
        return shown, f'<{following}>; rel="next"' if following else ""

    return await _answer(request, build)


@routes.get("/api/v1/tickets/{code}")
async def ticket(request: web.Request) -> web.Response:
    """One ticket, its code typed in any way the pages understand."""
    scene, typed = _scene(request), request.match_info["code"]
    api_params.no_parameters(request.query.items())
    code = proper_code(typed, scene.province)

    def build(session: Session) -> tuple[Any, str]:
        story = stories.story(session, code) if code else None
        if story is None:
            raise NoTicket(typed[:40])
        return api_views.whole(story, scene), f'<{scene.site}/hoi-dap/{code}>; rel="alternate"; type="text/html"'

    return await _answer(request, build)


@routes.get("/api/v1/agencies")
async def agencies(request: web.Request) -> web.Response:
    """Every agency with its figures."""
    scene, board = _scene(request), request.app[SERVICES].board
    api_params.no_parameters(request.query.items())

    def build(session: Session) -> tuple[Any, str]:
        published = board.at(session, scene.now, scene.province.calendar)
        counted = figures.by_agency(session, scene.now, bounds_of_today(scene.now))
        return api_views.agencies(counted, figures.answers(session), published, scene.province), ""

    return await _answer(request, build)


@routes.get("/api/v1/openapi.json")
async def description(request: web.Request) -> web.Response:
    """What this interface gives, for programs."""
    api_params.no_parameters(request.query.items())
    return _response(request, _body(api_schema.openapi(_scene(request).site), ""))


def _scene(request: web.Request) -> Scene:
    services = request.app[SERVICES]
    return Scene(services.now(), services.province, services.settings.public_url.rstrip("/"))


def _address(request: web.Request, scene: Scene, last: str) -> str:
    kept = {name: value for name, value in request.query.items() if name != "cursor" and value}
    return f"{scene.site}/api/v1/tickets?{urlencode({**kept, 'cursor': api_params.cursor(last)})}"


async def _answer(request: web.Request, build: Build) -> web.Response:
    return _response(request, await request.app[SERVICES].store.read(lambda session: _body(*build(session))))


def _body(shown: Any, link: str) -> Body:
    plain = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
    squeezed = gzip.compress(plain, 5, mtime=0) if len(plain) >= _SQUEEZED_FROM else b""
    return Body(plain, squeezed, hashlib.sha256(plain).hexdigest()[:32], link)


def _response(request: web.Request, body: Body) -> web.Response:
    """The body, or 304 for who has it. The tag is weak: squeezed or not, it is the same answer."""
    headers = SHARED | {"Cache-Control": _FRESH, "ETag": f'W/"{body.digest}"', "Vary": "Accept-Encoding"}
    headers |= {"Link": body.link} if body.link else {}
    if _has(request.if_none_match, body.digest):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = "application/json; charset=utf-8"
    if body.squeezed and "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=body.squeezed, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=body.plain, headers=headers)


def _has(tags: tuple[ETag, ...] | None, digest: str) -> bool:
    return any(tag.value in (digest, _ANY) for tag in tags or ())
