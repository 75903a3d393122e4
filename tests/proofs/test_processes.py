"""The service as processes: two halves that meet over Redis, Redis going away, and being told to stop."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.proofs import record
from tests.proofs.bot_process import BotProcess, environment, free_port
from tests.proofs.crash import LADDER
from tests.proofs.talkers import LINES, Crowd
from tests.services import Valkey
from zalobot import inbox
from zalobot.inbox import Incoming
from zalobot.simulator.app import Effect, SimSettings, Simulator
from zalobot.store.database import Store
from zalobot.store.models import OutboxState

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@asynccontextmanager
async def town(port: int) -> AsyncIterator[tuple[Simulator, Crowd]]:
    settings = SimSettings(ladder=LADDER, unsubscribes=False, timeout=10.0)
    async with Simulator(settings) as simulator:
        simulator.webhook_url = f"http://127.0.0.1:{port}/zalo/webhook"
        yield simulator, Crowd(simulator)


@pytest.mark.postgres
async def test_nothing_is_lost_when_redis_is_emptied_and_killed(
    postgres_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    """Two processes, one that hears and one that works, begun at once on a database without a province."""
    port = free_port()
    async with town(port) as (simulator, crowd):
        settings = environment(tmp_path, postgres_url, simulator, port, REDIS_URL=valkey.url)
        hears = BotProcess(tmp_path, settings, "--no-workers")
        works = BotProcess(tmp_path, settings, "--no-web")
        store = Store(postgres_url)
        try:
            hears.start()
            works.start()
            await hears.answers()
            talks = [asyncio.create_task(crowd.talk()) for _ in range(6)]
            talks += [asyncio.create_task(_misfortune(valkey))]
            await asyncio.gather(*talks)
            talks = [asyncio.create_task(crowd.talk()) for _ in range(3)]
            await asyncio.gather(*talks)
            people = [talk.person.id for talk in crowd.talks]
            await simulator.settled()
            assert [talk.lost for talk in crowd.talks if not talk.whole] == []
            assert store.read_now(record.tickets) == dict.fromkeys(people, 1)
            assert record.doubled(simulator, people) == {}
            assert hears.alive
            assert works.alive
        finally:
            hears.kill()
            works.kill()
            await store.close()


async def _misfortune(valkey: Valkey) -> None:
    async with Redis.from_url(valkey.url) as redis:
        await asyncio.sleep(1.0)
        await redis.flushall()
    await asyncio.sleep(0.5)
    valkey.kill()
    await asyncio.sleep(2.0)
    valkey.start()


@pytest.mark.parametrize("arguments", [(), ("--no-web",)], ids=["whole", "workers only"])
async def test_told_to_stop_it_finishes_what_is_under_way(
    sqlite_url: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """A send that Zalo is slow to answer is waited for: nothing is left as sending, to be asked about later."""
    async with town(free_port()) as (simulator, _):  # Zalo's own events find nobody
        bot = BotProcess(tmp_path, environment(tmp_path, sqlite_url, simulator, free_port()), *arguments)
        store = Store(sqlite_url)
        person = simulator.add_person("Lan")
        await simulator.says(person, LINES[0])  # lost: nobody listens; only now may the account write to her
        simulator.faults.start(Effect.SLOW, seconds=2.0)
        try:
            bot.start()
            await store.run(inbox.keep, [greeting(simulator, person.id)])
            await until(lambda: store.read_now(record.states) == [OutboxState.SENDING])
            assert await bot.stop() == 0
            assert store.read_now(record.states) == [OutboxState.SENT]
            assert len(simulator.received(person)) == 1
        finally:
            bot.kill()
            await store.close()


def greeting(simulator: Simulator, person_id: str) -> Incoming:
    """An event as the webhook keeps it."""
    message = simulator.messages(person_id)[0]
    body = json.dumps(simulator.stage.payloads.said(message))
    now = datetime.now(UTC)
    return Incoming("a-greeting", person_id, "user_send_text", now, now, body)


async def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something holds; TimeoutError when it does not."""
    for _ in range(round(seconds / 0.05)):
        if await asyncio.to_thread(holds):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"not within {seconds} s")


@pytest.mark.parametrize(
    "url",
    ["postgresql://zalobot:not-told@127.0.0.1:1/zalobot", "sqlite:////dev/null/zalobot.db"],
    ids=["server", "file"],
)
async def test_a_database_that_cannot_be_had_stops_the_start_in_one_line(tmp_path: Path, url: str) -> None:
    async with town(free_port()) as (simulator, _):
        bot = BotProcess(tmp_path, environment(tmp_path, url, simulator, free_port()))
        bot.start()
        assert await bot.ended() == 2
        lines = bot.log.read_text().strip().splitlines()
        assert "ZALOBOT_DATABASE_URL cannot be used" in lines[-1]
        assert "Traceback" not in bot.log.read_text()
        assert "not-told" not in bot.log.read_text()


async def test_a_zalo_that_cannot_be_reached_keeps_nobody_from_being_heard(sqlite_url: str, tmp_path: Path) -> None:
    """The token is about to expire, Zalo does not answer: events are kept all the same."""
    port = free_port()
    async with town(port) as (simulator, _):
        settings = environment(tmp_path, sqlite_url, simulator, port)
        settings |= {"ZALOBOT_ZALO_OAUTH_URL": "http://127.0.0.1:1", "ZALOBOT_ZALO_OPENAPI_URL": "http://127.0.0.1:1"}
        bot, store, person = BotProcess(tmp_path, settings), Store(sqlite_url), simulator.add_person("Lan")
        try:
            bot.start()
            await bot.answers()
            await simulator.says(person, LINES[0])
            await until(lambda: store.read_now(record.states) == [OutboxState.QUEUED])
            assert store.read_now(record.unhandled) == []
            assert await bot.stop() == 0
        finally:
            bot.kill()
            await store.close()
