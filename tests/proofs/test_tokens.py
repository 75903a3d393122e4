"""The tokens of two real processes on PostgreSQL and Redis, under load: one renewal each time, no send lost."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.proofs import record
from tests.proofs.bot_process import BotProcess, environment, free_port
from tests.proofs.crash import LADDER
from tests.proofs.oauth_gate import Gate
from tests.proofs.talkers import Crowd
from tests.services import Valkey
from zalobot.simulator.app import SimSettings, Simulator
from zalobot.store.database import Store

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(300)]


@dataclass
class Pair:
    """Two whole processes, "a" (which the webhook reaches) and "b", by the names under which the gate knows them."""

    bots: dict[str, BotProcess]
    gate: Gate
    simulator: Simulator
    crowd: Crowd
    store: Store

    def logs(self) -> str:
        return "".join(bot.log.read_text() for bot in self.bots.values())

    async def until(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.logs()[-3000:]
            await asyncio.sleep(0.05)

    async def readiness(self, who: str) -> tuple[int, str]:
        """The status of `/readyz`, and what it says of the token."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.bots[who].url}/readyz") as answer:
            return answer.status, (await answer.json())["checks"]["token"].get("problem", "")

    async def judge(self) -> None:
        """Everything that was said was heard, once. A phone has a message a moment before its row says so."""
        people = [talk.person.id for talk in self.crowd.talks]
        assert [talk.lost for talk in self.crowd.talks if not talk.whole] == []
        await self.until(lambda: self.store.read_now(record.unsent, people) == [])
        assert record.doubled(self.simulator, people) == {}


@asynccontextmanager
async def two_processes(postgres_url: str, valkey: Valkey, folder: Path) -> AsyncIterator[Pair]:
    ports = {"a": free_port(), "b": free_port()}
    settings = SimSettings(ladder=LADDER, unsubscribes=False, timeout=10.0)
    async with Simulator(settings) as simulator, Gate(simulator) as gate:
        simulator.webhook_url = f"http://127.0.0.1:{ports['a']}/zalo/webhook"
        bots = {}
        for who, port in ports.items():
            (folder / who).mkdir()
            given = environment(folder / who, postgres_url, simulator, port, REDIS_URL=valkey.url)
            given |= {"ZALOBOT_ZALO_OAUTH_URL": gate.url(who), "ZALOBOT_PUBLIC_URL": f"http://127.0.0.1:{port}"}
            bots[who] = BotProcess(folder / who, given)
        store = Store(postgres_url)
        try:
            for bot in bots.values():
                bot.start()
            for bot in bots.values():
                await bot.answers()
            yield Pair(bots, gate, simulator, Crowd(simulator), store)
        finally:
            for bot in bots.values():
                bot.kill()
            await store.close()


async def test_one_renewal_each_time_and_no_send_lost(postgres_url: str, valkey: Valkey, tmp_path: Path) -> None:
    """The token expires under load, is refused to both at once, its renewal is answered 200 with an error in it."""
    async with two_processes(postgres_url, valkey, tmp_path) as pair:
        gate, grant = pair.gate, pair.simulator.grant
        talks = [asyncio.create_task(pair.crowd.talk_on()) for _ in range(6)]
        await pair.until(lambda: len(pair.crowd.talks) > 6)
        grant.expired = True
        await pair.until(lambda: gate.pairs() == 1)
        await asyncio.sleep(1.0)
        grant.revoke()
        await pair.until(lambda: gate.pairs() == 2)
        await asyncio.sleep(1.0)
        gate.instead.append({"error": -32, "error_name": "Your application reached limit call api"})
        grant.expired = True
        await pair.until(lambda: gate.pairs() == 3)
        await asyncio.sleep(1.0)
        pair.crowd.closing.set()
        await asyncio.gather(*talks)
        assert [code for _, code in gate.asked] == [0, 0, -32, 0]
        assert grant.refreshes == 3
        await pair.judge()
        assert "CONSENT NEEDED" not in pair.logs()
        assert [secret for secret in _secrets(pair) if secret in pair.logs()] == []


async def test_a_death_between_answer_and_commit_is_an_alarm_within_a_minute_and_a_consent_mends_it(
    postgres_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    """Zalo gave the new pair to a process that died before it kept it: the grant is lost, nothing else is."""
    async with two_processes(postgres_url, valkey, tmp_path) as pair:
        gate, grant, died = pair.gate, pair.simulator.grant, []

        def dies(who: str) -> None:
            pair.bots[who].kill()
            died.append((who, time.monotonic()))

        talks = [asyncio.create_task(pair.crowd.talk_on()) for _ in range(4)]
        await pair.until(lambda: len(pair.crowd.talks) > 4)
        gate.before_answer, grant.expired = dies, True
        await pair.until(lambda: bool(died))
        [(victim, at)] = died
        pair.bots[victim].start()
        await pair.until(lambda: "CONSENT NEEDED" in pair.logs())
        assert time.monotonic() - at < 60
        assert [code for _, code in gate.asked].count(0) == 1
        await pair.bots[victim].answers()
        for who in pair.bots:
            assert await pair.readiness(who) == (503, "consent_needed")
        asked = len(gate.asked)
        await asyncio.sleep(1.0)
        assert len(gate.asked) == asked  # a refused refresh token is not shown again and again
        await _consent(pair)
        pair.crowd.closing.set()
        await asyncio.gather(*talks)
        await pair.judge()
        assert [await pair.readiness(who) for who in pair.bots] == [(200, "")] * 2
        assert [secret for secret in _secrets(pair) if secret in pair.logs()] == []


async def _consent(pair: Pair) -> None:
    """What an administrator does: a link from the command line, a button, a yes at Zalo."""
    bot = pair.bots["a"]
    settings = bot.settings | {"ZALOBOT_ZALO_OAUTH_URL": pair.simulator.base_url}
    command = [sys.executable, "-m", "zalobot", "oauth", "link"]
    printed = await asyncio.to_thread(
        subprocess.run, command, cwd=bot.folder, env=settings, capture_output=True, text=True, check=True
    )
    [link] = re.findall(r"http\S+", printed.stdout)
    address, _, secret = link.partition("?ma=")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.post(address, data={"ma": secret}, allow_redirects=False) as begun:
            zalo = begun.headers["Location"].replace(pair.gate.url("a"), pair.simulator.base_url)
        async with browser.get(zalo) as page:
            assert page.status == 200
            assert "Đã kết nối tài khoản Zalo" in await page.text()


def _secrets(pair: Pair) -> list[str]:
    """Everything that must not stand in a log."""
    grant, settings = pair.simulator.grant, pair.bots["a"].settings
    named = [settings[f"ZALOBOT_{name}"] for name in ("SECRET_KEY", "ZALO_APP_SECRET", "ZALO_OA_SECRET")]
    first = [settings["ZALOBOT_ZALO_ACCESS_TOKEN"], settings["ZALOBOT_ZALO_REFRESH_TOKEN"]]
    return [grant.access, grant.refresh, *grant._used, *named, *first]
