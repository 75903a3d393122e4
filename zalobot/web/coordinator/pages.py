"""The addresses of the coordinator's page, and everything that can be done there.

The one rule: a refusal shows the page again with what was typed; what succeeds goes on to the next ticket.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from aiohttp import web
from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.province import Province
from zalobot.rules import Klass
from zalobot.services import SERVICES, Services
from zalobot.store.queries import triage as asked
from zalobot.store.queries import work
from zalobot.tickets import dropping, handing, merging, splitting, triage
from zalobot.tickets.dropping import Path
from zalobot.web import console
from zalobot.web.access import COORDINATORS, Row
from zalobot.web.acting import onwards, perform, refused, typed, within
from zalobot.web.coordinator.likeness import alike
from zalobot.web.coordinator.view import Desk, Form, in_hand, in_line
from zalobot.web.coordinator.waiting import dispute, wait
from zalobot.web.flashes import Flash

PATH = "/dieu-phoi"
ONE = f"{PATH}/{{code}}"
LIMITS = {"reason": 1000, "text": 20_000}  # letters of a field


async def desk(request: web.Request) -> web.Response:
    """What waits, and the ticket in hand."""
    return await _page(request, request.query.get("ma", "")[:32], Form())


async def confirm(request: web.Request) -> web.StreamResponse:
    """The agencies are right; on to the next."""
    return await _do(request, Form("confirm"), triage.confirm, done="xac-nhan", on=True)


async def add(request: web.Request) -> web.StreamResponse:
    """One more agency."""
    said = await typed(request, "agency")
    return await _do(request, Form("add", said), triage.add_part, said["agency"], done="them-phan")


async def change_class(request: web.Request) -> web.StreamResponse:
    """Simple or hard, with a public reason."""
    said = await typed(request, "klass", "reason")
    klass = Klass(said["klass"]) if said["klass"] in set(Klass) else Klass.HARD
    return await _do(request, Form("klass", said), triage.change_class, klass, said["reason"], done="doi-loai")


async def merge(request: web.Request) -> web.StreamResponse:
    """The same matter as another ticket."""
    said = await typed(request, "into", "reason")
    into = said["into"].strip().upper()
    return await _do(request, Form("merge", said), merging.merge, into, said["reason"], done="gop", on=True)


async def split(request: web.Request) -> web.StreamResponse:
    """Two matters in one report."""
    said = await typed(request, "text", "topic", "reason")
    data = await request.post()
    agencies = tuple(str(code) for code in data.getall("agencies", []))
    moving = tuple(int(str(number)) for number in data.getall("moving", []) if re.fullmatch(r"\d{1,4}", str(number)))
    form = Form("split", said, (*agencies, *(str(number) for number in moving)))
    words = (said["text"], said["topic"], agencies, said["reason"])
    return await _do(request, form, _splitting(moving), *words, done="tach")


async def decide(request: web.Request) -> web.StreamResponse:
    """Whose a part is: the final word, with a public reason."""
    said = await typed(request, "owner", "reason", "phan")
    number = said["phan"] if said["phan"].isdecimal() else "1"
    form, words = Form(f"decide-{number}", said), (said["owner"], said["reason"])
    return await _do(request, form, handing.decide, *words, done="quyet-dinh", number=number)


async def drop(request: web.Request) -> web.StreamResponse:
    """A part that is nobody's concern, with a public reason."""
    said = await typed(request, "reason", "phan")
    number = said["phan"] if said["phan"].isdecimal() else "1"
    return await _do(
        request, Form(f"drop-{number}", said), dropping.drop, said["reason"], done="bo-phan", number=number
    )


async def turn_away(request: web.Request) -> web.StreamResponse:
    """No matter for here: the way to where it belongs, and on to the next."""
    said = await typed(request, "way", "reason")
    if said["way"] not in set(Path):
        raise web.HTTPBadRequest(text="way")
    words = (Path(said["way"]), said["reason"])
    return await _do(request, Form("away", said), dropping.turn_away, *words, done="khong-mo", on=True)


def _splitting(moving: tuple[int, ...]) -> Callable[..., Any]:
    def verb(session: Session, *words: Any, **more: Any) -> Any:
        return splitting.split(session, *words, moving=moving, **more)

    return verb


async def _do(
    request: web.Request,
    form: Form,
    verb: Callable[..., Any],
    *words: Any,
    done: str,
    on: bool = False,
    number: str = "",
) -> web.StreamResponse:
    """Run a verb; `on`: go on to the next ticket, else stay at this one."""
    code = request.match_info["code"][:32]
    try:
        within(form.values, LIMITS)
        await perform(request, verb, f"{code}/{number}" if number else code, *words)
    except Refused as refusal:
        said = Form(form.name, form.values, form.chosen, refused(refusal))
        return await _page(request, code, said, status=409)
    following = await _next(request) if on else code
    way = f"{PATH}?ma={following}" if following else PATH
    return onwards(request, way, Flash("ok", done, code=code))


async def _next(request: web.Request) -> str:
    """The ticket that stood next on the screen, or '' (the first in line) where a colleague has sorted it meanwhile."""
    code = (await typed(request, "ke"))["ke"][:32]
    waits: bool = await request.app[SERVICES].store.read(asked.waits, code)
    return code if waits else ""


async def _page(request: web.Request, code: str, form: Form, *, status: int = 200) -> web.Response:
    services = request.app[SERVICES]
    page = await services.store.read(_shared_desk, services, code, services.now())
    if page is None:
        raise web.HTTPNotFound
    return console.html(request, "consoles/coordinator/desk", status=status, page=replace(page, form=form))


def _shared_desk(session: Session, services: Services, code: str, now: datetime) -> Desk | None:
    """News of one ticket wakes all coordinators at once: they see the same desk, but for what each of them typed."""
    here = services.province
    desk = services.desks.at(session, code, now, lambda: _desk(session, code, now, here), here)
    return cast(Desk | None, desk)


def _desk(session: Session, code: str, now: datetime, province: Province) -> Desk | None:
    """Everything the page shows, in at most twelve queries; None where the ticket named is none."""
    line = asked.unconfirmed(session)
    codes = [ticket.code for ticket in line]
    chosen = asked.one(session, code) if code and code not in codes else None
    chosen = chosen or next((ticket for ticket in line if ticket.code == code), None)
    if code and chosen is None:
        return None
    chosen = chosen or (line[0] if line else None)
    behind = work.behind(session, chosen.code) if chosen else None
    hand = None
    if chosen and behind:
        same = alike(behind.description, chosen.person_id, asked.others(session, chosen, now))
        hand = in_hand(chosen, behind, asked.parts(session, chosen.id), same, now, province)
    disputes, waits = asked.disputed(session), asked.waiting(session)
    refusals = asked.refusals(session, [*disputes, *waits])
    place = codes.index(chosen.code) if chosen and chosen.code in codes else -1
    return Desk(
        line=tuple(in_line(ticket, now, province) for ticket in line),
        hand=hand,
        place=place + 1,
        before=codes[place - 1] if place > 0 else "",
        after=codes[place + 1] if 0 <= place < len(codes) - 1 else "",
        disputes=tuple(dispute(part, refusals, now, province) for part in disputes),
        waits=tuple(wait(part, refusals, now, province) for part in waits),
        waiting=asked.count_waiting(session),
        agencies=tuple((one.code, one.name) for one in province.working_agencies.values()),
        topics=tuple((one.code, one.name) for one in province.topics.values()),
        form=Form(),
    )


ROWS = (
    Row("GET", PATH, COORDINATORS, desk),
    Row("POST", f"{ONE}/xac-nhan", COORDINATORS, confirm),
    Row("POST", f"{ONE}/them", COORDINATORS, add),
    Row("POST", f"{ONE}/loai", COORDINATORS, change_class),
    Row("POST", f"{ONE}/gop", COORDINATORS, merge),
    Row("POST", f"{ONE}/tach", COORDINATORS, split),
    Row("POST", f"{ONE}/bo", COORDINATORS, drop),
    Row("POST", f"{ONE}/khong-mo", COORDINATORS, turn_away),
    Row("POST", f"{ONE}/quyet-dinh", COORDINATORS, decide),
)
