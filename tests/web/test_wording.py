"""The wording studio over HTTP: a draft, a second person, what the bot says, and texts that mean harm."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from itertools import count

import aiohttp
import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestServer
from sqlmodel import Session, select

from tests.journeys.stage import MONDAY, OA
from zalobot import app as wiring
from zalobot import templating
from zalobot.accounts import own_zalo, sessions
from zalobot.config import Settings
from zalobot.services import SERVICES
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, Level, OutboxMessage
from zalobot.studio import versions

MENU = "welcome/menu"
PAGE = f"/van-hanh/loi-nhan/{MENU}?ngon-ngu=vi"
ACT = "/van-hanh/viec-loi-nhan"
NEW = "Chào Quý doanh nghiệp. Xin chọn một việc:\n---\nGửi phản ánh -> gửi phản ánh\n"
HARM = (
    "{{ ''.__class__.__mro__ }}",
    "{{ ten_kenh.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{% for a in range(10**9) %}{{ a }}{% endfor %}",
    "{% set x = 'a' * 10**9 %}{{ x }}",
    "{{ 'a' * 1000000000 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ ten_kenh | attr('__class__') }}",
    "{{ cycler.__init__ }}",
    "{{ lipsum() }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ " + "(" * 500 + ")" * 500 + " }}",
    "x" * 1_000_000,
)
_turn = count()


@dataclass
class Desk:
    """Somebody who is signed in, before one page."""

    address: str
    http: aiohttp.ClientSession
    account: Account
    token: str
    page: str = ""
    status: int = 0

    async def get(self, path: str) -> str:
        async with self.http.get(self.address + path, cookies={"phien": self.token}) as answer:
            self.status, self.page = answer.status, await answer.text(errors="replace")
        return self.page

    async def post(self, act: str, **fields: str | bytes) -> str:
        """Send a form as the page has it, with these fields."""
        token = re.search(r'name="csrf" value="(\w+)"', self.page) or re.search(r"()", "")
        data = FormData({"csrf": token[1] if token else "", "ten": MENU, "ngon_ngu": "vi", "mau": "usual"})
        for name, value in fields.items():
            if isinstance(value, bytes):
                data.add_field(name, value, filename="x.zip")
            else:
                data.add_field(name, value)
        url = self.address + (act if act.startswith("/") else f"{ACT}/{act}")
        async with self.http.post(url, data=data, cookies={"phien": self.token}) as answer:
            self.status, self.page = answer.status, await answer.text(errors="replace")
        return self.page

    def says(self) -> str:
        """The page as it is read."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())


@dataclass
class Studio:
    """The bot's own site, and its store."""

    address: str
    store: Store
    http: aiohttp.ClientSession

    async def desk(self, name: str, role: AccountRole = AccountRole.OPERATOR) -> Desk:
        def come_in(session: Session) -> tuple[Account, str]:
            made = Account(
                id=new_id(), name=f"{name}.{next(_turn)}", full_name=name, role=role, password="x", created_at=MONDAY
            )
            session.add(made)
            session.flush()
            return made, sessions.begin(session, made, Level.FULL, MONDAY)

        account, token = self.store.run_now(come_in)
        return Desk(self.address, self.http, account, token)


@pytest.fixture
async def studio(sqlite_url: str) -> AsyncIterator[Studio]:
    settings = replace(
        Settings(), database_url=sqlite_url, secret_key="a key", zalo_oa_id=OA, public_url="http://127.0.0.1"
    )
    built = wiring.build(settings, now=lambda: MONDAY + timedelta(minutes=5), workers=False)
    async with (
        TestServer(built) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        yield Studio(str(server.make_url("")).rstrip("/"), built[SERVICES].store, http)


def outbox(session: Session) -> list[OutboxMessage]:
    return list(session.exec(select(OutboxMessage)))


def said() -> str:
    return templating.render(MENU).text


async def test_a_text_goes_from_a_draft_over_a_second_person_into_the_bot_and_back(studio: Studio) -> None:
    huy, lan = await studio.desk("Huy"), await studio.desk("Lan")
    before = said()
    await huy.get(PAGE)
    assert "Như bản đang dùng" in huy.says()
    await huy.post("luu", noi_dung=NEW)
    await huy.get(PAGE)
    assert "Bản nháp của đồng chí" in huy.says()
    await huy.post("de-nghi", noi_dung=NEW, ly_do="ngắn hơn")
    await huy.get("/van-hanh/loi-nhan/cho-duyet")
    assert "Người khác duyệt bản này." in huy.says()
    assert said() == before
    await lan.get("/van-hanh/loi-nhan/cho-duyet")
    version = re.search(r'name="ban" value="(\w+)"', lan.page)
    assert version is not None
    await lan.post("phat-hanh", ban=version[1])
    assert said().startswith("Chào Quý doanh nghiệp. Xin chọn một việc:")
    await lan.get(PAGE)
    assert "đang dùng: bản 1" in lan.says()
    await lan.post("hoan-tac", dang_dung="1")
    assert said() == before
    await lan.get(f"/van-hanh/loi-nhan/lich-su/{MENU}?ngon-ngu=vi")
    assert "Bản 2" in lan.says()
    assert "hoàn tác" in lan.says()


async def test_who_wrote_it_has_no_button_to_release_it_and_cannot_by_hand_either(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.get(PAGE)
    await huy.post("de-nghi", noi_dung=NEW, ly_do="ngắn hơn")
    waiting = studio.store.read_now(versions.mine_waiting, MENU, "vi", huy.account)
    assert waiting is not None
    await huy.get("/van-hanh/loi-nhan/cho-duyet")
    assert "phat-hanh" not in huy.page
    await huy.post("phat-hanh", ban=waiting.id)
    assert (huy.status, "Cần người thứ hai duyệt." in huy.says()) == (409, True)
    assert not said().startswith("Chào Quý doanh nghiệp. Xin chọn một việc:")


async def test_two_who_edit_one_text_see_each_other_and_lose_nothing(studio: Studio) -> None:
    huy, lan = await studio.desk("Huy"), await studio.desk("Lan")
    other = NEW.replace("Xin chọn", "Mời chọn")
    await huy.get(PAGE)
    await huy.post("de-nghi", noi_dung=NEW, ly_do="ngắn hơn")
    await lan.get(PAGE)
    assert "Huy đã đề nghị phát hành bản khác" in lan.says()
    await lan.post("luu", noi_dung=other)
    waiting = studio.store.read_now(versions.mine_waiting, MENU, "vi", huy.account)
    assert waiting is not None
    await lan.post("phat-hanh", ban=waiting.id)
    await lan.get(PAGE)
    assert "Lời nhắn đã có bản mới trong lúc đồng chí soạn" in lan.says()
    assert "Mời chọn một việc" in lan.says()
    await lan.post("de-nghi", noi_dung=other, ly_do="mời thì hơn")
    assert (lan.status, "Mời chọn một việc" in lan.says()) == (409, True)
    await lan.post("len-ban-moi")
    await lan.post("de-nghi", noi_dung=other, ly_do="mời thì hơn")
    assert "chờ người thứ hai duyệt" in lan.says().lower()


async def test_what_is_typed_is_kept_and_looked_at_while_typing(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.get(PAGE)
    await huy.post("nhap", noi_dung=NEW + "Xem lại -> {{ ma_ho_so_ }}\n")
    assert huy.status == 200
    assert "không có ô" in huy.says().lower() or "ma_ho_so_" in huy.says()
    assert 'data-line="4" data-kind="stop"' in huy.page
    draft = studio.store.read_now(versions.draft_of, MENU, "vi", huy.account)
    assert draft is not None
    assert draft.text.endswith("{{ ma_ho_so_ }}\n")


async def test_without_a_script_a_pressed_case_is_shown(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.get("/van-hanh/loi-nhan/report_issue/sent?ngon-ngu=vi")
    assert "5. UBND" not in huy.page
    text = templating.current().source("report_issue/sent")
    form = FormData([("ten", "report_issue/sent"), ("ngon_ngu", "vi"), ("noi_dung", text), ("mau", "usual")])
    form.add_field("mau", "five")
    token = re.search(r'name="csrf" value="(\w+)"', huy.page)
    form.add_field("csrf", token[1] if token else "")
    async with huy.http.post(f"{huy.address}{ACT}/luu", data=form, cookies={"phien": huy.token}) as answer:
        assert "5. UBND" in await answer.text()


async def test_without_a_script_a_placeholder_is_put_at_the_end_and_a_remedy_in_its_place(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.get(PAGE)
    await huy.post("luu", noi_dung="Chào", chen="ten_kenh")
    draft = studio.store.read_now(versions.draft_of, MENU, "vi", huy.account)
    assert draft is not None
    assert draft.text == "Chào {{ ten_kenh }}\n"
    await huy.post("nhap", noi_dung="Chào {{ ten_kenhh }}")
    key = re.search(r'name="thay" value="([^"]+)"', huy.page)
    assert key is not None
    await huy.get(PAGE)
    await huy.post("luu", noi_dung="Chào {{ ten_kenhh }}", thay=key[1])
    draft = studio.store.read_now(versions.draft_of, MENU, "vi", huy.account)
    assert draft is not None
    assert draft.text == "Chào {{ ten_kenh }}\n"


async def test_a_text_that_means_harm_is_stopped_where_it_is_typed_asked_for_and_tried(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    form = await huy.get(PAGE)
    found = {}
    for text in HARM:
        huy.page = form
        await huy.post("nhap", noi_dung=text)
        told = 'data-kind="stop"' in huy.page
        huy.page = form
        await huy.post("de-nghi", noi_dung=text, ly_do="vì thế đấy")
        asked = huy.status
        huy.page = form
        await huy.post("thu", noi_dung=text)
        found[text] = (told, asked, huy.status)
    assert found == dict.fromkeys(HARM, (True, 409, 409))
    assert studio.store.read_now(versions.mine_waiting, MENU, "vi", huy.account) is None
    assert studio.store.read_now(outbox) == []


async def test_a_text_is_shown_as_text(studio: Studio) -> None:
    """A text, a reason and a name of a person are no markup, wherever they stand."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    huy, lan = await studio.desk(evil), await studio.desk("Lan")
    await huy.get(PAGE)
    await huy.post("de-nghi", noi_dung=f"{evil}\n{NEW}", ly_do=evil)
    for desk, path in ((huy, PAGE), (lan, PAGE), (lan, "/van-hanh/loi-nhan/cho-duyet")):
        await desk.get(path)
        assert "<script>alert" not in desk.page
        assert "<img src=x" not in desk.page
        assert "&lt;script&gt;" in desk.page


async def test_a_trial_is_refused_kindly_without_a_zalo_of_ones_own(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.get(PAGE)
    await huy.post("thu", noi_dung=NEW)
    assert huy.status == 409
    assert "chưa nối với Zalo" in huy.says()
    assert "Xin chọn một việc" in huy.says()


async def test_a_trial_goes_to_the_editor_alone_and_says_that_it_is_one(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.get("/tai-khoan")
    await huy.post("/tai-khoan/zalo")
    code = own_zalo.read_code(re.search(r"TK-\w{4}-\w{4}", huy.says())[0])  # type: ignore[index]
    studio.store.run_now(own_zalo.bind, "zalo-of-huy", code, MONDAY)
    await huy.get("/tai-khoan")
    assert "Đã nối với tài khoản này." in huy.says()
    await huy.get(PAGE)
    await huy.post("thu", noi_dung=NEW)
    [row] = studio.store.read_now(outbox)
    assert (row.person_id, row.template) == ("zalo-of-huy", "studio/trial")
    assert row.body["text"].startswith("TIN THỬ")
    assert "Xin chọn một việc:" in row.body["text"]


async def test_all_words_are_downloaded_and_taken_in_again(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.get("/van-hanh/loi-nhan/tep")
    async with huy.http.get(f"{huy.address}/van-hanh/loi-nhan/tep/loi-nhan.zip", cookies={"phien": huy.token}) as got:
        data = await got.read()
    await huy.post("/van-hanh/loi-nhan/tep", tep=data, chi_xem="1")
    assert "Không lời nhắn nào khác bản đang dùng" in huy.says()
    await huy.post("/van-hanh/loi-nhan/tep", tep=b"no zip", ly_do="thử xem sao")
    assert huy.status == 422
    assert "Không đọc được tệp này" in huy.says()


@pytest.mark.parametrize("path", ["khong/co", "welcome/khong_co", "../../etc/passwd"])
async def test_a_message_that_is_not_there_is_not_found(studio: Studio, path: str) -> None:
    huy = await studio.desk("Huy")
    await huy.get(f"/van-hanh/loi-nhan/{path}")
    assert huy.status == 404
