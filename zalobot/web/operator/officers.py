"""Officers: who there is, one-time codes, who is away, who has left.

The one rule: a code is on one page, once; it is not in any address, and the page is kept by nobody.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from aiohttp import web

from zalobot.errors import Refused
from zalobot.operating import staff
from zalobot.operating.staff import Member
from zalobot.services import SERVICES
from zalobot.store.models import Role
from zalobot.vietnamese import plain
from zalobot.web import pages
from zalobot.web.access import Row
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import act, perform, typed
from zalobot.web.qr import qr

PATH = f"{shell.PATH}/can-bo"
FILTERS = ("", "chua-lien-ket", "vang-mat", "da-dung")


async def show(request: web.Request) -> web.Response:
    """Everybody, or some."""
    return await _page(request, {}, "")


async def enter(request: web.Request) -> web.StreamResponse:
    """Enter somebody: the page with their code."""
    values = await typed(request, "agency", "name", "role", "email", most=254)
    words = (values["agency"], values["name"], values["role"], values["email"])
    try:
        code = await perform(request, staff.enter, *words)
    except Refused as refusal:
        return await _page(request, values, refused(refusal), status=409)
    return await _code_page(request, values["name"], values["agency"], code)


async def renew(request: web.Request) -> web.StreamResponse:
    """A new code: the page with it."""
    services, key = request.app[SERVICES], _key(request)
    try:
        code = await perform(request, staff.new_code, key)
    except Refused as refusal:
        return onwards(request, PATH, Flash("late", text=refused(refusal)))
    people = await services.store.read(staff.listed, services.now())
    member = next(one for one in people if one.id == key)
    return await _code_page(request, member.name, member.agency, code)


async def one(request: web.Request) -> web.Response:
    """One of them, with everything that can be changed."""
    return await _one(request, {}, "")


async def stop(request: web.Request) -> web.StreamResponse:
    """They work here no more."""
    if (await typed(request, "chac"))["chac"] != "1":
        return await _one(request, {}, "sure", status=422)
    return await act(request, staff.stop, _key(request), done="dung-can-bo", back=f"{PATH}/{_key(request)}")


async def email(request: web.Request) -> web.StreamResponse:
    """Where letters go."""
    values = await typed(request, "email", most=254)
    back = f"{PATH}/{_key(request)}"
    return await act(request, staff.set_email, _key(request), values["email"], done="luu", back=back)


async def absence(request: web.Request) -> web.StreamResponse:
    """Note an absence."""
    values = await typed(request, "deputy", "first", "last")
    try:
        days = date.fromisoformat(values["first"]), date.fromisoformat(values["last"])
        await perform(request, staff.set_absence, _key(request), values["deputy"], *days)
    except ValueError:
        return await _one(request, values, "dates", status=422)
    except Refused as refusal:
        return await _one(request, values, refused(refusal), status=409)
    return onwards(request, f"{PATH}/{_key(request)}", Flash("ok", "vang-mat"))


async def back(request: web.Request) -> web.StreamResponse:
    """Back again."""
    return await act(request, staff.end_absence, _key(request), done="di-lam-lai", back=f"{PATH}/{_key(request)}")


async def _page(request: web.Request, values: dict[str, str], refusal: str, *, status: int = 200) -> web.Response:
    services = request.app[SERVICES]
    people = await services.store.read(staff.listed, services.now())
    asked, narrowed = request.query.get("q", "").strip()[:80], request.query.get("loc", "")
    agency = request.query.get("co-quan", "")
    shown = [one for one in people if _fits(one, narrowed) and (not agency or one.agency == agency)]
    things: dict[str, Any] = {
        "people": list(_named(shown, asked))[:500],
        "counts": {way: sum(_fits(one, way) for one in people) for way in FILTERS},
        "narrowed": narrowed,
        "asked": asked,
        "agency": agency,
        "names": services.province.agencies,
        "agencies": list(services.province.working_agencies.values()),
        "roles": list(Role),
        "values": values,
        "refusal": refusal,
    }
    return await shell.html(request, "officers", "people", status=status, **things)


async def _one(request: web.Request, values: dict[str, str], refusal: str, *, status: int = 200) -> web.Response:
    services, key = request.app[SERVICES], _key(request)
    people = await services.store.read(staff.listed, services.now())
    member = next((one for one in people if one.id == key), None)
    if member is None:
        return await shell.html(request, "gone", "people", status=404, back=PATH)
    mates = [one for one in people if one.agency == member.agency and one.active and one.id != key]
    things: dict[str, Any] = {"member": member, "mates": mates, "names": services.province.agencies}
    return await shell.html(request, "officer", "people", status=status, values=values, refusal=refusal, **things)


async def _code_page(request: web.Request, name: str, agency: str, code: str) -> web.Response:
    services = request.app[SERVICES]
    known = services.province.agencies.get(agency)
    zalo = pages.zalo_address(services)
    things: dict[str, Any] = {"agency": known.name if known else "", "zalo": qr(zalo) if zalo else None}
    return await shell.html(request, "officer_code", "people", name=name, code=code, **things)


def _fits(member: Member, narrowed: str) -> bool:
    match narrowed:
        case "chua-lien-ket":
            return member.active and member.linked_at is None
        case "vang-mat":
            return member.active and member.away is not None
        case "da-dung":
            return not member.active
    return member.active


def _named(people: Iterable[Member], asked: str) -> Iterable[Member]:
    wanted = plain(asked).split()
    return (one for one in people if all(word in plain(one.name) for word in wanted))


def _key(request: web.Request) -> str:
    return str(request.match_info["key"])


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("POST", PATH, shell.ROLES, enter),
    Row("GET", f"{PATH}/{{key}}", shell.ROLES, one),
    Row("POST", f"{PATH}/{{key}}/ma-moi", shell.ROLES, renew),
    Row("POST", f"{PATH}/{{key}}/dung", shell.ROLES, stop),
    Row("POST", f"{PATH}/{{key}}/thu", shell.ROLES, email),
    Row("POST", f"{PATH}/{{key}}/vang-mat", shell.ROLES, absence),
    Row("POST", f"{PATH}/{{key}}/di-lam-lai", shell.ROLES, back),
)
