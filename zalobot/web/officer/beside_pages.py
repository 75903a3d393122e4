"""What an officer does beside answering: drafts that save themselves, notes, giving to a colleague, kept answers.

The one rule: none of it is public, and none of it loses what stands in the form.
"""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.store.models import Account, Officer
from zalobot.store.queries import work
from zalobot.tickets import at_desk, colleagues, saved_answers
from zalobot.tickets.saved_answers import Kept
from zalobot.web import console
from zalobot.web.access import OFFICERS, WHO, Row
from zalobot.web.acting import onwards, part_code, perform, refused, typed, within
from zalobot.web.flashes import Flash
from zalobot.web.officer.pages import PATH
from zalobot.web.officer.part import Form
from zalobot.web.officer.part_pages import FIELDS, KEPT, LIMITS, NOTED, ONE, done, keep, page

SAVED = f"{PATH}/mau"


async def save(request: web.Request) -> web.Response:
    """Keep what is typed, and say who else is here: what the page's script asks every few seconds."""
    services, who, now = request.app[SERVICES], request[WHO].account, request.app[SERVICES].now()
    sent = await request.post()
    values = {name: text for name, text in (await typed(request, *KEPT)).items() if name in sent}
    code = part_code(request)
    mark = str(sent["nhap"])[:16] if "nhap" in sent else None
    if not await services.store.run(keep, code, values, who, now, mark=mark):
        raise web.HTTPNotFound
    draft, beside = await services.store.read(_beside, code, who, now)
    return console.html(request, "consoles/officer/_beside", draft=draft, beside=beside)


async def note(request: web.Request) -> web.StreamResponse:
    """A note for the colleagues, perhaps asking one of them."""
    values = await typed(request, *NOTED, "asked")
    form, back = Form({"note": values["note"]}), f"{PATH}/{part_code(request)}#ghi-chu"
    return await done(request, form, _note, values["note"], values["asked"], flash="ghi-chu", back=back)


async def reassign(request: web.Request) -> web.StreamResponse:
    """The part goes to a colleague; what was typed here stays this officer's own draft."""
    values = await typed(request, "colleague")
    back = f"{PATH}/{part_code(request)}"
    return await done(request, Form(), colleagues.reassign, values["colleague"], flash="giao", back=back)


async def insert(request: web.Request) -> web.StreamResponse:
    """Put a kept answer, or one given before, into the form: after what is typed, and where nothing is."""
    values, wanted = await typed(request, *FIELDS), str((await request.post()).get("chen", ""))[:26]
    services, who = request.app[SERVICES], request[WHO].account
    found = await services.store.read(_kept, request.match_info["code"], part_code(request), wanted, who)
    return await page(request, Form(_joined(values, found.fields) if found else values))


async def save_as(request: web.Request) -> web.StreamResponse:
    """Keep what stands in the form as an answer of the agency."""
    values = await typed(request, *FIELDS, "title")
    title = values.pop("title")
    try:
        await perform(request, _save, title, values)
    except Refused as refusal:
        return await page(request, Form(values, refusal=_unsaved(refusal)), status=422)
    back = f"{PATH}/{part_code(request)}"
    await request.app[SERVICES].store.run(keep, part_code(request), values, request[WHO].account, _now(request))
    return onwards(request, back, Flash("ok", "luu-mau"))


async def saved(request: web.Request) -> web.Response:
    """The answers the agency keeps."""
    return await _saved(request, {})


async def add_saved(request: web.Request) -> web.StreamResponse:
    """One more."""
    values = await typed(request, *FIELDS, "title")
    try:
        await perform(request, _save, values["title"], {name: values[name] for name in FIELDS})
    except Refused as refusal:
        return await _saved(request, values, _unsaved(refusal), status=422)
    return onwards(request, SAVED, Flash("ok", "luu-mau"))


async def drop_saved(request: web.Request) -> web.StreamResponse:
    """One less."""
    try:
        await perform(request, saved_answers.remove, (await typed(request, "mau"))["mau"][:26])
    except Refused as refusal:
        return onwards(request, SAVED, Flash("late", text=refused(refusal)))
    return onwards(request, SAVED, Flash("ok", "bo-mau"))


def _unsaved(refusal: Refused) -> str:
    return "saved_lacks" if refusal.reason == "reason_missing" else refused(refusal)


async def _saved(
    request: web.Request, values: Mapping[str, str], refusal: str = "", *, status: int = 200
) -> web.Response:
    services, who = request.app[SERVICES], request[WHO].account
    listed = await services.store.read(saved_answers.of_agency, who.agency)
    return console.html(request, "consoles/officer/saved", status=status, saved=listed, values=values, refusal=refusal)


def _save(session: Session, title: str, fields: Mapping[str, str], officer: Officer, now: Any, **_seen: int) -> object:
    within(fields, LIMITS)
    return saved_answers.save(session, title, fields, officer, now)


def _note(session: Session, code: str, text: str, asked: str, officer: Officer, now: Any, **_seen: int) -> object:
    return colleagues.note(session, code, text, asked, officer, now)


def _beside(session: Session, code: str, who: Account, now: Any) -> tuple[at_desk.Draft | None, list[at_desk.Beside]]:
    row, me = work.one(session, code), who.officer_id or ""
    if row is None:
        return None, []
    return at_desk.draft(session, row.id, me), at_desk.beside(session, row.id, me, now)


def _kept(session: Session, ticket_code: str, code: str, wanted: str, who: Account) -> Kept | None:
    row, behind = work.one(session, code), work.behind(session, ticket_code)
    if row is None or behind is None:
        return None
    before = saved_answers.answered_before(session, behind.ticket_id, behind.description, row.topic)
    known = {one.id: one for one in (*saved_answers.of_agency(session, who.agency), *before)}
    return known.get(wanted)


def _joined(values: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    more = {name: text for name, text in kept.items() if name in FIELDS and not values.get(name, "").strip()}
    text = "\n\n".join(piece for piece in (values["text"].strip(), kept.get("text", "")) if piece)
    return {**values, **more, "text": text}


def _now(request: web.Request) -> Any:
    return request.app[SERVICES].now()


ROWS = (
    Row("GET", SAVED, OFFICERS, saved),
    Row("POST", SAVED, OFFICERS, add_saved),
    Row("POST", f"{SAVED}/bo", OFFICERS, drop_saved),
    Row("POST", f"{ONE}/nhap", OFFICERS, save),
    Row("POST", f"{ONE}/ghi-chu", OFFICERS, note),
    Row("POST", f"{ONE}/giao", OFFICERS, reassign),
    Row("POST", f"{ONE}/chen", OFFICERS, insert),
    Row("POST", f"{ONE}/luu-mau", OFFICERS, save_as),
)
