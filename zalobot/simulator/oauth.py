"""Zalo's OAuth v4 for an OA: the permission page and the token endpoint.

The one rule: the token endpoint answers HTTP 200 whatever happens; success is a pair in the body, flat, and
`expires_in` is a string.
"""

import hmac
from html import escape
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from .console import Pkce
from .faults import Where
from .grant import ACCESS_LIFE, OauthRefusal
from .mishaps import REFUSED, through
from .settings import HERE
from .stage import STAGE, Stage

OTHER_OA = "1111111111111111111"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


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
            verifier = None if stage.console.pkce is Pkce.NONE else given.get("code_verifier", "")
            grant.exchange(given.get("code", ""), verifier, now)
            stage.console.permitted = True
        case _:
            raise OauthRefusal(-14018, "Invalid grant type")
    return {
        "access_token": grant.access, "refresh_token": grant.refresh,
        "expires_in": str(int(ACCESS_LIFE.total_seconds())),
    }  # fmt: skip


async def _permission(request: web.Request) -> web.StreamResponse:
    """The page where an OA administrator says yes; unless the console is set to ask, the answer is yes at once."""
    stage = request.app[STAGE]
    try:
        _check_consent(request, stage)
    except OauthRefusal as refusal:
        stage.world.note(stage.now(), "token", ok=False, code=refusal.code, words=refusal.name)
        return web.json_response({"error": refusal.code, "error_name": refusal.name})
    if stage.console.asks:
        return _asking(request, stage)
    raise web.HTTPFound(_back(request, stage))


async def _agree(request: web.Request) -> web.StreamResponse:
    """The administrator clicked yes, for this OA or (`other`) by mistake for another one they administrate."""
    stage = request.app[STAGE]
    try:
        _check_consent(request, stage)
    except OauthRefusal as refusal:
        return web.json_response({"error": refusal.code, "error_name": refusal.name})
    raise web.HTTPFound(_back(request, stage, OTHER_OA if "other" in request.query else ""))


def _check_consent(request: web.Request, stage: Stage) -> None:
    """What has to be in order in the console before anybody is asked (§3.4)."""
    redirect, console = request.query.get("redirect_uri", ""), stage.console
    if request.query.get("app_id") != stage.settings.app_id:
        raise OauthRefusal(-14001, "Invalid app id")
    if not console.app_active:
        raise OauthRefusal(-14002, "App is not active but user is not admin")
    known = redirect.startswith(("http://", "https://")) and "?" not in redirect
    if not known or redirect != (console.redirect_uri or redirect):
        raise OauthRefusal(-14003, "Invalid redirect uri")
    if refusal := stage.account.closed(stage.now()):
        raise OauthRefusal(refusal.code, refusal.message)


def _back(request: web.Request, stage: Stage, oa_id: str = "") -> str:
    query, console = request.query, stage.console
    challenge = console.challenge if console.pkce is Pkce.FIXED else query.get("code_challenge", "")
    back = {"oa_id": oa_id or stage.settings.oa_id, "code": stage.grant.new_code(challenge, stage.now())}
    if console.keeps_state and (state := query.get("state")):
        back["state"] = state
    return f"{query['redirect_uri']}?{urlencode(back)}"


def _asking(request: web.Request, stage: Stage) -> web.Response:
    """The page with the two accounts this administrator has."""
    text = (HERE / "consent.html").read_text(encoding="utf-8")
    yes = f"/v4/oa/permission/agree?{request.query_string}"
    facts = {"app": stage.settings.app_id, "oa": stage.settings.oa_name or stage.settings.oa_id, "yes": yes,
             "other": f"{yes}&other=1"}  # fmt: skip
    for name, value in facts.items():
        text = text.replace("{" + name + "}", escape(value))
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


def add_routes(app: web.Application) -> None:
    """The OAuth endpoints."""
    app.router.add_post("/v4/oa/access_token", _token)
    app.router.add_get("/v4/oa/permission", _permission)
    app.router.add_get("/v4/oa/permission/agree", _agree)
