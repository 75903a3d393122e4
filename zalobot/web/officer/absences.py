"""The absences of an agency: who is away, who is told instead.

The one rule: an officer says it of themselves, the head of everybody of the agency.
"""

from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web
from sqlmodel import Session, col, select

from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.store.models import Absence, AccountRole, Officer, Role
from zalobot.tickets import absences, colleagues
from zalobot.web import console
from zalobot.web.access import OFFICERS, WHO, Row
from zalobot.web.acting import onwards, perform, refused, typed
from zalobot.web.filters import local
from zalobot.web.flashes import Flash
from zalobot.web.officer.pages import PATH

AWAY = f"{PATH}/vang-mat"
FIELDS = ("officer", "deputy", "first", "last")


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away from one day to another, both included."""

    officer_id: str
    name: str
    deputy: str
    first: date
    last: date


async def show(request: web.Request) -> web.Response:
    """Who is away now or will be."""
    return await _page(request, {}, "")


async def note(request: web.Request) -> web.StreamResponse:
    """Note an absence; what was noted of these days before is replaced."""
    values = await typed(request, *FIELDS)
    try:
        days = (date.fromisoformat(values["first"]), date.fromisoformat(values["last"]))
        await perform(request, _note, values["officer"], values["deputy"], *days)
    except ValueError:
        return await _page(request, values, "dates", status=422)
    except Refused as refusal:
        return await _page(request, values, refused(refusal), status=409)
    return onwards(request, AWAY, Flash("ok", "vang-mat"))


async def end(request: web.Request) -> web.StreamResponse:
    """Back again, from today."""
    try:
        await perform(request, _end, (await typed(request, "officer"))["officer"])
    except Refused as refusal:
        return onwards(request, AWAY, Flash("late", text=refused(refusal)))
    return onwards(request, AWAY, Flash("ok", "di-lam-lai"))


async def _page(request: web.Request, values: dict[str, str], refusal: str, *, status: int = 200) -> web.Response:
    services, who = request.app[SERVICES], request[WHO].account
    away, people = await services.store.read(_read, who.agency, local(services.now()).date())
    mine = [one for one in people if one[0] == who.officer_id] if who.role is not AccountRole.HEAD else people
    things = {"away": away, "people": people, "whose": mine, "values": values, "refusal": refusal}
    return console.html(request, "consoles/officer/absences", status=status, **things)


def _read(session: Session, agency: str, today: date) -> tuple[list[Away], list[tuple[str, str]]]:
    people = list(colleagues.of_agency(session, agency))
    names = dict(people)
    query = (
        select(Absence)
        .join(Officer, col(Officer.id) == col(Absence.officer_id))
        .where(col(Officer.agency) == agency, col(Absence.last_day) >= today)
        .order_by(col(Absence.first_day), col(Absence.id))
    )
    rows = session.exec(query)
    away = [
        Away(one.officer_id, names.get(one.officer_id, ""), names.get(one.deputy_id, ""), one.first_day, one.last_day)
        for one in rows
    ]
    return away, people


def _check(session: Session, officer_id: str, officer: Officer) -> None:
    other = session.get(Officer, officer_id)
    if other is None or other.agency != officer.agency or (other.id != officer.id and officer.role is not Role.HEAD):
        raise Refused("not_allowed")


def _note(
    session: Session, officer_id: str, deputy_id: str, first: date, last: date, officer: Officer, now: datetime
) -> None:
    _check(session, officer_id, officer)
    absences.set_absence(session, officer_id, deputy_id, first, last, now)


def _end(session: Session, officer_id: str, officer: Officer, now: datetime) -> None:
    _check(session, officer_id, officer)
    absences.end_absence(session, officer_id, now)


ROWS = (
    Row("GET", AWAY, OFFICERS, show),
    Row("POST", AWAY, OFFICERS, note),
    Row("POST", f"{AWAY}/het", OFFICERS, end),
)
