"""Sessions: which browser is signed in as whom, how far, and until when.

The one rule: the cookie's token is made anew at each step of a sign-in, so that nobody can plant one, and only its hash
is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from zalobot.accounts.secrets import digest, new_token
from zalobot.store.models import Account, Level, WebSession

LIFE: Final = timedelta(hours=12)  # a working day; what is typed is kept as a draft beyond it
BETWEEN_STEPS: Final = timedelta(minutes=10)
REMEMBERED: Final = timedelta(days=14)  # whose a session was that ran out
TOUCH: Final = timedelta(minutes=1)  # `seen_at` is no more exact than this


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a request comes from. `csrf` belongs to the session and stands in every form."""

    session_id: str
    account: Account
    level: Level
    csrf: str
    seen_at: datetime

    @property
    def full(self) -> bool:
        """Whether everything the role asks for was shown."""
        return self.level is Level.FULL and not self.account.must_change


def begin(
    session: Session, account: Account, level: Level, now: datetime, *, agent: str = "", by_link: bool = False
) -> str:
    """A new session; gives back the cookie's token, which is kept nowhere."""
    token = new_token()
    until = now + (LIFE if level is Level.FULL else BETWEEN_STEPS)
    session.add(
        WebSession(
            id=digest(token),
            account_id=account.id,
            level=level,
            by_link=by_link,
            agent=agent[:200],
            made_at=now,
            seen_at=now,
            until=until,
        )
    )
    return token


def find(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Whose token this is; None for none, an ended one, or an account that was stopped."""
    if not token or len(token) > 100:
        return None
    query = (
        select(WebSession, Account)
        .join(Account, col(Account.id) == col(WebSession.account_id))
        .where(col(WebSession.id) == digest(token), col(WebSession.ended_at).is_(None), col(WebSession.until) > now)
    )
    found = session.execute(query).one_or_none()
    if found is None or not found[1].active:
        return None
    row, account = found
    return SignedIn(row.id, account, row.level, digest(f"csrf:{token}"), row.seen_at)


def lapsed(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Whose token this was until it ran out; None for one that was ended. It opens nothing: a form it comes with is
    held for its account."""
    row = session.get(WebSession, digest(token)) if token and len(token) <= 100 else None
    if row is None or row.ended_at is not None or row.until > now or row.level is not Level.FULL:
        return None
    account = session.get_one(Account, row.account_id)
    return SignedIn(row.id, account, row.level, digest(f"csrf:{token}"), row.seen_at) if account.active else None


def touch(session: Session, session_id: str, now: datetime) -> None:
    """It was used just now."""
    session.execute(update(WebSession).where(col(WebSession.id) == session_id).values(seen_at=now))


def end(session: Session, session_id: str, now: datetime, *, account_id: str = "") -> bool:
    """End a session (of this account, where one is named); whether there was one."""
    query = update(WebSession).where(col(WebSession.id) == session_id, col(WebSession.ended_at).is_(None))
    if account_id:
        query = query.where(col(WebSession.account_id) == account_id)
    return bool(session.execute(query.values(ended_at=now)).rowcount)  # type: ignore[attr-defined]


def end_all(session: Session, account_id: str, now: datetime, *, but: str = "") -> None:
    """End every session of an account but one."""
    open_ones = (col(WebSession.account_id) == account_id, col(WebSession.ended_at).is_(None))
    session.execute(update(WebSession).where(*open_ones, col(WebSession.id) != but).values(ended_at=now))


def sweep(session: Session, now: datetime) -> None:
    """Drop sessions that ran out or were ended long ago."""
    session.execute(delete(WebSession).where(col(WebSession.until) < now - REMEMBERED))


def listed(session: Session, account_id: str, now: datetime) -> list[WebSession]:
    """The open sessions of an account, the last used first."""
    query = (
        select(WebSession)
        .where(
            col(WebSession.account_id) == account_id, col(WebSession.ended_at).is_(None), col(WebSession.until) > now
        )
        .order_by(col(WebSession.seen_at).desc())
    )
    return list(session.execute(query).scalars())
