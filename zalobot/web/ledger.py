"""What the ledger publishes: its daily heads, for everybody to copy.

The one rule: nothing here can be taken back; whoever holds a copy can tell whether the past was written anew.
"""

from aiohttp import web

from zalobot.ledger import days, files
from zalobot.services import SERVICES

routes = web.RouteTableDef()


@routes.get("/du-lieu/so-cai/dau-so.json")
async def heads(request: web.Request) -> web.Response:
    """Every daily head; `zalobot ledger verify FILE --heads` takes it as it is."""
    published = await request.app[SERVICES].store.read(days.published)
    return web.json_response(files.as_json(published), headers={"Cache-Control": "no-cache"})
