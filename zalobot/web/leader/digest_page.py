"""The morning digest's twin on the web: what was pushed this morning, letter for letter, and how it would read now.

The one rule: the words come from the outbox and from `morning`, so page and push cannot tell two stories.
"""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import morning
from zalobot.services import SERVICES
from zalobot.store.models import Account, Officer, OutboxMessage, Role
from zalobot.web import console
from zalobot.web.access import LEADERS, WHO, Row
from zalobot.web.filters import local
from zalobot.web.leader.pages import PATH
from zalobot.web.workday import whole_day

_DIGESTS = tuple(f"reminders/digest_{name}" for name in ("officer", "head", "province"))


@dataclass(frozen=True, slots=True)
class Twin:
    """`pushed` is what left at `pushed_at` this morning, '' for nothing; `now` what would be said, '' for nothing."""

    pushed: str
    pushed_at: datetime | None
    now: str


async def show(request: web.Request) -> web.Response:
    """The digest of whoever asks."""
    services, who = request.app[SERVICES], request[WHO].account
    twin = await services.store.read(twin_of, who, services.now())
    return console.html(request, "consoles/leader/digest", twin=twin)


def twin_of(session: Session, who: Account, now: datetime) -> Twin:
    """What this account was pushed today, and would be now; an administrator reads what leaders would."""
    reader = _reader(session, who)
    sent = _pushed(session, reader, now)
    digest = morning.of_person(session, reader, (), now)
    words = morning.words(digest).text if digest.says_something else ""
    return Twin(str(sent.body.get("text", "")) if sent else "", sent.sent_at if sent else None, words)


def _pushed(session: Session, reader: Officer, now: datetime) -> OutboxMessage | None:
    if not reader.person_id:
        return None
    since = whole_day(local(now).date())[0]
    query = select(OutboxMessage).where(
        col(OutboxMessage.person_id) == reader.person_id,
        col(OutboxMessage.sent_at) >= since,
        col(OutboxMessage.template).in_(_DIGESTS),
    )
    return session.execute(query.order_by(col(OutboxMessage.sent_at).desc()).limit(1)).scalar_one_or_none()


def _reader(session: Session, who: Account) -> Officer:
    officer = session.get(Officer, who.officer_id) if who.officer_id else None
    if officer is not None:
        return officer
    role = Role(str(who.role)) if str(who.role) in set(Role) else Role.LEADER
    return Officer(id=who.id, agency=who.agency, name=who.full_name, role=role, created_at=who.created_at)


ROWS = (Row("GET", f"{PATH}/ban-tin", LEADERS, show),)
