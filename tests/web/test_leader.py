"""The leader's page over HTTP: what is late, why and whose; the public figures; scores by one tap; the workbook."""

import io
import re
import zipfile

import pytest
from sqlmodel import Session, select

from tests.web.sample import PartSample, add_ticket
from tests.web.test_agencies import a_month
from tests.web.test_officer import store  # noqa: F401
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser, account, browser  # noqa: F401
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, AnswerScore

PART = "QN-2611-00040/1"


@pytest.fixture
async def leader(store: Store, browser: Browser) -> Browser:  # noqa: F811
    store.run_now(a_month)
    account(store, "lan.p", AccountRole.COORDINATOR, "")
    await browser.sign_in("lan.p")
    await browser.get("/dieu-hanh")
    return browser


async def test_what_is_late_stands_first_with_who_has_it_and_why(leader: Browser) -> None:
    text = words(leader.page)
    assert "Quá hạn: 2 phần việc ở 2 cơ quan" in text
    assert "Quá hạn 2 ngày 2 giờ làm việc Hạn 17:00 Thứ Sáu 20/11/2026 Chờ lâu Sở Xây dựng QN-2611-00120/1" in text
    assert "Đến hạn hôm nay: 1" in text
    assert "Kho hàng ở Móng Cái 2" in text.split("Đến hạn ngày làm việc tới: ")[1].split("toàn tỉnh")[0]


async def test_the_figures_are_those_of_the_public_page(leader: Browser) -> None:
    inside = words(leader.page)
    await leader.get("/co-quan")
    outside = words(leader.page)
    told = re.search(r"Trả lời đúng hạn 70% 7 trên 10 phần việc; khoảng tin cậy \d+–\d+%", outside)
    assert told
    assert told[0] in inside


async def test_the_words_of_a_sealed_ticket_stay_sealed(store: Store, browser: Browser) -> None:  # noqa: F811
    def sealed(session: Session) -> None:
        add_ticket(session, 91, "Bị ép nộp thêm", "2026-11-18 09:00", PartSample("STC"), tier="sealed")

    store.run_now(sealed)
    account(store, "lan.p", AccountRole.COORDINATOR, "")
    await browser.sign_in("lan.p")
    await browser.get("/dieu-hanh")
    assert "QN-2611-00091/1" in browser.page
    assert "Bị ép nộp" not in browser.page


async def test_a_head_sees_what_is_late_in_the_own_agency_only(store: Store, browser: Browser) -> None:  # noqa: F811
    store.run_now(a_month)
    account(store, "truong", AccountRole.HEAD, "SNNMT")
    await browser.sign_in("truong")
    await browser.get("/dieu-hanh")
    assert ("QN-2611-00031/1" in browser.page, "QN-2611-00120/1" in browser.page) == (True, False)


async def test_one_tap_scores_an_answer_and_another_tap_changes_it(store: Store, leader: Browser) -> None:  # noqa: F811
    for wanted in ("poor", "good"):
        await leader.post(f"/dieu-hanh/{PART}/cham", diem=wanted)
    assert "Đã ghi điểm câu trả lời" in leader.page
    scores = store.read_now(lambda session: session.exec(select(AnswerScore)).all())
    assert [(score.score, score.clock) for score in scores] == [("good", 1)]


async def test_what_has_no_answer_cannot_be_scored(store: Store, leader: Browser) -> None:  # noqa: F811
    await leader.post("/dieu-hanh/QN-2611-00031/1/cham", diem="good")
    assert store.read_now(lambda session: session.exec(select(AnswerScore)).all()) == []


async def test_the_workbook_holds_texts_and_no_formula(store: Store, leader: Browser) -> None:  # noqa: F811
    def hostile(session: Session) -> None:
        add_ticket(session, 92, "=cmd|' /C calc'!A0", "2026-11-18 09:00", PartSample("STC"))

    store.run_now(hostile)
    async with leader.http.get(leader.address + "/dieu-hanh/so-lieu.xlsx") as answer:
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert "=cmd|" in book.read("xl/sharedStrings.xml").decode()
    assert [name for name in book.namelist() if "worksheets/sheet" in name and b"<f>" in book.read(name)] == []
    assert len([name for name in book.namelist() if "worksheets/sheet" in name]) == 3
