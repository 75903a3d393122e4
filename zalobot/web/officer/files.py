"""Files that businesses sent, for the agencies of their ticket and nobody else."""

from aiohttp import web

from zalobot.services import SERVICES
from zalobot.store.queries import work
from zalobot.web import handed
from zalobot.web.access import COORDINATORS, OFFICERS, WHO, Row
from zalobot.web.officer.pages import PATH
from zalobot.web.officer.part_pages import may_read


async def download(request: web.Request) -> web.StreamResponse:
    """GET /can-bo/tep/{id}: the file under its own name."""
    services, who = request.app[SERVICES], request[WHO].account
    found = await services.store.read(work.file, request.match_info["id"][:26])
    if found is None:
        raise web.HTTPNotFound
    row, ticket = found
    behind = await services.store.read(work.behind, ticket)
    if behind is None or not may_read(behind, who.agency, who.role):
        raise web.HTTPNotFound
    return handed.file(services, row.sha256, row.name, row.content_type)


ROWS = (Row("GET", f"{PATH}/tep/{{id}}", OFFICERS | COORDINATORS, download),)
