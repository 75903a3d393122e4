"""`/hoi-dap?hoi=`: tickets, answered or not, and kept answers are found by words typed with or without marks.

A kept answer stands with its source and its day; what is past its review never does.
"""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from tests.journeys.stage import Stage
from tests.journeys.test_at_once import ASKED, CLOGGED, reported
from tests.web.conftest import application
from zalobot.knowledge.shelf import SHELF, Shelf, read_older
from zalobot.store.models import KnowledgeEntry, Ticket, Tier
from zalobot.tickets.opening import Draft, open_ticket

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
    assert "Không tìm thấy." in said


OPEN = "quy hoach phan khu phia tay ha long bao gio duyet"


async def test_a_ticket_that_waits_for_its_answer_is_found_by_its_words(site: tuple[Stage, TestClient]) -> None:
    stage, visitor = site
    text = "Quy hoạch phân khu phía tây Hạ Long bao giờ mới duyệt, dự án khách sạn của tôi đang phải dừng chờ một năm"
    code = reported(stage.person("an"), text)
    for words in (OPEN, "phân khu phía tây", "khach san dang dung cho quy hoach"):
        said = await page(visitor, words)
        assert code in said, words
        assert re.search("Còn hạn|Sắp đến hạn|Hạn hôm nay", said.split(code)[0]), "who looks sees how it stands"
    assert "Đăng ký hộ kinh doanh" not in await page(visitor, OPEN), "what has few of the words is left out"


async def test_what_is_found_is_narrowed_like_the_list(site: tuple[Stage, TestClient]) -> None:
    stage, visitor = site
    stage.officer("ca", "CAT")
    code = reported(stage.person("an"), CLOGGED)
    asked = "kho lanh nghiem thu pccc"

    async def found(**narrowed: str) -> bool:
        answer = await visitor.get("/hoi-dap", params={"hoi": asked, **narrowed})
        return code in (await answer.text()).partition("<main")[2]

    assert [await found(), await found(tt="open"), await found(tt="answered")] == [True, True, False]
    assert [await found(cq="CAT"), await found(cq="SYT"), await found(lv="thue")] == [True, False, False]
    form = await (await visitor.get("/hoi-dap", params={"hoi": asked})).text()
    assert f'<input type="hidden" name="hoi" value="{asked}">' in form
    assert "/hoi-dap?hoi=kho+lanh+nghiem+thu+pccc&amp;tt=open" in form


async def test_a_sealed_ticket_is_found_by_none_of_its_words(site: tuple[Stage, TestClient]) -> None:
    stage, visitor = site
    code = reported(stage.person("an"), CLOGGED)
    stage.store.run_now(lambda s: s.execute(update(Ticket).values(tier=Tier.SEALED)))
    assert code not in await page(visitor, CLOGGED)


async def test_nearest_things_are_called_so(site: tuple[Stage, TestClient]) -> None:
    assert "Không có kết quả sát với" in await page(site[1], "bao tri thang may lau nam toa nha")


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
    assert "Không tìm thấy." in said


async def test_who_searches_is_told_when_only_the_newest_tickets_were_looked_through(
    site: tuple[Stage, TestClient],
) -> None:
    stage, visitor = site
    opened(stage, 2)
    asked = "cot den gay do"
    assert "Mới tìm trong" not in await page(visitor, asked)
    stage.store.info[SHELF] = Shelf(newest=1)
    assert "Mới tìm trong 1 hồ sơ mới nhất" in await page(visitor, asked)
    stage.store.read_now(read_older)
    said = await page(visitor, asked)
    assert "Mới tìm trong" not in said
    assert "2 kết quả cho" in said


async def test_more_than_a_page_of_results_is_called_the_nearest(site: tuple[Stage, TestClient]) -> None:
    stage, visitor = site
    opened(stage, 21)
    assert "20 kết quả sát nhất cho “cot den gay do”. Thêm chữ" in await page(visitor, "cot den gay do")


def opened(stage: Stage, number: int) -> None:
    """So many tickets that say the same."""
    for person in range(number):
        draft = Draft(f"p{person}", "Cột đèn gãy đổ ở bến tàu đã hai tháng.", "xay_dung", ("SXD",))
        stage.store.run_now(open_ticket, draft, stage.now)
