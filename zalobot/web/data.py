"""The open data: `/du-lieu` with its files, the feed of answers, and what search engines are told.

The one rule: a file is made of what the pages show, from the same reads; every instant carries +07:00.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import web
from sqlmodel import Session

from zalobot.figures import files
from zalobot.figures.board import Published
from zalobot.figures.words import columns
from zalobot.province import Province
from zalobot.services import SERVICES
from zalobot.store.queries import answers, public
from zalobot.store.queries.answers import Answer, Place
from zalobot.web import pages
from zalobot.web.api_history import iso
from zalobot.web.home_view import excerpt
from zalobot.web.problems import SHARED
from zalobot.web.public_view import agency_name

LISTED = 10_000  # tickets of one list; search engines take 50,000 addresses, we hold up nobody
_ANSWERS = 50
_FEED = "/du-lieu/tra-loi.atom"
_UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))  # XML 1.0 has no way to say them

routes = web.RouteTableDef()
Make = Callable[[Published, dict[str, str]], bytes]

FILES: dict[str, tuple[str, Make]] = {
    "phan-viec.csv": ("text/csv", lambda published, _: files.parts_csv(published.parts)),
    "phan-viec.json": ("application/json", files.parts_json),
    "co-quan.csv": ("text/csv", lambda published, names: files.table_csv(published.parts, names)),
    "co-quan.json": ("application/json", files.table_json),
}


@routes.get("/du-lieu")
async def data(request: web.Request) -> web.Response:
    """What can be taken, and what stands in it."""
    services = request.app[SERVICES]
    published = await services.store.read(services.board.at, services.now(), services.province.calendar)
    return pages.html(request, "public/data", published=published, columns=columns())


@routes.get("/du-lieu/{name:(?:phan-viec|co-quan)\\.(?:csv|json)}")
async def file(request: web.Request) -> web.Response:
    """One of FILES, as something to keep."""
    services, name = request.app[SERVICES], request.match_info["name"]
    kind, make = FILES[name]
    now, province = services.now(), services.province
    names = {code: agency.name for code, agency in province.agencies.items()}

    def build(session: Session) -> bytes:
        return make(services.board.at(session, now, province.calendar), names)

    headers = SHARED | {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": "no-cache"}
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return web.Response(body=await services.store.read(build), headers=headers)


@routes.get(_FEED)
async def feed(request: web.Request) -> web.Response:
    """The latest answers, for feed readers; older ones page by page (RFC 5005 §3)."""
    services, asked = request.app[SERVICES], request.query
    try:
        before, after = (Place.read(asked[name]) if name in asked else None for name in ("truoc", "sau"))
    except ValueError:
        raise web.HTTPNotFound from None
    found = await services.store.read(answers.page, _ANSWERS, before=before, after=None if before else after)
    entries = [_entry(one, services.province) for one in found.answers]
    here = {"truoc": before} if before else {"sau": after} if after else {}
    links = {"self": _at(here), "first": _at({})}
    if found.older:
        links["next"] = _at({"truoc": found.older})
    if found.newer:
        links["prev"] = links["previous"] = _at({"sau": found.newer})  # RFC 5005 and RFC 8288 name it differently
    return _xml(request, "public/feed", "application/atom+xml", entries=entries, links=links, stamp=iso)


def _at(place: Mapping[str, Place | None]) -> str:
    return _FEED + ("?" + urlencode(place) if place else "")


@routes.get("/sitemap.xml")
async def sitemap(request: web.Request) -> web.Response:
    """Which lists of pages there are, for search engines: the fixed pages, and the tickets by ten thousands."""
    count = await request.app[SERVICES].store.read(public.shown_count)
    return _xml(request, "public/sitemap", "application/xml", sheets=max(1, math.ceil(count / LISTED)))


@routes.get("/sitemap-trang.xml")
async def sitemap_of_pages(request: web.Request) -> web.Response:
    """The pages that are always there."""
    agencies = list(request.app[SERVICES].province.agencies)
    return _xml(request, "public/sitemap_pages", "application/xml", agencies=agencies)


@routes.get("/sitemap-{number:[1-9][0-9]{0,3}}.xml")
async def sitemap_of_tickets(request: web.Request) -> web.Response:
    """Some of the tickets, the oldest first, so that a list that is full stays as it is."""
    after = (int(request.match_info["number"]) - 1) * LISTED
    codes = await request.app[SERVICES].store.read(public.shown_codes, after, LISTED)
    if after and not codes:
        raise web.HTTPNotFound
    home = pages.site(request).public_url.rstrip("/")
    return _xml(
        request, "public/sitemap_tickets", "application/xml", places=[f"{home}/hoi-dap/{code}" for code in codes]
    )


@routes.get("/robots.txt")
async def robots(request: web.Request) -> web.Response:
    """Where the list of pages is; the consoles are not for search engines."""
    site = request.app[SERVICES].settings.public_url.rstrip("/")
    closed = ("/can-bo", "/dieu-phoi", "/dieu-hanh", "/van-hanh", "/dang-nhap", "/tai-khoan", "/giao-dien", "/tim")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {site}/sitemap.xml", ""]
    return web.Response(text="\n".join(lines), content_type="text/plain")


def _entry(answer: Answer, province: Province) -> Answer:
    """As it is written in the feed: the agency by its name, the beginning of what is said."""
    text = _plain(excerpt(answer.conclusion or answer.text))
    return replace(answer, title=_plain(answer.title), agency=agency_name(province, answer.agency), text=text)


def _plain(text: str) -> str:
    return text.translate(_UNWRITABLE)


def _xml(request: web.Request, name: str, kind: str, /, **things: object) -> web.Response:
    found = pages.environment().get_template(f"{name}.xml").render(site=pages.site(request), **things)
    return web.Response(text=found, content_type=kind, headers=SHARED | {"Cache-Control": "no-cache"})
