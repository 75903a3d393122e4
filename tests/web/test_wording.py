"""The wording studio over HTTP: a draft, a second person, what the bot says, and texts that mean harm."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from itertools import count
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import FormData
from aiohttp.test_utils import TestServer
from sqlmodel import Session, col, select

from tests import services
from tests.archives import zipped
from tests.journeys.stage import MONDAY, OA
from zalobot import app as wiring
from zalobot import templating
from zalobot.accounts import own_zalo, sessions
from zalobot.config import Settings
from zalobot.services import SERVICES
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, Level, OutboxMessage, WordingState, WordingVersion
from zalobot.studio import versions

pytestmark = pytest.mark.asyncio(loop_scope="module")
MENU = "welcome/menu"
PAGE = f"/van-hanh/loi-nhan/{MENU}?ngon-ngu=vi"
REVIEW = "/van-hanh/loi-nhan/cho-duyet"
FILES = "/van-hanh/loi-nhan/tep"
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
SPAM = "messages/common/spam.txt"
MIXED = {  # two that can be taken, one that cannot, one that is no text, one that is no message
    SPAM: "Lời gọn hơn.\n",
    "messages/common/thanks.txt": "Rất vui được giúp.\n",
    "messages/welcome/hello.txt": "Chào {{ khong_co }}\n",
    "messages/welcome/help.txt": "Chào".encode("utf-16"),
    "__MACOSX/menu.txt": "x",
}


@dataclass
class Desk:
    """Somebody who is signed in, before one page."""

    address: str
    http: aiohttp.ClientSession
    account: Account
    token: str
    message: str = MENU
    page: str = ""
    status: int = 0

    async def get(self, path: str) -> str:
        async with self.http.get(self.address + path, cookies={"phien": self.token}) as answer:
            self.status, self.page = answer.status, await answer.text(errors="replace")
        return self.page

    async def post(self, act: str, pressed: tuple[str, str] = ("", ""), **fields: str | bytes) -> str:
        """Send a form as the page has it, with these fields and the button that was pressed."""
        token = re.search(r'name="csrf" value="(\w+)"', self.page) or re.search(r"()", "")
        data = FormData({"csrf": token[1] if token else "", "ten": self.message, "ngon_ngu": "vi", "mau": "usual"})
        for name, value in fields.items():
            if isinstance(value, bytes):
                data.add_field(name, value, filename="x.zip")
            else:
                data.add_field(name, value)
        data.add_field(*pressed)
        url = self.address + (act if act.startswith("/") else f"{ACT}/{act}")
        async with self.http.post(url, data=data, cookies={"phien": self.token}) as answer:
            self.status, self.page = answer.status, await answer.text(errors="replace")
        return self.page

    def upon(self) -> str:
        """The mark of the draft that is typed upon."""
        return re.search(r'name="moc" value="([^"]*)"', self.page)[1]  # type: ignore[index]

    def says(self) -> str:
        """The page as it is read."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())


@dataclass
class Studio:
    """The bot's own site, and its store."""

    address: str
    store: Store
    http: aiohttp.ClientSession

    async def desk(self, name: str, message: str = MENU) -> Desk:
        """A new operator signs in and opens a message."""

        def come_in(session: Session) -> tuple[Account, str]:
            made = Account(
                id=new_id(),
                name=f"{name}.{next(_turn)}",
                full_name=name,
                role=AccountRole.OPERATOR,
                password="x",
                created_at=MONDAY,
            )
            session.add(made)
            session.flush()
            return made, sessions.begin(session, made, Level.FULL, MONDAY)

        account, token = self.store.run_now(come_in)
        made = Desk(self.address, self.http, account, token, message)
        await made.get(f"/van-hanh/loi-nhan/{message}?ngon-ngu=vi")
        return made

    def waiting(self, desk: Desk) -> str:
        """The key of what somebody asked for; "" for nothing."""
        found = self.store.read_now(versions.mine_waiting, desk.message, "vi", desk.account)
        return found.id if found else ""

    def draft(self, desk: Desk) -> str:
        """Somebody's draft; "" for none."""
        found = self.store.read_now(versions.draft_of, desk.message, "vi", desk.account)
        return found.text if found else ""


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Studio]:
    """The bot's own site, served from a fresh store."""
    settings = replace(
        Settings(),
        database_url=services.sqlite_database(folder),
        secret_key="a key",
        zalo_oa_id=OA,
        public_url="http://127.0.0.1",
    )
    built = wiring.build(settings, now=lambda: MONDAY + timedelta(minutes=5), workers=False)
    async with (
        TestServer(built) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        yield Studio(str(server.make_url("")).rstrip("/"), built[SERVICES].store, http)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    """All tests share one; each has people of its own, and changes what the bot says of a message of its own."""
    async with opened(tmp_path_factory.mktemp("studio")) as made:
        yield made


def outbox(session: Session, person_id: str) -> list[OutboxMessage]:
    return list(session.exec(select(OutboxMessage).where(col(OutboxMessage.person_id) == person_id)))


def said(message: str) -> str:
    return templating.render(message).text


def after(line: str, message: str) -> str:
    """The shipped words after another first line."""
    return f"{line}\n{templating.current().shipped['vi'][message].source}"


async def test_a_text_goes_from_a_draft_over_a_second_person_into_the_bot_and_back(studio: Studio) -> None:
    name = "common/thanks"
    huy, lan = await studio.desk("Huy", name), await studio.desk("Lan", name)
    words, before, page = after("Kính chào.", name), said(name), f"/van-hanh/loi-nhan/{name}?ngon-ngu=vi"
    assert "Như bản đang dùng" in huy.says()
    await huy.post("de-nghi", noi_dung=before, ly_do="lịch sự hơn")
    assert "đồng chí chưa đổi chữ nào" in huy.says()
    assert ("Như bản đang dùng" in huy.says(), ">Chưa lưu<" in huy.page) == (True, False), "nothing was to be kept"
    await huy.get(page)
    await huy.post("luu", noi_dung=words)
    assert "Bản nháp của đồng chí" in huy.says()
    await huy.post("de-nghi", noi_dung=words, ly_do="")
    assert "Xin viết ít nhất vài chữ rồi gửi lại. Nội dung đã gõ còn nguyên bên dưới. Đến ô" in huy.says()
    assert "Bản nháp của đồng chí" in huy.says(), "the draft is kept all the same"
    await huy.post("de-nghi", noi_dung=words, ly_do="lịch sự hơn")
    assert said(name) == before
    await lan.get(REVIEW)
    await lan.post("phat-hanh", ban=studio.waiting(huy))
    assert said(name).startswith("Kính chào.")
    await lan.get(page)
    assert "đang dùng: bản 1" in lan.says()
    await lan.post("hoan-tac", dang_dung="1")
    assert said(name) == before
    await lan.get(f"/van-hanh/loi-nhan/lich-su/{name}?ngon-ngu=vi")
    assert "Bản 2" in lan.says()
    assert "Lan hoàn tác" in lan.says()
    await huy.get(REVIEW)
    assert re.search(r"Hoàn tác\s+bản 2", huy.says())


async def test_the_shipped_words_and_those_of_an_old_version_become_a_draft(studio: Studio) -> None:
    name = "common/sticker"
    huy, lan = await studio.desk("Huy", name), await studio.desk("Lan", name)
    shipped, words = after("", name).lstrip(), after("Kính chào.", name)
    await huy.post("de-nghi", noi_dung=words, ly_do="lịch sự hơn")
    first = studio.waiting(huy)
    await lan.post("phat-hanh", ban=first)
    await huy.get(f"/van-hanh/loi-nhan/{name}?ngon-ngu=vi")
    await huy.post("goc")
    assert studio.draft(huy) == shipped
    assert said(name).startswith("Kính chào.")
    await lan.post("hoan-tac", dang_dung="1")
    await huy.post("bo")
    await huy.get(f"/van-hanh/loi-nhan/lich-su/{name}?ngon-ngu=vi")
    await huy.post("dung-lai", ban=first)
    assert studio.draft(huy) == words
    assert not said(name).startswith("Kính chào.")


async def test_who_wrote_it_has_no_button_to_release_it_and_cannot_by_hand_either(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.post("de-nghi", noi_dung=NEW, ly_do="ngắn hơn")
    key, before = studio.waiting(huy), said(MENU)
    await huy.get(REVIEW)
    forms = re.findall(r'<form method="post" action="[^"]*/phat-hanh">(.*?)</form>', huy.page, re.S)
    assert [form for form in forms if key in form] == []
    assert "Đồng chí soạn lời này nên không tự duyệt được. Duyệt được: " in huy.says()
    await huy.get(PAGE)
    assert "Đồng chí soạn lời này nên không tự duyệt được. Duyệt được: " in huy.says()
    await huy.get("/van-hanh")
    assert "1 lời nhắn của đồng chí chờ người thứ hai duyệt" in huy.says()
    assert "Xem và duyệt" not in huy.page.split("của đồng chí chờ")[1].split("</li>")[0]
    await huy.get(REVIEW)
    await huy.post("phat-hanh", ban=key)
    assert (huy.status, "Cần người thứ hai duyệt." in huy.says()) == (409, True)
    assert said(MENU) == before


async def test_two_who_edit_one_text_see_each_other_and_lose_nothing(studio: Studio) -> None:
    name = "common/spam"
    huy, lan = await studio.desk("Huy", name), await studio.desk("Lan", name)
    await huy.post("de-nghi", noi_dung=after("Kính chào.", name), ly_do="lịch sự hơn")
    await lan.post("luu", noi_dung=after("Mời xem.", name))
    assert "Huy đã đề nghị phát hành bản khác" in lan.says()
    await lan.post("phat-hanh", ban=studio.waiting(huy))
    await lan.get(f"/van-hanh/loi-nhan/{name}?ngon-ngu=vi")
    assert "Lời nhắn đã có bản mới trong lúc đồng chí soạn" in lan.says()
    assert "Mời xem." in lan.says()
    await lan.post("de-nghi", noi_dung=after("Mời xem.", name), ly_do="mời thì hơn")
    assert (lan.status, "Mời xem." in lan.says()) == (409, True)
    await lan.post("len-ban-moi")
    await lan.post("de-nghi", noi_dung=after("Mời xem.", name), ly_do="mời thì hơn")
    assert studio.waiting(lan) != ""


async def test_one_who_types_in_two_windows_loses_nothing_of_either(studio: Studio) -> None:
    name = "common/if_urgent"
    here = await studio.desk("Huy", name)
    there = Desk(here.address, here.http, here.account, here.token, name, here.page)
    one, other = after("Một.", name), after("Hai.", name)
    await here.post("nhap", noi_dung=one, moc=here.upon())
    assert studio.draft(here) == one
    older = there.upon()
    for act in ("nhap", "luu", "de-nghi", "thu"):
        await there.get(f"/van-hanh/loi-nhan/{name}?ngon-ngu=vi")
        await there.post(act, noi_dung=other, moc=older, ly_do="rõ hơn")
        assert "chữ ở đây chưa lưu" in there.says(), act
        assert "Bản nháp của đồng chí ở cửa sổ khác" in there.says(), act
        assert there.upon() == older, act
        assert (studio.draft(here), studio.waiting(here)) == (one, ""), act
    await there.get(f"/van-hanh/loi-nhan/{name}?ngon-ngu=vi")
    await there.post("nhap", noi_dung=other, moc=older, da_gui=one)
    assert studio.draft(here) == other, "what this very window had sent is no other window's"
    await there.get(f"/van-hanh/loi-nhan/{name}?ngon-ngu=vi")
    await there.post("luu", noi_dung=one, moc=older, pressed=("de", "1"))
    assert studio.draft(here) == one


async def test_what_was_sent_back_comes_back_with_its_words(studio: Studio) -> None:
    huy, lan = await studio.desk("Huy", "common/abuse"), await studio.desk("Lan", "common/abuse")
    await huy.post("de-nghi", noi_dung=after("Kính chào.", huy.message), ly_do="lịch sự hơn")
    await lan.post("tra-lai", ban=studio.waiting(huy), loi="chưa cần lời chào")
    await huy.get(f"/van-hanh/loi-nhan/{huy.message}?ngon-ngu=vi")
    assert "Lan đã trả lại" in huy.says()
    assert "chưa cần lời chào" in huy.says()
    assert studio.draft(huy) == after("Kính chào.", huy.message)
    await huy.post("bo")
    assert studio.draft(huy) == ""


async def test_what_is_typed_is_kept_and_looked_at_while_typing(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.post("nhap", noi_dung=NEW + "Xem lại -> {{ ma_ho_so_ }}\n")
    assert huy.status == 200
    assert 'data-line="4" data-kind="stop"' in huy.page
    assert studio.draft(huy).endswith("{{ ma_ho_so_ }}\n")


async def test_a_foreign_link_is_shown_to_who_types_it_and_to_the_second_person(studio: Studio) -> None:
    huy, lan = await studio.desk("Huy", "common/abuse"), await studio.desk("Lan", "common/abuse")
    words = after("Xem thêm tại quangninh-gov.com.", huy.message)
    await huy.post("nhap", noi_dung=words)
    assert 'data-line="1" data-kind="warning"' in huy.page
    assert '"quangninh-gov.com" dẫn ra trang của nơi khác' in huy.says()
    await huy.get(f"/van-hanh/loi-nhan/{huy.message}?ngon-ngu=vi")
    await huy.post("de-nghi", noi_dung=words, ly_do="thêm trang xem")
    await lan.get(REVIEW)
    assert "Dẫn ra trang của nơi khác: quangninh-gov.com." in lan.says()
    await lan.post("tra-lai", ban=studio.waiting(huy), loi="trang ấy là giả")


async def test_without_a_script_a_pressed_case_is_shown(studio: Studio) -> None:
    huy = await studio.desk("Huy", "report_issue/sent")
    assert "5. UBND" not in huy.page
    await huy.post("luu", noi_dung=templating.current().source(huy.message), pressed=("mau", "five"))
    assert "5. UBND" in huy.page


async def test_without_a_script_a_placeholder_is_put_at_the_end_and_a_remedy_in_its_place(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    form = huy.page
    await huy.post("luu", noi_dung="Chào", pressed=("chen", "ten_kenh"))
    assert studio.draft(huy) == "Chào {{ ten_kenh }}\n"
    await huy.post("nhap", noi_dung="Chào {{ ten_kenhh }}")
    key = unescape(re.search(r'name="thay" value="([^"]+)"', huy.page)[1])  # type: ignore[index]
    huy.page = form
    await huy.post("luu", noi_dung="Chào {{ ten_kenhh }}", pressed=("thay", key))
    assert studio.draft(huy) == "Chào {{ ten_kenh }}\n"


async def test_a_text_that_means_harm_is_stopped_where_it_is_typed_asked_for_and_tried(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    studio.store.run_now(own_zalo.bind, "zalo-of-harm", studio.store.run_now(_code, huy), MONDAY)
    form, found = huy.page, {}
    for text in HARM:
        huy.page = form
        await huy.post("nhap", noi_dung=text)
        told = 'data-kind="stop"' in huy.page
        huy.page = form
        await huy.post("de-nghi", noi_dung=text, ly_do="vì thế đấy")
        asked, huy.page = huy.status, form
        await huy.post("thu", noi_dung=text)
        found[text] = (told, asked, huy.status)
    assert found == dict.fromkeys(HARM, (True, 409, 409))
    assert studio.waiting(huy) == ""
    assert studio.store.read_now(outbox, "zalo-of-harm") == []


def _code(session: Session, desk: Desk) -> str:
    return own_zalo.issue_code(session, desk.account.id, MONDAY)


async def test_a_text_is_shown_as_text(studio: Studio) -> None:
    """A text, a reason and a name of a person are no markup, wherever they stand."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    huy, lan = await studio.desk(evil), await studio.desk("Lan")
    await huy.post("de-nghi", noi_dung=f"{evil}\n{NEW}", ly_do=evil)
    for desk, path in ((huy, PAGE), (lan, PAGE), (lan, REVIEW)):
        await desk.get(path)
        assert "<script>alert" not in desk.page
        assert "<img src=x" not in desk.page
        assert "&lt;script&gt;" in desk.page


async def test_a_trial_is_refused_kindly_without_a_zalo_of_ones_own(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.post("thu", noi_dung=NEW)
    assert huy.status == 409
    assert "chưa nối với Zalo" in huy.says()
    assert "Xin chọn một việc" in huy.says()


async def test_a_trial_goes_to_the_editor_alone_and_says_that_it_is_one(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    await huy.post("/tai-khoan/zalo")
    code = own_zalo.read_code(re.search(r"TK-\w{4}-\w{4}", huy.says())[0])  # type: ignore[index]
    studio.store.run_now(own_zalo.bind, "zalo-of-huy", code, MONDAY)
    await huy.get("/tai-khoan")
    assert "Đã nối với tài khoản này." in huy.says()
    await huy.post("thu", noi_dung=NEW)
    [row] = studio.store.read_now(outbox, "zalo-of-huy")
    assert row.template == "studio/trial"
    assert row.body["text"].startswith("TIN THỬ")
    assert "Xin chọn một việc:" in row.body["text"]


async def test_all_words_are_downloaded_and_taken_in_again(studio: Studio) -> None:
    huy = await studio.desk("Huy")
    async with huy.http.get(f"{huy.address}/van-hanh/loi-nhan/tep/loi-nhan.zip", cookies={"phien": huy.token}) as got:
        data = await got.read()
    await huy.get(FILES)
    await huy.post(FILES, tep=data)
    assert (huy.status, "Không lời nhắn nào khác bản đang dùng." in huy.says()) == (200, True)
    await huy.post(FILES, tep=b"no zip")
    assert huy.status == 422
    assert "Không đọc được tệp này" in huy.says()


async def test_a_file_is_shown_row_by_row_and_what_is_chosen_of_it_waits(studio: Studio) -> None:
    """Unknown names and faulty texts keep nobody's good ones out, and are named."""
    huy, lan = await studio.desk("Huy"), await studio.desk("Lan")
    await huy.get(FILES)
    await huy.post(FILES, tep=zipped(MIXED))
    assert huy.status == 200
    assert "3 lời nhắn khác bản đang dùng: 2 nhận được, 1 chưa nhận được." in huy.says()
    assert "2 tệp không phải lời nhắn." in huy.says()
    assert "__MACOSX/menu.txt không lời nhắn nào đứng ở chỗ này" in huy.says()
    assert "messages/welcome/help.txt không phải chữ UTF-8" in huy.says()
    assert "khong_co" in huy.says()
    assert studio.store.read_now(waiting_of, huy.account.id) == []

    along = {"bo": re.search(r'name="bo" value="([^"]+)"', huy.page)[1], "ly_do": ""}  # type: ignore[index]
    await huy.post(FILES, ("nhan", SPAM), **along)
    assert huy.status == 422
    assert (huy.page.count('name="nhan"'), huy.page.count(" checked")) == (2, 1)  # what was chosen stays chosen
    along["ly_do"] = "gọn hơn"
    await huy.post(FILES, **along)
    assert "Chưa chọn lời nhắn nào để nhận." in huy.says()
    await huy.post(FILES, ("nhan", "messages/welcome/hello.txt"), **along)  # the faulty one, by hand
    assert (huy.status, studio.store.read_now(waiting_of, huy.account.id)) == (422, [])
    await huy.post(FILES, ("nhan", SPAM), **along)
    assert studio.store.read_now(waiting_of, huy.account.id) == ["common/spam"]

    await lan.get(REVIEW)
    batch = re.search(r'name="lan" value="(\w+)"', lan.page)[1]  # type: ignore[index]
    await huy.post("phat-hanh-ca", lan=batch)
    assert studio.store.read_now(waiting_of, huy.account.id) == ["common/spam"]  # not by whoever sent them
    await lan.post("phat-hanh-ca", lan=batch)
    assert studio.store.read_now(waiting_of, huy.account.id) == []
    assert said("common/spam").startswith("Lời gọn hơn.")


def waiting_of(session: Session, account_id: str) -> list[str]:
    query = select(WordingVersion).where(col(WordingVersion.author_id) == account_id)
    return [row.name for row in session.exec(query) if row.state is WordingState.WAITING]


@pytest.mark.parametrize("path", ["khong/co", "welcome/khong_co", "../../etc/passwd"])
async def test_a_message_that_is_not_there_is_not_found(studio: Studio, path: str) -> None:
    huy = await studio.desk("Huy")
    await huy.get(f"/van-hanh/loi-nhan/{path}")
    assert huy.status == 404
