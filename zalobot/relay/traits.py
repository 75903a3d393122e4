"""What was learnt of the account by trying, kept for all processes until it is to be tried again.

The one rule: nothing learnt is for ever. Accounts change their package and their kind, and nobody tells us.
"""

import time
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot.services import Now
from zalobot.store.database import Store
from zalobot.store.models import OaTrait

LOOK_AGAIN = 30.0  # seconds until what another process has learnt is known here
NONE_AGAIN = timedelta(hours=1)  # an account that cannot send at all is tried more often
_table = OaTrait.__table__  # type: ignore[attr-defined]
_insert = insert(_table)
_keep = _insert.on_conflict_do_update(
    index_elements=["oa_id", "trait"],
    set_={name: _insert.excluded[name] for name in ("value", "learnt_at", "again_at")},
)


class Traits:
    """The memory of the client (`zalo.send_api.Memory`) of one account; `again` is how long a thing learnt holds."""

    def __init__(self, store: Store, oa_id: str, now: Now, again: timedelta) -> None:
        self._store, self._oa_id, self._now, self._again = store, oa_id, now, again
        self._known: dict[str, tuple[str, datetime]] = {}
        self._looked = float("-inf")

    async def recall(self, trait: str) -> str:
        """What was learnt; "" for nothing, or when that is long ago."""
        if time.monotonic() - self._looked > LOOK_AGAIN:
            self._known = await self._store.read(known, self._oa_id)
            self._looked = time.monotonic()
        value, again_at = self._known.get(trait, ("", self._now()))
        return value if self._now() < again_at else ""

    async def keep(self, trait: str, value: str) -> None:
        """Learn it, for every process."""
        now = self._now()
        again_at = now + (min(self._again, NONE_AGAIN) if value == "none" else self._again)
        self._known[trait] = (value, again_at)
        await self._store.run(keep, self._oa_id, trait, value, now, again_at)


def known(session: Session, oa_id: str) -> dict[str, tuple[str, datetime]]:
    """Everything learnt of an account, and until when it holds."""
    query = select(_table.c.trait, _table.c.value, _table.c.again_at).where(_table.c.oa_id == oa_id)
    return {row.trait: (row.value, row.again_at) for row in session.execute(query)}


def keep(session: Session, oa_id: str, trait: str, value: str, now: datetime, again_at: datetime) -> None:
    """Write it down in place of what was learnt before."""
    row = {"oa_id": oa_id, "trait": trait, "value": value, "learnt_at": now, "again_at": again_at}
    session.execute(_keep, row)
