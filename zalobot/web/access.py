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

from zalobot.accounts import sessions
from zalobot.accounts.sessions import SignedIn
from zalobot.services import SERVICES
from zalobot.store.models import AccountRole
from zalobot.web import pages

COOKIE: Final = "phien"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF"
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
        who = await signed_in(request)
        if who is None or who.level is not who.level.FULL:
            raise web.HTTPSeeOther(f"{SIGN_IN}?ve={quote(_way_back(request), safe='')}")
        if who.account.must_change:
            raise web.HTTPSeeOther(f"{SIGN_IN}/mat-khau?ve={quote(_way_back(request), safe='')}")
        if who.account.role not in row.roles:
            return pages.html(request, "sign_in/refused", status=403, home=HOME[who.account.role])
        if row.most:
            request = request.clone(client_max_size=row.most)
        if request.method not in ("GET", "HEAD"):
            await check_form(request, who.csrf)
        request[WHO] = who
        response = await row.page(request)
        if not response.prepared:
            response.headers["Cache-Control"] = "no-store"
        return response

    return guard


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
    form = await readable(request)
    sent = (request.headers.get(CSRF_HEADER) or str(form.get(CSRF_FIELD, ""))).encode("utf-8", "replace")
    if not token or not hmac.compare_digest(sent, token.encode()) or not same_site(request):
        raise web.HTTPForbidden(text="csrf")


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
    return request.path_qs if request.method in ("GET", "HEAD") else request.path
