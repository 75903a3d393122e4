"""The row of an OA's tokens: found, claimed for renewal, committed, given up.

The one rule: whoever renews has claimed the row first, and a pair is written only over the generation it came from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from zalobot.store.models import OaToken

OK, CONSENT_NEEDED = "ok", "consent_needed"


@dataclass(frozen=True, slots=True)
class SealedPair:
    """A pair of tokens as it is stored: unreadable."""

    access: str
    refresh: str
    expires_at: datetime
    obtained_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """The row is the caller's to renew, until its lease ends."""

    row: OaToken


@dataclass(frozen=True, slots=True)
class Fresh:
    """There is nothing to renew: somebody else did."""

    row: OaToken


@dataclass(frozen=True, slots=True)
class Lost:
    """The grant is lost: asking Zalo again is of no use."""

    row: OaToken


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody is renewing the pair right now."""


Claim = Claimed | Fresh | Lost | Busy


def find(session: Session, oa_id: str) -> OaToken | None:
    """The kept pair, if there is one."""
    return session.get(OaToken, oa_id)


def adopt(session: Session, oa_id: str, pair: SealedPair) -> OaToken:
    """Keep a first pair unless there is one already; gives what is kept then."""
    kept = session.get(OaToken, oa_id)
    if kept is not None:
        return kept
    row = OaToken(
        oa_id=oa_id,
        access=pair.access,
        refresh=pair.refresh,
        expires_at=pair.expires_at,
        obtained_at=pair.obtained_at,
        generation=1,
        status=OK,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:  # another process was faster
        return session.get_one(OaToken, oa_id)
    return row


def replace(session: Session, oa_id: str, pair: SealedPair) -> OaToken:
    """Keep the pair of a new consent, whatever was there before."""
    row = _locked(session, oa_id)
    if row is None:
        return adopt(session, oa_id, pair)
    return _write(row, pair)


def claim(
    session: Session,
    oa_id: str,
    due: Callable[[OaToken], bool],
    *,
    holder: str,
    until: datetime,
    now: datetime,
    refused: bool,
) -> Claim | None:
    """Claim the row for one renewal if it is still `due`; None when there is no row.

    `refused`: Zalo has just refused the access token, so a lost grant has nothing left to live on.
    """
    row = _locked(session, oa_id)
    if row is None:
        return None
    if not due(row):
        return Fresh(row)
    if row.status == CONSENT_NEEDED:
        _expire(row, now, refused)
        return Lost(row)
    if row.refreshing_by and row.refreshing_until and row.refreshing_until > now:
        return Busy()
    row.refreshing_by, row.refreshing_until = holder, until
    return Claimed(row)


def commit(session: Session, oa_id: str, pair: SealedPair, generation: int) -> OaToken:
    """Write the pair that came of `generation`; a newer row stays as it is. Gives what is kept then.

    The lease does not matter here: a pair Zalo has given is the only one that works.
    """
    row = _locked(session, oa_id)
    if row is None:
        return adopt(session, oa_id, pair)
    return _write(row, pair) if row.generation == generation else row


def extend(session: Session, oa_id: str, holder: str, until: datetime) -> bool:
    """Keep the claim for one more attempt; False when somebody else has taken the row meanwhile."""
    row = _locked(session, oa_id)
    if row is None or row.refreshing_by != holder:
        return False
    row.refreshing_until = until
    return True


def release(session: Session, oa_id: str, holder: str, error: str, now: datetime) -> None:
    """End a renewal that brought nothing; the kept pair stays."""
    row = _locked(session, oa_id)
    if row is not None and row.refreshing_by == holder:
        row.refreshing_by, row.refreshing_until, row.error = None, None, error
        row.failing_since = row.failing_since or now


def give_up(
    session: Session, oa_id: str, generation: int, *, holder: str, error: str, now: datetime, refused: bool
) -> OaToken:
    """Note that the grant is lost, unless the row is newer or in other hands by now. Gives what is kept then."""
    row = _locked(session, oa_id)
    if row is None:
        raise LookupError(oa_id)
    if row.generation == generation and row.refreshing_by == holder:
        row.status, row.error = CONSENT_NEEDED, error
        row.failing_since = row.failing_since or now
        row.alarmed_at = None  # it is worse now than what was told before
        row.refreshing_by = row.refreshing_until = None
        _expire(row, now, refused)
    return row


def abandoned(row: OaToken, now: datetime) -> bool:
    """Whether somebody began a renewal and died over it: nobody knows whether the refresh token still works."""
    return bool(row.refreshing_by and row.refreshing_until and row.refreshing_until <= now)


def _locked(session: Session, oa_id: str) -> OaToken | None:
    return session.get(OaToken, oa_id, with_for_update=True)


def _write(row: OaToken, pair: SealedPair) -> OaToken:
    row.previous_access, row.previous_refresh = row.access, row.refresh
    row.access, row.refresh = pair.access, pair.refresh
    row.expires_at, row.obtained_at = pair.expires_at, pair.obtained_at
    row.generation += 1
    row.status, row.error = OK, None
    row.failing_since = row.alarmed_at = None
    row.refreshing_by = row.refreshing_until = None
    return row


def _expire(row: OaToken, now: datetime, refused: bool) -> None:
    if refused and row.expires_at > now:
        row.expires_at = now
