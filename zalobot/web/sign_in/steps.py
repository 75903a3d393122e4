"""The first step (name and password), a new password, and going out.

The one rule: no answer says which of name and password was wrong.
"""

import asyncio

from aiohttp import web

from zalobot.accounts import managing, secrets, signing_in
from zalobot.accounts.managing import sign_in_name
from zalobot.accounts.sessions import SignedIn
from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.store.models import Level
from zalobot.web import pages
from zalobot.web.access import COOKIE, HOME, SIGN_IN, check_form, safe_way, signed_in
from zalobot.web.sign_in.browsers import place, remember
from zalobot.web.sign_in.forms import BEFORE, agent, bound, entered, onwards, page, token_before, way

routes = web.RouteTableDef()


@routes.get(SIGN_IN)
async def form(request: web.Request) -> web.StreamResponse:
    """The first step, or on to where somebody who is in belongs."""
    who = await signed_in(request)
    if who is not None:
        raise web.HTTPSeeOther(onwards(who, way(request)))
    return _first_step(request)


@routes.post(SIGN_IN)
async def password(request: web.Request) -> web.StreamResponse:
    """Compare name and password."""
    await check_form(request, secrets.digest(request.cookies.get(BEFORE, "")))
    data = await request.post()
    name = str(data.get("ten", ""))[:100]
    try:
        token = await _compared(request, name, str(data.get("mat_khau", "")))
    except Refused as refusal:
        return _first_step(request, name=name, reason=refusal.reason, status=429, **refusal.facts)
    if not token:
        return _first_step(request, name=name, reason="sign_in_wrong", status=401)
    response = await entered(request, token, str(data.get("ve", "")))
    remember(request, response, sign_in_name(name))
    return response


async def _compared(request: web.Request, name: str, typed: str) -> str:
    """The cookie's token, or "" for a wrong name or password. Raises Refused (`sign_in_wait`)."""
    services, where = request.app[SERVICES], place(request, name)
    now = services.now()
    shown = await services.store.read(signing_in.look, name, where, now)
    if not await asyncio.to_thread(secrets.fits, shown.kept, typed):
        await services.store.run(signing_in.refuse, name, where, now)
        return ""
    return await services.store.run(signing_in.accept, shown.account_id, where, now, agent=agent(request))


@routes.get(f"{SIGN_IN}/mat-khau")
async def new_password_form(request: web.Request) -> web.StreamResponse:
    """A new password: asked for after the one-time one, and whenever somebody wants one."""
    who = await _inside(request)
    return page(request, "sign_in/password", who)


@routes.post(f"{SIGN_IN}/mat-khau")
async def new_password(request: web.Request) -> web.StreamResponse:
    """Keep a new password; every other session of the account ends."""
    who = await _inside(request)
    await check_form(request, who.csrf)
    services, data = request.app[SERVICES], await request.post()
    former, wanted, again = (str(data.get(field, "")) for field in ("mat_khau_cu", "mat_khau", "mat_khau_lai"))
    reason = managing.acceptable(wanted, who.account) or ("password_differs" if wanted != again else "")
    if not reason and not await asyncio.to_thread(secrets.fits, who.account.password, former):
        reason = "password_former"
    if reason:
        return page(request, "sign_in/password", who, reason=reason, status=422)
    kept = await asyncio.to_thread(secrets.hashed, wanted)
    await services.store.run(managing.change_password, who.account.id, kept, services.now(), but=who.session_id)
    raise web.HTTPSeeOther(safe_way(str(data.get("ve", "")), HOME[who.account.role]))


@routes.post("/dang-xuat")
async def leave(request: web.Request) -> web.StreamResponse:
    """Sign out: the session ends here and in the database."""
    who = await signed_in(request)
    response = web.HTTPSeeOther(SIGN_IN)
    if who is not None:
        await check_form(request, who.csrf)
        services = request.app[SERVICES]
        await services.store.run(signing_in.leave, who, services.now())
        response.del_cookie(COOKIE, path="/")
    raise response


def _first_step(request: web.Request, *, status: int = 200, **things: object) -> web.Response:
    known = {"name": "", "reason": "", "until": None} | things
    response = pages.html(request, "sign_in/form", status=status, csrf=token_before(request), ve=way(request), **known)
    return bound(request, response)


async def _inside(request: web.Request) -> SignedIn:
    who = await signed_in(request)
    if who is None or who.level is not Level.FULL:
        raise web.HTTPSeeOther(SIGN_IN)
    return who
