"""A ticket's history, page and API: what was asked and replied stays; a sealed one keeps back. On both engines."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from tests.web.conftest import Town, application
from tests.web.sample import PartSample, a_week, add_ticket
from tests.web.test_public_pages import words
from zalobot.store.database import Store


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Town]:
    """The site with the sample week, on each engine."""
    store = Store(database_url)
    store.run_now(a_week)
    async with TestServer(application(store)) as server, aiohttp.ClientSession() as http:
        yield Town(str(server.make_url("")).rstrip("/"), store, http)
    await store.close()


async def test_the_history_of_a_sealed_ticket_says_who_and_when_and_nothing_that_was_said_or_judged(
    site: Town,
) -> None:
    """One rule for the page and the API: what a sealed ticket keeps back is dropped where both read it."""
    said = {"why": "Lý do kín", "verdict": "generic", "missing": ["basis"]}
    events = tuple(
        ("2026-11-25 09:00", kind, "STC", 1, said)
        for kind in ("declined", "question_asked", "business_replied", "decided", "verdict_given", "class_changed")
    )
    part = PartSample("STC", "closed", {"verdict": "generic", "answer": "Trả lời kín"})
    site.store.run_now(add_ticket, 77, "Kín", "2026-11-25 08:00", part, events=events, tier="sealed")
    site.store.run_now(add_ticket, 78, "Mở", "2026-11-25 08:00", part, events=events)
    for code, shown in (("QN-2611-00077", False), ("QN-2611-00078", True)):
        page = words(await site.get(f"/hoi-dap/{code}"))
        api = await site.get(f"/api/v1/tickets/{code}")
        assert ("Lý do kín" in page, "Lý do kín" in api) == (shown, shown)
        assert ("chung chung" in page.lower(), '"generic"' in api) == (shown, shown)
        assert ("Trả lời kín" in page, '"basis"' in api) == (shown, shown)
    sealed = words(await site.get("/hoi-dap/QN-2611-00077"))
    assert "Sở Tài chính hỏi thêm doanh nghiệp" in sealed


async def test_a_question_and_its_reply_stay_in_the_history_after_the_pause(site: Town) -> None:
    events = (
        ("2026-11-25 09:00", "question_asked", "SXD", 1, {"why": "Kho có số mấy?"}),
        ("2026-11-25 10:00", "business_replied", "SXD", 1, {"why": "Kho 12, gọi [SĐT]"}),
    )
    site.store.run_now(add_ticket, 79, "Kho", "2026-11-25 08:00", PartSample("SXD", "accepted"), events=events)
    page = words(await site.get("/hoi-dap/QN-2611-00079"))
    assert "đồng hồ tạm dừng. Kho có số mấy?" in page
    assert "đồng hồ chạy tiếp. Kho 12, gọi [SĐT]" in page
