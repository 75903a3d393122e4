"""Accounts of the web pages on the command line: added, listed, stopped, given a new password or second factor."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import app
from zalobot.accounts import managing
from zalobot.config import Settings
from zalobot.errors import Refused
from zalobot.store import migrations
from zalobot.store.models import Account, AccountRole


def add(settings: Settings, *, name: str, role: str, agency: str) -> str:
    """Add an account and say its one-time password. Raises Refused for what cannot be."""
    if role not in set(AccountRole):
        raise Refused("no_such_role", role=role, known="|".join(AccountRole))

    def verb(session: Session, now: datetime) -> str:
        account, password = managing.add(session, name, AccountRole(role), now, agency=agency)
        return f"{account.name}\n{password}"

    made, password = _run(settings, verb).split("\n")
    return (
        f"Name: {made}\nOne-time password: {password}\n"
        f"Sign in at {settings.public_url.rstrip('/')}/dang-nhap; a new password is asked for there."
    )


def listed(settings: Settings) -> str:
    """Every account, a line each."""

    def query(session: Session, now: datetime) -> str:
        rows = session.execute(select(Account).order_by(col(Account.name))).scalars()
        return "\n".join(_line(row) for row in rows) or "No account yet."

    return _run(settings, query)


def stop(settings: Settings, name: str) -> str:
    """Let nobody in with this account any more."""

    def verb(session: Session, now: datetime) -> str:
        managing.stop(session, managing.named(session, name), now)
        return f"{name} is stopped; every session has ended."

    return _run(settings, verb)


def reset_password(settings: Settings, name: str) -> str:
    """Say a new one-time password."""

    def verb(session: Session, now: datetime) -> str:
        return managing.reset_password(session, managing.named(session, name), now)

    return f"One-time password: {_run(settings, verb)}"


def reset_second_factor(settings: Settings, name: str) -> str:
    """Ask for a new authenticator at the next sign-in."""

    def verb(session: Session, now: datetime) -> str:
        managing.reset_second_factor(session, managing.named(session, name), now)
        return f"{name} sets up a new authenticator at the next sign-in."

    return _run(settings, verb)


def _line(account: Account) -> str:
    said = [account.full_name, f"{account.role} of {account.agency}" if account.agency else str(account.role)]
    said.append("second factor" if account.confirmed_at else "no second factor")
    return f"{account.name}: {', '.join(said)}{'' if account.active else ', stopped'}"


def _run(settings: Settings, verb: Callable[[Session, datetime], str]) -> str:
    migrations.upgrade(settings.database_url)
    store, _ = app.open_store(settings, app.utc_now())
    try:
        return store.run_now(verb, app.utc_now())
    finally:
        store.close_now()
