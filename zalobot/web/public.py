"""The pages everybody may open: the first page, the list, one ticket, and the file by which Zalo knows the site."""

import re
from datetime import timedelta
from urllib.parse import urlencode

from aiohttp import web
from sqlmodel import Session

from zalobot.knowledge import instant
from zalobot.ledger import days
from zalobot.province import Province
from zalobot.services import SERVICES
from zalobot.store.models import LedgerDay, Liked
from zalobot.store.queries import figures, public, stories
from zalobot.store.queries.answers import latest_answers
from zalobot.store.queries.public_rows import Story
from zalobot.web import home_view, list_view, pages
from zalobot.web.found_view import found_page
from zalobot.web.public_view import ticket_page
from zalobot.web.qr import qr

_PAGE = 20
_ANSWERS = 4
_COUNTED = timedelta(days=90)
_OVERDUE = 5
_YEAR = 365 * 24 * 3600

routes = web.RouteTableDef()


@routes.get("/")
async def home(request: web.Request) -> web.Response:
    """The promise, the search, the figures of now."""
    services = request.app[SERVICES]
    now, store = services.now(), services.store
    counted = await store.read(figures.figures, now, home_view.bounds_of_today(now))
    published = await store.read(services.board.at, now, services.province.calendar)
    answers = await store.read(latest_answers, _ANSWERS)
    late = await store.read(public.overdue, now, _OVERDUE)
    address = pages.zalo_address(services)
    liked = await store.read(instant.counted, now - _COUNTED)
    code = qr(address) if address else None
    page = home_view.home_page(
        counted, published.whole.on_time, answers, late, now, services.province, code, liked[Liked.RIGHT]
    )
    return pages.html(request, "public/home", page=page)


@routes.get("/hoi-dap")
async def tickets(request: web.Request) -> web.Response:
    """All tickets, newest first, perhaps narrowed; with words to look for, what fits them best."""
    wanted = list_view.asked(request.query, request.app[SERVICES].province)
    return await _found(request, wanted) if wanted.words else await _list(request, wanted)


@routes.get("/hoi-dap/{code}")
async def ticket(request: web.Request) -> web.Response:
    """One ticket; a code typed otherwise is sent to its proper address."""
    services = request.app[SERVICES]
    typed = request.match_info["code"]
    code = proper_code(typed, services.province)
    if code and code != typed:
        raise web.HTTPMovedPermanently(f"/hoi-dap/{code}")
    if not code:
        return await _list(request, list_view.Asked(), missing=typed[:40])
    story, head = await services.store.read(_story, code)
    if story is None:
        return await _list(request, list_view.Asked(), missing=typed[:40])
    address = f"{services.settings.public_url.rstrip('/')}/hoi-dap/{code}"
    page = ticket_page(story, services.now(), services.province)
    return pages.html(request, "public/ticket", page=page, code=qr(address), head=head)


@routes.get("/tim")
async def find(request: web.Request) -> web.Response:
    """The search: by code to the ticket, or to the list that says it was not found; by words to the answers."""
    services = request.app[SERVICES]
    asked = request.query.get("ma", "").strip()[: list_view.WORDS]
    if not asked:
        raise web.HTTPSeeOther("/hoi-dap")
    code, typed = proper_code(asked, services.province), asked[:40]
    if not code and len(re.findall(r"[^\W\d_]{2,}", asked)) > 1:
        raise web.HTTPSeeOther("/hoi-dap?" + urlencode({"hoi": asked}))
    known = await services.store.read(public.exists, code)
    if known:
        raise web.HTTPSeeOther(f"/hoi-dap/{code}")
    return await _list(request, list_view.Asked(), missing=typed)


@routes.get("/giao-dien")
async def theme(request: web.Request) -> web.Response:
    """Keep the person's choice of light or dark in a cookie and go back; without a choice the device decides."""
    back = request.query.get("ve", "/")
    safe = back if re.fullmatch(r"/(?![/\\])[\w/-]*", back, re.ASCII) else "/"
    answer = web.HTTPSeeOther(safe)
    chosen = request.query.get("nen", "")
    if chosen in pages.THEMES:
        answer.set_cookie(pages.THEME_COOKIE, chosen, max_age=_YEAR, samesite="Lax", httponly=True, path="/")
    else:
        answer.del_cookie(pages.THEME_COOKIE, path="/")
    raise answer


@routes.get("/zalo_verifier{code}.html")
async def site_verification(request: web.Request) -> web.Response:
    """The file by which Zalo verifies the site: only for the code in the settings."""
    code = request.app[SERVICES].settings.zalo_site_verification
    if not code or request.match_info["code"] != code:
        raise web.HTTPNotFound
    return pages.html(request, "public/verifier", code=code)


def proper_code(typed: str, province: Province) -> str:
    """`qn 2611 42`, `QN261100042`, `2611-00042/1` as `QN-2611-00042`; '' for what cannot be a code."""
    found = re.fullmatch(rf"(?:{re.escape(province.prefix)})?(\d{{4}})(\d{{1,6}})", _plain(typed), re.IGNORECASE)
    return f"{province.prefix}-{found[1]}-{int(found[2]):05d}" if found else ""


def _plain(typed: str) -> str:
    return re.sub(r"[\s.\-–_]", "", typed.split("/")[0])


def _story(session: Session, code: str) -> tuple[Story | None, LedgerDay | None]:
    """A ticket, and where the ledger stood when the last day ended."""
    return stories.story(session, code), days.latest(session)


async def _found(request: web.Request, wanted: list_view.Asked) -> web.Response:
    services = request.app[SERVICES]
    page = await services.store.read(found_page, wanted, services.now(), services.province)
    return pages.html(request, "public/found", page=page)


async def _list(request: web.Request, wanted: list_view.Asked, *, missing: str = "") -> web.Response:
    services = request.app[SERVICES]
    now, province = services.now(), services.province
    narrowed = list_view.narrowing(wanted, province)
    found = await services.store.read(public.sheet, narrowed, now, size=_PAGE, before=wanted.before, after=wanted.after)
    page = list_view.list_page(found, wanted, now, province, missing=missing)
    return pages.html(request, "public/list", status=404 if missing else 200, page=page)
