"""Health for machines: green, warning and red, and the numbers behind."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session

from tests.web import sample
from tests.web.conftest import Town, application
from tests.web.sample import NOW
from zalobot import metrics, reference
from zalobot.outbox import Outcome
from zalobot.relay import alarms, traits
from zalobot.store import models
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import OutboxState


@pytest.fixture
def empty(sqlite_url: str) -> Iterator[Store]:
    store = Store(sqlite_url)
    yield store
    store.close_now()


def token(session: Session, status: str = "ok", age: timedelta = timedelta(days=1)) -> None:
    at = NOW - age
    session.add(models.OaToken(oa_id="42", access="kin", refresh="kin", expires_at=at, obtained_at=at, status=status))


def event(session: Session, age: timedelta, state: str = "new") -> None:
    at = NOW - age
    session.add(
        models.InboxEvent(
            id=new_id(),
            key=new_id(),
            person_id="p",
            name="user_send_text",
            at=at,
            received_at=at,
            body="{}",
            state=state,
        )
    )


async def ready(town: Town, status: int = 200) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await town.get("/readyz", status))
    return found


async def test_the_process_answers(town: Town) -> None:
    assert json.loads(await town.get("/healthz")) == {"status": "ok"}


async def test_all_is_well(town: Town) -> None:
    town.write(token)
    town.write(lambda session: event(session, timedelta(minutes=5), "done"))
    checks = await ready(town)
    names = ["database", "backlog", "token", "calendar", "wording", "account", "webhook"]
    names += ["syntax_filter", "clock", "templates", "quota", "sending"]
    assert checks["status"] == "ok"
    assert {name: check["state"] for name, check in checks["checks"].items()} == dict.fromkeys(names, "ok")
    assert checks["checks"]["calendar"]["known_days_left"] == 400


async def test_without_a_token_readiness_warns(town: Town) -> None:
    checks = await ready(town)
    assert checks["checks"]["token"] == {"state": "warn", "problem": "none", "status": "none"}
    assert checks["status"] == "warn"


async def test_a_lost_grant_is_red(town: Town) -> None:
    town.write(lambda session: token(session, "consent_needed"))
    assert (await ready(town, 503))["checks"]["token"]["state"] == "red"


async def test_a_backlog_that_grows_old_is_red(town: Town) -> None:
    town.write(lambda session: event(session, timedelta(seconds=61)))
    backlog = (await ready(town, 503))["checks"]["backlog"]
    assert (backlog["state"], backlog["inbox"], backlog["inbox_oldest_seconds"]) == ("red", 1, 61)


async def test_a_fresh_backlog_is_well_and_a_failed_event_warns(town: Town) -> None:
    town.write(token)
    town.write(lambda session: event(session, timedelta(seconds=5)))
    assert (await ready(town))["checks"]["backlog"]["state"] == "ok"
    town.write(lambda session: event(session, timedelta(hours=5), "failed"))
    assert (await ready(town))["checks"]["backlog"]["state"] == "warn"


@pytest.mark.parametrize(
    ("learnt", "code", "state", "problem"),
    [
        (("send_api", "v2"), 0, "ok", ""),
        (("send_api", "none"), 0, "red", "closed"),
        (("buttons", "no"), -224, "warn", "refused"),
    ],
)
async def test_what_zalo_refuses_is_told(
    town: Town, learnt: tuple[str, str], code: int, state: str, problem: str
) -> None:
    """By `oa_trait` and by the alarms of the day."""

    def written(session: Session) -> None:
        traits.keep(session, "42", *learnt, NOW, NOW + timedelta(hours=1))
        outcome = Outcome("row", OutboxState.QUEUED, error_code=code or None, alarm=bool(code))
        alarms.notice(session, [outcome], NOW)

    town.write(token)
    town.write(written)
    checks = await ready(town, 503 if state == "red" else 200)
    sending = checks["checks"]["sending"]
    assert (sending["state"], sending.get("problem", ""), sending[learnt[0]]) == (state, problem, learnt[1])
    assert sending["codes"] == (str(code) if code else None)


async def test_a_database_that_is_gone_is_red(tmp_path: Any) -> None:
    store = Store(f"sqlite:///{tmp_path}/without-tables.db")
    async with TestClient(TestServer(application(store))) as client:
        answer = await client.get("/readyz")
        assert (answer.status, (await answer.json())["checks"]["database"]["state"]) == (503, "red")
        assert (await client.get("/metrics")).status == 200
    await store.close()


@pytest.mark.parametrize(
    ("days", "state", "status"),
    [(61, "ok", 200), (60, "warn", 200), (31, "warn", 200), (30, "red", 503), (7, "red", 503)],
)
async def test_the_calendar_warns_before_it_ends(town: Town, days: int, state: str, status: int) -> None:
    town.write(token)
    here = sample.province()
    last = NOW.date() + timedelta(days)
    town.store.info[reference.PROVINCE] = replace(here, calendar=replace(here.calendar, last=last))
    found = (await ready(town, status))["checks"]["calendar"]
    assert (found["state"], found["known_days_left"]) == (state, days)
    assert found.get("problem") == (None if state == "ok" else "ends")


async def test_metrics_show_counters_and_gauges(town: Town) -> None:
    town.write(token)
    town.write(lambda session: event(session, timedelta(seconds=5)))
    metrics.EVENTS.labels("message").inc()
    text = await town.get("/metrics")
    for line in (
        "zalobot_inbox_backlog 1.0",
        "zalobot_inbox_oldest_seconds 5.0",
        "zalobot_token_age_seconds 86400.0",
        "zalobot_calendar_horizon_days 400.0",
        'zalobot_events_total{kind="message"} ',
        'zalobot_outbox{state="queued"} 0.0',
    ):
        assert f"\n{line}" in text


async def test_the_site_is_verified_by_tag_and_by_file_only_when_set(empty: Store) -> None:
    async with TestClient(TestServer(application(empty, zalo_site_verification="Ab-9"))) as client:
        tag = '<meta name="zalo-platform-site-verification" content="Ab-9">'
        assert tag in await (await client.get("/")).text()
        assert tag in await (await client.get("/zalo_verifierAb-9.html")).text()
        assert (await client.get("/zalo_verifierother.html")).status == 404
    async with TestClient(TestServer(application(empty))) as client:
        assert "site-verification" not in await (await client.get("/")).text()
        assert (await client.get("/zalo_verifier.html")).status == 404


async def test_an_empty_site_says_what_would_appear(empty: Store) -> None:
    async with TestClient(TestServer(application(empty, zalo_oa_id=""))) as client:
        home, listed = await (await client.get("/")).text(), await (await client.get("/hoi-dap")).text()
        assert "Chưa có trả lời nào." in home
        assert "Chưa có phần việc nào đến hạn." in home
        assert "zalo.me" not in home
        assert "Chưa có phản ánh nào." in listed
