"""A member of staff asks for the web: a one-time link of their own, made at this moment.

The one rule: a link is made when somebody asks for it and answered at once, never in a push: it lives for minutes. The
answer carries a check code all the same: there is no message that others would rather imitate.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot import reference, templating
from zalobot.accounts import links
from zalobot.conversations import Talk
from zalobot.handlers import talking
from zalobot.store.models import Officer, Role
from zalobot.tickets import finding, pushing

HOMES = {Role.COORDINATOR: "/dieu-phoi", Role.LEADER: "/dieu-hanh"}
WORK = "/can-bo"


def give(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """Say the link: to the part of this code, or to where this member of staff works."""
    officer = talking.officer(session, talk)
    path = _path(session, officer, code)
    link = f"{reference.public_url(session)}{links.PATH}{links.issue(session, officer, path, now)}"
    said, code = pushing.coded(session, templating.render("officer/open_web", facts={"link": link}))
    talking.queue(session, talk, said, now, check_code=code)


def _path(session: Session, officer: Officer, code: str) -> str:
    if not code:
        return HOMES.get(officer.role, WORK)
    ticket, part, _ = finding.part_by_code(session, code)
    if officer.role is Role.COORDINATOR:
        return f"{HOMES[Role.COORDINATOR]}?ma={ticket.code}"
    return f"{WORK}/{part.code}" if officer.role not in HOMES else f"{HOMES[officer.role]}/{ticket.code}"
