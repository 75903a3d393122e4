"""The documents that the calendar rests on, for everybody: who reads why a day is not counted can read the decision."""

from aiohttp import web

from zalobot.calendars import papers
from zalobot.services import SERVICES
from zalobot.web import handed

routes = web.RouteTableDef()


@routes.get("/van-ban/{id}")
async def paper(request: web.Request) -> web.StreamResponse:
    """A file of a document."""
    services = request.app[SERVICES]
    found = await services.store.read(papers.one, request.match_info["id"][:26])
    if found is None:
        raise web.HTTPNotFound
    response = handed.file(services, found.sha256, found.name, found.content_type)
    response.headers["Cache-Control"] = "no-cache"  # one that was taken back is gone at once
    return response
