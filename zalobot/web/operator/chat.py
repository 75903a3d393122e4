"""Live chat with a person from the console: who waits, the conversation, taking it over and giving it back.

The one rule: what Zalo will not carry is said before anybody types, and what was typed is never lost by a refusal.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot.channels.choosing import CHAT
from zalobot.errors import Refused
from zalobot.operating import chats, transcripts
from zalobot.operating.transcripts import About, Line
from zalobot.services import SERVICES, Services
from zalobot.store.models import Channel, LiveChat
from zalobot.store.queries import chats as lists
from zalobot.store.queries.chats import Waiting
from zalobot.web import handed
from zalobot.web.access import COORDINATORS, WHO, Row
from zalobot.web.acting import refused
from zalobot.web.operator import shell
from zalobot.web.operator.acts import act, perform, typed
from zalobot.web.operator.reasons import Reason, wording

PATH = f"{shell.PATH}/truc"
ROLES = shell.ROLES | COORDINATORS


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation as its page shows it. `mine`: who looks holds it; `holder` is the colleague who does, or "".

    `in_zalo`: somebody talks to them in Zalo's own inbox. `closed`: why nothing can be sent now; `paid`: it costs.
    `mark` is what the stream goes on from.
    """

    about: About
    lines: tuple[Line, ...]
    asked_at: datetime | None
    mine: bool
    holder: str
    held_since: datetime | None
    in_zalo: bool
    closed: Reason | None
    paid: bool
    version: int
    mark: str


async def show(request: web.Request) -> web.Response:
    """Who waits for a human, and who is talked to."""
    services = request.app[SERVICES]
    waiting, mark = await services.store.read(_list, services.now())
    return await shell.html(request, "chats", "chat", waiting=waiting, mark=mark)


async def one(request: web.Request) -> web.Response:
    """A conversation."""
    return await _page(request, "", "")


async def take(request: web.Request) -> web.StreamResponse:
    """Take it over; from a colleague only by the button that says so."""
    from_colleague = "thay" in await request.post()
    return await act(
        request, chats.take, _person(request), done="tiep-nhan", back=_way(request), from_colleague=from_colleague
    )


async def say(request: web.Request) -> web.StreamResponse:
    """Say something as the office."""
    text = (await typed(request, "loi", most=20_000))["loi"]
    may_pay = request.app[SERVICES].settings.paid_messages
    try:
        await perform(request, chats.say, _person(request), text, may_pay=may_pay)
    except Refused as refusal:
        return await _page(request, text, refused(refusal), status=409)
    raise web.HTTPSeeOther(f"{_way(request)}#loi")


async def give_back(request: web.Request) -> web.StreamResponse:
    """Let the bot speak again."""
    return await act(request, chats.give_back, _person(request), done="tra-lai", back=PATH)


async def dismiss(request: web.Request) -> web.StreamResponse:
    """They wait no longer."""
    return await act(request, chats.dismiss, _person(request), done="khong-cho", back=PATH)


async def _page(request: web.Request, text: str, refusal: str, *, status: int = 200) -> web.Response:
    services, person = request.app[SERVICES], _person(request)
    chat, waiting = await services.store.read(_read, services, person, request[WHO].account.id, services.now())
    if chat is None:
        return await shell.html(request, "gone", "chat", status=404, back=PATH)
    things: dict[str, Any] = {"chat": chat, "waiting": waiting, "chosen": person, "text": text, "refusal": refusal}
    return await shell.html(request, "chat", "chat", status=status, **things)


def _read(
    session: Session, services: Services, person: str, me: str, now: datetime
) -> tuple[Chat | None, list[Waiting]]:
    mark, about = transcripts.mark(session, person), transcripts.about(session, person)
    if about is None:
        return None, []
    row = session.get(LiveChat, person)
    holder = chats.holding(session, row, now)
    way = chats.way(session, person, now, may_pay=services.settings.paid_messages)
    why = way.passed[0].why if way.channel not in CHAT and way.passed else None
    chat = Chat(
        about=about,
        lines=tuple(transcripts.lines(session, person, services.settings.zalo_oa_id)),
        asked_at=row.asked_at if row else None,
        mine=holder == me,
        holder="" if holder in (None, me) else chats.name_of(session, holder),
        held_since=row.held_since if row and holder else None,
        in_zalo=holder is None and about.staff_until is not None and about.staff_until > now,
        closed=Reason(**wording()["why"][why or "unknown"]) if way.channel not in CHAT else None,
        paid=way.channel is Channel.CS_PAID,
        version=row.version if row else 0,
        mark=mark,
    )
    return chat, lists.listed(session, now)


def _list(session: Session, now: datetime) -> tuple[list[Waiting], str]:
    return lists.listed(session, now), transcripts.mark(session, "")


async def file(request: web.Request) -> web.StreamResponse:
    """Something this person sent, to whoever may talk to them."""
    services = request.app[SERVICES]
    row = await services.store.read(transcripts.file, _person(request), request.match_info["key"][:26])
    if row is None:
        raise web.HTTPNotFound
    return handed.file(services, row.sha256, row.name, row.content_type)


def _person(request: web.Request) -> str:
    return str(request.match_info["person"])


def _way(request: web.Request) -> str:
    return f"{PATH}/{_person(request)}"


ROWS = (
    Row("GET", PATH, ROLES, show),
    Row("GET", f"{PATH}/{{person}}", ROLES, one),
    Row("GET", f"{PATH}/{{person}}/tep/{{key}}", ROLES, file),
    Row("POST", f"{PATH}/{{person}}/tiep-nhan", ROLES, take),
    Row("POST", f"{PATH}/{{person}}/noi", ROLES, say),
    Row("POST", f"{PATH}/{{person}}/tra-lai", ROLES, give_back),
    Row("POST", f"{PATH}/{{person}}/khong-cho", ROLES, dismiss),
)
