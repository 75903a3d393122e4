"""Accounts of the web pages, managed by an administrator on the console.

The one rule: nobody shuts themselves out, and one administrator always stays.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot.accounts import managing
from zalobot.errors import Refused
from zalobot.store.models import Account, AccountRole, WebSession


@dataclass(frozen=True, slots=True)
class User:
    """An account as the list shows it. `seen_at`: when somebody was last signed in with it."""

    name: str
    full_name: str
    role: AccountRole
    agency: str
    active: bool
    second_factor: bool
    waits: bool
    by_zalo_only: bool
    seen_at: datetime | None


def listed(session: Session) -> list[User]:
    """Every account by name; those that were stopped stand last."""
    last = select(col(WebSession.account_id), func.max(col(WebSession.seen_at))).group_by(col(WebSession.account_id))
    seen = {row[0]: row[1] for row in session.execute(last)}
    rows = session.execute(select(Account).order_by(col(Account.active).desc(), col(Account.name))).scalars()
    return [
        User(
            row.name,
            row.full_name,
            row.role,
            row.agency,
            row.active,
            row.confirmed_at is not None,
            row.must_change,
            not row.password,
            seen.get(row.id),
        )
        for row in rows
    ]


def add(session: Session, full_name: str, role: str, agency: str, now: datetime, *, by: Account) -> tuple[str, str]:
    """A new account: its name and its one-time password. Raises Refused as `managing.add`, `no_such_role`."""
    if role not in set(AccountRole):
        raise Refused("no_such_role", role=role)
    account, password = managing.add(session, full_name.strip(), AccountRole(role), now, agency=agency, by=by)
    return account.name, password


def stop(session: Session, name: str, now: datetime, *, by: Account) -> None:
    """Nobody comes in with it any more. Raises Refused: `account_unknown`, `account_self`."""
    account = managing.named(session, name)
    if account.id == by.id:
        raise Refused("account_self")
    managing.stop(session, account, now, by=by)


def reset_password(session: Session, name: str, now: datetime, *, by: Account) -> tuple[str, str]:
    """A new one-time password. Raises Refused: `account_unknown`, `account_self` (one's own is changed otherwise)."""
    account = managing.named(session, name)
    if account.id == by.id:
        raise Refused("account_self")
    if not account.active:
        raise Refused("account_unknown", name=name)
    return account.name, managing.reset_password(session, account, now, by=by)


def reset_second_factor(session: Session, name: str, now: datetime, *, by: Account) -> None:
    """The phone is lost. Raises Refused: `account_unknown`, `account_self`."""
    account = managing.named(session, name)
    if account.id == by.id:
        raise Refused("account_self")
    managing.reset_second_factor(session, account, now, by=by)
