"""Agencies: what they are called, what they have, and the succession of one by another."""

from datetime import date
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot import reference
from zalobot.errors import Refused
from zalobot.operating import reference_rows, staff
from zalobot.operating.reference_rows import AgencyEdit, Weight
from zalobot.operating.staff import Member
from zalobot.services import SERVICES, Services
from zalobot.store.models import Agency
from zalobot.web.access import Row
from zalobot.web.acting import onwards, refused
from zalobot.web.filters import local
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import perform, rearrange, typed

PATH = f"{shell.PATH}/co-quan"
FIELDS = ("name", "short", "aliases", "note")


async def show(request: web.Request) -> web.Response:
    """All agencies, those that work before those that were succeeded."""
    return await _list(request, {}, "")


async def _list(request: web.Request, values: dict[str, str], refusal: str, *, status: int = 200) -> web.Response:
    services = request.app[SERVICES]
    weights = await services.store.read(reference_rows.weights)
    here = services.province
    things: dict[str, Any] = {
        "agencies": sorted(here.agencies.values(), key=lambda agency: bool(agency.successor)),
        "weights": weights,
        "weightless": Weight(),  # `none` is a word of Jinja
        "names": here.agencies,
        "values": values,
        "refusal": refusal,
    }
    return await shell.html(request, "agencies", "people", status=status, **things)


async def add(request: web.Request) -> web.StreamResponse:
    """A new one."""
    values = await typed(request, "code", *FIELDS)
    words = AgencyEdit(values["name"], values["short"], lines(values["aliases"]), values["note"])
    try:
        await perform(request, reference_rows.add_agency, values["code"], words)
    except Refused as refusal:
        return await _list(request, values, refused(refusal), status=409)
    await request.app[SERVICES].coordination.publish(reference.TOPIC)
    return onwards(request, f"{PATH}/{values['code'].upper()}", Flash("ok", "luu"))


async def one(request: web.Request) -> web.Response:
    """An agency, its people, and the forms."""
    return await _page(request, {}, "")


async def edit(request: web.Request) -> web.StreamResponse:
    """Change its names."""
    values = await typed(request, *FIELDS, "seen")
    words = AgencyEdit(values["name"], values["short"], lines(values["aliases"]), values["note"])
    try:
        await perform(request, reference_rows.edit_agency, _code(request), words, values["seen"])
    except Refused as refusal:
        return await _page(request, values, refused(refusal), status=409)
    await request.app[SERVICES].coordination.publish(reference.TOPIC)
    return onwards(request, f"{PATH}/{_code(request)}", Flash("ok", "luu"))


async def succeed(request: web.Request) -> web.StreamResponse:
    """Its work goes to another agency."""
    values = await typed(request, "to", "decision", "on", "chac")
    try:
        on = date.fromisoformat(values["on"])
    except ValueError:
        return await _page(request, values, "date", status=422)
    if values["chac"] != "1" or on > local(request.app[SERVICES].now()).date():
        return await _page(request, values, "sure" if values["chac"] != "1" else "date", status=422)
    words = (_code(request), values["to"], values["decision"], on)
    return await rearrange(request, reference_rows.succeed, *words, done="chuyen-giao", back=f"{PATH}/{_code(request)}")


def lines(text: str) -> tuple[str, ...]:
    """One entry a line, or between commas."""
    return tuple(one.strip() for line in text.splitlines() for one in line.split(",") if one.strip())


async def _page(request: web.Request, values: dict[str, str], refusal: str, *, status: int = 200) -> web.Response:
    services, code = request.app[SERVICES], _code(request)
    row, people, weights = await services.store.read(_read, code, services)
    if row is None:
        return await shell.html(request, "gone", "people", status=404, back=PATH)
    things: dict[str, Any] = {
        "row": row,
        "seen": reference_rows.state(row),
        "people": people,
        "weight": weights.get(code, Weight()),
        "names": services.province.agencies,
        "others": [one for one in services.province.working_agencies.values() if one.code != code],
        "today": local(services.now()).date(),
        "values": values,
        "refusal": refusal,
    }
    return await shell.html(request, "agency", "people", status=status, **things)


def _read(session: Session, code: str, services: Services) -> tuple[Agency | None, list[Member], dict[str, Weight]]:
    return (
        reference_rows.agency(session, code),
        staff.listed(session, services.now(), code),
        reference_rows.weights(session),
    )


def _code(request: web.Request) -> str:
    return str(request.match_info["code"])


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("POST", PATH, shell.ROLES, add),
    Row("GET", f"{PATH}/{{code}}", shell.ROLES, one),
    Row("POST", f"{PATH}/{{code}}", shell.ROLES, edit),
    Row("POST", f"{PATH}/{{code}}/chuyen-giao", shell.ROLES, succeed),
)
