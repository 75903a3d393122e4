"""Zalo's OAuth v4 for an OA: the permission page and the token endpoint.

The one rule: the token endpoint answers HTTP 200 whatever happens; success is a pair in the body, flat, and
`expires_in` is a string.
"""

import hmac
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from .faults import Where
from .grant import ACCESS_LIFE, OauthRefusal
from .mishaps import REFUSED, through
from .stage import STAGE, Stage


async def _token(request: web.Request) -> web.StreamResponse:
    stage = request.app[STAGE]
    return await through(request, stage, Where.TOKENS, lambda: _answer(request, stage))


async def _answer(request: web.Request, stage: Stage) -> web.StreamResponse:
    form = await request.post()
    given = {name: str(value) for name, value in form.items()}
    try:
        answer = _pair(stage, given, request.headers.get("secret_key", ""))
        stage.world.note(stage.now(), "token", ok=True, grant=given["grant_type"])
    except OauthRefusal as refusal:
        stage.world.note(stage.now(), "token", ok=False, code=refusal.code, words=refusal.name)
        request[REFUSED] = True
        answer = {"error": refusal.code, "error_name": refusal.name, "error_reason": refusal.name,
                  "error_description": refusal.name, "ref_doc": ""}  # fmt: skip
    return web.json_response(answer)


def _pair(stage: Stage, given: dict[str, str], secret: str) -> dict[str, Any]:
    grant, now = stage.grant, stage.now()
    if given.get("app_id") != stage.settings.app_id:
        raise OauthRefusal(-14001, "Invalid app id")
    if not hmac.compare_digest(secret.encode(), stage.settings.app_secret.encode()):
        raise OauthRefusal(-14004, "Invalid secret key")
    match given.get("grant_type"):
        case "refresh_token":
            grant.rotate(given.get("refresh_token", ""), now)
        case "authorization_code":
            grant.exchange(given.get("code", ""), given.get("code_verifier", ""), now)
        case _:
            raise OauthRefusal(-14018, "Invalid grant type")
    return {
        "access_token": grant.access, "refresh_token": grant.refresh,
        "expires_in": str(int(ACCESS_LIFE.total_seconds())),
    }  # fmt: skip


async def _permission(request: web.Request) -> web.Response:
    """The page where an OA administrator says yes. Here the answer is always yes."""
    stage, query = request.app[STAGE], request.query
    redirect = query.get("redirect_uri", "")
    if query.get("app_id") != stage.settings.app_id:
        return web.json_response({"error": -14001, "error_name": "Invalid app id"})
    if (
        not redirect.startswith(("http://", "https://"))
        or "?" in redirect
        or redirect != (stage.settings.redirect_uri or redirect)
    ):
        return web.json_response({"error": -14003, "error_name": "Invalid redirect uri"})
    back = {"oa_id": stage.settings.oa_id, "code": stage.grant.new_code(query.get("code_challenge", ""), stage.now())}
    if state := query.get("state"):
        back["state"] = state
    raise web.HTTPFound(f"{redirect}?{urlencode(back)}")


def add_routes(app: web.Application) -> None:
    """The OAuth endpoints."""
    app.router.add_post("/v4/oa/access_token", _token)
    app.router.add_get("/v4/oa/permission", _permission)
