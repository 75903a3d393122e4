"""The relay claims no more than may go now: what waits stays queued, so that what is more urgent goes before it."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.town import Town
from tests.town import town as new_town
from tests.web import sample
from zalobot import outbox, reference, speech, templating
from zalobot.budget import Room
from zalobot.store.database import Store
from zalobot.store.models import Conversation, OutboxState, Person, Priority
from zalobot.templating import Rendered
from zalobot.zalo.allowance import Kind

SENT, QUEUED = OutboxState.SENT, OutboxState.QUEUED


class Rooms:
    """Gives what it was told to give, and counts what comes back."""

    def __init__(self, *rooms: Room) -> None:
        self.rooms, self.asked, self.back = list(rooms), [], []

    async def room(self, most: int) -> Room:
        self.asked.append(most)
        return self.rooms.pop(0) if len(self.rooms) > 1 else self.rooms[0]

    async def give_back(self, left: Room) -> None:
        if left.calls or any(left.apart.values()):
            self.back.append((left.calls, {kind.name: calls for kind, calls in left.apart.items() if calls}))


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Store]:
    opened = Store(sqlite_url)
    yield opened
    opened.close_now()


@pytest.fixture
async def town(lite: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with new_town(lite, tmp_path) as made:
        yield made


async def queued(town: Town, *priorities: Priority) -> list[str]:
    """One message of each priority, each to another person; the names of who gets them."""
    for number, priority in enumerate(priorities):
        person = await town.person(f"p{number}")
        said = Rendered(f"{priority.name} {number}", (), "test", "1")
        town.store.run_now(outbox.enqueue, person.id, said, now=town.clock.now(), priority=priority)
    return [f"{priority.name} {number}" for number, priority in enumerate(priorities)]


def said(town: Town) -> set[str]:
    """What stands on the phones."""
    return {
        message.text for person in town.simulator.world.people.values() for message in town.simulator.received(person)
    }


async def test_no_more_is_claimed_than_may_go(town: Town) -> None:
    await queued(town, *[Priority.REPLY] * 7)
    town.relay.budget = Rooms(Room(3, wait=0.01))
    assert await town.relay._exchange() == 3
    assert town.states().count(QUEUED) == 4
    await town.relay.drain()
    assert town.states() == [SENT] * 7
    assert town.relay.budget.asked[0] == 48


async def test_the_most_urgent_goes_first_and_a_share_is_for_its_own_kind(town: Town) -> None:
    await queued(town, Priority.REMINDER, Priority.STATUS, Priority.REPLY, Priority.REMINDER)
    town.relay.budget = Rooms(Room(1, {Kind.REMINDER: 1}, wait=0.01), Room(0, wait=0.01), Room(0))
    await town.relay.drain()
    assert said(town) == {"REPLY 2", "REMINDER 0"}
    town.relay.budget = Rooms(Room(1, wait=0.01), Room(0))
    await town.relay.drain()
    assert said(town) == {"REPLY 2", "REMINDER 0", "STATUS 1"}


async def test_what_nobody_waits_for_goes_back(town: Town) -> None:
    await queued(town, Priority.REPLY)
    town.relay.budget = Rooms(Room(5, {Kind.STATUS: 2, Kind.REMINDER: 1}))
    await town.relay._exchange()
    assert town.relay.budget.back == [(4, {"STATUS": 2, "REMINDER": 1})]
    await town.relay.drain()


async def test_what_goes_another_way_costs_no_call(town: Town) -> None:
    """Nobody wrote for eight days: no message of the chat is sent, so none is counted."""
    town.store.info[reference.PROVINCE] = sample.province()
    templating.use(speech.wording(sample.province()))
    person = await town.person()
    town.store.run_now(_silent, person.id, town.clock.now() - timedelta(days=8))
    town.say(person, "một tin")
    town.relay.budget = Rooms(Room(1), Room(0))
    await town.relay.drain()
    assert said(town) == set()
    assert (1, {}) in town.relay.budget.back


def _silent(session: Session, person_id: str, since: datetime) -> None:
    session.merge(Person(id=person_id, created_at=since))
    session.flush()
    session.merge(Conversation(person_id=person_id, last_interaction_at=since, updated_at=since))
