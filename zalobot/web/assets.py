"""The files under /static: style sheet, later scripts. Read once, named by their content.

The one rule: a page asks for `/static/zalobot.css?v=<hash>`, which never changes and may be kept for a year; the same
name without the hash is asked again each time and answered 304 while nothing changed.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).with_name("static")
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same squeezed, and the first 12 hex digits of its sha256."""

    body: bytes
    squeezed: bytes
    digest: str
    content_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of the static folder by its path below it, read at first use."""
    found = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _read(path) for path in found}


def url(name: str) -> str:
    """The address of a file that may be kept for ever. KeyError for a file that is not there."""
    return f"/static/{name}?v={assets()[name].digest}"


async def serve(request: web.Request) -> web.Response:
    """GET /static/{name}: the file, squeezed where the browser can read that."""
    asset = assets().get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    kept = _FOREVER if request.query.get("v") == asset.digest else "no-cache"
    headers = {"Cache-Control": kept, "ETag": f'"{asset.digest}"', "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return _response(asset.squeezed, asset, headers | {"Content-Encoding": "gzip"})
    return _response(asset.body, asset, headers)


def _response(body: bytes, asset: Asset, headers: dict[str, str]) -> web.Response:
    return web.Response(body=body, headers=headers | {"Content-Type": asset.content_type})


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Asset(body, gzip.compress(body, mtime=0), hashlib.sha256(body).hexdigest()[:12], kind + charset)
