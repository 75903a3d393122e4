"""Names are asked for once a day at most, after everything else, for who agreed and wrote lately."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from tests.web.sample import NOW
from zalobot import profiles
from zalobot.errors import Retryable, Undeliverable, ZaloError
from zalobot.store.database import Store
from zalobot.store.models import Conversation, Person


class Zalo:
    """Knows some names; `refuses` is raised for the rest."""

    def __init__(self, names: dict[str, str], refuses: ZaloError | None = None) -> None:
        self.names, self.refuses, self.asked = names, refuses or Undeliverable(-213, "no follower"), []

    async def profile(self, person_id: str) -> dict[str, str]:
        self.asked.append(person_id)
        if person_id not in self.names:
            raise self.refuses
        return {"display_name": self.names[person_id]}


def talks(session: Session, person: str, wrote: datetime = NOW, name: str = "", agreed: datetime | None = NOW) -> None:
    session.add(Person(id=person, created_at=NOW))
    session.flush()
    row = Conversation(person_id=person, display_name=name, last_interaction_at=wrote, consented_at=agreed)
    row.updated_at = NOW
    session.add(row)
    session.flush()


def name(session: Session, person: str) -> str:
    return session.get_one(Conversation, person).display_name


async def test_a_name_is_asked_for_once_a_day(store: Store) -> None:
    await store.run(talks, "p1")
    zalo = Zalo({"p1": ""})
    for hours in (0, 1, 23):
        await store.run(lambda session, at=NOW + timedelta(hours=hours): _writes(session, "p1", at))
        await profiles.look_up(store, zalo, NOW + timedelta(hours=hours))  # type: ignore[arg-type]
    assert zalo.asked == ["p1"]
    zalo.names["p1"] = "Công ty Hạ Long"
    await store.run(_writes, "p1", NOW + timedelta(hours=24))
    await profiles.look_up(store, zalo, NOW + timedelta(hours=24))  # type: ignore[arg-type]
    assert zalo.asked == ["p1", "p1"]
    assert await store.read(name, "p1") == "Công ty Hạ Long"
    await profiles.look_up(store, zalo, NOW + timedelta(hours=48))  # type: ignore[arg-type]
    assert zalo.asked == ["p1", "p1"]


def _writes(session: Session, person: str, at: datetime) -> None:
    session.get_one(Conversation, person).last_interaction_at = at


@pytest.mark.parametrize(
    "given",
    [
        {"wrote": NOW - timedelta(minutes=16)},
        {"name": "Chị Lan"},
        {"agreed": None},
    ],
    ids=["wrote long ago", "gave a name", "did not agree"],
)
async def test_who_is_not_asked_about(store: Store, given: dict[str, object]) -> None:
    await store.run(lambda session: talks(session, "p1", **given))
    zalo = Zalo({"p1": "Tên"})
    assert await profiles.look_up(store, zalo, NOW) == 0  # type: ignore[arg-type]
    assert zalo.asked == []


async def test_who_hides_is_let_be_for_a_day_and_a_zalo_that_is_away_is_not(store: Store) -> None:
    for number in range(3):
        await store.run(talks, f"p{number}", NOW - timedelta(seconds=number))
    zalo = Zalo({}, Retryable(-32, "limit"))
    assert await profiles.look_up(store, zalo, NOW) == 0  # type: ignore[arg-type]
    zalo.refuses = Undeliverable(-213, "no follower")
    assert await profiles.look_up(store, zalo, NOW) == 3  # type: ignore[arg-type]
    assert await profiles.look_up(store, zalo, NOW) == 0  # type: ignore[arg-type]
    assert zalo.asked == ["p0", "p0", "p1", "p2"]


async def test_a_round_is_small(store: Store) -> None:
    for number in range(9):
        await store.run(talks, f"p{number}", NOW - timedelta(seconds=number))
    zalo = Zalo({})
    assert await profiles.look_up(store, zalo, NOW) == profiles.AT_ONCE  # type: ignore[arg-type]
