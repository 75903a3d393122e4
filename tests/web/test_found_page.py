"""`/hoi-dap?hoi=`: a question is answered on the page, with source and day; what is past its review never is."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from tests.journeys.stage import Stage
from tests.journeys.test_at_once import ASKED, CLOGGED, reported
from tests.web.conftest import application
from zalobot.store.models import KnowledgeEntry

ANSWER = (
    "Kho đạt yêu cầu nghiệm thu ngày 24/11 theo Điều 16. Hỏi thêm ông Trần Văn Nam, 0203 3825 111, như đã gọi số "
    "0912 345 678."
)


@pytest.fixture
async def site(sqlite_url: str) -> AsyncIterator[tuple[Stage, TestClient]]:
    """The public site of a bot that knows what is in its knowledge base."""
    stage = Stage(sqlite_url)
    async with TestClient(TestServer(application(stage.store))) as visitor:
        yield stage, visitor
    stage.store.close_now()


async def page(visitor: TestClient, words: str) -> str:
    """The words of the page that answers a question."""
    answer = await visitor.get("/hoi-dap", params={"hoi": words})
    assert answer.status == 200
    text = re.sub(r"<[^>]+>", " ", (await answer.text()).partition("<main")[2].partition("</main>")[0])
    return " ".join(text.split())


async def test_a_question_is_answered_with_its_source_and_its_day(site: tuple[Stage, TestClient]) -> None:
    said = await page(site[1], ASKED)
    assert "10 ngày làm việc" in said
    assert "Căn cứ: " in said
    assert "219/2025/NĐ-CP" in said
    assert "Sở Nội vụ" in said
    assert re.search(r"\d{2}/\d{2}/2026", said)


async def test_the_field_of_the_first_page_leads_there(site: tuple[Stage, TestClient]) -> None:
    answer = await site[1].get("/tim", params={"ma": ASKED}, allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/hoi-dap?hoi=cho+em+hoi+gpld")


async def test_what_is_past_its_review_is_shown_to_nobody(site: tuple[Stage, TestClient]) -> None:
    stage, visitor = site
    stage.store.run_now(lambda s: s.execute(update(KnowledgeEntry).values(review=date(2026, 11, 22))))
    said = await page(visitor, ASKED)
    assert "219/2025" not in said
    assert "Chưa có trả lời cho câu này." in said


async def test_a_public_answer_is_found_with_its_ticket_and_masked(site: tuple[Stage, TestClient]) -> None:
    stage, visitor = site
    stage.officer("ca", "CAT")
    code = reported(stage.person("an"), f"{CLOGGED}, gọi 0912 345 678")
    for words in (f"Trả lời {code}/1", ANSWER, "gửi"):
        stage.person("ca").says(words)
    asked = "kho lanh nghiem thu pccc 40 ngay chua ai xuong kiem tra"
    said = await page(visitor, asked)
    assert "Kho đạt yêu cầu nghiệm thu" in said
    assert code in said
    assert "0912 345 678" not in said
    assert "Trần Văn Nam" not in said


async def test_words_that_nothing_answers_are_shown_as_typed(site: tuple[Stage, TestClient]) -> None:
    said = await page(site[1], "<b>zzzz</b> qqqqq")
    assert "&lt;b&gt;zzzz&lt;/b&gt; qqqqq" in said
    assert "Chưa có trả lời" in said
