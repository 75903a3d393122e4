"""The consents of an OA's administrators: a one-time link, one browser, one answer of Zalo.

The one rule: each step is taken once (`begin`, `take`), whoever asks again; links and browsers are known by their hash.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session

from zalobot.store.ids import new_id
from zalobot.store.models import Consent

LINK_LIFE = timedelta(minutes=30)
FLOW_LIFE = timedelta(minutes=15)  # Zalo's code lives ten; an administrator has to log in first
KEPT = timedelta(days=90)

_table = Consent.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Begun:
    """A consent under way: what the callback must bring again."""

    id: str
    browser_hash: str
    verifier: str
    until: datetime


def make_link(session: Session, oa_id: str, now: datetime) -> str:
    """A new one-time secret with which one browser may begin a consent within half an hour."""
    session.execute(delete(_table).where(_table.c.made_at < now - KEPT))
    secret = secrets.token_urlsafe(32)
    session.add(Consent(id=new_id(), oa_id=oa_id, made_at=now, link_hash=hashed(secret), link_until=now + LINK_LIFE))
    return secret


def link_is_good(session: Session, secret: str, now: datetime) -> bool:
    """Whether a consent may still be begun with this link."""
    query = select(_table.c.id).where(*_unused(secret, now))
    return session.execute(query).first() is not None


def begin(session: Session, secret: str, browser: str, verifier: str, now: datetime) -> Begun | None:
    """Use the link up for one browser; None when it is no good (any more). `verifier` is sealed."""
    until = now + FLOW_LIFE
    values = {"begun_at": now, "browser_hash": hashed(browser), "verifier": verifier, "until": until}
    begun = session.execute(
        update(_table).where(*_unused(secret, now)).values(**values).returning(_table.c.id)
    ).scalar_one_or_none()
    return Begun(begun, hashed(browser), verifier, until) if begun else None


def find(session: Session, consent_id: str) -> Begun | None:
    """A consent that was begun and has not ended; None for any other."""
    row = session.execute(select(_table).where(_table.c.id == consent_id, *_under_way())).one_or_none()
    return Begun(row.id, row.browser_hash, row.verifier, row.until) if row else None


def only_one(session: Session, browser: str, now: datetime) -> Begun | None:
    """The consent under way when there is exactly one in all, and it was begun in this browser."""
    rows = session.execute(select(_table).where(_table.c.until > now, *_under_way()).limit(2)).all()
    if len(rows) != 1 or rows[0].browser_hash != hashed(browser):
        return None
    return Begun(rows[0].id, rows[0].browser_hash, rows[0].verifier, rows[0].until)


def take(session: Session, consent_id: str, now: datetime) -> bool:
    """Take Zalo's answer: once. False when it was taken before, or came too late."""
    taken = update(_table).where(_table.c.id == consent_id, _table.c.until > now, *_under_way())
    return bool(session.execute(taken.values(ended_at=now, outcome="taken", verifier="")).rowcount)  # type: ignore[attr-defined]


def end(session: Session, consent_id: str, outcome: str) -> None:
    """Note what came of it."""
    session.execute(update(_table).where(_table.c.id == consent_id).values(outcome=outcome[:32]))


def hashed(secret: str) -> str:
    """How a secret of ours is kept: it is random and long, so a plain hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _unused(secret: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (_table.c.link_hash == hashed(secret), _table.c.link_until > now, _table.c.begun_at.is_(None))


def _under_way() -> tuple[ColumnElement[bool], ...]:
    return (_table.c.begun_at.is_not(None), _table.c.ended_at.is_(None))
