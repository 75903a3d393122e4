"""Files that businesses sent, for the agencies of their ticket and nobody else.

The one rule: a file is handed down, never shown as a page of ours: whatever is in it cannot run here.
"""

import re
import unicodedata
from urllib.parse import quote

from aiohttp import web

from zalobot.services import SERVICES
from zalobot.store.blobs import BlobStore
from zalobot.store.queries import work
from zalobot.web.access import COORDINATORS, OFFICERS, WHO, Row
from zalobot.web.officer.pages import PATH
from zalobot.web.officer.part_pages import may_read

SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")  # sniffed when they were kept; no SVG, which may run


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
    path = BlobStore(services.settings.files_folder).path(row.sha256) if row.sha256 else None
    if path is None or not path.is_file():
        raise web.HTTPNotFound
    picture = row.content_type in SHOWN
    headers = {
        "Content-Type": row.content_type if picture else "application/octet-stream",
        "Content-Disposition": f"{'inline' if picture else 'attachment'}; filename*=UTF-8''{named(row.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.FileResponse(path, headers=headers)


def named(name: str) -> str:
    """The name of a file as a header may say it (RFC 6266, RFC 8187): no path, and nothing unseen that would have
    `gpj.exe` read as `exe.jpg`."""
    seen = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    last = re.split(r"[/\\]", seen)[-1].strip(". ")
    return quote(last[:200] or "tep", safe="")


ROWS = (Row("GET", f"{PATH}/tep/{{id}}", OFFICERS | COORDINATORS, download),)
