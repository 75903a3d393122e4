"""Every address of the public site, of the open data and of health, in one list."""

from collections.abc import Sequence

from aiohttp import web

from zalobot.services import Services
from zalobot.web import api, assets, health, ledger, public


def routes(_services: Services | None = None) -> Sequence[web.AbstractRouteDef]:
    """The routes for `app.add_routes`; handlers find their services under `app[SERVICES]`."""
    return [web.get("/static/{name:.+}", assets.serve), *health.routes, *api.routes, *ledger.routes, *public.routes]
