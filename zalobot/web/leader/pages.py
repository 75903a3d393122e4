"""The addresses of the leader's console."""

import asyncio
from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot.accounts import scoring
from zalobot.errors import Refused
from zalobot.figures.parts import PeriodKind
from zalobot.services import SERVICES, Services
from zalobot.store.models import Account, AccountRole, Score
from zalobot.store.queries import leading
from zalobot.web import agencies, console
from zalobot.web.access import LEADERS, WHO, Row
from zalobot.web.acting import onwards, part_code, refused
from zalobot.web.flashes import Flash
from zalobot.web.leader.sheets import report
from zalobot.web.leader.view import LeaderPage, Read, horizon, leader_page

PATH = "/dieu-hanh"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def today(request: web.Request) -> web.Response:
    """What is late, what soon will be, the figures, the answers."""
    return console.html(request, "consoles/leader/today", page=await _page(request))


async def export(request: web.Request) -> web.Response:
    """The same as a workbook."""
    page = await _page(request)
    body = await asyncio.to_thread(report, page)
    headers = {"Content-Disposition": 'attachment; filename="dieu-hanh.xlsx"', "Content-Type": _XLSX}
    return web.Response(body=body, headers=headers)


async def score(request: web.Request) -> web.StreamResponse:
    """Keep what the leader thinks of an answer."""
    services, who, code = request.app[SERVICES], request[WHO].account, part_code(request)
    wanted = str((await request.post()).get("diem", ""))
    if wanted not in set(Score):
        raise web.HTTPBadRequest(text="diem")
    try:
        await services.store.run(scoring.score, who.id, code, Score(wanted), services.now())
    except Refused as refusal:
        return onwards(request, PATH, Flash("late", text=refused(refusal), code=code))
    return onwards(request, f"{PATH}#cham", Flash("ok", "cham", code=code))


def own_agency(who: Account) -> str:
    """The agency whose matters this account sees alone; '' for those of the province."""
    return who.agency if who.role is AccountRole.HEAD else ""


async def _page(request: web.Request) -> LeaderPage:
    services, who, kind = request.app[SERVICES], request[WHO].account, agencies.period_asked(request)
    now = services.now()
    read = await services.store.read(_read, services, now, who.id, own_agency(who), kind)
    return leader_page(read, kind, now, services.province)


def _read(session: Session, services: Services, now: datetime, account_id: str, agency: str, kind: PeriodKind) -> Read:
    urgent = leading.urgent(session, now, horizon(services.province.calendar, now), agency)
    published, counted = agencies.counts(session, services, now, kind)
    return Read(
        urgent=urgent,
        directed=leading.directed(session, urgent),
        answers=leading.answers(session, account_id, agency),
        rising=services.board.rising(session, now),
        published=published,
        trend=services.board.at(session, now, services.province.calendar),
        counted={code: one for code, one in counted.items() if agency in ("", code)},
    )


ROWS = (
    Row("GET", PATH, LEADERS, today),
    Row("GET", f"{PATH}/so-lieu.xlsx", LEADERS, export),
    Row("POST", f"{PATH}/{{code}}/{{number:\\d+}}/cham", LEADERS, score),
)
