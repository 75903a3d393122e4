"""The second step: six digits of an authenticator, set up at the first time."""

from aiohttp import web

from zalobot.accounts import second_factor, signing_in
from zalobot.accounts.sessions import SignedIn
from zalobot.errors import ConfigError, Refused
from zalobot.services import SERVICES
from zalobot.store.models import Level
from zalobot.web import pages
from zalobot.web.access import HOME, SIGN_IN, check_form, enter, safe_way, signed_in
from zalobot.web.qr import qr
from zalobot.web.sign_in.browsers import place
from zalobot.web.sign_in.forms import agent, entered, onwards, page, seal, way

routes = web.RouteTableDef()


@routes.get(f"{SIGN_IN}/ma")
async def code_form(request: web.Request) -> web.StreamResponse:
    """The second step for who has set up an authenticator."""
    who = await _half_way(request)
    return page(request, "sign_in/code", who)


@routes.post(f"{SIGN_IN}/ma")
async def code(request: web.Request) -> web.StreamResponse:
    """Compare the six digits, or a recovery code."""
    who = await _half_way(request)
    await check_form(request, who.csrf)
    services, data = request.app[SERVICES], await request.post()
    now, where, typed = services.now(), place(request, who.account.name), str(data.get("ma", ""))[:40]
    try:
        token = await services.store.run(
            signing_in.confirm, who, typed, seal(request), where, now, agent=agent(request)
        )
    except Refused as refusal:
        return page(request, "sign_in/code", who, reason=refusal.reason, status=429, **refusal.facts)
    if not token:
        return page(request, "sign_in/code", who, reason="second_factor_wrong", status=401)
    return await entered(request, token, str(data.get("ve", "")))


@routes.get(f"{SIGN_IN}/thiet-lap")
async def set_up_form(request: web.Request) -> web.StreamResponse:
    """The second step for who has no authenticator yet: a QR code to scan."""
    who = await _half_way(request)
    return _set_up(request, who, second_factor.new_secret())


@routes.post(f"{SIGN_IN}/thiet-lap")
async def set_up(request: web.Request) -> web.StreamResponse:
    """Keep the authenticator once it shows the right digits; then show the recovery codes, once."""
    who = await _half_way(request)
    await check_form(request, who.csrf)
    services, data = request.app[SERVICES], await request.post()
    try:
        owner, _, secret = seal(request).open(str(data.get("khoa", ""))).partition(":")
    except ConfigError:
        owner, secret = "", ""
    if owner != who.account.id:
        raise web.HTTPSeeOther(f"{SIGN_IN}/thiet-lap")
    try:
        token, codes = await services.store.run(
            signing_in.set_up,
            who,
            secret,
            str(data.get("ma", ""))[:40],
            seal(request),
            services.now(),
            agent=agent(request),
        )
    except Refused as refusal:
        if refusal.reason == "second_factor_there":
            raise web.HTTPSeeOther(f"{SIGN_IN}/ma") from None
        return _set_up(request, who, secret, reason=refusal.reason)
    further = safe_way(str(data.get("ve", "")), HOME[who.account.role])
    response = pages.html(request, "sign_in/recovery", codes=codes, onwards=further)
    response.headers["Cache-Control"] = "no-store"
    enter(response, request, token)
    return response


def _set_up(request: web.Request, who: SignedIn, secret: str, *, reason: str = "") -> web.Response:
    issuer = request.app[SERVICES].province.oa_name
    sealed = seal(request).close(f"{who.account.id}:{secret}")
    address = second_factor.address(secret, who.account.name, issuer)
    things = {"secret": secret, "sealed": sealed, "drawn": qr(address), "address": address, "reason": reason}
    return page(request, "sign_in/set_up", who, status=401 if reason else 200, **things)


async def _half_way(request: web.Request) -> SignedIn:
    """Who has shown the password and not the rest; anybody else is sent where they belong."""
    who = await signed_in(request)
    if who is None:
        raise web.HTTPSeeOther(SIGN_IN)
    wanted = f"{SIGN_IN}/ma" if who.account.confirmed_at else f"{SIGN_IN}/thiet-lap"
    if who.level is not Level.PASSWORD:
        raise web.HTTPSeeOther(onwards(who, way(request)))
    if request.path != wanted:
        raise web.HTTPSeeOther(wanted)
    return who
