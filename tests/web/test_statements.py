"""How often a page asks the database does not depend on how much is in it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.archive import Archive
from bench.pages import people
from tests.web import sample
from tests.web.conftest import application
from zalobot import reference
from zalobot.knowledge.shelf import SHELF, Shelf
from zalobot.province import load
from zalobot.store.database import Store

# The most statements a page may need, BEGIN left out. `part` has much beside it: drafts, notes, colleagues,
# kept answers, similar ones.
MOST = {
    "queue": 6, "part": 24, "ticket": 8, "agency": 9, "search": 6, "list": 5, "home": 14, "agencies": 5,
    "coordinator": 16, "leader": 12,
}  # fmt: skip


@pytest.fixture(params=[200, 800])
async def town(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[tuple[TestClient, dict]]:
    """A site over so many tickets, and one path of each kind of page with somebody who may see it."""
    info: dict = {reference.PUBLIC_URL: "http://127.0.0.1", SHELF: Shelf()}
    store, pack = Store(sqlite_url, info=info), load("quang-ninh")
    store.run_now(reference.seed, pack, sample.NOW)
    province = store.read_now(reference.open_for, pack, info)
    Archive(province, sample.NOW - timedelta(minutes=5)).fill(store, request.param)
    visitors = store.run_now(people, province, sample.NOW)
    pages = {kind: (path, one.token) for one in visitors for kind, path in one.pages}
    async with TestServer(application(store)) as server, TestClient(server) as client:
        yield client, pages
    await store.close()


async def test_every_page_needs_few_statements_however_many_tickets_there_are(town):
    client, pages = town
    asked: list[str] = []

    def count(connection, cursor, statement, *_):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        for kind, (path, token) in pages.items():
            for again in (False, True):  # the first fills what is kept in the process
                asked.clear()
                answer = await client.get(path, headers={"Cookie": f"phien={token}"}, allow_redirects=False)
                assert answer.status == 200, (kind, await answer.text())
                if again:
                    needed = [statement for statement in asked if not statement.startswith(("BEGIN", "COMMIT"))]
                    assert len(needed) <= MOST[kind], (kind, needed)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert pages.keys() == MOST.keys()
