"""The pages of the agencies: `/co-quan` and one for each."""

import re
from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot.figures.board import Published
from zalobot.figures.parts import PeriodKind
from zalobot.province import Province
from zalobot.services import SERVICES, Services
from zalobot.store.queries import figures, lateness, public
from zalobot.store.queries.figures import AgencyFigures
from zalobot.store.queries.lateness import Word
from zalobot.store.queries.public_rows import PublicTicket
from zalobot.web import agency_view, pages
from zalobot.web.agency_view import A_SHEET
from zalobot.web.home_view import bounds_of_today
from zalobot.web.late_parts import LATE_SHOWN

Seen = tuple[Published, dict[str, AgencyFigures], tuple[PublicTicket, ...], list[Word]]
_SHEETS = 1000

routes = web.RouteTableDef()


@routes.get("/co-quan")
async def agencies(request: web.Request) -> web.Response:
    """The province's share and every agency's."""
    services, kind = request.app[SERVICES], period_asked(request)
    published, counted = await services.store.read(counts, services, services.now(), kind)
    shown = agency_view.lines(published, counted, services.province)
    return pages.html(request, "public/agencies", lines=shown, kind=kind)


@routes.get("/co-quan/{code}")
async def agency(request: web.Request) -> web.Response:
    """One agency; a code typed small is sent to its proper address."""
    services, code = request.app[SERVICES], request.match_info["code"]
    if code not in services.province.agencies:
        raise _elsewhere(code, services.province)
    now, kind = services.now(), period_asked(request)
    sheet = request.query.get("trang", "1")
    number = int(sheet) if re.fullmatch(r"\d{1,6}", sheet) and 0 < int(sheet) <= _SHEETS else 1
    seen = await services.store.read(_one, services, now, code, kind, number)
    page = agency_view.agency_page(code, *seen, number, now, services.province)
    return pages.html(request, "public/agency", page=page, kind=kind)


def period_asked(request: web.Request) -> PeriodKind:
    """The period the address names by `ky`; the 90 days where it names none we know."""
    asked = request.query.get("ky", "")
    return PeriodKind(asked) if asked in set(PeriodKind) else PeriodKind.DAYS


def counts(
    session: Session, services: Services, now: datetime, kind: PeriodKind = PeriodKind.DAYS, only: str = ""
) -> tuple[Published, dict[str, AgencyFigures]]:
    """What is published of a period, and what is open now (at one agency, if it is named)."""
    published = services.board.at(session, now, services.province.calendar, kind)
    return published, figures.by_agency(session, now, bounds_of_today(now), only)


def _one(session: Session, services: Services, now: datetime, code: str, kind: PeriodKind, number: int) -> Seen:
    published, counted = counts(session, services, now, kind, code)
    tickets = public.open_of(session, code, A_SHEET, A_SHEET * (number - 1))
    words = lateness.words(session, [part.code for part in published.told(code).late[:LATE_SHOWN]])
    return published, counted, tickets, words


def _elsewhere(typed: str, province: Province) -> web.HTTPException:
    proper = next((code for code in province.agencies if code.casefold() == typed.casefold()), "")
    return web.HTTPMovedPermanently(f"/co-quan/{proper}") if proper else web.HTTPNotFound()
