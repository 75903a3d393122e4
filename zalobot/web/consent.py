"""The pages on which an administrator of the Official Account consents: before Zalo's page, and after it.

The one rule: opening a page changes nothing; links are looked at by preview robots, so only the button uses one up.
"""

from urllib.parse import urlsplit

from aiohttp import web

from zalobot import consenting, outbox
from zalobot.consenting import Callback, ConsentDesk, Ended, Outcome
from zalobot.relay import TOPIC as OUTBOX
from zalobot.services import SERVICES, Services
from zalobot.store import consents
from zalobot.web import pages
from zalobot.web.access import readable
from zalobot.web.guard import POLICY

DESK = web.AppKey("consent_desk", ConsentDesk)
COOKIE = "zalo_dong_y"
_PATH = "/zalo/oauth"
_FORBIDDEN, _BAD, _LATER = 403, 400, 502
_STATUS = {
    Outcome.DONE: 200,
    Outcome.NO_ANSWER: _LATER,
    Outcome.MISCONFIGURED: _LATER,
    Outcome.CODE_REFUSED: _LATER,
    Outcome.UNPROVEN: _LATER,
    Outcome.UNKNOWN: _FORBIDDEN,
    Outcome.OTHER_BROWSER: _FORBIDDEN,
}

routes = web.RouteTableDef()


@routes.get(consenting.START)
async def start(request: web.Request) -> web.Response:
    """What is about to happen, with a button, for whoever has a good link."""
    services, link = request.app[SERVICES], request.query.get("ma", "")
    if not link or not await services.store.read(consents.link_is_good, link, services.now()):
        return _page(request, "no_link", status=_FORBIDDEN)
    return _page(request, "begin", link=link)


@routes.post(consenting.START)
async def begin(request: web.Request) -> web.StreamResponse:
    """Use the link up and go to Zalo."""
    services, given = request.app[SERVICES], await readable(request)
    begun = await request.app[DESK].begin(str(given.get("ma", "")), services.now())
    if begun is None:
        return _page(request, "no_link", status=_FORBIDDEN)
    address, browser = begun
    answer = web.HTTPSeeOther(address, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    answer.set_cookie(
        COOKIE,
        browser,
        max_age=int(consents.FLOW_LIFE.total_seconds()),
        path=_PATH,
        httponly=True,
        samesite="Lax",  # Zalo sends the browser back from its own site
        secure=services.settings.public_url.startswith("https://"),
    )
    raise answer


@routes.get(consenting.CALLBACK)
async def callback(request: web.Request) -> web.Response:
    """Zalo sent the browser back."""
    query, now = request.query, request.app[SERVICES].now()
    error = query.get("error", "")
    brought = Callback(
        code=query.get("code", ""),
        oa_id=query.get("oa_id", ""),
        state=query.get("state", ""),
        browser=request.cookies.get(COOKIE, ""),
        error=int(error) if error.removeprefix("-").isdecimal() and len(error) < 9 else 0,
    )
    ended = await request.app[DESK].end(brought, now)
    if ended.outcome is Outcome.DONE:
        await _go_on(request.app[SERVICES])
    answer = _page(request, ended.outcome, status=_STATUS.get(ended.outcome, _BAD), ended=ended)
    answer.del_cookie(COOKIE, path=_PATH)
    return answer


async def _go_on(services: Services) -> None:
    """What waited for the consent leaves now."""
    await services.store.run(outbox.hasten, services.now())
    await services.coordination.publish(OUTBOX)


def _page(
    request: web.Request, step: str, *, status: int = 200, link: str = "", ended: Ended | None = None
) -> web.Response:
    services = request.app[SERVICES]
    pkce, at = services.settings.zalo_pkce, _at(services)
    answer = pages.html(request, "admin/consent", status=status, step=step, link=link, ended=ended, at=at, pkce=pkce)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address holds a secret
    if step == "begin":
        answer.headers["Content-Security-Policy"] = _policy(services.settings.zalo_oauth_url)
    return answer


def _policy(oauth_url: str) -> str:
    """Browsers hold a form's redirect against `form-action`, too."""
    parts = urlsplit(oauth_url)
    return POLICY.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}")


def _at(services: Services) -> dict[str, str]:
    settings = services.settings
    return {
        "oa_id": settings.zalo_oa_id,
        "app_id": settings.zalo_app_id,
        "callback": consenting.redirect_uri(settings),
    }
