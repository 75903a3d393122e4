"""Binding a Zalo account to a member of staff by a one-time code.

The one rule: only the hash of a code is kept, it lives for seven days and works once.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import mail, reference
from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Officer, Role

LIFE = timedelta(days=7)
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0, O, 1, I, L: they are read aloud and typed on phones
_CODE = re.compile(r"(?<![A-Z0-9])CB[\s-]?([2-9A-HJKMNP-Z]{4})[\s-]?([2-9A-HJKMNP-Z]{4})(?![A-Z0-9])")


def issue_link_code(session: Session, *, agency: str, name: str, role: Role, now: datetime, email: str = "") -> str:
    """Enter a member of staff and give back their one-time code; `email` is for what Zalo cannot carry.

    Raises Refused: no_such_agency, not_an_address.
    """
    if email and not mail.is_address(email):
        raise Refused("not_an_address", email=email)
    if agency not in reference.current(session).agencies:
        raise Refused("no_such_agency", agency=agency)
    code = "CB-" + "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
    session.add(
        Officer(
            id=new_id(),
            agency=agency,
            name=name,
            role=role,
            email=email,
            code_hash=_hash(code),
            code_expires_at=now + LIFE,
            created_at=now,
        )
    )
    return code


def set_email(session: Session, officer_id: str, email: str) -> None:
    """Where letters go that Zalo cannot carry; "" for nowhere. Raises Refused: not_an_address."""
    if email and not mail.is_address(email):
        raise Refused("not_an_address", email=email)
    session.get_one(Officer, officer_id).email = email


def read_link_code(text: str) -> str:
    """The link code in a message, in its written form; "" where there is none."""
    found = _CODE.search(text.upper()) if len(text) <= 60 else None
    return f"CB-{found[1]}-{found[2]}" if found else ""


def link(session: Session, person_id: str, code: str, now: datetime) -> Officer:
    """Bind this Zalo account to the staff member of this code. Raises Refused: link_unknown, link_expired."""
    query = select(Officer).where(col(Officer.code_hash) == _hash(code)).with_for_update()
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


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
