"""One console with everything that needs a hand, on a store of the test's own, and an operator before it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.web import operators
from tests.web.conftest import application
from tests.web.operators import seated
from tests.web.test_sign_in import Browser
from zalobot.store.database import Store
from zalobot.store.models import AccountRole


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = operators.filled(sqlite_url)
    yield made
    made.close_now()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Where files are kept."""
    return tmp_path / "files"


@pytest.fixture
def site(store: Store, files: Path) -> web.Application:
    known = {"secret_key": "a key", "public_url": "http://127.0.0.1", "files_folder": str(files)}
    return application(store, **known)


@pytest.fixture
async def address(site: web.Application) -> AsyncIterator[str]:
    async with TestServer(site) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def huy(store: Store, address: str) -> AsyncIterator[Browser]:
    made = await seated(store, address, "huy.pq", AccountRole.OPERATOR)
    yield made
    await made.http.close()
