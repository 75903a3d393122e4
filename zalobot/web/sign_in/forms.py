"""What the steps of signing in share: their pages, their cookies, and where somebody goes on to."""

import secrets as random
from urllib.parse import quote

from aiohttp import web

from zalobot.accounts import held_forms, secrets, sessions
from zalobot.accounts.sessions import SignedIn
from zalobot.sealing import Seal
from zalobot.services import SERVICES
from zalobot.store.models import Level
from zalobot.web import pages
from zalobot.web.access import HELD, HOME, SIGN_IN, enter, safe_way

BEFORE = "truoc"  # the cookie that binds a form to the browser before there is a session
_PURPOSE = "second factor"
_MADE = web.RequestKey("made", str)


def page(request: web.Request, name: str, who: SignedIn, *, status: int = 200, **things: object) -> web.Response:
    """A step's page for somebody who has a session."""
    known = {"reason": "", "until": None} | things
    response = pages.html(request, name, status=status, who=who, csrf=who.csrf, ve=way(request), **known)
    response.headers["Cache-Control"] = "no-store"
    return response


async def entered(request: web.Request, token: str, wanted: str, *, held: bool = False) -> web.Response:
    """On to the next step, with the new session's cookie. `held`: a form held lately comes first."""
    services = request.app[SERVICES]
    who = await services.store.read(sessions.find, token, services.now())
    assert who is not None
    if held and (key := await services.store.read(held_forms.newest, who.account.id, services.now() - sessions.LIFE)):
        wanted = f"{HELD}/{key}"
    response = web.Response(status=303, headers={"Location": onwards(who, wanted), "Cache-Control": "no-store"})
    enter(response, request, token)
    return response


def onwards(who: SignedIn, way: str) -> str:
    """Where somebody goes on to: what is still asked for, else the page they wanted, else their own."""
    way = safe_way(way, "")
    more = f"?ve={quote(way, safe='')}" if way else ""
    if who.level is Level.PASSWORD:
        return f"{SIGN_IN}/{'ma' if who.account.confirmed_at else 'thiet-lap'}{more}"
    if who.account.must_change:
        return f"{SIGN_IN}/mat-khau{more}"
    return way or HOME[who.account.role]


def way(request: web.Request) -> str:
    """Where the person wanted to go before they were asked to sign in, or ''."""
    return safe_way(request.query.get("ve", ""), "")


def agent(request: web.Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:200]


def seal(request: web.Request) -> Seal:
    """What seals the secrets of authenticators."""
    return Seal(request.app[SERVICES].settings.secret_key, _PURPOSE)


def token_before(request: web.Request) -> str:
    """The token of a form before there is a session: the digest of a cookie that only this browser has."""
    if BEFORE not in request.cookies and _MADE not in request:
        request[_MADE] = random.token_urlsafe(24)
    return secrets.digest(request.cookies.get(BEFORE) or request[_MADE])


def bound(request: web.Request, response: web.Response) -> web.Response:
    """The page of a form before there is a session: with its cookie, kept by nobody."""
    if _MADE in request:
        secure = request.app[SERVICES].settings.public_url.startswith("https://")
        response.set_cookie(BEFORE, request[_MADE], httponly=True, samesite="Strict", secure=secure, path=SIGN_IN)
    response.headers["Cache-Control"] = "no-store"
    return response
