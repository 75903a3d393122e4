"""The leader's page over HTTP: what is late, why and whose; the public figures; scores by one tap; the workbook."""

import io
import re
import zipfile

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from tests.calendars import at
from tests.web import sample
from tests.web.sample import PartSample, add_ticket
from tests.web.test_agencies import a_month
from tests.web.test_officer import part, store  # noqa: F401
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser, account, browser  # noqa: F401
from zalobot import morning
from zalobot.config import Settings
from zalobot.figures.board import Board
from zalobot.figures.parts import PeriodKind
from zalobot.figures.words import definitions
from zalobot.services import Services
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, AnswerScore, Officer, Part, PartState
from zalobot.store.queries import leading
from zalobot.web.leader import pages

PART = "QN-2611-00040/1"
TICKET = "/dieu-hanh/QN-2611-00042"
WORDS = "Trả lời dứt điểm trước 16 giờ hôm nay."


@pytest.fixture
async def leader(store: Store, browser: Browser) -> Browser:  # noqa: F811
    store.run_now(a_month)
    account(store, "lan.p", AccountRole.COORDINATOR, "STC")
    await browser.sign_in("lan.p")
    await browser.get("/dieu-hanh")
    return browser


async def test_what_is_late_stands_first_with_who_has_it_and_why(leader: Browser) -> None:
    text = words(leader.page)
    assert "Quá hạn: 2 phần việc ở 2 cơ quan" in text
    assert "Quá hạn 2 ngày 2 giờ làm việc Hạn 17:00 Thứ Sáu 20/11/2026 Chờ lâu Sở Xây dựng QN-2611-00120/1" in text
    assert "Đến hạn hôm nay: 1" in text
    assert "Kho hàng ở Móng Cái 2" in text.split("Đến hạn ngày làm việc tới: ")[1].split("toàn tỉnh")[0]


async def test_however_much_is_late_the_count_is_whole_and_what_is_due_today_is_seen(
    store: Store,  # noqa: F811
    leader: Browser,
) -> None:
    def many(session: Session) -> None:
        one = session.exec(select(Part).where(Part.code == "QN-2611-00120/1")).one()
        common = {"ticket_id": one.ticket_id, "agency": "SXD", "klass": "hard", "state": PartState.ACCEPTED}
        common |= {"received_at": one.received_at, "clock_started_at": one.received_at, "due_at": one.due_at}
        for number in range(50, 350):
            session.add(Part(id=f"late{number:06}", code=f"QN-2611-00120/{number}", number=number, **common))

    store.run_now(many)
    text = words(await leader.get("/dieu-hanh"))
    assert "Quá hạn: 302 phần việc ở 2 cơ quan" in text
    assert "Hiện 100 trên 302 phần việc" in text
    assert "Đến hạn hôm nay: 1" in text
    assert leader.page.count('class="btn btn-main"') == 1


async def test_each_number_has_its_definition_beside_it(leader: Browser) -> None:
    main = leader.page.partition("<main")[2]
    wanted = ("late", "due_today", "due_next", "on_time", "hours", "solved", "open", "trend", "rising")
    for name in wanted:
        known = definitions()[name]
        assert f'Cách tính<span class="vh">: {known.name}</span>' in main, name
        assert words(known.how)[:40] in words(main), name


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
    assert "Phản ánh không công khai nội dung" in await browser.get("/dieu-hanh/QN-2611-00091")
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


@pytest.fixture
async def chief(store: Store, browser: Browser) -> Browser:  # noqa: F811
    """The head of SXD, who may direct what the agency holds."""
    account(store, "truong", AccountRole.HEAD, "SXD")
    await browser.sign_in("truong")
    await browser.get(TICKET)
    return browser


@pytest.mark.parametrize("ky", ["90", "quy", "thang", "tuan"])
async def test_a_period_tells_inside_what_it_tells_outside(leader: Browser, ky: str) -> None:
    await leader.get(f"/dieu-hanh?ky={ky}")
    inside = words(leader.page)
    await leader.get(f"/co-quan?ky={ky}")
    outside = words(leader.page)
    told = re.search(r"Trả lời đúng hạn .*? Cách tính", outside)
    assert told
    assert told[0] in inside
    assert (f'value="{ky}" selected' in await leader.get(f"/dieu-hanh?ky={ky}"), leader.status) == (True, 200)


async def test_the_trend_is_a_table_whose_weeks_below_five_have_no_share(store: Store, leader: Browser) -> None:  # noqa: F811
    def a_busy_week(session: Session) -> None:
        for number in range(140, 146):
            done = PartSample("SXD", "answered", {"answered_at": at("2026-11-05 10:00"), "answer": "x"})
            add_ticket(session, number, "x", "2026-11-02 09:00", done, state="answered")

    store.run_now(a_busy_week)
    page = await leader.get("/dieu-hanh")  # the board is five minutes old at the most
    rows = re.findall(r'<tr data-day="([\d-]+)"(.*?)>', page)
    assert [day for day, _ in rows] == [
        "2026-10-05",
        "2026-10-12",
        "2026-10-19",
        "2026-10-26",
        "2026-11-02",
        "2026-11-09",
        "2026-11-16",
        "2026-11-23",
    ]
    assert "Các tuần trước tuần 05/10 không có phần việc nào đến hạn." in words(page)
    assert [day for day, shares in rows if shares] == []
    fresh = Board()
    trend = store.read_now(fresh.at, sample.NOW, sample.CALENDAR).weeks
    assert [week.monday.isoformat() for week in trend if week.share.enough] == ["2026-11-02"]


async def test_a_topic_that_rises_is_named_with_how_much(store: Store, browser: Browser) -> None:  # noqa: F811
    def more(session: Session) -> None:
        for number in range(150, 156):
            add_ticket(session, number, "x", "2026-11-20 09:00", PartSample("STC"), topic="ho-tro")
        add_ticket(session, 156, "x", "2026-10-10 09:00", PartSample("STC"), topic="ho-tro")

    store.run_now(more)
    account(store, "lan.p", AccountRole.COORDINATOR, "STC")
    await browser.sign_in("lan.p")
    found = {one.topic: (one.lately, one.before) for one in store.read_now(leading.rising, sample.NOW)}
    lately, before = found["ho-tro"]
    assert f"Hỗ trợ doanh nghiệp {lately}, tăng {lately - before}" in words(await browser.get("/dieu-hanh"))
    assert all(now - then >= leading.STEEP for now, then in found.values())


async def test_a_direction_is_told_inside_and_only_as_a_fact_outside(store: Store, chief: Browser) -> None:  # noqa: F811
    await chief.post(f"{TICKET}/1/chi-dao", noi_dung=WORDS)
    assert "Đã gửi ý kiến chỉ đạo" in words(chief.page)
    assert WORDS in chief.page
    outside = words(await chief.get("/hoi-dap/QN-2611-00042")).replace(" .", ".")
    assert "Lãnh đạo Sở Xây dựng chỉ đạo về phần 1." in outside
    assert WORDS not in outside
    assert WORDS in await chief.get("/can-bo/QN-2611-00042/1")
    assert "Đã chỉ đạo 10:20 ngày 26/11" in words(await chief.get("/dieu-hanh"))


async def test_a_direction_without_words_is_refused_and_what_was_typed_stays(chief: Browser) -> None:
    page = await chief.post(f"{TICKET}/1/chi-dao", noi_dung="Gấp")
    assert chief.status == 409
    assert ">Gấp</textarea>" in page


async def test_a_direction_is_never_cut_and_given_once_however_often_it_is_sent(store: Store, chief: Browser) -> None:  # noqa: F811
    page = await chief.post(f"{TICKET}/1/chi-dao", noi_dung="Trả lời dứt điểm. " * 60)
    assert (chief.status, "dài quá 1000 ký tự" in page, ("Trả lời dứt điểm. " * 60).strip() in page) == (
        409,
        True,
        True,
    )
    for _ in range(2):
        await chief.post(f"{TICKET}/1/chi-dao", noi_dung=WORDS)
        assert chief.page.count(WORDS) == 1


async def test_a_head_neither_directs_nor_reads_what_is_of_another_agency(store: Store, chief: Browser) -> None:  # noqa: F811
    assert f'action="{TICKET}/1/chi-dao"' in chief.page
    assert f'action="{TICKET}/2/chi-dao"' not in chief.page
    await chief.post(f"{TICKET}/2/chi-dao", noi_dung=WORDS)
    assert chief.status == 409
    await chief.post(f"{TICKET}/1/chi-dao", noi_dung=WORDS, phien_ban=str(part(store).version))
    account(store, "khac", AccountRole.HEAD, "CA")
    await chief.post("/dang-xuat")
    await chief.sign_in("khac")
    assert WORDS not in await chief.get(TICKET)
    assert WORDS not in await chief.get("/can-bo/QN-2611-00042/2")


async def test_a_coordinator_looks_and_does_not_direct(leader: Browser) -> None:
    page = await leader.get(TICKET)
    assert "chi-dao" not in page
    await leader.post(f"{TICKET}/1/chi-dao", noi_dung=WORDS)
    assert leader.status == 403


async def test_a_ticket_that_is_none_is_not_found(leader: Browser) -> None:
    await leader.get("/dieu-hanh/QN-2611-99999")
    assert leader.status == 404


async def test_the_digest_on_the_web_says_what_is_pushed(store: Store, leader: Browser) -> None:  # noqa: F811
    page = " ".join(re.sub(r"<[^>]+>", "", await leader.get("/dieu-hanh/ban-tin")).split())

    def pushed(session: Session) -> str:
        officer = session.get_one(Officer, "of-lan.p")
        return morning.words(morning.of_person(session, officer, (), sample.NOW)).text

    assert " ".join(store.read_now(pushed).split()) in page
    assert "Quá hạn 2 phần việc: Sở Nông nghiệp và Môi trường: 1 Sở Xây dựng: 1" in page


def test_the_page_asks_a_fixed_number_of_questions(store: Store) -> None:  # noqa: F811
    def asked() -> int:
        said: list[str] = []
        services = Services(Settings(), store, InProcess(), sample.province(), lambda: sample.NOW)
        listener = (store._read_engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))
        event.listen(*listener)
        store.read_now(pages._read, services, sample.NOW, "ac", "", PeriodKind.MONTH)
        event.remove(*listener)
        return sum("SELECT" in one for one in said)

    few = asked()
    store.run_now(a_month)
    assert (asked(), few <= 10) == (few, True)
