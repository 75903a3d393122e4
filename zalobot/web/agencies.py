"""The pages of the agencies: `/co-quan` and one for each."""

from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot.figures.board import Published
from zalobot.province import Province
from zalobot.services import SERVICES, Services
from zalobot.store.queries import figures, public
from zalobot.store.queries.figures import AgencyFigures
from zalobot.store.queries.public_rows import PublicTicket
from zalobot.web import agency_view, pages
from zalobot.web.home_view import bounds_of_today

_OPEN = 30

routes = web.RouteTableDef()


@routes.get("/co-quan")
async def agencies(request: web.Request) -> web.Response:
    """The province's share and every agency's."""
    services = request.app[SERVICES]
    published, counted = await services.store.read(counts, services, services.now())
    shown = agency_view.lines(published, counted, services.province)
    return pages.html(request, "public/agencies", lines=shown)


@routes.get("/co-quan/{code}")
async def agency(request: web.Request) -> web.Response:
    """One agency; a code typed small is sent to its proper address."""
    services, code = request.app[SERVICES], request.match_info["code"]
    if code not in services.province.agencies:
        raise _elsewhere(code, services.province)
    now = services.now()
    published, counted, tickets = await services.store.read(_one, services, now, code)
    page = agency_view.agency_page(code, published, counted, tickets, now, services.province)
    return pages.html(request, "public/agency", page=page)


def counts(session: Session, services: Services, now: datetime) -> tuple[Published, dict[str, AgencyFigures]]:
    """What is published, and what is open now."""
    published = services.board.at(session, now, services.province.calendar)
    return published, figures.by_agency(session, now, bounds_of_today(now))


def _one(
    session: Session, services: Services, now: datetime, code: str
) -> tuple[Published, dict[str, AgencyFigures], tuple[PublicTicket, ...]]:
    return *counts(session, services, now), public.open_of(session, code, _OPEN)


def _elsewhere(typed: str, province: Province) -> web.HTTPException:
    proper = next((code for code in province.agencies if code.casefold() == typed.casefold()), "")
    return web.HTTPMovedPermanently(f"/co-quan/{proper}") if proper else web.HTTPNotFound()
