"""The morning digest's twin on the web: the very words that are pushed at 08:00, as they are now.

The one rule: the words come from `morning`, so page and push cannot tell two stories.
"""

from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot import morning
from zalobot.services import SERVICES
from zalobot.store.models import Account, Officer, Role
from zalobot.web import console
from zalobot.web.access import LEADERS, WHO, Row
from zalobot.web.leader.pages import PATH


async def show(request: web.Request) -> web.Response:
    """What the morning's message says; '' where it would not be sent."""
    services, who = request.app[SERVICES], request[WHO].account
    text = await services.store.read(words, who, services.now())
    return console.html(request, "consoles/leader/digest", text=text)


def words(session: Session, who: Account, now: datetime) -> str:
    """The digest of whoever has this account; an administrator reads the leader's."""
    digest = morning.of_person(session, _reader(session, who), (), now)
    return morning.words(digest).text if digest.says_something else ""


def _reader(session: Session, who: Account) -> Officer:
    officer = session.get(Officer, who.officer_id) if who.officer_id else None
    if officer is not None:
        return officer
    role = Role(str(who.role)) if str(who.role) in set(Role) else Role.LEADER
    return Officer(id=who.id, agency=who.agency, name=who.full_name, role=role, created_at=who.created_at)


ROWS = (Row("GET", f"{PATH}/ban-tin", LEADERS, show),)
