"""Binding a Zalo account to a member of staff by a one-time code.

The one rule: only the hash of a code is kept, it lives for seven days and works once.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import link_codes, mail, reference
from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Officer, Role

LIFE = link_codes.LIFE
_PREFIX: Final = "CB"


def issue_link_code(session: Session, *, agency: str, name: str, role: Role, now: datetime, email: str = "") -> str:
    """Enter a member of staff and give back their one-time code; `email` is for what Zalo cannot carry.

    Raises Refused: no_such_agency, not_an_address.
    """
    if email and not mail.is_address(email):
        raise Refused("not_an_address", email=email)
    if agency not in reference.current(session).agencies:
        raise Refused("no_such_agency", agency=agency)
    code = link_codes.new(_PREFIX)
    session.add(
        Officer(
            id=new_id(),
            agency=agency,
            name=name,
            role=role,
            email=email,
            code_hash=link_codes.digest(code),
            code_expires_at=now + LIFE,
            created_at=now,
        )
    )
    return code


def renew_link_code(officer: Officer, now: datetime) -> str:
    """Another one-time code for a member of staff: the former one is good no more."""
    code = link_codes.new(_PREFIX)
    officer.code_hash, officer.code_expires_at = link_codes.digest(code), now + LIFE
    return code


def set_email(session: Session, officer_id: str, email: str) -> None:
    """Where letters go that Zalo cannot carry; "" for nowhere. Raises Refused: not_an_address."""
    if email and not mail.is_address(email):
        raise Refused("not_an_address", email=email)
    session.get_one(Officer, officer_id).email = email


def read_link_code(text: str) -> str:
    """The link code in a message, in its written form; "" where there is none."""
    return link_codes.read(_PREFIX, text)


def link(session: Session, person_id: str, code: str, now: datetime) -> Officer:
    """Bind this Zalo account to the staff member of this code. Raises Refused: link_unknown, link_expired."""
    query = select(Officer).where(col(Officer.code_hash) == link_codes.digest(code)).with_for_update()
    officer: Officer | None = session.execute(query).scalar_one_or_none()
    if officer is None:
        raise Refused("link_unknown")
    if officer.code_expires_at is None or officer.code_expires_at < now:
        raise Refused("link_expired")
    former = session.execute(select(Officer).where(col(Officer.person_id) == person_id)).scalars().all()
    for other in former:
        other.person_id = None
    session.flush()
    officer.person_id, officer.linked_at, officer.code_hash = person_id, now, None
    session.flush()
    session.info.pop("duty", None)
    return officer
