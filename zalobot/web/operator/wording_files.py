"""All words as one file to keep, and a file of words to take in.

The one rule: a file that comes is only looked at, text by text; of what is in order whoever sent it chooses what waits
for a second person. Between the two the file goes along in the page, so that both look at the same bytes.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web
from aiohttp.web import FileField
from sqlmodel import Session

from zalobot import templating
from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.store.models import Account
from zalobot.studio import difference, files, reading, versions
from zalobot.studio.difference import Line
from zalobot.studio.files import Changed
from zalobot.studio.reading import Wrong
from zalobot.web.access import WHO, Row
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import perform
from zalobot.web.operator.wording import PATH
from zalobot.web.operator.wording_review import WAITING

FILES: Final = f"{PATH}/tep"
MOST: Final = 2_000_000  # bytes of an upload
MOST_AGAIN: Final = MOST * 4 // 3 + 200_000  # the same, as letters, with what was chosen


@dataclass(frozen=True, slots=True)
class Shown:
    """A text of the file: where it stands there, what it changes, what is said about it, whether it is chosen."""

    place: str
    one: Changed
    lines: tuple[Line, ...]
    told: tuple[tuple[str, str], ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A file that was looked at: `good` can be taken in, `bad` not as it stands, `wrong` is no text; `same` changes
    nothing. `data` is the file, in letters."""

    data: str
    good: tuple[Shown, ...]
    bad: tuple[Shown, ...]
    wrong: tuple[tuple[str, Wrong], ...]
    same: int


async def show(request: web.Request) -> web.StreamResponse:
    """Both ways."""
    return await _page(request)


async def download(request: web.Request) -> web.StreamResponse:
    """Every text as it is in use."""
    data = await request.app[SERVICES].store.read(files.packed)
    headers = {"Content-Disposition": 'attachment; filename="loi-nhan.zip"'}
    return web.Response(body=data, content_type="application/zip", headers=headers)


async def upload(request: web.Request) -> web.StreamResponse:
    """See what a file would change; or let those of its texts that were chosen wait for a second person."""
    form, store, account_id = await request.post(), request.app[SERVICES].store, request[WHO].account.id
    why, chosen, look = str(form.get("ly_do", "")), [str(place) for place in form.getall("nhan", [])], None
    try:
        data = await _sent(request)
        look = await store.read(_look, data, account_id, None if "tep" in form else frozenset(chosen))
        if "tep" in form:
            return await _page(request, look, why=why, status=200 if look.good or not (look.bad or look.wrong) else 422)
        await perform(request, _take_in, data, chosen, why)
    except Refused as refusal:
        return await _page(request, look, why=why, refusal=refused(refusal), status=422)
    return onwards(request, WAITING, Flash("ok", "nhan-tep"))


async def _sent(request: web.Request) -> bytes:
    """What was uploaded, or what goes along in the page; nothing where neither is there."""
    form = await request.post()
    field = form.get("tep")
    if isinstance(field, FileField):
        with field.file as file:
            return file.read()
    try:
        return base64.b64decode(str(form.get("bo", "")), validate=True)
    except ValueError:
        raise Refused("files_unreadable") from None


def _look(session: Session, data: bytes, account_id: str, chosen: frozenset[str] | None) -> Look:
    """`chosen` is None where nobody has chosen yet: then all that can be taken in is."""
    words = versions.words_of(session)
    sent = reading.archive(data, words)
    found = files.changes(session, sent.texts, session.get_one(Account, account_id))
    shown = [_shown(one, words, chosen) for one in found]
    return Look(
        data=base64.b64encode(data).decode(),
        good=tuple(one for one in shown if one.one.takeable),
        bad=tuple(one for one in shown if not one.one.takeable),
        wrong=sent.wrong,
        same=len(sent.texts) - len(found),
    )


def _shown(one: Changed, words: templating.Wording, chosen: frozenset[str] | None) -> Shown:
    place = reading.place(one.name, one.language)
    told = tuple((str(finding.kind), templating.words(finding, words)) for finding in one.findings)
    return Shown(place, one, tuple(difference.between(one.before, one.text)), told, chosen is None or place in chosen)


def _take_in(session: Session, data: bytes, chosen: Sequence[str], why: str, now: datetime, *, by: Account) -> str:
    """Take in the texts at these places of the file. Raises what `files.take_in` does, and Refused: files_none."""
    texts = reading.archive(data, versions.words_of(session)).texts
    wanted = {key: text for key, text in texts.items() if reading.place(key[1], key[0]) in set(chosen)}
    if not wanted:
        raise Refused("files_none")
    return files.take_in(session, files.changes(session, wanted, by), why, now, by=by)


async def _page(
    request: web.Request, look: Look | None = None, *, why: str = "", refusal: str = "", status: int = 200
) -> web.StreamResponse:
    return await shell.html(request, "wording_files", "wording", status=status, look=look, why=why, refusal=refusal)


ROWS = (
    Row("GET", FILES, shell.ROLES, show),
    Row("GET", f"{FILES}/loi-nhan.zip", shell.ROLES, download),
    Row("POST", FILES, shell.ROLES, upload, MOST_AGAIN),
)
