"""Forms that came when their session had run out, or with the token of a session before: held, not done.

The one rule: a held form is one account's own, does nothing by itself, and is gone after two days.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlmodel import Session, col

from zalobot.store.ids import new_id
from zalobot.store.models import HeldForm

KEPT: Final = timedelta(days=2)
EACH: Final = 20  # of the newest of one account; a page sends one at a time
MOST: Final = 200_000  # letters of all its fields


def hold(
    session: Session, account_id: str, path: str, fields: Sequence[tuple[str, str]], back: str, now: datetime
) -> str:
    """Hold a form for this account; gives back its key, '' for one that holds nothing or more than anybody types."""
    if not fields or sum(len(value) for _, value in fields) > MOST or len(path) > 200:
        return ""
    made = HeldForm(
        id=new_id(), account_id=account_id, path=path, back=back, fields=[list(one) for one in fields], at=now
    )
    session.add(made)
    session.flush()
    mine = select(col(HeldForm.id)).where(col(HeldForm.account_id) == account_id).order_by(col(HeldForm.id).desc())
    older = list(session.execute(mine.offset(EACH)).scalars())
    session.execute(delete(HeldForm).where(col(HeldForm.id).in_(older)))
    return made.id


def find(session: Session, account_id: str, held_id: str) -> HeldForm | None:
    """A form held for this account; None for none, and for somebody else's."""
    found = session.get(HeldForm, held_id)
    return found if found is not None and found.account_id == account_id else None


def newest(session: Session, account_id: str, since: datetime) -> str:
    """The key of the last form held for this account since then, or ''."""
    query = select(col(HeldForm.id)).where(col(HeldForm.account_id) == account_id, col(HeldForm.at) >= since)
    found: str | None = session.execute(query.order_by(col(HeldForm.id).desc()).limit(1)).scalar_one_or_none()
    return found or ""


def drop(session: Session, account_id: str, held_id: str) -> None:
    """It was looked at and is wanted no more."""
    mine = (col(HeldForm.id) == held_id, col(HeldForm.account_id) == account_id)
    session.execute(delete(HeldForm).where(*mine))


def sweep(session: Session, now: datetime) -> None:
    """Drop what nobody came back for."""
    session.execute(delete(HeldForm).where(col(HeldForm.at) < now - KEPT))
