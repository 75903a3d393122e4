"""What the webhook remembers: secrets that have proven good, and what was dropped at the door and why.

The one rule: of a secret only the fingerprint is written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot.store.models import InboxEvent, OaSecret, WebhookTrouble

_secrets = OaSecret.__table__  # type: ignore[attr-defined]
_troubles = WebhookTrouble.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Events dropped for one reason: how many since `first_at`."""

    reason: str
    number: int
    first_at: datetime
    last_at: datetime


def prove(session: Session, fingerprint: str, now: datetime) -> None:
    """A signature fitted this secret."""
    row = insert(_secrets).on_conflict_do_nothing(index_elements=["fingerprint"])
    session.execute(row, [{"fingerprint": fingerprint, "proven_at": now}])


def proven(session: Session, fingerprints: Sequence[str]) -> set[str]:
    """Those of the secrets that have proven good."""
    query = select(_secrets.c.fingerprint).where(_secrets.c.fingerprint.in_(fingerprints))
    return set(session.execute(query).scalars())


def note(session: Session, reason: str, number: int, now: datetime) -> None:
    """So many more events were dropped for this reason."""
    row = insert(_troubles).values(reason=reason[:32], number=number, first_at=now, last_at=now)
    counted = {"number": _troubles.c.number + number, "last_at": now}
    session.execute(row.on_conflict_do_update(index_elements=["reason"], set_=counted))


def noted(session: Session, since: datetime) -> list[Trouble]:
    """What was dropped since then, the newest first."""
    query = select(_troubles).where(_troubles.c.last_at >= since).order_by(_troubles.c.last_at.desc())
    return [Trouble(*row) for row in session.execute(query)]


def newest(session: Session) -> datetime | None:
    """When the event that came last happened; None where none ever came."""
    query = select(col(InboxEvent.at)).order_by(col(InboxEvent.id).desc()).limit(1)
    return session.execute(query).scalar_one_or_none()


def last_heard(session: Session) -> tuple[datetime, datetime] | None:
    """When the webhook last brought an event, by our clock, and when that event happened, by Zalo's.

    What was read from conversations is apart from that; None where the webhook never brought anything.
    """
    query = select(col(InboxEvent.received_at), col(InboxEvent.at)).where(col(InboxEvent.num_retry) >= 0)
    row = session.execute(query.order_by(col(InboxEvent.id).desc()).limit(1)).first()
    return (row[0], row[1]) if row else None
