"""All words as one file to keep, and a file of words to take in.

The one rule: what is taken in is shown first, and waits for a second person afterwards.
"""

from typing import Final

from aiohttp import web
from aiohttp.web import FileField
from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.studio import difference, files, versions
from zalobot.studio.files import Changed
from zalobot.web.access import Row
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import perform
from zalobot.web.operator.wording import PATH
from zalobot.web.operator.wording_review import WAITING

FILES: Final = f"{PATH}/tep"
MOST: Final = 2_000_000  # bytes of an upload


async def show(request: web.Request) -> web.StreamResponse:
    """Both ways."""
    return await _page(request)


async def download(request: web.Request) -> web.StreamResponse:
    """Every text as it is in use."""
    data = await request.app[SERVICES].store.read(files.packed)
    headers = {"Content-Disposition": 'attachment; filename="loi-nhan.zip"'}
    return web.Response(body=data, content_type="application/zip", headers=headers)


async def upload(request: web.Request) -> web.StreamResponse:
    """See what a file would change; or, where that is confirmed, let it wait for a second person."""
    form, store = await request.post(), request.app[SERVICES].store
    why = str(form.get("ly_do", ""))
    try:
        data = _sent(form.get("tep"))
        found = await store.read(_changes, data)
        if form.get("chi_xem"):
            return await _page(request, found=found)
        await perform(request, files.take_in, found, why)
    except Refused as refusal:
        return await _page(request, refusal=refused(refusal), status=422)
    return onwards(request, WAITING, Flash("ok", "nhan-tep"))


def _sent(field: object) -> bytes:
    """What was uploaded; nothing where no file was."""
    if not isinstance(field, FileField):
        return b""
    with field.file as file:
        return file.read()


def _changes(session: Session, data: bytes) -> list[Changed]:
    return files.changes(session, files.unpacked(data, versions.words_of(session)))


async def _page(
    request: web.Request, *, found: list[Changed] | None = None, refusal: str = "", status: int = 200
) -> web.StreamResponse:
    seen = None if found is None else [(one, difference.between(one.before, one.text)) for one in found]
    return await shell.html(request, "wording_files", "wording", status=status, found=seen, refusal=refusal)


ROWS = (
    Row("GET", FILES, shell.ROLES, show),
    Row("GET", f"{FILES}/loi-nhan.zip", shell.ROLES, download),
    Row("POST", FILES, shell.ROLES, upload, MOST),
)
