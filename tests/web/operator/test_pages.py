"""The operators' console over HTTP: every page with few queries; agencies, people, accounts, answers, state."""

import re

from sqlalchemy import event
from sqlmodel import select

from tests.web.operators import HOME, PAGES, seated
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser
from zalobot.standing import Check
from zalobot.store.database import Store
from zalobot.store.models import (
    AccountRole,
    Agency,
    KnowledgeEntry,
    Officer,
)
from zalobot.store.queries.operating import Wanting
from zalobot.web.operator import overview, state
from zalobot.web.status_words import wording as status_words


async def test_every_page_opens_and_asks_a_bounded_number_of_questions(store: Store, huy: Browser) -> None:
    asked: list[str] = []
    engine = store._read_engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(str(told[2])))
    most = {}
    for path in PAGES:
        asked.clear()
        await huy.get(path)
        assert huy.status == 200, path
        assert "<h1" in huy.page, path
        most[path] = len(asked)
    assert {path: number for path, number in most.items() if number > 40} == {}


async def test_the_first_page_names_what_is_urgent_first_and_one_next_step(huy: Browser) -> None:
    text = words(await huy.get(HOME))
    places = [text.index(part) for part in (
        "1 người đang chờ nói chuyện với cán bộ", "2 tin không gửi được", "3 sự kiện từ Zalo chưa xử lý được",
        "1 tin chưa rõ đã đến chưa", "1 câu trả lời trong kho quá ngày rà soát",
    )]  # fmt: skip
    assert places == sorted(places)
    assert huy.page.count("btn-main") == 1


def test_nothing_to_do_is_nothing_and_a_red_calendar_comes_before_what_can_wait() -> None:
    assert overview.todo(Wanting(), 0, "ok") == []
    assert [(one.key, one.first) for one in overview.todo(Wanting(own_words=1), 0, "ok")] == [("own_words", False)]
    found = overview.todo(Wanting(unclear=2, past_review=1), 0, "red")
    assert [(one.key, one.first) for one in found] == [("calendar", True), ("unclear", False), ("past_review", False)]


async def test_a_code_of_an_officer_is_on_one_page_once(store: Store, huy: Browser) -> None:
    await huy.get(f"{HOME}/can-bo")
    await huy.post(f"{HOME}/can-bo", name="Nguyễn Thị Hà", agency="SXD", role="officer", email="")
    code = re.search(r"CB-\w{4}-\w{4}", huy.page)
    assert code
    for path in ("/can-bo", "/co-quan/SXD"):
        assert code[0] not in await huy.get(HOME + path)
    key = store.read_now(lambda s: s.exec(select(Officer).where(Officer.name == "Nguyễn Thị Hà")).one()).id
    await huy.get(f"{HOME}/can-bo/{key}")
    await huy.post(f"{HOME}/can-bo/{key}/ma-moi")
    assert re.search(r"CB-\w{4}-\w{4}", huy.page)
    assert code[0] not in huy.page
    await huy.post(f"{HOME}/can-bo", name="Nguyễn Thị Hà", agency="", role="officer", email="")
    assert (huy.status, 'value="Nguyễn Thị Hà"' in huy.page) == (409, True)


async def test_an_agency_is_edited_and_a_late_second_edit_keeps_what_was_typed(
    store: Store, address: str, huy: Browser
) -> None:
    mai = await seated(store, address, "mai", AccountRole.OPERATOR)
    for browser in (huy, mai):
        await browser.get(f"{HOME}/co-quan/SXD")
    await huy.post(
        f"{HOME}/co-quan/SXD", name="Sở Xây dựng Quảng Ninh", short="Sở XD", aliases="sxd\nxây dựng", note=""
    )
    assert "Đã lưu" in huy.page
    await mai.post(f"{HOME}/co-quan/SXD", name="Sở Xây dựng mới", short="SXD", aliases="", note="")
    assert (mai.status, "Sở Xây dựng mới" in mai.page, "vừa được người khác sửa" in mai.page) == (409, True, True)
    assert store.read_now(lambda s: s.get_one(Agency, "SXD")).short == "Sở XD"
    await mai.http.close()


async def test_only_an_administrator_sees_accounts_and_a_password_is_shown_once(
    store: Store, address: str, huy: Browser
) -> None:
    await huy.get(f"{HOME}/tai-khoan")
    assert huy.status == 403
    admin = await seated(store, address, "quan.tri", AccountRole.ADMIN)
    await admin.get(f"{HOME}/tai-khoan")
    await admin.post(f"{HOME}/tai-khoan", full_name="Vũ Minh", role="leader", agency="")
    password = re.search(r'class="keycode">([^<]+)<', admin.page)
    assert password
    assert password[1] not in await admin.get(f"{HOME}/tai-khoan")
    await admin.post(f"{HOME}/tai-khoan/vu.minh/dung")
    assert "Đã dừng tài khoản" in admin.page
    await admin.post(f"{HOME}/tai-khoan/quan.tri/dung")
    assert "với tài khoản của mình" in words(admin.page)
    await admin.http.close()


async def test_what_is_past_its_review_stands_first_and_is_shown_again_after_a_look(store: Store, huy: Browser) -> None:
    page = await huy.get(f"{HOME}/kho-cau-hoi")
    assert re.findall(r'q-t" href="/van-hanh/kho-cau-hoi/([\w-]+)"', page) == ["cap-lai", "tham-duyet", "ke-khai"]
    await huy.get(f"{HOME}/kho-cau-hoi/cap-lai")
    await huy.post(f"{HOME}/kho-cau-hoi/cap-lai/ra-soat", review="2027-11-01")
    assert "Đã rà soát" in huy.page
    kept = store.read_now(lambda s: s.exec(select(KnowledgeEntry).where(KnowledgeEntry.key == "cap-lai")).one())
    assert (str(kept.review), kept.version) == ("2027-11-01", 2)
    await huy.get(f"{HOME}/kho-cau-hoi/cap-lai")
    typed = {"questions": "", "answer": "Mới", "source": "NĐ", "topic": "dat-dai", "agency": "SXD", "review": "x"}
    await huy.post(f"{HOME}/kho-cau-hoi/cap-lai", **typed)
    assert (huy.status, ">Mới</textarea>" in huy.page) == (409, True)


def test_every_check_has_words_and_the_worst_stands_first() -> None:
    old = Check("token", "warn", {"age_seconds": 1}, "old")
    checks = [Check("database"), old, Check("account", "red", {}, "unverified")]
    assert [line.told.state for line in state.lines(checks)] == ["red", "warn", "ok"]
    assert {"database", "token", "account"} <= set(status_words())
