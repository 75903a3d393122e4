"""The addresses of one part: its page, and everything that can be done with it.

The one rule: a refusal shows the form again with everything that was typed.
"""

from datetime import date

from aiohttp import web
from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.store.models import AccountRole, Part
from zalobot.store.queries import public, work
from zalobot.store.queries.public_rows import Story
from zalobot.store.queries.work import Behind, WorkRow
from zalobot.tickets import adequacy, answering, explaining, handing, working
from zalobot.web import console
from zalobot.web.access import OFFICERS, WHO, Row
from zalobot.web.acting import onwards, part_code, perform, refused
from zalobot.web.flashes import Flash
from zalobot.web.officer.pages import PATH
from zalobot.web.officer.part import Form, part_page

ONE = f"{PATH}/{{code}}/{{number:\\d{{1,3}}}}"
FIELDS = ("conclusion", "text", "basis", "next_step", "contact")
MOST = 4000  # letters of a field

Seen = tuple[WorkRow, Story, Behind]


async def show(request: web.Request) -> web.Response:
    """The part."""
    return await _page(request, Form())


async def answer(request: web.Request) -> web.StreamResponse:
    """Send the answer; what it lacks is named first, unless it is to go all the same."""
    values = await _typed(request, *FIELDS)
    text = adequacy.compose(values["text"], values)
    if not values["text"].strip():
        return await _page(request, Form(values, checked=True, missing=("text",)), status=422)
    if not (await request.post()).get("du_thieu"):
        code, store = part_code(request), request.app[SERVICES].store
        alike = await store.read(_alike, code, text, request)
        missing = adequacy.missing(text)
        if missing or alike:
            return await _page(request, Form(values, True, missing, alike), status=422)
    return await _done(request, Form(values, checked=True), working.answer, text, done="tra-loi")


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask the business; the clock waits."""
    values = await _typed(request, "question")
    if len(values["question"].strip()) < explaining.AT_LEAST:
        return await _page(request, Form(values, refusal="question_short"), status=422)
    return await _done(request, Form(values), working.ask_business, values["question"].strip(), done="hoi")


async def decline(request: web.Request) -> web.StreamResponse:
    """Not ours: whose, and why."""
    values = await _typed(request, "owner", "reason")
    if len(values["reason"].strip()) < explaining.AT_LEAST:
        return await _page(request, Form(values, refusal="reason_short"), status=422)
    words = (values["owner"], values["reason"].strip())
    return await _done(request, Form(values), handing.decline, *words, done="khong-thuoc")


async def explain(request: web.Request) -> web.StreamResponse:
    """The head explains in public why it is late, and names a new date."""
    values = await _typed(request, "explanation", "new_date")
    try:
        day = date.fromisoformat(values["new_date"])
    except ValueError:
        return await _page(request, Form(values, refusal="date_unreadable"), status=422)
    return await _done(request, Form(values), explaining.explain, values["explanation"], day, done="giai-trinh")


async def _done(request: web.Request, form: Form, verb: object, *words: object, done: str) -> web.StreamResponse:
    code = part_code(request)
    try:
        await perform(request, verb, code, *words)  # type: ignore[arg-type]
    except Refused as refusal:
        kept = Form(form.values, form.checked, form.missing, form.alike, refused(refusal))
        return await _page(request, kept, status=409)
    return onwards(request, PATH, Flash("ok", done, code=code))


async def _typed(request: web.Request, *names: str) -> dict[str, str]:
    data = await request.post()
    return {name: str(data.get(name, ""))[:MOST].replace("\r\n", "\n") for name in names}


async def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    services, who = request.app[SERVICES], request[WHO].account
    seen = await services.store.read(_seen, request.match_info["code"], part_code(request))
    if seen is None or not may_read(seen[2], who.agency, who.role):
        raise web.HTTPNotFound
    page = part_page(*seen, who.agency, who.role, services.now(), services.province, form)
    return console.html(request, "consoles/officer/part", status=status, page=page)


def may_read(behind: Behind, agency: str, role: AccountRole) -> bool:
    """Whether somebody of this agency may read what is not public: it has a part, or is offered one."""
    return agency in behind.agencies or role in (AccountRole.COORDINATOR, AccountRole.ADMIN)


def _seen(session: Session, ticket_code: str, code: str) -> Seen | None:
    row, story = work.one(session, code), public.story(session, ticket_code)
    behind = work.behind(session, ticket_code)
    return (row, story, behind) if row and story and behind else None


def _alike(session: Session, code: str, text: str, request: web.Request) -> int:
    row = work.one(session, code)
    part = session.get(Part, row.id) if row else None
    return answering.alike(session, part, text, request.app[SERVICES].now()) if part else 0


ROWS = (
    Row("GET", ONE, OFFICERS, show),
    Row("POST", f"{ONE}/tra-loi", OFFICERS, answer),
    Row("POST", f"{ONE}/hoi", OFFICERS, ask),
    Row("POST", f"{ONE}/khong-thuoc", OFFICERS, decline),
    Row("POST", f"{ONE}/giai-trinh", OFFICERS, explain),
)
