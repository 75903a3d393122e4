"""One-time links: an officer comes in from the push in their own Zalo, without a password.

The one rule: a link lives 15 minutes, opens one page for one officer, and is used up by pressing its button, not by
being looked at: Zalo's preview opens links, too.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col

from zalobot.accounts import log, managing, sessions
from zalobot.accounts.secrets import digest, new_token
from zalobot.errors import Refused
from zalobot.store.models import EntryLink, Level, Officer

LIFE: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=7)
PATH: Final = "/dang-nhap/zalo/"  # below the site's own address; the token follows
_TOKEN: Final = re.compile(re.escape(PATH) + r"([\w-]+)")


def issue(session: Session, officer: Officer, path: str, now: datetime) -> str:
    """A new link's token for this officer and this page."""
    token = new_token()
    session.add(EntryLink(id=digest(token), officer_id=officer.id, path=path, until=now + LIFE))
    return token


def tokens(text: str) -> list[str]:
    """The tokens of all links in a text: whoever shows the text to others hides them."""
    return _TOKEN.findall(text)


def look(session: Session, token: str, now: datetime) -> tuple[EntryLink, Officer]:
    """A link and whom it is for, without using it up. Raises Refused: `link_unknown`, `link_used`, `link_expired`."""
    return _found(session, token, now, lock=False)


def use(session: Session, token: str, now: datetime, *, agent: str = "") -> tuple[str, str]:
    """Come in by a link: the cookie's token and the page. Raises Refused as `look` does."""
    link, officer = _found(session, token, now, lock=True)
    link.used_at = now
    account = managing.of_officer(session, officer, now)
    if not account.active:
        raise Refused("link_unknown")
    log.note(session, "signed_in", account, now, by_link=True)
    level = Level.PASSWORD if account.role in managing.TWO_FACTORS else Level.FULL
    return sessions.begin(session, account, level, now, agent=agent, by_link=True), link.path


def sweep(session: Session, now: datetime) -> None:
    """Drop links nobody can use any more."""
    session.execute(delete(EntryLink).where(col(EntryLink.until) < now - KEPT))


def _found(session: Session, token: str, now: datetime, *, lock: bool) -> tuple[EntryLink, Officer]:
    link = session.get(EntryLink, digest(token), with_for_update=True if lock else None)
    officer = session.get(Officer, link.officer_id) if link else None
    if link is None or officer is None or not officer.active:
        raise Refused("link_unknown")
    if link.used_at is not None:
        raise Refused("link_used")
    if link.until < now:
        raise Refused("link_expired")
    return link, officer
