"""A person's copy of their own data, behind the short-lived link they got in Zalo.

The one rule: whoever has the link may read it until it is no longer good; nothing of it is kept by any cache.
"""

import json

from aiohttp import web

from zalobot import exports
from zalobot.services import SERVICES

routes = web.RouteTableDef()
_NAME = "du-lieu-cua-toi.json"


@routes.get(exports.PATH + "/{token}")
async def copy(request: web.Request) -> web.Response:
    """The copy, as a file; 404 for a link that is not ours or no longer good."""
    services = request.app[SERVICES]
    person_id = exports.whose(services.settings.secret_key, request.match_info["token"], services.now())
    found = await services.store.read(exports.copy, person_id) if person_id else {}
    if not found:
        raise web.HTTPNotFound
    return web.Response(
        text=json.dumps(found, ensure_ascii=False, indent=2),
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{_NAME}"',
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
        },
    )
