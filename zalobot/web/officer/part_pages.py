"""The addresses of one part: its page, and everything that is said of it to others.

The one rule: a refusal shows the form again with everything that was typed, and what was typed is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.store.models import Account, AccountRole, EventKind, Part
from zalobot.store.queries import stories, work
from zalobot.store.queries.public_rows import Story
from zalobot.store.queries.work import Behind, WorkRow
from zalobot.tickets import (
    adequacy,
    answering,
    at_desk,
    colleagues,
    directing,
    explaining,
    handing,
    saved_answers,
    working,
)
from zalobot.tickets.life import OPEN
from zalobot.web import console
from zalobot.web.access import OFFICERS, WHO, Row
from zalobot.web.acting import onwards, part_code, perform, refused, typed, within
from zalobot.web.flashes import Flash
from zalobot.web.officer.pages import PATH
from zalobot.web.officer.part import AtDesk, Form, part_page

ONE = f"{PATH}/{{code}}/{{number:\\d+}}"
FIELDS = ("conclusion", "text", "basis", "next_step", "contact")
ASKED, NOT_OURS, EXPLAINED, NOTED = ("question",), ("owner", "reason"), ("explanation", "new_date"), ("note",)
KEPT = (*FIELDS, *ASKED, *NOT_OURS, *EXPLAINED, *NOTED)  # what a draft holds
_WORDS = ("question", "reason", "explanation", "note")
LIMITS = {"text": 4000} | dict.fromkeys(FIELDS[2:], 1000) | dict.fromkeys(_WORDS, 2000)  # letters

Seen = tuple[WorkRow, Story, Behind, AtDesk]


async def show(request: web.Request) -> web.Response:
    """The part, with what was typed the last time."""
    return await page(request, Form())


async def answer(request: web.Request) -> web.StreamResponse:
    """Send the answer; what it lacks is named first, unless it is to go all the same."""
    values = await typed(request, *FIELDS)
    text = adequacy.compose(values["text"], values)
    if not values["text"].strip():
        return await page(request, Form(values, checked=True, missing=("text",)), status=422)
    try:
        within(values, LIMITS)
    except Refused as refusal:
        return await page(request, Form(values, refusal=refused(refusal)), status=422)
    if not (await request.post()).get("du_thieu"):
        code, store = part_code(request), request.app[SERVICES].store
        alike = await store.read(_alike, code, text, request.app[SERVICES].now())
        missing = adequacy.missing(text)
        if missing or alike:
            return await page(request, Form(values, True, missing, alike), status=422)
    return await done(request, Form(values, checked=True), working.answer, text, flash="tra-loi")


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask the business; the clock waits."""
    values = await typed(request, *ASKED)
    if len(values["question"].strip()) < explaining.AT_LEAST:
        return await page(request, Form(values, refusal="question_short"), status=422)
    return await done(request, Form(values), working.ask_business, values["question"].strip(), flash="hoi")


async def decline(request: web.Request) -> web.StreamResponse:
    """Not ours: whose, and why."""
    values = await typed(request, *NOT_OURS)
    if len(values["reason"].strip()) < explaining.AT_LEAST:
        return await page(request, Form(values, refusal="reason_short"), status=422)
    words = (values["owner"], values["reason"].strip())
    return await done(request, Form(values), handing.decline, *words, flash="khong-thuoc")


async def explain(request: web.Request) -> web.StreamResponse:
    """The head explains in public why it is late, and names a new date."""
    values = await typed(request, *EXPLAINED)
    try:
        day = date.fromisoformat(values["new_date"])
    except ValueError:
        return await page(request, Form(values, refusal="date_unreadable"), status=422)
    return await done(request, Form(values), explaining.explain, values["explanation"], day, flash="giai-trinh")


async def done(
    request: web.Request, form: Form, verb: Callable[..., Any], *words: object, flash: str, back: str = PATH
) -> web.StreamResponse:
    """Do it and go `back`; what was sent is no draft any more. A refusal shows the page with what was typed."""
    code = part_code(request)
    try:
        within(form.values, LIMITS)
        await perform(request, _and_forget(verb, tuple(form.values)), code, *words)
    except Refused as refusal:
        return await page(request, replace(form, refusal=refused(refusal)), status=409)
    return onwards(request, back, Flash("ok", flash, code=code))


async def page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    """The page of the part in the address, with what is typed (kept as the draft) or was typed before."""
    services, who = request.app[SERVICES], request[WHO].account
    code, now = part_code(request), services.now()
    await services.store.run(keep, code, form.values, who, now, too_late=bool(form.refusal))
    seen = await services.store.read(_seen, request.match_info["code"], code, who, now)
    if seen is None or not may_read(seen[2], who.agency, who.role):
        raise web.HTTPNotFound
    row, story, behind, desk = seen
    form = replace(form, values={**(desk.draft.fields if desk.draft else {}), **form.values})
    about = (who.agency, who.role, now, services.province)
    shown = part_page(row, story, behind, *about, form, desk, who.officer_id or "")
    return console.html(request, "consoles/officer/part", status=status, page=shown)


def may_read(behind: Behind, agency: str, role: AccountRole) -> bool:
    """Whether somebody of this agency may read what is not public: it has a part, or is offered one."""
    return agency in behind.agencies or role in (AccountRole.COORDINATOR, AccountRole.ADMIN)


def keep(
    session: Session,
    code: str,
    values: Mapping[str, str],
    who: Account,
    now: datetime,
    *,
    too_late: bool = False,
    mark: str | None = None,
) -> bool:
    """Note that this officer has the part open and keep what is typed beside what was; False for no part of theirs.

    `mark` is the state of the draft that the page knows. Once a part is over nothing more is kept of it, but for what
    came `too_late`: somebody else was quicker.
    """
    row = work.one(session, code)
    if row is None or not who.officer_id or who.agency not in (row.agency, row.declined_to):
        return False
    at_desk.be_here(session, row.id, who.officer_id, now)
    if values and (too_late or row.state in OPEN):
        before = at_desk.draft(session, row.id, who.officer_id)
        kept = at_desk.merged(before, values, mark)
        if before is None or kept != dict(before.fields):
            at_desk.save_draft(session, row.id, who.officer_id, kept, now)
    return True


def _and_forget(verb: Callable[..., Any], names: tuple[str, ...]) -> Callable[..., Any]:
    def both(session: Session, code: str, *words: Any, **more: Any) -> Any:
        result = verb(session, code, *words, **more)
        officer, now = words[-2:]
        if row := work.one(session, code):
            at_desk.forget(session, row.id, officer.id, names, now)
        return result

    return both


def _seen(session: Session, ticket_code: str, code: str, who: Account, now: datetime) -> Seen | None:
    row, story = work.one(session, code), stories.story(session, ticket_code)
    behind = work.behind(session, ticket_code)
    if row is None or story is None or behind is None:
        return None
    return row, story, behind, _desk(session, row, story, behind, who, now)


def _desk(session: Session, row: WorkRow, story: Story, behind: Behind, who: Account, now: datetime) -> AtDesk:
    me = who.officer_id or ""
    there_are = any(event.kind == EventKind.DIRECTED for event in story.events)
    said = directing.of_ticket(session, behind.ticket_id) if there_are else ()
    return AtDesk(
        draft=at_desk.draft(session, row.id, me),
        beside=tuple(at_desk.beside(session, row.id, me, now)),
        notes=tuple(colleagues.notes(session, row.id, who.agency)),
        colleagues=tuple(one for one in colleagues.of_agency(session, who.agency) if one[0] != me),
        saved=tuple(saved_answers.of_agency(session, who.agency)),
        directions=tuple(one for one in said if one.part_number == row.number),
        before=tuple(saved_answers.answered_before(session, behind.ticket_id, behind.description, row.topic)),
    )


def _alike(session: Session, code: str, text: str, now: datetime) -> int:
    row = work.one(session, code)
    part = session.get(Part, row.id) if row else None
    return answering.alike(session, part, text, now) if part else 0


ROWS = (
    Row("GET", ONE, OFFICERS, show),
    Row("POST", f"{ONE}/tra-loi", OFFICERS, answer),
    Row("POST", f"{ONE}/hoi", OFFICERS, ask),
    Row("POST", f"{ONE}/khong-thuoc", OFFICERS, decline),
    Row("POST", f"{ONE}/giai-trinh", OFFICERS, explain),
)
