"""Files that came from outside, handed to a browser.

The one rule: a file is handed down, never shown as a page of ours: whatever is in it cannot run here.
"""

import re
import unicodedata
from urllib.parse import quote

from aiohttp import web

from zalobot.services import Services
from zalobot.store.blobs import BlobStore

SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")  # looked into when they were kept; no SVG, which may run


def file(services: Services, sha256: str | None, name: str, content_type: str) -> web.FileResponse:
    """The file of this content under its own name: a picture to be seen, all else to be kept. Raises 404 for none."""
    path = BlobStore(services.settings.files_folder).path(sha256) if sha256 else None
    if path is None or not path.is_file():
        raise web.HTTPNotFound
    picture = content_type in SHOWN
    headers = {
        "Content-Type": content_type if picture else "application/octet-stream",
        "Content-Disposition": f"{'inline' if picture else 'attachment'}; filename*=UTF-8''{named(name)}",
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
