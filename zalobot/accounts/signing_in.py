"""The steps of a sign-in: name and password, then what the role asks for beyond them.

The one rule: every step answers the same whether the name exists or not, and ends the session of the step before.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from zalobot.accounts import log, managing, sessions, tries
from zalobot.accounts.second_factor import step_of
from zalobot.accounts.secrets import digest, plain_code, recovery_codes
from zalobot.accounts.sessions import SignedIn
from zalobot.errors import Refused
from zalobot.sealing import Seal
from zalobot.store.models import Account, Level


@dataclass(frozen=True, slots=True)
class Shown:
    """What a name's password is compared with; `account_id` is '' where there is no such account."""

    account_id: str
    kept: str


def look(session: Session, name: str, network: str, now: datetime) -> Shown:
    """What to compare the password with. Raises Refused (`sign_in_wait`) while a try has to wait."""
    tries.check(session, managing.sign_in_name(name), network, now)
    account = managing.find(session, name)
    if account is None or not account.active:
        return Shown("", "")
    return Shown(account.id, account.password)


def refuse(session: Session, name: str, network: str, now: datetime) -> None:
    """The password was wrong: counted, and on record.

    Raises Refused (`sign_in_wait`) where so many were compared at once that a wait has begun meanwhile; `accept` does
    the same, so that a crowd of guesses learns nothing by who of them is told to wait.
    """
    tries.check(session, managing.sign_in_name(name), network, now)
    tries.failed(session, managing.sign_in_name(name), network, now)
    log.note(session, "sign_in_failed", managing.find(session, name), now)


def accept(session: Session, account_id: str, network: str, now: datetime, *, agent: str = "") -> str:
    """The password was right: a session that is full, or waits for the second factor. Gives back the cookie's token.

    Raises Refused (`sign_in_wait`) as `refuse` does.
    """
    account = session.get_one(Account, account_id)
    tries.check(session, account.name, network, now)
    tries.succeeded(session, account.name, network)
    level = Level.PASSWORD if needs_second_factor(account) else Level.FULL
    if level is Level.FULL:
        log.note(session, "signed_in", account, now)
    return sessions.begin(session, account, level, now, agent=agent)


def needs_second_factor(account: Account) -> bool:
    """Leaders, operators and administrators always; others once they have set one up."""
    return account.role in managing.TWO_FACTORS or account.confirmed_at is not None


def confirm(
    session: Session, who: SignedIn, typed: str, seal: Seal, network: str, now: datetime, *, agent: str = ""
) -> str:
    """The second factor was shown: a full session in place of this one; "" for a wrong one, counted and on record.

    Looking and counting are one transaction, for an account one at a time: a thousand guesses at once are no way round
    the wait. Raises Refused (`sign_in_wait`).
    """
    account = session.get_one(Account, who.account.id, with_for_update=True)
    tries.check(session, f"{account.name}#2", network, now)
    step = step_of(seal.open(account.secret), typed, now, account.last_step) if account.secret else None
    if step is not None:
        account.last_step = step
    elif not _recovered(account, typed):
        tries.failed(session, f"{account.name}#2", network, now)
        log.note(session, "second_factor_failed", account, now)
        return ""
    tries.succeeded(session, f"{account.name}#2", network)
    sessions.end(session, who.session_id, now)
    log.note(session, "signed_in", account, now, second_factor=True)
    return sessions.begin(session, account, Level.FULL, now, agent=agent)


def set_up(
    session: Session, who: SignedIn, secret: str, typed: str, seal: Seal, now: datetime, *, agent: str = ""
) -> tuple[str, list[str]]:
    """Keep a new authenticator, proven by its first code: a full session in place of this one, and recovery codes.

    Raises Refused: `second_factor_wrong`, `second_factor_there` (another one is set up already).
    """
    account = session.get_one(Account, who.account.id, with_for_update=True)
    if account.confirmed_at is not None:
        raise Refused("second_factor_there")
    step = step_of(secret, typed, now, 0)
    if step is None:
        raise Refused("second_factor_wrong")
    codes = recovery_codes()
    account.secret, account.confirmed_at, account.last_step = seal.close(secret), now, step
    account.recovery = [digest(code) for code in codes]
    sessions.end(session, who.session_id, now)
    log.note(session, "second_factor_set_up", account, now)
    return sessions.begin(session, account, Level.FULL, now, agent=agent), codes


def leave(session: Session, who: SignedIn, now: datetime) -> None:
    """Sign out."""
    sessions.end(session, who.session_id, now)
    log.note(session, "signed_out", who.account, now)


def _recovered(account: Account, typed: str) -> bool:
    """Whether a recovery code was typed; it is used up by that."""
    code = plain_code(typed)
    if not code or digest(code) not in account.recovery:
        return False
    account.recovery = [kept for kept in account.recovery if kept != digest(code)]
    return True
