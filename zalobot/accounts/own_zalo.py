"""The Zalo of whoever has an account: an officer's own, or bound to the account by a one-time code sent in Zalo.

The one rule: a Zalo account belongs to one account; binding it anew takes it from the one before.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlmodel import Session, col

from zalobot import link_codes
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.store.models import Account, AccountRole, Officer

_PREFIX: Final = "TK"


def issue_code(session: Session, account_id: str, now: datetime) -> str:
    """A code that binds the Zalo account from which it is sent within seven days."""
    account = session.get_one(Account, account_id)
    code = link_codes.new(_PREFIX)
    account.code_hash, account.code_expires_at = link_codes.digest(code), now + link_codes.LIFE
    log.note(session, "zalo_code_issued", account, now)
    return code


def read_code(text: str) -> str:
    """The code in a message, in its written form; "" where there is none."""
    return link_codes.read(_PREFIX, text)


def bind(session: Session, person_id: str, code: str, now: datetime) -> Account:
    """This Zalo account is that of the account with this code. Raises Refused: link_unknown, link_expired."""
    query = select(Account).where(col(Account.code_hash) == link_codes.digest(code)).with_for_update()
    account: Account | None = session.execute(query).scalar_one_or_none()
    if account is None or not account.active:
        raise Refused("link_unknown")
    if account.code_expires_at is None or account.code_expires_at < now:
        raise Refused("link_expired")
    session.execute(update(Account).where(col(Account.person_id) == person_id).values(person_id=None))
    account.person_id, account.code_hash, account.code_expires_at = person_id, None, None
    session.flush()
    log.note(session, "zalo_bound", account, now)
    return account


def person_of(session: Session, account: Account) -> str:
    """Where this account is reached in Zalo; "" where that is not known."""
    if account.officer_id:
        officer = session.get(Officer, account.officer_id)
        return (officer.person_id or "") if officer else ""
    return account.person_id or ""


def people_of(session: Session, roles: Collection[AccountRole]) -> list[str]:
    """Where the accounts of these roles are reached, as far as that is known."""
    query = select(col(Account.person_id)).where(
        col(Account.role).in_(roles), col(Account.active).is_(True), col(Account.person_id).is_not(None)
    )
    return [row[0] for row in session.execute(query.order_by(col(Account.id)))]
