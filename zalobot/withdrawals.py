"""A person has Zalo tell us that their data is to be erased (`user_withdraw`), or asks us themselves.

The one rule: what they said until then never comes back, neither by a late delivery nor from Zalo's own record of the
conversation; what they say afterwards is a new beginning. All that is kept for it is a keyed hash and an instant.
"""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import conversations, ledger
from zalobot.store.blobs import BlobStore
from zalobot.store.database import memo
from zalobot.store.models import Account, DoomedFile, InboxEvent, InboxState, Officer, Withdrawal

KEY = "withdrawals"  # session.info: what keys the hashes; without it nobody can try ids until one fits

_withdrawal = Withdrawal.__table__  # type: ignore[attr-defined]
_doomed = DoomedFile.__table__  # type: ignore[attr-defined]


def withdraw(session: Session, person_id: str, at: datetime, now: datetime, *, role: str = "business") -> None:
    """Erase a person who asked for it at `at`, and let nothing they said before come in again.

    Who is a member of staff is unlinked: what they answered is their agency's and stays.
    """
    row = insert(_withdrawal).values(person_hash=_hash(session, person_id), at=at)
    later = row.excluded.at > _withdrawal.c.at
    session.execute(
        row.on_conflict_do_update(index_elements=["person_hash"], set_={"at": row.excluded.at}, where=later)
    )
    memo(session)[KEY] = True
    _erase(session, person_id, now, role, after=at)


def came_before(session: Session, person_id: str, at: datetime) -> bool:
    """Whether the person had their data erased after this instant."""
    remembered = memo(session)
    if KEY not in remembered:  # once for all the new people of a round: mostly nobody ever withdrew
        remembered[KEY] = session.execute(select(_withdrawal.c.at).limit(1)).first() is not None
    if not remembered[KEY]:
        return False
    query = select(_withdrawal.c.at).where(_withdrawal.c.person_hash == _hash(session, person_id))
    erased: datetime | None = session.execute(query).scalar_one_or_none()
    return erased is not None and at <= erased


def drop(session: Session, person_id: str, at: datetime, now: datetime) -> None:
    """Forget what was kept of somebody who had withdrawn: it came late."""
    _erase(session, person_id, now, "system", after=at)


def sweep(session: Session, blobs: BlobStore, limit: int = 100) -> int:
    """Remove files of erased people from the disk; gives back how many. Run it once the erasure is committed."""
    names = list(session.execute(select(_doomed.c.sha256).limit(limit)).scalars())
    for name in names:
        blobs.remove(name)
    session.execute(delete(_doomed).where(_doomed.c.sha256.in_(names)))
    return len(names)


def _erase(session: Session, person_id: str, now: datetime, role: str, *, after: datetime) -> None:
    erased = ledger.erase_person(session, person_id, now, role=role, keep_after=after)
    session.execute(update(Officer).where(col(Officer.person_id) == person_id).values(person_id=None, linked_at=None))
    session.execute(update(Account).where(col(Account.person_id) == person_id).values(person_id=None))
    session.info.pop("duty", None)
    conversations.dismiss(session, person_id)
    if erased.files:
        rows = [{"sha256": name, "since": now} for name in erased.files]
        session.execute(insert(_doomed).on_conflict_do_nothing(index_elements=["sha256"]), rows)
    waiting = select(col(InboxEvent.id)).where(
        col(InboxEvent.person_id) == person_id, col(InboxEvent.state) == InboxState.NEW
    )
    if session.execute(waiting.limit(1)).first():  # whoever has something waiting needs a row to lock
        conversations.known(session, [person_id], now)


def _hash(session: Session, person_id: str) -> str:
    key: str = session.info.get(KEY, "")
    return hmac.new(key.encode(), person_id.encode(), hashlib.sha256).hexdigest()
