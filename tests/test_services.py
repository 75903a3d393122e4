"""The servers that tests stand on are there, private, and gone afterwards."""

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from redis.asyncio import Redis
from sqlalchemy import text

from tests import services

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from zalobot.store.database import Store


def test_a_store_starts_with_tables_and_no_rows(store: "Store") -> None:
    assert store.read_now(lambda session: session.execute(text("SELECT count(*) FROM outbox")).scalar_one()) == 0


async def test_a_valkey_of_ones_own_answers(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as client:
        assert await client.dbsize() == 0


async def test_a_killed_valkey_comes_back_empty(valkey: services.Valkey) -> None:
    async with Redis.from_url(valkey.url) as client:
        await client.set("a", "b")
    valkey.kill()
    valkey.start()
    async with Redis.from_url(valkey.url) as client:
        assert await client.get("a") is None


async def test_the_browser_shows_vietnamese(browser: "Browser") -> None:
    page = await browser.new_page()
    await page.set_content("<p>Đã ghi nhận</p>")
    assert await page.inner_text("p") == "Đã ghi nhận"


def test_a_tied_process_ends_with_whoever_started_it() -> None:
    """The sleeper holds the pipe open, so reading to its end returns early only when the sleeper is gone."""
    starts_a_sleeper_and_dies = (
        "import os, signal, subprocess; from tests import services\n"
        "subprocess.Popen(services.tied('/bin/sleep', '60'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run([sys.executable, "-c", starts_a_sleeper_and_dies], capture_output=True, timeout=30)
    assert died.returncode == -signal.SIGKILL
