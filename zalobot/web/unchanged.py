"""What somebody already has is not sent again: pages and files carry an ETag, and 304 answers who names it.

The one rule: only what says `no-cache` (keep it, but ask) is treated so; what is `no-store` never carries a name. Files
also say since when they are as they are, for programs that only know how to ask by time.
"""

import hashlib
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from zalobot.services import SERVICES

REMEMBERED: Final = 256  # addresses of files; of one that is forgotten the age begins anew
_SECOND: Final = timedelta(seconds=1)
_OF_A_BODY: Final = ("Content-Type", "Content-Length", "Content-Disposition")


class Since:
    """Since when this process knows each file to be as it is."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def of(self, address: str, digest: str, now: datetime) -> datetime | None:
        """The whole second; None until it is over, for what is said of it has to hold for all of that second."""
        known, since = self._known.pop(address, ("", now))
        if known != digest:
            since = now.replace(microsecond=0)
        self._known[address] = digest, since
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return since if now >= since + _SECOND else None


def unchanged() -> Middleware:
    """Name a public answer by its content; 304 where the reader has the same. A page depends on the theme's cookie."""
    known = Since()

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return response
        if not _may_be_kept(request, response):
            return response
        digest = hashlib.sha256(response.body).hexdigest()[:24]
        response.headers["ETag"] = f'"{digest}"'
        since = None
        if response.content_type == "text/html":
            response.headers["Vary"] = "Cookie"
        elif since := known.of(request.path_qs, digest, request.app[SERVICES].now()):
            response.headers["Last-Modified"] = format_datetime(since.astimezone(UTC), usegmt=True)
        if _has(request, digest, since):
            kept = {name: response.headers[name] for name in response.headers if name not in _OF_A_BODY}
            return web.Response(status=304, headers=kept)
        return response

    return named


def _has(request: web.Request, digest: str, since: datetime | None) -> bool:
    """Whether the reader has this content. Who names what they have is not asked for a time (RFC 9110 §13.2.2)."""
    if "If-None-Match" in request.headers:
        return any(tag.value in (digest, "*") for tag in request.if_none_match or ())
    asked = request.if_modified_since
    return since is not None and asked is not None and since <= asked


def _may_be_kept(request: web.Request, response: web.Response) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and response.status == 200
        and response.headers.get("Cache-Control") == "no-cache"
        and "ETag" not in response.headers
    )
