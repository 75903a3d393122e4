"""The OAuth server here works as Zalo's: each refresh token once, each new access token ends the one before."""

import asyncio
import logging
import multiprocessing
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from zalobot import credentials, metrics
from zalobot.credentials import Grant, TokenKeeper
from zalobot.errors import ConfigError, ConsentNeeded, Retryable
from zalobot.sealing import Seal
from zalobot.store import tokens
from zalobot.store.database import Store
from zalobot.zalo.oauth import Pair

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SEAL = Seal("the key", "tokens")


@dataclass
class OAuth:
    """`instead` holds answers given in place of the right one; "lost" renews, and drops the answer."""

    number: int = 1
    instead: deque[Any] = field(default_factory=deque)
    shown: list[str] = field(default_factory=list)
    delay: float = 0.0
    before: Callable[[], Awaitable[None]] | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode()))
        self.shown.append(form["refresh_token"])
        self.asked.set()
        await asyncio.sleep(self.delay)
        if self.before:
            await self.before()
        answer = self.instead.popleft() if self.instead else None
        if answer is not None and answer != "lost":
            return web.json_response(answer) if isinstance(answer, dict) else web.Response(status=answer)
        if form["refresh_token"] != f"refresh-{self.number}":
            return web.json_response({"error": -14014, "error_name": "Invalid refresh token"})
        self.number += 1
        if answer == "lost":
            assert request.transport is not None
            request.transport.abort()
        pair = {"access_token": f"access-{self.number}", "refresh_token": f"refresh-{self.number}"}
        return web.json_response({**pair, "expires_in": "90000"})


@pytest.fixture
async def oauth():
    server = OAuth()
    app = web.Application()
    app.router.add_post("/v4/oa/access_token", server.handle)
    async with TestServer(app) as running:
        server.url = str(running.make_url("")).rstrip("/")
        yield server


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def store(database_url):
    store = Store(database_url)
    yield store
    await store.close()


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(credentials, "_PAUSE", 0.0)
    monkeypatch.setattr(credentials, "_WATCH", 0.01)


@pytest.fixture
def new_keeper(store, http, oauth, clock):
    grant = Grant("oa", "app", "app-secret", oauth.url, "access-1", "refresh-1")

    def made(**changes: Any) -> TokenKeeper:
        return TokenKeeper(store, http, replace(grant, **changes), SEAL, timeout=2.0, clock=clock)

    return made


@pytest.fixture
def keeper(new_keeper):
    return new_keeper()


def kept(store: Store) -> tuple[str, str, int, str]:
    row = store.read_now(tokens.find, "oa")
    return SEAL.open(row.access), SEAL.open(row.refresh), row.generation, row.status


async def test_the_first_pair_is_the_settings(keeper, store):
    assert await keeper.status() == "none"
    assert await keeper.access() == "access-1"
    assert kept(store) == ("access-1", "refresh-1", 1, "ok")


async def test_the_settings_pair_is_taken_once(keeper, new_keeper):
    await keeper.access()
    await keeper.renewed("access-1")
    assert await new_keeper().access() == "access-2"


async def test_without_any_pair_consent_is_needed(new_keeper):
    keeper = new_keeper(first_access="")
    with pytest.raises(ConsentNeeded):
        await keeper.access()
    with pytest.raises(ConsentNeeded):
        await keeper.renewed("access-1")
    await keeper.keep_fresh(NOW)


async def test_nothing_readable_is_stored(keeper, store):
    await keeper.access()
    await keeper.renewed("access-1")
    stored = str(store.read_now(lambda session: session.execute(text("SELECT * FROM oa_token")).all()))
    assert "oa" in stored
    for secret in ("access-", "refresh-"):
        assert secret not in stored


async def test_a_refused_token_is_renewed(keeper, store, oauth):
    assert await keeper.access() == "access-1"
    assert await keeper.renewed("access-1") == "access-2"
    assert await keeper.access() == "access-2"
    assert kept(store) == ("access-2", "refresh-2", 2, "ok")
    row = store.read_now(tokens.find, "oa")
    assert (SEAL.open(row.previous_access), SEAL.open(row.previous_refresh)) == ("access-1", "refresh-1")
    assert row.expires_at == NOW + timedelta(hours=25)
    assert oauth.shown == ["refresh-1"]


async def test_many_refusals_at_once_are_one_renewal(keeper, oauth):
    await keeper.access()
    assert set(await asyncio.gather(*[keeper.renewed("access-1") for _ in range(20)])) == {"access-2"}
    assert oauth.shown == ["refresh-1"]


async def test_two_processes_are_one_renewal(new_keeper, oauth):
    """Each keeper is alone with its memory, as in a process of its own; they share the row."""
    oauth.delay = 0.2
    keepers = [new_keeper() for _ in range(4)]
    for keeper in keepers:
        await keeper.access()
    renewals = [keeper.renewed("access-1") for keeper in keepers for _ in range(3)]
    assert set(await asyncio.gather(*renewals)) == {"access-2"}
    assert oauth.shown == ["refresh-1"]


async def test_another_process_s_pair_is_used_without_asking_zalo(new_keeper, oauth):
    one, other = new_keeper(), new_keeper()
    await one.access()
    await other.access()
    await one.renewed("access-1")
    assert await other.access() == "access-1"
    assert await other.renewed("access-1") == "access-2"
    assert oauth.shown == ["refresh-1"]


async def test_the_pair_is_committed_before_anybody_uses_it(keeper, store, monkeypatch):
    await keeper.access()
    used = []
    commit = tokens.commit

    def late(*arguments: Any) -> Any:
        time.sleep(0.1)
        used.append(keeper._access)
        return commit(*arguments)

    monkeypatch.setattr(tokens, "commit", late)
    assert await keeper.renewed("access-1") == "access-2"
    assert used == ["access-1"]


async def test_a_pair_is_not_lost_by_a_database_that_fails_for_a_moment(keeper, store, oauth, monkeypatch):
    await keeper.access()
    commit, failures = tokens.commit, deque([1, 2])

    def failing(*arguments: Any) -> Any:
        if failures:
            raise OperationalError("UPDATE", {}, OSError(failures.popleft()))
        return commit(*arguments)

    monkeypatch.setattr(tokens, "commit", failing)
    assert await keeper.renewed("access-1") == "access-2"
    assert kept(store)[:2] == ("access-2", "refresh-2")
    assert oauth.shown == ["refresh-1"]


async def test_a_pair_that_can_not_be_kept_is_not_used(keeper, store, monkeypatch):
    await keeper.access()

    def failing(*_: Any) -> None:
        raise OperationalError("UPDATE", {}, OSError("disk full"))

    monkeypatch.setattr(tokens, "commit", failing)
    with pytest.raises(OperationalError):
        await keeper.renewed("access-1")
    assert await keeper.access() == "access-1"
    assert kept(store)[:2] == ("access-1", "refresh-1")


async def test_a_pair_is_renewed_five_hours_before_it_expires(keeper, store, clock):
    await keeper.keep_fresh(clock.now)
    clock.passes(hours=20)
    await keeper.keep_fresh(clock.now)
    assert kept(store)[2] == 1
    clock.passes(seconds=1)
    await keeper.keep_fresh(clock.now)
    assert kept(store)[:3] == ("access-2", "refresh-2", 2)
    assert await keeper.access() == "access-2"


async def test_a_week_of_hours_loses_nothing(keeper, store, oauth, clock):
    for _ in range(24 * 7):
        await keeper.keep_fresh(clock.now)
        clock.passes(hours=1)
    assert kept(store)[0] == f"access-{oauth.number}"
    assert 8 <= oauth.number <= 10


@pytest.mark.parametrize("answer", [500, 502, {"error": -32}, {"access_token": "only-one"}, {"data": {}}])
async def test_an_open_outcome_is_asked_again_with_the_same_token(keeper, store, oauth, answer):
    await keeper.access()
    oauth.instead += [answer, answer]
    assert await keeper.renewed("access-1") == "access-2"
    assert oauth.shown == ["refresh-1"] * 3


async def test_when_zalo_can_not_be_asked_the_pair_stays_and_zalo_gets_a_rest(keeper, store, oauth, clock):
    await keeper.access()
    oauth.instead += [500] * 3
    for _ in range(5):
        with pytest.raises(Retryable):
            await keeper.renewed("access-1")
    assert kept(store) == ("access-1", "refresh-1", 1, "ok")
    assert oauth.shown == ["refresh-1"] * 3
    clock.passes(minutes=1)
    assert await keeper.renewed("access-1") == "access-2"


@pytest.mark.parametrize("answer", [{"error": -14004, "error_name": "invalid secret key"}, {"error": -14777}])
async def test_a_wrong_setting_is_told_and_the_pair_stays(keeper, store, oauth, answer, caplog):
    await keeper.access()
    oauth.instead.append(answer)
    with pytest.raises(Retryable):
        await keeper.renewed("access-1")
    assert kept(store) == ("access-1", "refresh-1", 1, "ok")
    assert store.read_now(tokens.find, "oa").error
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("code", [-14014, -14020, -14005, -14019, -118])
async def test_a_lost_grant_is_said_once_aloud(keeper, new_keeper, store, oauth, caplog, code):
    await keeper.access()
    oauth.instead.append({"error": code, "error_name": "no"})
    with pytest.raises(ConsentNeeded):
        await keeper.renewed("access-1")
    assert kept(store) == ("access-1", "refresh-1", 1, "consent_needed")
    for other in (keeper, new_keeper()):
        with pytest.raises(ConsentNeeded):
            await other.access()
        with pytest.raises(ConsentNeeded):
            await other.renewed("access-1")
        await other.keep_fresh(NOW)
    assert len(oauth.shown) == 1
    assert [record.levelname for record in caplog.records if "CONSENT NEEDED" in record.message] == ["CRITICAL"]


async def test_a_lost_answer_is_a_lost_grant(keeper, store, oauth):
    """Zalo has renewed and the answer never came: the same token again is refused, and nothing else can be done."""
    await keeper.access()
    oauth.instead.append("lost")
    with pytest.raises(ConsentNeeded):
        await keeper.renewed("access-1")
    assert (await keeper.status(), oauth.shown) == ("consent_needed", ["refresh-1", "refresh-1"])


async def test_a_grant_lost_early_still_serves_until_it_expires(keeper, oauth, clock):
    await keeper.access()
    clock.passes(hours=21)
    oauth.instead.append({"error": -14014})
    await keeper.keep_fresh(clock.now)
    assert await keeper.access() == "access-1"
    assert await keeper.status() == "consent_needed"


async def test_a_new_consent_ends_the_loss_in_every_process(keeper, new_keeper, store, oauth):
    other = new_keeper()
    await keeper.access()
    oauth.instead.append({"error": -14014})
    with pytest.raises(ConsentNeeded):
        await keeper.renewed("access-1")
    await other.replace(Pair("access-9", "refresh-9", NOW + timedelta(hours=25), NOW))
    assert [await other.access(), await keeper.access()] == ["access-9", "access-9"]
    assert kept(store) == ("access-9", "refresh-9", 2, "ok")


async def test_a_dead_process_s_claim_ends_with_its_lease(keeper, store, oauth, clock):
    await keeper.access()
    until = NOW + timedelta(seconds=40)
    await store.run(tokens.claim, "oa", lambda row: True, holder="dead", until=until, now=NOW, refused=False)
    waiting = asyncio.create_task(keeper.renewed("access-1"))
    await asyncio.sleep(0.1)
    assert (waiting.done(), oauth.shown) == (False, [])
    clock.passes(seconds=41)
    assert await waiting == "access-2"


async def test_the_lease_outlasts_an_attempt_and_is_taken_anew_for_the_next(keeper, store, oauth, clock):
    """The clock of this machine runs on while Zalo is slow: nobody else may ask meanwhile."""
    await keeper.access()
    assert keeper._lease > timedelta(seconds=2.0 + 5.0)
    oauth.instead += [500, 500]
    ends: list[datetime] = []

    async def noted() -> None:
        row = await store.read(tokens.find, "oa")
        ends.append(row.refreshing_until)
        clock.passes(seconds=2)

    oauth.before = noted
    await keeper.renewed("access-1")
    assert ends == [NOW + keeper._lease + timedelta(seconds=2 * attempt) for attempt in range(3)]


async def test_whoever_lost_the_claim_asks_no_more(keeper, store, oauth):
    await keeper.access()
    oauth.instead += [500]

    async def taken_over() -> None:
        row = await store.read(tokens.find, "oa")
        later = NOW + timedelta(minutes=5)
        await store.run(tokens.release, "oa", row.refreshing_by, "", NOW)
        await store.run(tokens.claim, "oa", lambda row: True, holder="other", until=later, now=NOW, refused=False)

    oauth.before = taken_over
    with pytest.raises(Retryable):
        await keeper.renewed("access-1")
    assert oauth.shown == ["refresh-1"]


@pytest.mark.parametrize("answered", [False, True], ids=["before Zalo's answer", "after it"])
async def test_a_renewal_that_somebody_died_over_is_finished_soon(keeper, store, oauth, clock, answered):
    """Nothing is sent and five hours are far: whether consent is needed is found out all the same."""
    await keeper.access()
    until = NOW + timedelta(seconds=17)
    await store.run(tokens.claim, "oa", lambda row: True, holder="dead", until=until, now=NOW, refused=True)
    oauth.number += answered
    await keeper.keep_fresh(NOW)
    assert oauth.shown == []
    clock.passes(seconds=17)
    await keeper.keep_fresh(clock())
    assert kept(store)[3] == ("consent_needed" if answered else "ok")
    assert oauth.shown == ["refresh-1"]


async def test_a_renewal_that_does_not_press_is_tried_again_calmly(keeper, store, oauth, clock):
    await keeper.access()
    clock.passes(hours=21)
    oauth.instead += [{"error": -14004, "error_name": "invalid secret key"}] * 100
    for _ in range(360):
        await keeper.keep_fresh(clock())
        clock.passes(seconds=10)
    assert 6 <= len(oauth.shown) <= 10
    row = await store.read(tokens.find, "oa")
    assert (row.status, row.failing_since) == ("ok", NOW + timedelta(hours=21))
    oauth.instead.clear()
    clock.passes(minutes=10)
    await keeper.keep_fresh(clock())
    row = await store.read(tokens.find, "oa")
    assert (kept(store)[0], row.failing_since) == ("access-2", None)


async def test_an_idle_account_is_kept_for_half_a_year(keeper, store, oauth, clock):
    """Nobody writes, nothing is sent; a refresh token that is not used for three months dies."""
    await keeper.access()
    for _ in range(180 * 4):
        clock.passes(hours=6)
        await keeper.keep_fresh(clock())
    assert kept(store)[3] == "ok"
    assert len(oauth.shown) == 180
    assert clock() - (await store.read(tokens.find, "oa")).obtained_at < timedelta(hours=25)


async def test_looking_whether_anything_is_due_is_one_read(keeper, store, monkeypatch):
    await keeper.access()
    ran = []
    monkeypatch.setattr(store, "run", lambda *arguments, **named: ran.append(arguments))
    await keeper.keep_fresh(NOW)
    assert ran == []


async def test_a_slower_loser_does_not_give_up_a_newer_pair(keeper, new_keeper, store, oauth):
    """A lease ended too early and two asked: the one that is refused finds the other's pair and uses it."""
    other = new_keeper()
    await keeper.access()
    oauth.delay = 0.2
    slow = asyncio.create_task(keeper.renewed("access-1"))
    await asyncio.sleep(0.05)
    await store.run(tokens.replace, "oa", other._sealed(Pair("access-9", "refresh-9", NOW + timedelta(hours=25), NOW)))
    oauth.number = 9
    assert await slow == "access-9"
    assert kept(store) == ("access-9", "refresh-9", 2, "ok")


async def test_a_renewal_goes_on_when_whoever_waits_is_stopped(keeper, store, oauth):
    await keeper.access()
    oauth.delay = 0.2
    waiting = asyncio.create_task(keeper.renewed("access-1"))
    await asyncio.wait_for(oauth.asked.wait(), 5)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await keeper.close()
    assert kept(store) == ("access-2", "refresh-2", 2, "ok")
    assert await keeper.access() == "access-2"


async def test_nobody_listening_is_no_loss(new_keeper, store):
    keeper = new_keeper(oauth_url=f"http://127.0.0.1:{unused_port()}")
    await keeper.access()
    with pytest.raises(Retryable):
        await keeper.renewed("access-1")
    assert kept(store) == ("access-1", "refresh-1", 1, "ok")


async def test_another_secret_key_is_told_with_its_remedy(keeper, store, http, clock):
    await keeper.access()
    stranger = TokenKeeper(store, http, Grant("oa", "app", "s"), Seal("another key", "tokens"), clock=clock)
    with pytest.raises(ConfigError):
        await stranger.access()
    rotated = TokenKeeper(store, http, Grant("oa", "app", "s"), Seal("another key,the key", "tokens"), clock=clock)
    assert await rotated.access() == "access-1"


async def test_no_secret_is_ever_logged(keeper, new_keeper, oauth, caplog):
    caplog.set_level(logging.DEBUG)
    await keeper.access()
    oauth.instead += [500, {"error": -32}]
    await keeper.renewed("access-1")
    oauth.instead += [500] * 3
    with pytest.raises(Retryable) as failed:
        await keeper.renewed("access-2")
    oauth.instead.append({"error": -14014, "error_name": "Invalid refresh token"})
    with pytest.raises(ConsentNeeded) as lost:
        await new_keeper().renewed("access-2")
    said = f"{caplog.text} {failed.value!r} {lost.value!r} {keeper._grant!r}"
    assert "Invalid refresh token" in said
    for secret in ("access-", "refresh-", "app-secret", "the key"):
        assert secret not in said


def _process(url: str, oauth_url: str, answers: Any) -> None:
    async def work() -> None:
        store = Store(url)
        async with aiohttp.ClientSession() as http:
            grant = Grant("oa", "app", "app-secret", oauth_url, "access-1", "refresh-1")
            keeper = TokenKeeper(store, http, grant, SEAL)
            await keeper.access()
            answers.put(await keeper.renewed("access-1"))
        await store.close()

    asyncio.run(work())


@pytest.mark.slow
async def test_real_processes_are_one_renewal(keeper, database_url, oauth):
    await keeper.access()
    oauth.delay = 0.5
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    processes = [spawn.Process(target=_process, args=(database_url, oauth.url, answers)) for _ in range(2)]
    for process in processes:
        process.start()
    got = [await asyncio.to_thread(answers.get, timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert got == ["access-2"] * 2
    assert oauth.shown == ["refresh-1"]


async def test_renewals_are_counted_where_they_happen(keeper, oauth, monkeypatch):
    monkeypatch.setattr(credentials, "_REST", 0.0)

    def counted() -> list[float]:
        results = ("renewed", "failed", "refused", "consent")
        return [metrics.TOKEN_REFRESHES.labels(result)._value.get() for result in results]

    await keeper.access()
    before = counted()
    await keeper.renewed("access-1")
    oauth.instead.append({"error": -14004, "error_name": "invalid secret key"})
    with pytest.raises(Retryable):
        await keeper.renewed("access-2")
    oauth.instead.append({"error": -14020, "error_name": "used"})
    with pytest.raises(ConsentNeeded):
        await keeper.renewed("access-2")
    await keeper.replace(Pair("access-9", "refresh-9", NOW + timedelta(hours=25), NOW))
    assert [after - earlier for after, earlier in zip(counted(), before, strict=True)] == [1, 1, 1, 1]
