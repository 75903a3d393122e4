"""What somebody already has is not sent again: pages and files carry an ETag, and 304 answers who names it.

The one rule: only what says `no-cache` (keep it, but ask) is treated so; what is `no-store` never carries a name.
"""

import hashlib

from aiohttp import web
from aiohttp.typedefs import Handler

_OF_A_BODY = ("Content-Type", "Content-Length", "Content-Disposition")


@web.middleware
async def unchanged(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name a public answer by its content; 304 where the reader has the same. A page depends on the theme's cookie."""
    response = await handler(request)
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return response
    if not _may_be_kept(request, response):
        return response
    if response.content_type == "text/html":
        response.headers["Vary"] = "Cookie"
    response.headers["ETag"] = f'"{(digest := hashlib.sha256(response.body).hexdigest()[:24])}"'
    if any(tag.value in (digest, "*") for tag in request.if_none_match or ()):
        kept = {name: response.headers[name] for name in response.headers if name not in _OF_A_BODY}
        return web.Response(status=304, headers=kept)
    return response


def _may_be_kept(request: web.Request, response: web.Response) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and response.status == 200
        and response.headers.get("Cache-Control") == "no-cache"
        and "ETag" not in response.headers
    )
