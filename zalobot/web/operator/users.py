"""Accounts of the web pages, for administrators: added, stopped, given a new password or second factor.

The one rule: a one-time password is on one page, once.
"""

from typing import Any

from aiohttp import web

from zalobot.accounts.managing import OF_AN_AGENCY, TWO_FACTORS
from zalobot.errors import Refused
from zalobot.operating import users
from zalobot.services import SERVICES
from zalobot.store.models import AccountRole
from zalobot.web.access import ADMINS, Row
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import act, perform, typed

PATH = f"{shell.PATH}/tai-khoan"


async def show(request: web.Request) -> web.Response:
    """Every account."""
    return await _page(request, {}, "")


async def add(request: web.Request) -> web.StreamResponse:
    """A new one: the page with its password."""
    values = await typed(request, "full_name", "role", "agency", most=200)
    try:
        name, password = await perform(request, users.add, values["full_name"], values["role"], values["agency"])
    except Refused as refusal:
        return await _page(request, values, refused(refusal), status=409)
    return await shell.html(request, "user_password", "accounts", name=name, password=password, fresh=True)


async def stop(request: web.Request) -> web.StreamResponse:
    """Nobody comes in with it any more."""
    return await act(request, users.stop, _name(request), done="dung-tai-khoan", back=PATH)


async def reset_password(request: web.Request) -> web.StreamResponse:
    """A new one-time password: the page with it."""
    try:
        name, password = await perform(request, users.reset_password, _name(request))
    except Refused as refusal:
        return onwards(request, PATH, Flash("late", text=refused(refusal)))
    return await shell.html(request, "user_password", "accounts", name=name, password=password, fresh=False)


async def reset_second_factor(request: web.Request) -> web.StreamResponse:
    """The phone is lost."""
    return await act(request, users.reset_second_factor, _name(request), done="ma-xac-thuc", back=PATH)


async def _page(request: web.Request, values: dict[str, str], refusal: str, *, status: int = 200) -> web.Response:
    services = request.app[SERVICES]
    things: dict[str, Any] = {
        "accounts": await services.store.read(users.listed),
        "names": services.province.agencies,
        "agencies": list(services.province.working_agencies.values()),
        "roles": list(AccountRole),
        "of_agency": OF_AN_AGENCY,
        "two_factors": TWO_FACTORS,
        "values": values,
        "refusal": refusal,
    }
    return await shell.html(request, "users", "accounts", status=status, **things)


def _name(request: web.Request) -> str:
    return str(request.match_info["name"])


ROWS = (
    Row("GET", PATH, ADMINS, show),
    Row("POST", PATH, ADMINS, add),
    Row("POST", f"{PATH}/{{name}}/dung", ADMINS, stop),
    Row("POST", f"{PATH}/{{name}}/mat-khau", ADMINS, reset_password),
    Row("POST", f"{PATH}/{{name}}/ma-xac-thuc", ADMINS, reset_second_factor),
)
