"""The operators' console over HTTP: every page, every act, refusals that lose nothing, a bounded number of queries."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import event
from sqlmodel import Session, col, select
from yarl import URL

from tests.web import operators, sample
from tests.web.conftest import application
from tests.web.operators import LAN, NAME
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser
from zalobot.channels import undelivered
from zalobot.channels.choosing import Why
from zalobot.channels.undelivered import Undelivered
from zalobot.paths import templates_folder
from zalobot.standing import Check
from zalobot.store.database import Store
from zalobot.store.models import (
    AccountRole,
    Agency,
    CalendarVersion,
    Channel,
    Conversation,
    InboxEvent,
    InboxState,
    KnowledgeEntry,
    LiveChat,
    Officer,
    OutboxMessage,
    OutboxState,
)
from zalobot.store.queries.operating import Wanting
from zalobot.web.operator import calendar, overview, reasons, state
from zalobot.web.status_words import wording as status_words
from zalobot.zalo.codes import OA, ZBS

HOME = "/van-hanh"
PAGES = [f"{HOME}{path}" for path in (
    "", "/tin-nhan", "/tin-nhan?loc=unclear", "/tin-nhan?loc=waiting", "/su-kien", "/truc", f"/truc/{LAN}", "/lich",
    "/lich?ngay=2026-11-27&loai=off&ly_do=B%C3%A3o&van_ban=CD+21", "/lich/cac-ban", "/co-quan", "/co-quan/SXD",
    "/linh-vuc", "/linh-vuc/dat-dai", "/can-bo", "/kho-cau-hoi", "/kho-cau-hoi/cap-lai", "/kho-cau-hoi/moi",
    "/tinh-trang", "/tinh-trang?chi-phi=1",
)]  # fmt: skip


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = operators.filled(sqlite_url)
    yield made
    made.close_now()


@pytest.fixture
async def address(store: Store) -> AsyncIterator[str]:
    async with TestServer(application(store, secret_key="a key", public_url="http://127.0.0.1")) as server:
        yield str(server.make_url("")).rstrip("/")


async def seated(store: Store, address: str, name: str, role: AccountRole, agency: str = "") -> Browser:
    """A browser of somebody who is signed in."""
    http = aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True))
    http.cookie_jar.update_cookies({"phien": operators.seat(store, name, role, agency)}, URL(address))
    return Browser(address, http)


@pytest.fixture
async def huy(store: Store, address: str) -> AsyncIterator[Browser]:
    made = await seated(store, address, "huy.pq", AccountRole.OPERATOR)
    yield made
    await made.http.close()


def one(store: Store, state: OutboxState) -> OutboxMessage:
    query = select(OutboxMessage).where(OutboxMessage.state == state, OutboxMessage.person_id == LAN)
    return store.read_now(lambda s: s.exec(query.order_by(col(OutboxMessage.id))).first())  # type: ignore[return-value]


def fate(store: Store, key: str) -> OutboxMessage:
    return store.read_now(lambda s: s.get_one(OutboxMessage, key))


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
    found = overview.todo(Wanting(unclear=2, past_review=1), 0, "red")
    assert [(one.key, one.first) for one in found] == [("calendar", True), ("unclear", False), ("past_review", False)]


async def test_a_message_that_failed_is_sent_again_with_one_button(store: Store, huy: Browser) -> None:
    key = one(store, OutboxState.FAILED).id
    assert "Người nhận đã chặn tin của tài khoản" in await huy.get(f"{HOME}/tin-nhan")
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai")
    assert "Tin đã vào hàng chờ gửi lại" in huy.page
    assert fate(store, key).state is OutboxState.QUEUED
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai")
    assert "Không có tin chưa gửi được mang mã này" in huy.page


async def test_what_may_have_arrived_is_not_sent_twice_by_a_slip(store: Store, huy: Browser) -> None:
    key = one(store, OutboxState.UNCLEAR).id
    assert f"{key}/gui-lai" not in await huy.get(f"{HOME}/tin-nhan?loc=unclear")
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai")
    assert fate(store, key).state is OutboxState.UNCLEAR
    assert "người nhận có thể nhận hai lần" in huy.page
    await huy.get(f"{HOME}/tin-nhan/{key}")
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai", chap_nhan="1")
    assert fate(store, key).state is OutboxState.QUEUED


async def test_a_message_is_settled_by_telephone_with_a_note_and_nothing_typed_is_lost(
    store: Store, huy: Browser
) -> None:
    key = one(store, OutboxState.FAILED).id
    await huy.get(f"{HOME}/tin-nhan/{key}")
    await huy.post(f"{HOME}/tin-nhan/{key}/xong", ghi_chu="Chị Lan nghe máy lúc 9 giờ")
    assert huy.status == 422
    assert "Chị Lan nghe máy lúc 9 giờ" in huy.page
    await huy.post(f"{HOME}/tin-nhan/{key}/xong", cach="phone", ghi_chu="Chị Lan nghe máy lúc 9 giờ")
    row = fate(store, key)
    assert (row.state, row.error) == (OutboxState.RESOLVED, "2026-11-26: phone: Chị Lan nghe máy lúc 9 giờ")
    assert key not in await huy.get(f"{HOME}/tin-nhan")


async def test_pages_of_messages_follow_each_other(store: Store, huy: Browser) -> None:
    def more(session: Session) -> None:
        for _ in range(70):
            operators.message(session, OutboxState.FAILED, code=-213)

    store.run_now(more)
    first = re.findall(r"tin-nhan/(\w{26})/gui-lai", await huy.get(f"{HOME}/tin-nhan"))
    onward = re.search(r'href="([^"]+sau=\w+)"', huy.page)
    assert onward
    second = re.findall(r"tin-nhan/(\w{26})/gui-lai", await huy.get(onward[1].replace("&amp;", "&")))
    assert (len(first), len(second), len({*first, *second})) == (50, 22, 72)
    assert "Không tìm thấy tin nào của hồ sơ này" in await huy.get(f"{HOME}/tin-nhan?ma=QN-2601-99999")


def test_every_refusal_leads_to_words_and_a_remedy() -> None:
    def told(state: OutboxState, code: int | None, reason: str, channel: Channel = Channel.CS) -> reasons.Reason:
        tried = (undelivered.Tried(channel, sample.NOW, code),)
        return reasons.why(Undelivered("1", state, "p", "", "", sample.NOW, reason, tried, code))

    found = [told(OutboxState.FAILED, code, "") for code in (*OA, -123456, None)]
    found += [told(OutboxState.FAILED, code, "", Channel.ZBS_PHONE) for code in ZBS]
    found += [told(OutboxState.FAILED, 550, "", Channel.MAIL)]
    found += [told(OutboxState.WAITING, None, f"cs: {why}, mail: no_address") for why in Why]
    found += [told(OutboxState.WAITING, None, ""), told(OutboxState.UNCLEAR, None, "cannot be looked up: x")]
    assert all(one.says and one.remedy for one in found)
    blocked = told(OutboxState.WAITING, -217, "cs: refused, mail: no_address")
    assert blocked == told(OutboxState.FAILED, -217, "")
    assert set(reasons.wording()["why"]) == {*map(str, Why), "unknown"}


async def test_failed_events_are_handled_again_all_of_a_kind(store: Store, huy: Browser) -> None:
    text = words(await huy.get(f"{HOME}/su-kien"))
    assert "Tin nhắn: 2 sự kiện Lỗi KeyError" in text
    assert "0912345678" not in text
    assert "Tôi hỏi về" not in text
    key = re.search(r"su-kien/(\w+)/xu-ly-lai", huy.page)
    assert key
    await huy.post(f"{HOME}/su-kien/{key[1]}/xu-ly-lai", ca_nhom="1")
    assert "số sự kiện: 2" in words(huy.page)
    new = select(InboxEvent).where(InboxEvent.state == InboxState.NEW)
    assert len(store.read_now(lambda s: s.exec(new).all())) == 2


async def test_a_chat_is_taken_over_said_and_given_back(store: Store, address: str, huy: Browser) -> None:
    assert NAME in await huy.get(f"{HOME}/truc")
    text = words(await huy.get(f"{HOME}/truc/{LAN}"))
    assert text.index("Tôi hỏi về giấy phép") < text.index("gặp cán bộ") < text.index("Có ai không ạ?")
    await huy.post(f"{HOME}/truc/{LAN}/tiep-nhan")
    assert "Đã tiếp nhận" in huy.page
    mai = await seated(store, address, "mai.lt", AccountRole.COORDINATOR, "STC")
    await mai.get(f"{HOME}/truc/{LAN}")
    assert "huy.pq giữ cuộc trò chuyện này" in words(mai.page)
    await mai.post(f"{HOME}/truc/{LAN}/noi", loi="Chào anh")
    assert (mai.status, "Chào anh" in mai.page or "Đồng chí không còn giữ" in words(mai.page)) == (409, True)
    await huy.post(f"{HOME}/truc/{LAN}/noi", loi="Em nghe đây ạ")
    office = select(OutboxMessage).where(OutboxMessage.template == "office")
    assert [row.body["text"] for row in store.read_now(lambda s: s.exec(office).all())] == ["Em nghe đây ạ"]
    await mai.get(f"{HOME}/truc/{LAN}")
    await mai.post(f"{HOME}/truc/{LAN}/tiep-nhan", thay="1")
    await huy.post(f"{HOME}/truc/{LAN}/noi", loi="Anh còn đó không?")
    assert (huy.status, "Lời đã gõ còn nguyên" in huy.page) == (409, True)
    await mai.post(f"{HOME}/truc/{LAN}/tra-lai")
    assert "Không ai đang chờ" in mai.page
    assert store.read_now(lambda s: s.exec(select(LiveChat)).all()) == []
    await mai.http.close()


async def test_where_zalo_takes_nothing_the_page_says_so_before_anybody_types(store: Store, huy: Browser) -> None:
    def long_ago(session: Session) -> None:
        session.get_one(Conversation, LAN).last_interaction_at = sample.NOW - timedelta(days=9)

    store.run_now(long_ago)
    assert "Lúc này Zalo không nhận tin gửi tới người này" in words(await huy.get(f"{HOME}/truc/{LAN}"))


async def test_a_coordinator_comes_to_the_chat_and_to_nothing_else(store: Store, address: str) -> None:
    mai = await seated(store, address, "mai.lt", AccountRole.COORDINATOR, "STC")
    await mai.get(f"{HOME}/truc")
    assert (mai.status, re.findall(r'href="(/van-hanh[^"]*)"', mai.page.split("<main")[0])) == (200, [f"{HOME}/truc"])
    for path in ("", "/lich", "/tin-nhan", "/co-quan"):
        await mai.get(HOME + path)
        assert mai.status == 403, path
    await mai.http.close()


async def test_the_stream_of_a_chat_tells_that_something_was_said_and_not_what(
    store: Store, address: str, huy: Browser
) -> None:
    async with huy.http.get(f"{address}{HOME}/truc/song?nguoi={LAN}") as answer:
        await asyncio.sleep(0.1)
        store.run_now(lambda session: operators.event(session, 77, "Bí mật của tôi", minutes=1))
        told = b""
        async with asyncio.timeout(8):
            while b"thay-doi" not in told:
                told += await answer.content.readany()
    assert "Bí mật" not in told.decode()


async def test_a_day_is_edited_after_a_look_at_what_moves(store: Store, huy: Browser) -> None:
    fields = {"ngay": "2026-11-27", "den": "", "loai": "off", "gio": "", "ly_do": "Bão số 15", "van_ban": "CĐ 21"}
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    text = words(await huy.get(f"{HOME}/lich?{query}"))
    moved = re.search(r"Hạn thay đổi (\d+) phần việc ở (\d+) cơ quan", text)
    assert moved
    versions = select(CalendarVersion)
    assert len(store.read_now(lambda s: s.exec(versions).all())) == 1
    await huy.post(f"{HOME}/lich")
    assert (huy.status, "đánh dấu đã đối chiếu văn bản gốc" in words(huy.page)) == (422, True)
    await huy.post(f"{HOME}/lich", doi_chieu="1")
    assert "Đã áp dụng; lịch đang dùng là bản" in words(huy.page)
    assert re.search(r'aria-label="27/11: Bão số 15"', huy.page)
    assert "CĐ 21" in await huy.get(f"{HOME}/lich/cac-ban")
    assert len(store.read_now(lambda s: s.exec(versions).all())) == 2


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"ngay": "2026-11-27", "loai": "off", "ly_do": "Bão"}, "Ghi số, ngày và cơ quan ban hành"),
        ({"ngay": "2026-11-27", "loai": "off", "van_ban": "CĐ"}, "Ghi lý do"),
        ({"ngay": "2026-11-27", "loai": "half", "gio": "sáng", "ly_do": "Bão", "van_ban": "CĐ"}, "Ghi giờ làm như"),
        ({"ngay": "2026-11-27", "den": "2026-11-20", "loai": "off", "van_ban": "CĐ"}, "nhiều nhất 31 ngày"),
        ({"ngay": "2026-11-27", "loai": "nghi", "van_ban": "CĐ"}, "Chọn ngày này là gì"),
    ],
)
def test_a_form_of_a_day_that_makes_no_sense_names_the_field(fields: dict[str, str], fault: str) -> None:
    read = calendar.read(fields, sample.province().calendar)
    assert read.changes == ()
    assert read.fault in {"source", "name", "hours", "days", "kind"}
    said = (templates_folder() / "web/consoles/operator/calendar.html").read_text(encoding="utf-8")
    assert fault in said


def test_a_run_of_days_off_leaves_the_rest_days_alone() -> None:
    fields = {"ngay": "2026-12-04", "den": "2026-12-08", "loai": "holiday", "ly_do": "Lễ", "van_ban": "QĐ"}
    days = [change.on.day for change in calendar.read(fields, sample.province().calendar).changes]
    assert days == [4, 7, 8]


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
