"""How people are called in Zalo: asked for once a day at most, for the webhook brings no names.

The one rule: a name is a courtesy. It is looked up after everything else, only for who wrote a moment ago, and never
over a name that the person gave.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot.errors import Undeliverable, ZaloError
from zalobot.store.database import Store
from zalobot.store.models import Conversation, ProfileLookUp
from zalobot.store.types import storable
from zalobot.zalo.client import ZaloClient

KEPT = timedelta(hours=24)
LATELY = timedelta(minutes=15)
AT_ONCE = 4  # in a round: look-ups have a small share of the allowance

_talks = Conversation.__table__  # type: ignore[attr-defined]
_asked = ProfileLookUp.__table__  # type: ignore[attr-defined]


def wanted(session: Session, now: datetime) -> list[str]:
    """People without a name who agreed and wrote lately, and whom Zalo was not asked about within a day."""
    known = exists().where(_asked.c.person_id == _talks.c.person_id, _asked.c.at > now - KEPT)
    query = (
        select(_talks.c.person_id)
        .where(
            _talks.c.display_name == "",
            _talks.c.consented_at.is_not(None),
            _talks.c.last_interaction_at >= now - LATELY,
            ~known,
        )
        .order_by(_talks.c.last_interaction_at.desc())
        .limit(AT_ONCE)
    )
    return list(session.execute(query).scalars())


def keep(session: Session, person_id: str, name: str, now: datetime) -> None:
    """Keep a name ("" where Zalo tells none), and that it was asked for."""
    row = insert(_asked).values(person_id=person_id, at=now)
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_={"at": now}))
    if name:
        nameless = update(_talks).where(_talks.c.person_id == person_id, _talks.c.display_name == "")
        session.execute(nameless.values(display_name=storable(name)[:200]))


async def look_up(store: Store, client: ZaloClient, now: datetime) -> int:
    """One round; gives back how many were asked about. Where Zalo is away the rest is left for another time."""
    people = await store.read(wanted, now)
    for number, person_id in enumerate(people):
        try:
            found = await client.profile(person_id)
        except Undeliverable:  # no follower, or somebody who hides: a day is soon enough
            found = {}
        except ZaloError:
            return number
        await store.run(keep, person_id, str(found.get("display_name") or ""), now)
    return len(people)
