"""One click into each console of the demo, without a password.

The one rule: only `demo` mounts these ways; no other command knows of them.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web
from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.accounts import managing, sessions
from zalobot.demo.week import Door
from zalobot.services import SERVICES
from zalobot.store.models import Account, AccountRole, Level, Officer
from zalobot.web.access import HOME, enter


@dataclass(frozen=True, slots=True)
class _In:
    token: str
    role: AccountRole


def routes(doors: tuple[Door, ...]) -> list[web.RouteDef]:
    """A way for each door: whoever opens it is signed in and stands in the console."""
    return [web.get(door.path, partial(_open, door)) for door in doors]


async def _open(door: Door, request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    came = await services.store.run(_come_in, door, services.now())
    answer = web.HTTPSeeOther(HOME[came.role])
    enter(answer, request, came.token)
    raise answer


def _come_in(session: Session, door: Door, now: datetime) -> _In:
    account = _account(session, door, now)
    account.must_change = False
    session.flush()
    return _In(sessions.begin(session, account, Level.FULL, now, agent="demo"), account.role)


def _account(session: Session, door: Door, now: datetime) -> Account:
    """That of an officer of the week, or one of the console's own people."""
    if door.person_id:
        officer = session.execute(select(Officer).where(col(Officer.person_id) == door.person_id)).scalar_one()
        return managing.of_officer(session, officer, now)
    known = managing.find(session, door.name)
    return known or managing.add(session, door.name, AccountRole(door.role), now)[0]
