"""The copy of one's own data, behind a short-lived link."""

import json
from datetime import timedelta

from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session

from tests.web import sample
from tests.web.conftest import application
from zalobot import exports
from zalobot.store.database import Store
from zalobot.store.models import Conversation, Person

LAN = "6200001"


def somebody(session: Session) -> None:
    session.add(Person(id=LAN, created_at=sample.NOW))
    session.flush()
    session.add(Conversation(person_id=LAN, consent_version="2026-11", updated_at=sample.NOW))


async def test_only_a_good_link_gives_the_copy_and_no_cache_keeps_it(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.run_now(somebody)
    good, old = (exports.token("x", LAN, sample.NOW - ago) for ago in (timedelta(), timedelta(minutes=30)))
    others = exports.token("another key", LAN, sample.NOW)
    async with TestClient(TestServer(application(store, secret_key="x"))) as visitor:
        answer = await visitor.get(f"{exports.PATH}/{good}")
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert json.loads(await answer.text())["person"]["zalo_id"] == LAN
        refused = [(await visitor.get(f"{exports.PATH}/{link}")).status for link in (old, others, "made-up")]
        assert refused == [404, 404, 404]
    await store.close()
