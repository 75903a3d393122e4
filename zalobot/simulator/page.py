"""The page with the two phones: its files, its stream of states, its actions.

The one rule: the page only does what a person could do (through `Acts`), moves the clock, and turns faults on and off.
Its words are in `page.html` and `sim.js`. Actions are taken from the page itself only (same origin).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from .acts import Acts
from .settings import HERE
from .snapshot import snapshot
from .stage import STAGE
from .switches import turn
from .world import Role

ACTS = web.AppKey("acts", Acts)
SHEET = HERE.parent / "web" / "static" / "zalobot.css"
FILES = {
    "zalobot.css": (SHEET, "text/css"),
    "sim.css": (HERE / "sim.css", "text/css"),
    **{name: (HERE / name, "text/javascript") for name in ("sim.js", "chat.js", "draw.js", "log.js")},
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

Action = Callable[[Acts, dict[str, Any]], Awaitable[dict[str, Any] | None]]


async def _page(_request: web.Request) -> web.Response:
    return _file(HERE / "page.html", "text/html")


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


async def _say(acts: Acts, given: dict[str, Any]) -> None:
    await acts.says(given["person"], str(given["text"]))


async def _press(acts: Acts, given: dict[str, Any]) -> None:
    message = acts.world.message(given["message"])
    if message is None:
        raise LookupError(given["message"])
    await acts.presses_button(message.person_id, message.buttons[int(given["button"])])


async def _menu(acts: Acts, given: dict[str, Any]) -> None:
    await acts.taps_menu(given["person"], int(given["index"]))


async def _sample(acts: Acts, given: dict[str, Any]) -> None:
    await acts.sends_image(given["person"], (HERE / "sample.jpg").read_bytes(), name="sample.jpg")


async def _follow(acts: Acts, given: dict[str, Any]) -> None:
    await (acts.follow if given["on"] else acts.unfollow)(given["person"])


async def _seen(acts: Acts, given: dict[str, Any]) -> None:
    await acts.sees(given["person"])


async def _new(acts: Acts, given: dict[str, Any]) -> dict[str, Any]:
    person = acts.add_person(str(given["name"])[:80] or "?", Role(given["role"]), str(given.get("note", ""))[:80])
    return {"person": person.id}


async def _clock(acts: Acts, given: dict[str, Any]) -> None:
    """`hours` forward, or `to` the next evening or the next working morning."""
    clock, week = acts.clock, acts.stage.settings.week
    match given.get("to"):
        case "evening":
            await clock.to(week.next_evening(clock.now()))
        case "morning":
            await clock.to(week.next_morning(clock.now()))
        case _:
            await clock.advance(timedelta(hours=min(float(given["hours"]), 24 * 31)))
    acts.world.note(clock.now(), "clock")


async def _fault(acts: Acts, given: dict[str, Any]) -> None:
    name, on = str(given["name"]), bool(given["on"])
    turn(acts.stage, name, on)
    acts.world.note(acts.clock.now(), "fault", name=name, on=on)


async def _subscribe(acts: Acts, _given: dict[str, Any]) -> None:
    acts.world.unsubscribed = False
    acts.world.touch()


ACTIONS: dict[str, Action] = {
    "say": _say, "press": _press, "menu": _menu, "sample": _sample, "follow": _follow, "seen": _seen, "new": _new,
    "clock": _clock, "fault": _fault, "subscribe": _subscribe,
}  # fmt: skip


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
