"""The documents of the calendar with their files: one that was attached late, or wrongly.

The one rule: what is attached here can be opened by everybody.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.web import FileField

from zalobot.calendars import papers
from zalobot.calendars.papers import File
from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.store.blobs import BlobStore
from zalobot.web.access import Row
from zalobot.web.acting import refused
from zalobot.web.operator import shell
from zalobot.web.operator.acts import rearrange

PATH: Final = f"{shell.PATH}/lich/van-ban"
FIELD: Final = "tep"
MOST: Final = 30_000_000  # bytes of a form


async def show(request: web.Request) -> web.Response:
    """Every document with its days and files."""
    return await _page(request, "")


async def attach(request: web.Request) -> web.StreamResponse:
    """Attach files to a document."""
    form = await request.post()
    try:
        files = await sent(request, form.getall(FIELD, []))
    except Refused as refusal:
        return await _page(request, refused(refusal), status=422)
    if not files:
        return await _page(request, "none", status=422)
    response = await rearrange(request, papers.attach, str(form.get("van_ban", "")), files, done="van-ban", back=PATH)
    await keep(request, files)
    return response


async def remove(request: web.Request) -> web.StreamResponse:
    """Take a file away."""
    return await rearrange(request, papers.remove, request.match_info["id"], done="bo-van-ban", back=PATH)


async def sent(request: web.Request, fields: Iterable[object]) -> dict[str, File]:
    """The files of a form by their sha256, looked into and on the disk. Raises Refused as `papers.checked`."""
    found: dict[str, File] = {}
    for field in fields:
        if isinstance(field, FileField) and field.filename:
            with field.file as file:
                data = file.read(papers.LIMIT + 1)
            found[hashlib.sha256(data).hexdigest()] = await asyncio.to_thread(papers.checked, field.filename, data)
    await keep(request, found)
    return found


async def keep(request: web.Request, files: Mapping[str, File]) -> None:
    """Put files on the disk: before their rows, and once more after those are committed (`papers.attach`)."""
    blobs = BlobStore(request.app[SERVICES].settings.files_folder)
    for file in files.values():
        await asyncio.to_thread(blobs.put, file.data)


async def _page(request: web.Request, refusal: str, *, status: int = 200) -> web.Response:
    documents = await request.app[SERVICES].store.read(papers.documents)
    more: dict[str, Any] = {"documents": documents, "refusal": refusal, "most": papers.MOST}
    return await shell.html(request, "calendar_papers", "calendar", status=status, **more)


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("POST", PATH, shell.ROLES, attach, MOST),
    Row("POST", f"{PATH}/{{id}}/bo", shell.ROLES, remove),
)
