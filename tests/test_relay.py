"""The relay against a fake Zalo over real HTTP: every claimed row ends as something, and nothing is said twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.town import Town
from tests.town import town as new_town
from zalobot import outbox
from zalobot.errors import Misconfigured, OutcomeUnknown, Retryable, Undeliverable
from zalobot.outbox import Leaving, Outcome
from zalobot.relay import Relay
from zalobot.relay.attempting import RETRIES, backoff
from zalobot.relay.chat import candidates
from zalobot.relay.loop import DIED
from zalobot.relay.settling import ATTEMPTS, FAILED_ATTEMPTS, ask
from zalobot.simulator.app import Effect
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.models import OutboxState
from zalobot.store.presence import Presence
from zalobot.zalo.client import Sent
from zalobot.zalo.messages import Button, Outgoing

SENT, QUEUED, SENDING = OutboxState.SENT, OutboxState.QUEUED, OutboxState.SENDING
UNKNOWN, UNCLEAR, FAILED = OutboxState.UNKNOWN, OutboxState.UNCLEAR, OutboxState.FAILED


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with new_town(store, tmp_path) as made:
        yield made


@contextlib.asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(relay.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    for _ in range(round(seconds / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


async def test_a_message_arrives_and_its_row_knows_zalos_id(town: Town) -> None:
    person = await town.person()
    town.say(person, "Kính chào", ("Đồng ý", "Đồng ý"))
    await town.relay.drain()
    (message,) = town.simulator.received(person)
    assert (message.text, [button.title for button in message.buttons]) == ("Kính chào", ["Đồng ý"])
    assert [(row.state, row.message_id) for row in town.rows()] == [(SENT, message.id)]


async def test_everybody_gets_their_messages_in_order_at_the_same_time(town: Town) -> None:
    people = [await town.person(f"p{number}") for number in range(4)]
    for word in ("1", "2", "3"):
        for person in people:
            town.say(person, word)
    town.simulator.faults.start(Effect.SLOW, seconds=0.05)
    await town.relay.drain()
    assert [town.phone(person) for person in people] == [["1", "2", "3"]] * 4


async def test_an_answer_that_got_lost_is_found_in_the_conversation_and_nothing_is_said_twice(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    town.say(person, "2")
    town.simulator.faults.start(Effect.ANSWER_LOST, count=1)
    await town.relay.drain()
    assert town.states() == [UNKNOWN, QUEUED]
    assert await town.relay.settle_unknown() == 0  # too early to ask
    town.clock.wait(seconds=4)
    assert await town.relay.settle_unknown() == 1
    await town.relay.drain()
    assert town.states() == [SENT, SENT]
    assert town.phone(person) == ["1", "2"]
    assert [row.message_id for row in town.rows()] == [message.id for message in town.simulator.received(person)]


async def test_what_zalo_says_only_after_we_stopped_waiting_is_not_said_again(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    town.simulator.faults.start(Effect.SLOW, seconds=3.3, count=1)  # we wait three
    await town.relay.drain()
    assert (town.states(), town.phone(person)) == ([UNKNOWN], [])
    town.clock.wait(seconds=4)
    assert await town.relay.settle_unknown() == 0  # it may still be on its way
    await town.simulator.replies(person)
    town.clock.wait(seconds=20)
    assert await town.relay.settle_unknown() == 1
    await town.relay.drain()
    assert (town.states(), town.phone(person)) == ([SENT], ["1"])


async def test_what_zalo_does_not_show_is_said_again(town: Town) -> None:
    """HTTP 500: it may have arrived. The conversation says that it did not."""
    person = await town.person()
    town.say(person, "1")
    town.simulator.faults.start(Effect.STATUS, code=500)
    await town.relay.drain()
    assert town.states() == [UNKNOWN]
    town.simulator.faults.stop()
    town.clock.wait(seconds=4)
    assert await town.relay.settle_unknown() == 1
    assert town.states() == [QUEUED]
    town.clock.wait(seconds=3)
    await town.relay.drain()
    assert (town.states(), town.phone(person)) == ([SENT], ["1"])


async def test_as_long_as_zalo_does_not_show_the_conversation_nothing_is_said_again(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    town.simulator.faults.start(Effect.ANSWER_LOST, count=1)
    await town.relay.drain()
    town.clock.wait(seconds=4)
    town.simulator.faults.per_minute = 1
    town.simulator.stage.meter.take(1)
    assert await town.relay.settle_unknown() == 0
    assert town.states() == [UNKNOWN]
    town.simulator.faults.per_minute = 0
    assert await town.relay.settle_unknown() == 0  # not again at once
    town.clock.wait(seconds=5)
    assert await town.relay.settle_unknown() == 1
    assert (town.states(), town.phone(person)) == ([SENT], ["1"])


async def test_the_conversation_is_looked_through_behind_what_the_person_wrote_since(town: Town) -> None:
    """Zalo shows ten messages at a time."""
    person = await town.person()
    town.say(person, "the answer")
    town.simulator.faults.start(Effect.ANSWER_LOST, count=1)
    await town.relay.drain()
    for number in range(14):
        await town.simulator.says(person, f"hello? {number}")
    town.clock.wait(seconds=4)
    assert await town.relay.settle_unknown() == 1
    assert town.states() == [SENT]
    assert town.phone(person) == ["the answer"]


async def test_the_same_words_said_before_are_not_taken_for_the_lost_ones(town: Town) -> None:
    person = await town.person()
    town.say(person, "Đã nhận")
    await town.relay.drain()
    town.say(person, "Đã nhận")
    town.simulator.faults.start(Effect.STATUS, code=500)
    await town.relay.drain()
    town.simulator.faults.stop()
    town.clock.wait(seconds=4)
    await town.relay.settle_unknown()
    assert town.states() == [SENT, QUEUED]
    town.clock.wait(seconds=3)
    await town.relay.drain()
    assert town.phone(person) == ["Đã nhận", "Đã nhận"]


async def test_a_row_left_as_sending_by_a_dead_process_is_settled_by_the_conversation(town: Town) -> None:
    """One died after Zalo had the message, one before."""
    arrived, not_arrived = await town.person("Lan"), await town.person("Huy")
    town.say(arrived, "1")
    town.say(not_arrived, "1")
    for row in town.claim():
        if row.person_id == arrived.id:
            await town.client.send(row.person_id, row.outgoing)
    town.clock.wait(seconds=4)
    assert await town.another().settle_unknown() == 2
    assert town.states() == [SENT, QUEUED]
    town.clock.wait(seconds=3)
    await town.relay.drain()
    assert (town.phone(arrived), town.phone(not_arrived)) == (["1"], ["1"])


async def test_soon_after_a_start_what_a_former_life_left_is_settled_without_being_asked(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    (row,) = town.claim()
    await town.client.send(row.person_id, row.outgoing)
    async with running(town.relay):
        await until(lambda: town.states() == [SENT])
    assert town.phone(person) == ["1"]


async def test_a_row_that_is_still_under_way_here_is_nobodys_orphan(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    town.simulator.faults.start(Effect.SLOW, seconds=0.5)
    sending = asyncio.create_task(town.relay.drain())
    await until(lambda: town.states() == [SENDING])
    town.clock.wait(minutes=5)
    assert await town.relay.settle_unknown() == 0
    await sending
    assert (town.states(), town.phone(person)) == ([SENT], ["1"])


@pytest.mark.postgres
async def test_a_living_relay_takes_over_what_a_dead_one_was_sending_and_nothing_else(
    postgres_url: str, tmp_path: Path
) -> None:
    store = Store(postgres_url)
    mine, living, dead = (Presence(postgres_url, "relay", confirm=0) for _ in range(3))
    async with new_town(store, tmp_path) as town:
        relay = town.another(presence=mine)
        assert [presence.announce() for presence in (mine, living, dead)] == [True] * 3
        for holder in (living, dead):
            town.say(await town.person(), "1")
            store.run_now(outbox.claim, town.clock.now(), 50, holder=holder.id)
        town.clock.wait(seconds=60)
        assert await relay.settle_unknown() == 0  # both may be sending
        dead.close()
        assert await relay.settle_unknown() == 1
        assert town.states() == [SENDING, QUEUED]
        town.clock.wait(seconds=DIED.total_seconds())
        assert await relay.settle_unknown() == 1  # no call takes so long
        assert town.states() == [QUEUED, QUEUED]
        for presence in (mine, living):
            presence.close()
    await store.close()


async def test_who_cannot_be_seen_to_live_takes_nothing_until_they_can(town: Town) -> None:
    class Hidden(Presence):
        """On a database that gives no connection for it, until it does."""

        seen = False

        def announce(self) -> bool:
            return self.seen

    person, hidden = await town.person(), Hidden("sqlite://", "relay")
    town.say(person, "1")
    async with running(town.another(presence=hidden)):
        await asyncio.sleep(0.3)
        assert town.states() == [QUEUED]
        hidden.seen = True
        await until(lambda: town.states() == [SENT])
    assert town.phone(person) == ["1"]


async def test_what_was_settled_meanwhile_is_not_undone_by_an_older_look(town: Town) -> None:
    """Two processes ask at once, one of them slowly: the other has it sent again before the first is back."""
    person = await town.person()
    town.say(person, "1")
    town.simulator.faults.start(Effect.STATUS, code=500, count=1)
    await town.relay.drain()
    town.clock.wait(seconds=4)
    (row,) = town.store.read_now(outbox.unsettled, town.clock.now(), town.clock.now(), [], town.clock.now())
    old = await ask(town.store, town.relay.ways, row, town.clock.now)
    await town.relay.settle_unknown()
    town.clock.wait(seconds=3)
    (leaving,) = town.claim()
    town.store.run_now(outbox.settle, [old], town.clock.now())
    assert (old.state, town.states(), leaving.attempts) == (QUEUED, [SENDING], 2)


async def test_a_message_zalo_will_never_take_is_given_up_and_the_next_one_goes(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    town.say(person, "2")
    person.refuses = -248
    await town.relay.attempt(town.claim()[0])
    outcome = await town.relay.attempt(Leaving("x", person.id, Outgoing("1"), 1))
    assert (outcome.state, outcome.error_code) == (FAILED, -248)
    town.store.run_now(outbox.settle, [Outcome(town.rows()[0].id, FAILED, error_code=-248)], town.clock.now())
    person.refuses = 0
    await town.relay.drain()
    assert (town.states(), town.phone(person)) == ([FAILED, SENT], ["2"])


async def test_an_account_that_cannot_show_buttons_gets_the_words_alone(town: Town) -> None:
    class Buttonless:
        """Takes plain text only, as some accounts do."""

        async def send(self, person_id: str, outgoing: Outgoing) -> Sent:
            if outgoing.buttons:
                raise Undeliverable(-201, "Params is invalid")
            return await town.client.send(person_id, outgoing)

    person = await town.person()
    town.say(person, "Gõ 1 Đồng ý", ("Đồng ý", "Đồng ý"))
    await town.another(Buttonless()).drain()
    (row,) = town.rows()
    assert (row.state, row.attempts, row.body.get("buttons")) == (SENT, 2, None)
    assert town.phone(person) == ["Gõ 1 Đồng ý"]


async def test_where_zalo_cannot_be_reached_the_message_waits(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    await town.another(town.new_client("http://127.0.0.1:1")).drain()
    (row,) = town.rows()
    assert row.state is QUEUED
    assert timedelta(seconds=4) < row.not_before - town.clock.now() <= timedelta(seconds=6.25)
    town.clock.wait(seconds=7)
    await town.relay.drain()
    assert (town.states(), town.phone(person)) == ([SENT], ["1"])


async def test_over_the_limit_the_message_waits_for_the_next_minute(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    town.simulator.faults.per_minute = 1
    town.simulator.stage.meter.take(1)
    await town.relay.drain()
    (row,) = town.rows()
    assert (row.state, row.error_code) == (QUEUED, -32)
    assert row.not_before.minute != (row.sending_since or row.not_before).minute or row.not_before.second == 0


class Answers:
    """A client that answers every send with the same error."""

    def __init__(self, error: Exception, shown: Exception | None = None) -> None:
        self.error, self.shown = error, shown

    async def send(self, person_id: str, outgoing: Outgoing) -> Sent:
        raise self.error

    async def conversation(self, person_id: str, count: int = 10, offset: int = 0) -> list[dict[str, Any]]:
        if self.shown is not None:
            raise self.shown
        return []


LAST, BEFORE_LAST = RETRIES, RETRIES - 1


@pytest.mark.parametrize(
    ("error", "attempts", "state"),
    [
        (Retryable(-32, "too many calls"), BEFORE_LAST, QUEUED),
        (Retryable(-32, "too many calls"), LAST, FAILED),
        (OutcomeUnknown(-200, "failed"), LAST, UNKNOWN),
        (Undeliverable(-213, "has left"), 1, QUEUED),
        (ValueError("no such form"), 1, FAILED),
        (RuntimeError("a bug of ours"), 1, UNKNOWN),
    ],
    ids=str,
)
async def test_an_attempt_always_has_an_outcome(
    town: Town, error: Exception, attempts: int, state: OutboxState
) -> None:
    outcome = await town.another(Answers(error)).attempt(Leaving("row", "lan", Outgoing("1"), attempts))
    assert (outcome.id, outcome.state) == ("row", state)


@pytest.mark.parametrize(("code", "attempts", "state"), [(0, ATTEMPTS, UNCLEAR), (-200, FAILED_ATTEMPTS, FAILED)])
async def test_what_stays_unknown_and_is_never_shown_is_listed_and_not_said_again(
    town: Town, code: int, attempts: int, state: OutboxState
) -> None:
    """Nobody knows: unclear. Zalo says itself that it failed, twice (-200): failed. Retries before that don't count."""
    answers = Answers(Retryable(0, "no connection", 1))
    relay = town.another(answers)
    town.say(await town.person(), "1")
    for _ in range(4):
        await relay.drain()
        town.clock.wait(minutes=13)
    answers.error = OutcomeUnknown(code, "no answer")
    for _ in range(attempts):
        await relay.drain()
        assert town.states() == [UNKNOWN]
        town.clock.wait(seconds=4)
        await relay.settle_unknown()
        town.clock.wait(minutes=13)
    await relay.drain()
    assert town.states() == [state]
    assert town.rows()[0].attempts == 4 + attempts


async def test_an_echo_that_comes_late_settles_even_what_was_given_up_as_unclear(town: Town) -> None:
    person = await town.person()
    row_id = town.say(person, "1")
    town.claim()
    town.store.run_now(outbox.settle, [Outcome(row_id, UNCLEAR, error="nobody knows")], town.clock.now())
    assert town.store.run_now(outbox.echoed, person.id, "m1", "1", town.clock.now())
    assert town.states() == [SENT]


@pytest.mark.parametrize(
    ("error", "wait", "state"),
    [
        (Misconfigured(-224, "the package lacks it"), {"minutes": 9}, UNKNOWN),
        (Misconfigured(-224, "the package lacks it"), {"minutes": 11}, UNCLEAR),
        (Retryable(0, "no connection"), {"hours": 23}, UNKNOWN),
        (Retryable(0, "no connection"), {"hours": 25}, UNCLEAR),
    ],
)
async def test_what_zalo_will_not_show_is_listed_in_the_end_so_that_the_person_gets_the_next_message(
    town: Town, error: Exception, wait: dict[str, float], state: OutboxState
) -> None:
    relay = town.another(Answers(OutcomeUnknown(0, "no answer"), shown=error))
    town.say(await town.person(), "1")
    await relay.drain()
    town.clock.wait(**wait)
    await relay.settle_unknown()
    assert town.states() == [state]


async def test_a_file_that_is_gone_is_given_up_and_a_picture_is_uploaded_first(town: Town) -> None:
    person = await town.person()
    outcome = await town.relay.attempt(Leaving("row", person.id, Outgoing(image_blob="0" * 64), 1))
    assert (outcome.state, town.phone(person)) == (FAILED, [])
    picture = (Path(__file__).parent.parent / "zalobot/simulator/sample.jpg").read_bytes()
    sha256 = BlobStore(town.folder).put(picture)
    outcome = await town.relay.attempt(Leaving("row", person.id, Outgoing("Ảnh", image_blob=sha256), 1))
    assert outcome.state is SENT
    assert [bool(message.image) for message in town.simulator.received(person)] == [True]


async def test_told_to_stop_it_finishes_what_it_has_claimed(town: Town) -> None:
    people = [await town.person(f"p{number}") for number in range(3)]
    for person in people:
        town.say(person, "1")
    town.simulator.faults.start(Effect.SLOW, seconds=0.3)
    async with running(town.relay):
        await until(lambda: SENDING in town.states())
    assert town.states() == [SENT] * 3
    assert [town.phone(person) for person in people] == [["1"]] * 3


async def test_told_to_stop_while_it_claims_it_sends_what_it_claimed(town: Town) -> None:
    person = await town.person()
    town.say(person, "1")
    claiming, done = asyncio.Event(), town.store.run

    async def slowly(verb: Any, *arguments: Any) -> Any:
        claiming.set()
        result = await done(verb, *arguments)
        await asyncio.sleep(0.2)
        return result

    town.store.run = slowly  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(town.relay.run())
    await claiming.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (town.states(), town.phone(person)) == ([SENT], ["1"])


async def test_the_databases_trouble_does_not_end_it(town: Town) -> None:
    person, trouble = await town.person(), iter([True, True])

    async def troubled(query: Any, *arguments: Any) -> Any:
        if next(trouble, False):
            raise OperationalError("select", {}, Exception("the database is gone"))
        return town.store.read_now(query, *arguments)

    town.store.read = troubled  # type: ignore[method-assign, assignment]
    async with running(town.relay) as task:
        await until(lambda: next(iter(trouble), None) is None)
        town.say(person, "1")
        await until(lambda: town.states() == [SENT])
        assert not task.done()


async def test_a_message_that_waits_for_an_earlier_one_does_not_keep_it_busy(town: Town) -> None:
    person = await town.person()
    for word in ("1", "2"):
        town.say(person, word)
    (row,) = town.claim()
    again = Outcome(row.id, QUEUED, not_before=town.clock.now() + timedelta(minutes=10))
    town.store.run_now(outbox.settle, [again], town.clock.now())
    rounds, run = [], town.store.run

    async def counted(verb: Any, *arguments: Any) -> Any:
        rounds.append(verb)
        return await run(verb, *arguments)

    town.store.run = counted  # type: ignore[method-assign, assignment]
    async with running(town.relay):
        await asyncio.sleep(1.0)
    assert len(rounds) < 8


@pytest.mark.parametrize(("attempts", "least"), [(1, 2), (2, 4), (5, 32), (9, 512), (10, 600), (60, 600)])
def test_the_wait_doubles_up_to_ten_minutes_and_is_never_the_same(attempts: int, least: float) -> None:
    waits = {backoff(attempts) for _ in range(50)}
    assert len(waits) > 40
    assert all(least <= wait <= least * 1.25 for wait in waits)


def test_the_wait_is_at_least_what_zalo_asked_for() -> None:
    assert 3600 <= backoff(1, 3600) <= 4500


def test_only_our_own_words_since_the_attempt_are_candidates() -> None:
    at = datetime(2026, 11, 23, 3, tzinfo=UTC)
    millis = int(at.timestamp() * 1000)
    shown = [
        {"src": 0, "time": millis + 2000, "message": "Kính  chào ", "message_id": "second"},
        {"src": "0", "time": str(millis + 1000), "message": "Kính chào", "message_id": "first"},
        {"src": 1, "time": millis, "message": "Kính chào", "message_id": "the person's"},
        {"src": 0, "time": millis, "message": "other words", "message_id": "other"},
        {"src": 0, "time": millis - 60_000, "message": "Kính chào", "message_id": "before"},
        {"src": 0, "time": "?", "message": "Kính chào", "message_id": "no time"},
    ]
    row = Leaving("row", "lan", Outgoing("Kính chào", (Button("1", "query", "1"),)), 1, at)
    assert candidates(shown, row) == ["first", "second"]
