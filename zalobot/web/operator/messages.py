"""Messages that reached nobody: why, what to do, another try, or settled otherwise.

The one rule: a message that may have arrived is sent again only from its own page, where that is said.
"""

from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot.channels import undelivered
from zalobot.channels.undelivered import Undelivered
from zalobot.flows import contact
from zalobot.province import Province
from zalobot.services import SERVICES
from zalobot.store.models import OutboxState
from zalobot.store.queries.operating import Wanting
from zalobot.web.access import Row
from zalobot.web.operator import shell
from zalobot.web.operator.acts import act, typed
from zalobot.web.operator.reasons import Reason, why
from zalobot.web.public_view import agency_name
from zalobot.zalo.messages import Outgoing

PATH = f"{shell.PATH}/tin-nhan"
PAGE = 50
ORDER = (OutboxState.FAILED, OutboxState.UNCLEAR, OutboxState.WAITING)


@dataclass(frozen=True, slots=True)
class Item:
    """A message as the pages show it. `phone` is what its person can be called by, "" where nothing is known."""

    row: Undelivered
    why: Reason
    agency: str
    said: Outgoing
    phone: str


async def show(request: web.Request) -> web.Response:
    """The list in one state; the first that has any."""
    services = request.app[SERVICES]
    wants = await shell.wanting(request)
    wanted, about = request.query.get("loc", ""), request.query.get("ma", "").strip()
    state = OutboxState(wanted) if wanted in set(ORDER) else _first(wants)
    code = contact.ticket_code(about).partition("/")[0] if about else ""
    rows: list[Undelivered] = []
    if not about or code:
        rows = await services.store.read(_page, state, request.query.get("sau", "")[:26], code)
    things: dict[str, Any] = {
        "items": [_item(row, services.province) for row in rows[:PAGE]],
        "state": state,
        "after": rows[PAGE - 1].id if len(rows) > PAGE else "",
        "begun": bool(request.query.get("sau")),
        "about": about,
        "counts": {
            OutboxState.FAILED: wants.failed,
            OutboxState.UNCLEAR: wants.unclear,
            OutboxState.WAITING: wants.waiting,
        },
        "in_doubt": await services.store.read(undelivered.in_doubt),
    }
    return await shell.html(request, "messages", "messages", wants=wants, **things)


async def one(request: web.Request) -> web.Response:
    """A message with its words, what was tried, and what can be done."""
    return await _one(request, {}, "")


async def retry(request: web.Request) -> web.StreamResponse:
    """Send it again."""
    values = await typed(request, "loc", "chap_nhan")
    more = {"even_if_arrived": values["chap_nhan"] == "1"}
    return await act(request, undelivered.retry, _key(request), done="gui-lai", back=_back(values["loc"]), **more)


async def resolve(request: web.Request) -> web.StreamResponse:
    """It was settled otherwise: how, and a note."""
    values = await typed(request, "cach", "ghi_chu", "loc", most=300)
    if values["cach"] not in HOW or len(values["ghi_chu"]) < 3:
        return await _one(request, values, "note", status=422)
    note = f"{values['cach']}: {values['ghi_chu']}"
    return await act(request, undelivered.resolve, _key(request), note, done="da-xu-ly", back=_back(values["loc"]))


HOW = ("phone", "visit", "letter", "pointless")
"""How a message was settled without being sent; the words stand in the template."""


async def _one(request: web.Request, values: dict[str, str], fault: str, *, status: int = 200) -> web.Response:
    services = request.app[SERVICES]
    row = await services.store.read(undelivered.one, _key(request))
    if row is None:
        return await shell.html(request, "gone", "messages", status=404, back=PATH)
    item = _item(row, services.province)
    return await shell.html(
        request, "message", "messages", status=status, item=item, values=values, fault=fault, how=HOW
    )


def _page(session: Session, state: OutboxState, after: str, code: str) -> list[Undelivered]:
    return undelivered.page(session, state, after=after, ticket=code, limit=PAGE + 1)


def _item(row: Undelivered, province: Province) -> Item:
    agency = agency_name(province, row.agency) if row.agency else ""
    return Item(row, why(row), agency, Outgoing.from_json(row.body or {}), contact.phone(row.contact))


def _first(wants: Wanting) -> OutboxState:
    there = _counts(wants)
    return next((state for state in ORDER if there[state]), OutboxState.FAILED)


def _counts(wants: Wanting) -> dict[OutboxState, int]:
    return {OutboxState.FAILED: wants.failed, OutboxState.UNCLEAR: wants.unclear, OutboxState.WAITING: wants.waiting}


def _key(request: web.Request) -> str:
    return str(request.match_info["key"])


def _back(state: str) -> str:
    return f"{PATH}?loc={state}" if state in set(ORDER) else PATH


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("GET", f"{PATH}/{{key}}", shell.ROLES, one),
    Row("POST", f"{PATH}/{{key}}/gui-lai", shell.ROLES, retry),
    Row("POST", f"{PATH}/{{key}}/xong", shell.ROLES, resolve),
)
