"""Who may open which page: each console page is a row with its roles, and nothing of a console exists without one.

The one rule: the row decides. A handler finds who asks under `request[WHO]` and need not ask again; a POST without the
form's token never reaches it.
"""

import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Final
from urllib.parse import quote, urlsplit

from aiohttp import web

from zalobot.accounts import held_forms, sessions
from zalobot.accounts.sessions import SignedIn
from zalobot.services import SERVICES
from zalobot.store.models import AccountRole
from zalobot.web import pages

COOKIE: Final = "phien"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF"
HELD, HELD_FIELD = "/con-giu", "con_giu"
SIGN_IN: Final = "/dang-nhap"
WHO: Final = web.RequestKey("who", SignedIn)

Form = Mapping[str, object]
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]

OFFICERS: Final = frozenset({AccountRole.OFFICER, AccountRole.HEAD})
COORDINATORS: Final = frozenset({AccountRole.COORDINATOR, AccountRole.ADMIN})
LEADERS: Final = frozenset({AccountRole.LEADER, AccountRole.HEAD, AccountRole.COORDINATOR, AccountRole.ADMIN})
OPERATORS: Final = frozenset({AccountRole.OPERATOR, AccountRole.ADMIN})
ADMINS: Final = frozenset({AccountRole.ADMIN})
EVERYBODY: Final = frozenset(AccountRole)
HOME: Final = {
    AccountRole.OFFICER: "/can-bo",
    AccountRole.HEAD: "/can-bo",
    AccountRole.COORDINATOR: "/dieu-phoi",
    AccountRole.LEADER: "/dieu-hanh",
    AccountRole.OPERATOR: "/van-hanh",
    AccountRole.ADMIN: "/van-hanh",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A page of a console: how it is asked for, who may, and what answers. `most` bytes of a form are read; 0: as many
    as the whole application reads."""

    method: str
    path: str
    roles: frozenset[AccountRole]
    page: Page
    most: int = 0


def guarded(rows: Iterable[Row]) -> Sequence[web.AbstractRouteDef]:
    """The rows as routes, each behind its guard. GET answers HEAD as well."""
    return [web.route(row.method, row.path, _behind(row)) for row in rows]


def _behind(row: Row) -> Page:
    @wraps(row.page)
    async def guard(request: web.Request) -> web.StreamResponse:
        if row.most:
            request = request.clone(client_max_size=row.most)
        who = await signed_in(request)
        if who is None or who.level is not who.level.FULL:
            return await _not_signed_in(request)
        if who.account.must_change:
            raise web.HTTPSeeOther(f"{SIGN_IN}/mat-khau?ve={quote(_way_back(request), safe='')}")
        if who.account.role not in row.roles:
            return pages.html(request, "sign_in/refused", status=403, home=HOME[who.account.role])
        if request.method not in ("GET", "HEAD"):
            await _check_or_hold(request, who)
        request[WHO] = who
        response = await row.page(request)
        await _let_go(request, who, response.status)
        if not response.prepared:
            response.headers["Cache-Control"] = "no-store"
        return response

    return guard


async def _not_signed_in(request: web.Request) -> web.StreamResponse:
    """To the sign-in page and back afterwards. What a page of ours sent meanwhile is held for its account; where the
    session was ended, so that nobody answers for it, what was typed is shown once more."""
    if request.method in ("GET", "HEAD") or not _of_our_page(request):
        raise web.HTTPSeeOther(f"{SIGN_IN}?ve={quote(_way_back(request), safe='')}")
    services = request.app[SERVICES]
    lapsed = await services.store.read(sessions.lapsed, request.cookies.get(COOKIE, ""), services.now())
    held = await _held(request, lapsed) if lapsed and await _carries(request, lapsed.csrf) else ""
    if held:
        raise web.HTTPSeeOther(f"{SIGN_IN}?ve={quote(held, safe='')}")
    things = {"fields": _fields(await readable(request)), "back": _way_back(request)}
    response = pages.html(request, "sign_in/not_sent", status=401, **things)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _check_or_hold(request: web.Request, who: SignedIn) -> None:
    """As `check_form`; a page of ours that was drawn before its reader signed in anew has its form held."""
    try:
        await check_form(request, who.csrf)
    except web.HTTPForbidden:
        held = await _held(request, who) if _of_our_page(request) else ""
        if not held:
            raise
        raise web.HTTPSeeOther(held) from None


async def _held(request: web.Request, who: SignedIn) -> str:
    """Where a form is seen again that could not be taken now; '' where it held nothing."""
    services, fields = request.app[SERVICES], _fields(await readable(request))
    key = await services.store.run(
        held_forms.hold, who.account.id, request.path, fields, _way_back(request), services.now()
    )
    return f"{HELD}/{key}" if key else ""


async def _let_go(request: web.Request, who: SignedIn, status: int) -> None:
    """A form that was held has been taken now."""
    if request.method == "POST" and status < 400 and (key := (await request.post()).get(HELD_FIELD)):
        await request.app[SERVICES].store.run(held_forms.drop, who.account.id, str(key)[:26])


def _fields(form: Form) -> list[tuple[str, str]]:
    ours = (CSRF_FIELD, HELD_FIELD)
    return [(name, value) for name, value in form.items() if isinstance(value, str) and name not in ours and value]


async def signed_in(request: web.Request) -> SignedIn | None:
    """Who a request comes from, however far their sign-in has come."""
    services = request.app[SERVICES]
    token, now = request.cookies.get(COOKIE, ""), services.now()
    if not token:
        return None
    who = await services.store.read(sessions.find, token, now)
    if who is not None and now - who.seen_at > sessions.TOUCH:
        await services.store.run(sessions.touch, who.session_id, now)
    return who


async def check_form(request: web.Request, token: str) -> None:
    """Raise 403 unless the form (or the header, for scripts) carries this token and comes from this site."""
    if not await _carries(request, token) or not same_site(request):
        raise web.HTTPForbidden(text="csrf")


async def _carries(request: web.Request, token: str) -> bool:
    form = await readable(request)
    sent = (request.headers.get(CSRF_HEADER) or str(form.get(CSRF_FIELD, ""))).encode("utf-8", "replace")
    return bool(token) and hmac.compare_digest(sent, token.encode())


async def readable(request: web.Request) -> Form:
    """What was sent as a form. Raises 400 for one that no browser sends: broken, in an unknown code, with a NUL."""
    try:
        form = await request.post()
    except (LookupError, RuntimeError, ValueError, web.RequestPayloadError):
        raise web.HTTPBadRequest(text="form") from None
    if any("\0" in value for value in form.values() if isinstance(value, str)):  # PostgreSQL keeps none
        raise web.HTTPBadRequest(text="form")
    return form


def same_site(request: web.Request) -> bool:
    """Whether the browser says that the request comes from our own pages (one that says nothing is believed)."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin", "")
    return not origin or origin.partition("://")[2] == request.host


def _of_our_page(request: web.Request) -> bool:
    """Whether the browser itself says that a form of ours was sent, and not a script's own request."""
    said = request.headers.get("Sec-Fetch-Site") == "same-origin" or bool(request.headers.get("Origin"))
    return said and same_site(request) and CSRF_HEADER not in request.headers


def safe_way(path: str, otherwise: str) -> str:
    """A path of this site to go on to; anything else is not followed."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) <= 200
    return path if plain and "\\" not in path and not urlsplit(path).netloc else otherwise


def enter(response: web.StreamResponse, request: web.Request, token: str) -> None:
    """Give the browser the cookie of a session."""
    secure = request.app[SERVICES].settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")


def network(request: web.Request) -> str:
    """Where a request comes from: the last address a proxy on this machine added, or the caller's own.

    A proxy elsewhere is taken for the caller; the limit of tries of a whole network is wide for that reason.
    """
    remote = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return forwarded[:64] if forwarded and remote in ("127.0.0.1", "::1") else remote


def _way_back(request: web.Request) -> str:
    """The page to come back to: the one asked for, or the one on which the form stood."""
    if request.method in ("GET", "HEAD"):
        return request.path_qs
    stood = urlsplit(request.headers.get("Referer", ""))
    here = stood.path + (f"?{stood.query}" if stood.query else "")
    return safe_way(here, "") if stood.netloc == request.host else ""
