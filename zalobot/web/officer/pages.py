"""The addresses of the officer's queue."""

from aiohttp import web

from zalobot.services import SERVICES
from zalobot.store.models import AccountRole
from zalobot.store.queries import work
from zalobot.tickets import working
from zalobot.web import console
from zalobot.web.access import OFFICERS, WHO, Row
from zalobot.web.acting import act
from zalobot.web.officer.queue import queue

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
    services, who = request.app[SERVICES], request[WHO].account
    rows = await services.store.read(work.of_agency, who.agency)
    page = queue(
        rows,
        who.officer_id or "",
        who.agency,
        services.now(),
        services.province,
        narrowed=request.query.get("loc", ""),
        whole=whole,
        explains=who.role is AccountRole.HEAD,
    )
    return console.html(request, "consoles/officer/queue", page=page)


ROWS = (
    Row("GET", PATH, OFFICERS, mine),
    Row("GET", f"{PATH}/co-quan", OFFICERS, whole_agency),
    Row("POST", f"{PATH}/{{code}}/{{number}}/nhan", OFFICERS, accept),
)
