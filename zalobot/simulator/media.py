"""Serves what people sent and what the bot uploaded, at `/media/<id>.<type>` on the simulator's own port.

The one rule: only bytes that came in through the simulator, with their own type and never as a page.
"""

from aiohttp import web

from .stage import STAGE

_TYPES = {
    "jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "pdf": "application/pdf", "csv": "text/csv",
    "doc": "application/msword", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_SHOWN = {"jpg", "png", "gif", "pdf"}


async def _media(request: web.Request) -> web.Response:
    file = request.app[STAGE].world.files.get(request.match_info["id"])
    if file is None:
        raise web.HTTPNotFound
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    if file.type not in _SHOWN:
        headers["Content-Disposition"] = "attachment"
    return web.Response(body=file.data, content_type=_TYPES.get(file.type, "application/octet-stream"), headers=headers)


def add_routes(app: web.Application) -> None:
    """The media endpoint."""
    app.router.add_get(r"/media/{id:[A-Za-z0-9_-]+}{ending:(\.[a-z0-9]+)?}", _media)
