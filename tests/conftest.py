"""What every test may ask for: a database on either engine, a store, a Valkey, a browser.

The one rule: a test that lacks its server is skipped aloud on a person's machine and fails in CI.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import services, shipped, statements

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from zalobot.store.database import Store

# The machine may be busy: a slow example is no failure.
settings.register_profile("here", deadline=None, print_blob=True)
settings.load_profile("here")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        services.open_shared_folder()
        os.environ["ZALOBOT_TEST_CONTROLLER"] = str(os.getpid())
    for name in [name for name in os.environ if name.startswith("ZALOBOT_") and "_TEST_" not in name]:
        del os.environ[name]  # a developer's own settings are none of a test's business
    shipped.remember()
    statements.share()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        services.close_shared_folder()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lacking: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", ()):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if "Skipped: no " in reason:
            lacking[reason] = lacking.get(reason, 0) + 1
    if lacking:
        terminalreporter.section("NOT TESTED HERE", red=True, bold=True)
        for reason, count in lacking.items():
            terminalreporter.write_line(f"{count} tests: {reason.removeprefix('Skipped: ')}", red=True)


def lacks(missing: services.Missing) -> None:
    """Leave the test out, except in CI, where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(str(missing))
    pytest.skip(str(missing))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file with our tables."""
    return services.sqlite_database(tmp_path)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database with our tables."""
    try:
        services.postgres()
    except services.Missing as missing:
        lacks(missing)
    with services.postgres_database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with our tables, on each engine in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    try:
        services.postgres()
    except services.Missing as missing:
        lacks(missing)
    with services.postgres_database(migrated=False) as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator["Store"]:
    """An open store with our tables and no rows, on each engine in turn."""
    from zalobot.store.database import Store

    opened = Store(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def valkey() -> Iterator[services.Valkey]:
    """A Valkey server of one's own, running; `kill()` and `start()` it at will."""
    server = services.Valkey()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def valkey_url(valkey: services.Valkey) -> str:
    """The address of a Valkey server of one's own."""
    return valkey.url


@asynccontextmanager
async def launched_chromium() -> AsyncIterator["Browser"]:
    """The system's Chromium, without a window (`await browser.new_page()`)."""
    from playwright.async_api import async_playwright

    try:
        path = services.chromium()
    except services.Missing as missing:
        lacks(missing)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=list(services.CHROMIUM_ARGUMENTS))
        yield launched
        await launched.close()


@pytest.fixture
async def browser() -> AsyncIterator["Browser"]:
    """A Chromium of the test's own."""
    async with launched_chromium() as launched:
        yield launched
