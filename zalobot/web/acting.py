"""An act of a console upon a part: the same verb as in the chat, as the officer of the account.

The one rule: what is refused is said in the words of the chat, on the page one came from, and nothing typed is lost.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot import templating
from zalobot.errors import Refused
from zalobot.relay import TOPIC as OUTBOX
from zalobot.services import SERVICES
from zalobot.store.models import Officer
from zalobot.web import live
from zalobot.web.access import WHO, safe_way
from zalobot.web.flashes import Flash, put

Verb = Callable[..., Any]


async def act(request: web.Request, verb: Verb, *words: Any, done: str, back: str) -> web.Response:
    """Do it, then go `back`, where the flash `done` (or the refusal) is said."""
    code = part_code(request)
    try:
        await perform(request, verb, code, *words)
    except Refused as refusal:
        return onwards(request, back, Flash("late", text=refused(refusal), code=code))
    return onwards(request, back, Flash("ok", done, code=code))


async def perform(request: web.Request, verb: Verb, *words: Any) -> Any:
    """Run a verb `f(session, *words, officer, now, seen=…)` as the officer who asks. Raises what it raises."""
    services, who = request.app[SERVICES], request[WHO].account
    seen = str((await request.post()).get("phien_ban", ""))
    more = {"seen": int(seen)} if seen.isdecimal() and len(seen) < 9 else {}
    result = await services.store.run(_as_officer, verb, who.officer_id, words, services.now(), more)
    await live.rung(services.coordination)
    await services.coordination.publish(OUTBOX)
    return result


async def typed(request: web.Request, *names: str) -> dict[str, str]:
    """What was typed into these fields, whole: what is too long is refused later with its words kept, never cut."""
    data = await request.post()
    return {name: str(data.get(name, "")).replace("\r\n", "\n") for name in names}


def within(values: Mapping[str, str], limits: Mapping[str, int]) -> None:
    """Raise Refused (`too_long`) where a field holds more letters than its limit."""
    for name, limit in limits.items():
        if len(values.get(name, "")) > limit:
            raise Refused("too_long", limit=limit)


def part_code(request: web.Request) -> str:
    """The code of the part in the address: `QN-2611-00042/1`."""
    return f"{request.match_info['code']}/{request.match_info['number']}"


def refused(refusal: Refused) -> str:
    """Why not, in the words of the chat."""
    return templating.render(f"refused/{refusal.reason}", facts=refusal.facts).text


def onwards(request: web.Request, way: str, flash: Flash) -> web.Response:
    """To another page of ours, which says what has happened."""
    response = web.Response(status=303, headers={"Location": safe_way(way, "/")})
    put(request, response, flash)
    return response


def _as_officer(
    session: Session, verb: Verb, officer_id: str | None, words: tuple[Any, ...], now: datetime, more: dict[str, Any]
) -> Any:
    officer = session.get(Officer, officer_id) if officer_id else None
    if officer is None:
        raise Refused("not_allowed")
    return verb(session, *words, officer, now, **more)
