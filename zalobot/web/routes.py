"""Every address of the public site, of the open data and of health, in one list."""

from collections.abc import Sequence

from aiohttp import web

from zalobot.services import Services
from zalobot.web import (
    access,
    account,
    agencies,
    api,
    assets,
    checking,
    consent,
    data,
    documents,
    health,
    held,
    ledger,
    live,
    own_data,
    public,
)
from zalobot.web import sign_in as coming_in
from zalobot.web.coordinator import pages as coordinator
from zalobot.web.leader import digest_page, ticket_pages
from zalobot.web.leader import pages as leader
from zalobot.web.officer import absences, beside_pages, files, part_pages
from zalobot.web.officer import pages as officer
from zalobot.web.operator import ROWS as OPERATOR

CONSOLES: tuple[access.Row, ...] = (
    *account.ROWS,
    *held.ROWS,
    *live.ROWS,
    *officer.ROWS,
    *part_pages.ROWS,
    *beside_pages.ROWS,
    *absences.ROWS,
    *files.ROWS,
    *coordinator.ROWS,
    *leader.ROWS,
    *digest_page.ROWS,
    *ticket_pages.ROWS,
    *OPERATOR,
)


def routes(_services: Services | None = None) -> Sequence[web.AbstractRouteDef]:
    """The routes for `app.add_routes`; handlers find their services under `app[SERVICES]`."""
    return [
        web.get("/static/{name:.+}", assets.serve),
        *health.routes,
        *consent.routes,
        *api.routes,
        *ledger.routes,
        *public.routes,
        *own_data.routes,
        *agencies.routes,
        *data.routes,
        *documents.routes,
        *checking.routes,
        *coming_in.ROUTES,
        *access.guarded(CONSOLES),
    ]
