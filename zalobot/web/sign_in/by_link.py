"""Coming in by a one-time link from Zalo."""

from aiohttp import web

from zalobot.accounts import links, secrets
from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.web import pages
from zalobot.web.access import HOME, SIGN_IN, check_form, safe_way, signed_in
from zalobot.web.sign_in.forms import BEFORE, agent, bound, entered, token_before

routes = web.RouteTableDef()


@routes.get(f"{SIGN_IN}/zalo/{{token}}")
async def link_form(request: web.Request) -> web.StreamResponse:
    """What a link from Zalo opens: a button, so that Zalo's own look at the link uses nothing up."""
    services, token = request.app[SERVICES], request.match_info["token"]
    try:
        link, officer = await services.store.read(links.look, token, services.now())
    except Refused as refusal:
        return _no_link(request, refusal)
    who = await signed_in(request)
    if who is not None and who.full and who.account.officer_id == officer.id:
        raise web.HTTPSeeOther(safe_way(link.path, HOME[who.account.role]))
    response = pages.html(request, "sign_in/link", officer=officer.name, csrf=token_before(request), token=token)
    return bound(request, response)


@routes.post(f"{SIGN_IN}/zalo/{{token}}")
async def by_link(request: web.Request) -> web.StreamResponse:
    """Come in by a link, which is thereby used up."""
    services = request.app[SERVICES]
    await check_form(request, secrets.digest(request.cookies.get(BEFORE, "")))
    try:
        token, path = await services.store.run(
            links.use, request.match_info["token"], services.now(), agent=agent(request)
        )
    except Refused as refusal:
        return _no_link(request, refusal)
    return await entered(request, token, path, held=True)


def _no_link(request: web.Request, refusal: Refused) -> web.Response:
    return pages.html(request, "sign_in/no_link", status=410, reason=refusal.reason)
