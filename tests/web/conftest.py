"""A running site over real HTTP with a real SQLite store, at one moment of the sample week."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import Session

from tests.web import sample
from zalobot.config import Settings
from zalobot.province import Province
from zalobot.services import SERVICES, Services
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.web import live
from zalobot.web.guard import middlewares
from zalobot.web.routes import routes


@dataclass
class Town:
    """The site and its store; `get` gives status and text."""

    address: str
    store: Store
    http: aiohttp.ClientSession

    async def get(self, path: str, status: int = 200, **options: object) -> str:
        """The text of a page, which must answer `status`."""
        async with self.http.get(self.address + path, allow_redirects=False, **options) as answer:  # type: ignore[arg-type]
            assert answer.status == status
            return await answer.text()

    def write(self, verb: Callable[[Session], object]) -> None:
        """Change rows."""
        self.store.run_now(verb)


def application(store: Store, province: Province | None = None, **changes: object) -> web.Application:
    """The public site alone."""
    known = {"public_url": "https://kenh.example.vn", "zalo_oa_id": "42"}
    settings = Settings(**{**known, **changes})  # type: ignore[arg-type]
    app = web.Application(middlewares=middlewares())
    app[SERVICES] = Services(settings, store, InProcess(), province or sample.province(), lambda: sample.NOW)
    app.add_routes(routes(app[SERVICES]))
    app.on_shutdown.append(live.end_streams)
    return app


@pytest.fixture
async def town(sqlite_url: str) -> AsyncIterator[Town]:
    """The site with the sample week."""
    store = Store(sqlite_url)
    store.run_now(sample.a_week)
    async with TestServer(application(store)) as server, aiohttp.ClientSession() as http:
        yield Town(str(server.make_url("")).rstrip("/"), store, http)
    await store.close()
