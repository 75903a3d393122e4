"""One ticket as a leader sees it, and the direction (chỉ đạo) given there.

The one rule: of what the business wrote it shows what the public page shows; what is more are the names of who holds
a part, and the directions, of a head's own agency only.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.province import Province
from zalobot.services import SERVICES
from zalobot.store.models import Account, AccountRole
from zalobot.store.queries import leading, stories
from zalobot.store.queries.leading import Held
from zalobot.tickets import directing, life
from zalobot.tickets.directing import Direction
from zalobot.web import console
from zalobot.web.access import LEADERS, WHO, Row
from zalobot.web.acting import onwards, part_code, perform, refused, typed
from zalobot.web.flashes import Flash
from zalobot.web.leader.pages import PATH, own_agency
from zalobot.web.public_view import TicketPage, ticket_page

DIRECTORS = frozenset({AccountRole.LEADER, AccountRole.HEAD})


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed about which part, and why it was refused."""

    number: int = 0
    text: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class LeaderTicket:
    """What `consoles/leader/ticket.html` shows. `able` are the numbers of the parts that may be directed."""

    ticket: TicketPage
    held: dict[int, Held]
    directions: dict[int, list[Direction]]
    able: frozenset[int]
    form: Form = field(default_factory=Form)


async def show(request: web.Request) -> web.Response:
    """The ticket with its parts, its history and the directions."""
    return await _page(request, Form())


async def direct(request: web.Request) -> web.StreamResponse:
    """Give a direction; what is refused keeps what was typed."""
    code, number = part_code(request), int(request.match_info["number"][:4])
    text = (await typed(request, "noi_dung"))["noi_dung"]
    try:
        await perform(request, directing.direct, code, text)
    except Refused as refusal:
        return await _page(request, Form(number, text, refused(refusal)), status=409)
    way = f"{PATH}/{request.match_info['code']}#phan-{number}"
    return onwards(request, way, Flash("ok", "chi-dao", code=code))


async def _page(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    services, who = request.app[SERVICES], request[WHO].account
    read = services.store.read
    page = await read(_ticket, request.match_info["code"], who, services.now(), services.province)
    if page is None:
        raise web.HTTPNotFound
    return console.html(request, "consoles/leader/ticket", status=status, page=replace(page, form=form))


def _ticket(session: Session, code: str, who: Account, now: datetime, province: Province) -> LeaderTicket | None:
    story = stories.story(session, code)
    if story is None:
        return None
    own = own_agency(who)
    held = {part.number: part for part in leading.held(session, code) if own in ("", part.agency)}
    said: dict[int, list[Direction]] = {}
    for one in directing.of_ticket(session, story.ticket.id):
        if one.part_number in held:
            said.setdefault(one.part_number, []).append(one)
    open_ = frozenset(number for number, part in held.items() if part.state in life.OPEN)
    return LeaderTicket(ticket_page(story, now, province), held, said, open_ if who.role in DIRECTORS else frozenset())


ROWS = (
    Row("GET", f"{PATH}/{{code:[A-Z]+-\\d+-\\d+}}", LEADERS, show),
    Row("POST", f"{PATH}/{{code:[A-Z]+-\\d+-\\d+}}/{{number:\\d+}}/chi-dao", DIRECTORS, direct),
)
