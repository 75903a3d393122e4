"""The addresses of the officer's queue."""

import re
from dataclasses import replace

from aiohttp import web
from sqlmodel import Session

from zalobot.services import SERVICES
from zalobot.store.models import AccountRole
from zalobot.store.queries.queue import Asked, Counts, Narrow, counted, listed, pages_of
from zalobot.store.queries.work import WorkRow
from zalobot.tickets import working
from zalobot.web import console
from zalobot.web.access import OFFICERS, WHO, Row
from zalobot.web.acting import act
from zalobot.web.filters import local
from zalobot.web.officer.queue import queue
from zalobot.web.workday import whole_day

PATH = "/can-bo"


async def mine(request: web.Request) -> web.Response:
    """What is mine or nobody's yet."""
    return await _queue(request, whole=False)


async def whole_agency(request: web.Request) -> web.Response:
    """What the whole agency has."""
    return await _queue(request, whole=True)


async def accept(request: web.Request) -> web.StreamResponse:
    """Take a part up, from the queue or from its page."""
    return await act(request, working.accept, done="nhan", back=str((await request.post()).get("ve", PATH)))


async def _queue(request: web.Request, *, whole: bool) -> web.Response:
    services, who, now = request.app[SERVICES], request[WHO].account, request.app[SERVICES].now()
    way, page = request.query.get("loc", ""), request.query.get("trang", "1")
    asked = Asked(
        who.agency,
        who.officer_id or "",
        whole_day(local(now).date())[1],
        whole=whole,
        explains=who.role is AccountRole.HEAD,
        narrowed=Narrow(way) if way in set(Narrow) else Narrow.ALL,
        page=max(1, int(page)) if re.fullmatch(r"[0-9]{1,4}", page) else 1,
    )
    asked, rows, counts = await services.store.read(_read, asked)
    shown = queue(rows, counts, asked, now, services.province)
    return console.html(request, "consoles/officer/queue", page=shown)


def _read(session: Session, asked: Asked) -> tuple[Asked, list[WorkRow], Counts]:
    """The page asked for, or the last one there is."""
    counts = counted(session, asked)
    asked = replace(asked, page=min(asked.page, pages_of(counts.ways[asked.narrowed])))
    return asked, listed(session, asked), counts


ROWS = (
    Row("GET", PATH, OFFICERS, mine),
    Row("GET", f"{PATH}/co-quan", OFFICERS, whole_agency),
    Row("POST", f"{PATH}/{{code}}/{{number}}/nhan", OFFICERS, accept),
)
