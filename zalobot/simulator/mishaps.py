"""What happens to a call of the bot when a fault is about it: before it is done, instead of it, or to its answer.

The one rule: an answer is spoilt only where the call was really done; a refusal reaches the bot as it is.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .faults import AFTER, BEFORE, Effect, Hit, Rule, Where
from .stage import Stage
from .world import By, Message

REFUSED = web.RequestKey("refused", bool)
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr></body></html>"
_WORDS = {
    -32: "Your application reached limit call api", -200: "Send message failed", -211: "Out of quota",
    -213: "User has not followed OA", -216: "Access token is invalid", -217: "User has blocked invitation from OA",
    -218: "Out of quota receive", -220: "access_token is expired or removed",
    -223: "OA has not authorized this API", -224: "OA needs to upgrade OA Tier Package",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with the OA, or last interaction expired",
    -244: "User has restricted this message type from your OA", -321: "Zalo Cloud Account out of money",
    -14014: "Invalid refresh token", -14020: "refresh token expired or used",
}  # fmt: skip

Work = Callable[[], Awaitable[web.StreamResponse]]


def refusal_body(where: Where, code: int) -> dict[str, Any]:
    """Zalo's words for a code, in the shape of the endpoint that answers."""
    words = _WORDS.get(code, "Failed")
    if where is Where.TOKENS:
        return {"error": code, "error_name": words, "error_reason": words, "error_description": words, "ref_doc": ""}
    return {"error": code, "message": words}


async def through(request: web.Request, stage: Stage, where: Where, work: Work) -> web.StreamResponse:
    """Answer a call with `work`, or with what the faults in force make of it."""
    hit = Hit(where, request.path, await _whom(request) if stage.faults.rules else "", stage.now())
    for rule in stage.faults.fire(hit, BEFORE):
        _note(stage, rule, hit)
        if rule.effect is not Effect.SLOW:
            return await _instead(request, stage, rule, hit)
        await asyncio.sleep(rule.wait())
    response = await work()
    if request.get(REFUSED):
        return response
    for rule in stage.faults.fire(hit, AFTER):
        _note(stage, rule, hit)
        response = await _spoilt(request, stage, rule, hit, response)
    return response


async def _instead(request: web.Request, stage: Stage, rule: Rule, hit: Hit) -> web.StreamResponse:
    match rule.effect:
        case Effect.HANG:
            await asyncio.sleep(rule.wait())
            return _cut(request)
        case Effect.RESET:
            return _cut(request)
        case Effect.STATUS:
            return _page(rule.code or 502)
        case Effect.HTML:
            return _page(200)
    if hit.where is Where.SENDS:
        stage.world.refused.append(await _unsent(request, rule, hit))
    return web.json_response(refusal_body(hit.where, rule.code))


async def _spoilt(
    request: web.Request, stage: Stage, rule: Rule, hit: Hit, response: web.StreamResponse
) -> web.StreamResponse:
    match rule.effect:
        case Effect.ECHO_FIRST:
            await stage.deliverer.caught_up(hit.person_id)
        case Effect.ANSWER_LATE:
            await asyncio.sleep(rule.wait())
        case Effect.ANSWER_LOST:
            return _cut(request)
        case Effect.ANSWER_STATUS:
            return _page(rule.code or 500)
        case Effect.ANSWER_HTML:
            return _page(200)
        case _:
            return web.json_response(refusal_body(hit.where, rule.code or -200))
    return response


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _page(status: int) -> web.Response:
    title = f"{status} Zalo" if status == 200 else f"{status} Server Error"
    return web.Response(status=status, text=PAGE.format(title), content_type="text/html")


def _note(stage: Stage, rule: Rule, hit: Hit) -> None:
    facts = {"effect": rule.effect, "path": hit.name, "code": rule.code, "seconds": rule.seconds}
    stage.world.note(hit.at, "mishap", hit.person_id, **facts)


async def _unsent(request: web.Request, rule: Rule, hit: Hit) -> Message:
    message = (await _body(request)).get("message")
    text = message.get("text") if isinstance(message, dict) else ""
    return Message("", hit.person_id, By.OA, hit.at, text=str(text or ""), refused=rule.code)


async def _whom(request: web.Request) -> str:
    """The person a call is about, or ""."""
    body = await _body(request)
    recipient = body.get("recipient")
    found = recipient.get("user_id") if isinstance(recipient, dict) else body.get("user_id")
    return found if isinstance(found, str) else ""


async def _body(request: web.Request) -> dict[str, Any]:
    raw = request.query.get("data", "").encode()
    if request.content_type == "application/json":
        raw = await request.read()
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
