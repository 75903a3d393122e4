"""Making and changing accounts: added, stopped, given a new password or a new second factor.

The one rule: who acts for an agency is an officer as well; an account of such a role has its officer.
"""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import reference
from zalobot.accounts import log, sessions
from zalobot.accounts.secrets import LEAST, MOST, hashed, one_time_password
from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, Officer, Role
from zalobot.vietnamese import fold

OF_AN_AGENCY: Final = (AccountRole.OFFICER, AccountRole.HEAD)
TWO_FACTORS: Final = (AccountRole.LEADER, AccountRole.OPERATOR, AccountRole.ADMIN)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


def sign_in_name(typed: str) -> str:
    """A name as it is kept and compared: `Huy.PQ ` is `huy.pq`; typed with a Vietnamese keyboard it is still found."""
    return re.sub(r"[^a-z0-9._-]+", ".", fold(typed)).strip(".")


def add(
    session: Session, full_name: str, role: AccountRole, now: datetime, *, agency: str = "", by: Account | None = None
) -> tuple[Account, str]:
    """A new account and its one-time password.

    Raises Refused: `account_name`, `account_taken`, `account_agency` (officers and heads need one), `no_such_agency`.
    """
    name = sign_in_name(full_name)
    if not _NAME.fullmatch(name):
        raise Refused("account_name", name=full_name)
    if find(session, name) is not None:
        raise Refused("account_taken", name=name)
    if not agency and role in OF_AN_AGENCY:
        raise Refused("account_agency", role=role)
    if agency and agency not in reference.current(session).agencies:
        raise Refused("no_such_agency", agency=agency)
    password = one_time_password()
    account = Account(
        id=new_id(),
        name=name,
        full_name=full_name,
        role=role,
        agency=agency,
        officer_id=_officer(session, full_name, role, agency, now),
        password=hashed(password),
        must_change=True,
        created_at=now,
    )
    session.add(account)
    session.flush()
    log.note(session, "account_added", by, now, account=account.id, role=str(role), agency=agency)
    return account, password


def of_officer(session: Session, officer: Officer, now: datetime) -> Account:
    """The account of an officer who comes in from Zalo; made at the first time, without a password."""
    found = session.execute(select(Account).where(col(Account.officer_id) == officer.id)).scalar_one_or_none()
    if found is not None:
        account: Account = found
        return account
    account = Account(
        id=new_id(),
        name=f"cb.{officer.id.lower()}",
        full_name=officer.name,
        role=AccountRole(officer.role),
        agency=officer.agency,
        officer_id=officer.id,
        created_at=now,
    )
    session.add(account)
    session.flush()
    log.note(session, "account_added", account, now, account=account.id, role=str(account.role), agency=account.agency)
    return account


def find(session: Session, name: str) -> Account | None:
    """The account of a name, however it was typed."""
    wanted = col(Account.name) == sign_in_name(name)
    account: Account | None = session.execute(select(Account).where(wanted)).scalar_one_or_none()
    return account


def named(session: Session, name: str) -> Account:
    """The account of a name; raises Refused (`account_unknown`)."""
    account = find(session, name)
    if account is None:
        raise Refused("account_unknown", name=name)
    return account


def stop(session: Session, account: Account, now: datetime, *, by: Account | None = None) -> None:
    """Nobody comes in with this account any more; whoever is in is out at once."""
    account.active = False
    sessions.end_all(session, account.id, now)
    log.note(session, "account_stopped", by, now, account=account.id)


def reset_password(session: Session, account: Account, now: datetime, *, by: Account | None = None) -> str:
    """A new one-time password; every session of the account ends."""
    password = one_time_password()
    account.password, account.must_change = hashed(password), True
    sessions.end_all(session, account.id, now)
    log.note(session, "password_reset", by, now, account=account.id)
    return password


def reset_second_factor(session: Session, account: Account, now: datetime, *, by: Account | None = None) -> None:
    """The phone is lost: the next sign-in asks for a new authenticator."""
    account.secret, account.confirmed_at, account.last_step, account.recovery = "", None, 0, []
    sessions.end_all(session, account.id, now)
    log.note(session, "second_factor_reset", by, now, account=account.id)


def acceptable(password: str, account: Account) -> str:
    """Why a new password is not taken (`password_short`, `password_long`, `password_name`), or ''."""
    if len(password) < LEAST:
        return "password_short"
    if len(password) > MOST:
        return "password_long"
    if account.name in fold(password):
        return "password_name"
    return ""


def change_password(session: Session, account_id: str, kept: str, now: datetime, *, but: str = "") -> None:
    """Keep the hash of a new password; every other session than `but` ends."""
    account = session.get_one(Account, account_id)
    account.password, account.must_change = kept, False
    sessions.end_all(session, account.id, now, but=but)
    log.note(session, "password_changed", account, now)


def _officer(session: Session, name: str, role: AccountRole, agency: str, now: datetime) -> str | None:
    """The officer such an account acts as: none for those who act for no agency."""
    if not agency or str(role) not in {str(one) for one in Role}:
        return None
    officer = Officer(id=new_id(), agency=agency, name=name, role=Role(role), created_at=now)
    session.add(officer)
    session.flush()
    return officer.id
