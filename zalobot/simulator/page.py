"""The page with the two phones: its files, its stream of states, its actions.

The one rule: actions (`doings`) are taken from the page itself only (same origin), or from a program that is no page.
The page's words are in `page.html` and the scripts.
"""

import asyncio
import json
from functools import cache
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from zalobot.paths import templates_folder

from .acts import Acts
from .doings import ACTIONS
from .settings import HERE
from .snapshot import snapshot
from .stage import STAGE
from .world import Role

ACTS = web.AppKey("acts", Acts)
SHEET = HERE.parent / "web" / "static" / "zalobot.css"
FILES = {
    "zalobot.css": (SHEET, "text/css"),
    "sim.css": (HERE / "sim.css", "text/css"),
    **{path.name: (path, "text/javascript") for path in HERE.glob("*.js")},
    "sample.jpg": (HERE / "sample.jpg", "image/jpeg"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
PAUSE = 0.08
KEEPALIVE = 15.0


@cache
def drawn() -> str:
    """The page. What a phone is drawn of comes from the bot's templates: simulator, studio and live chat look alike."""
    folders = FileSystemLoader([HERE, templates_folder() / "web"])
    found = Environment(
        loader=folders, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return found.get_template("page.html").render()


async def _page(_request: web.Request) -> web.Response:
    return web.Response(text=drawn(), content_type="text/html", headers=HEADERS)


async def _static(request: web.Request) -> web.Response:
    found = FILES.get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    return _file(*found)


def _file(path: Path, content_type: str) -> web.Response:
    charset = None if content_type.startswith("image/") else "utf-8"
    return web.Response(body=path.read_bytes(), content_type=content_type, charset=charset, headers=HEADERS)


async def _stream(request: web.Request) -> web.StreamResponse:
    """Snapshots as server-sent events: one at once, then one for every change (at most twelve a second)."""
    stage = request.app[STAGE]
    shown = {role: request.query.get(role, "") for role in Role}
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    await response.prepare(request)
    try:
        while True:
            state = json.dumps(snapshot(stage, shown), ensure_ascii=False)
            await response.write(f"data: {state}\n\n".encode())
            await stage.world.changed(KEEPALIVE)
            await asyncio.sleep(PAUSE)
    except ConnectionResetError:
        return response


async def _act(request: web.Request) -> web.Response:
    """One action of the page: JSON in, JSON out; 400 with a reason when it cannot be done."""
    _same_origin(request)
    action = ACTIONS.get(request.match_info["name"])
    if action is None:
        raise web.HTTPNotFound
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        done = await action(request.app[ACTS], await request.json())
    except (LookupError, ValueError, TypeError) as problem:
        return web.json_response({"problem": str(problem)}, status=400)
    return web.json_response(done or {})


async def _upload(request: web.Request) -> web.Response:
    """A photo or a file the person picked."""
    _same_origin(request)
    form = await request.post()
    field, who = form.get("file"), str(form.get("person"))
    if not isinstance(field, web.FileField):
        raise web.HTTPBadRequest
    acts, data = request.app[ACTS], field.file.read()
    try:
        await acts.sends_image(who, data, name=field.filename)
    except ValueError:
        await acts.sends_file(who, data, field.filename)
    return web.json_response({})


def _same_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise web.HTTPForbidden


async def _watch_hops(app: web.Application) -> None:
    """Let the page see every hop of the clock, not only the last."""
    world = app[STAGE].world

    async def hopped(_now: object) -> None:
        world.touch()
        await asyncio.sleep(0)

    app[STAGE].clock.on_hop(hopped)


def add_routes(app: web.Application) -> None:
    """The page and what it needs."""
    app.router.add_get("/", _page)
    app.router.add_get("/sim/static/{name}", _static)
    app.router.add_get("/sim/api/stream", _stream)
    app.router.add_post("/sim/api/upload", _upload)
    app.router.add_post("/sim/api/{name}", _act)
    app.on_startup.append(_watch_hops)
