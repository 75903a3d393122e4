"""Signing in over HTTP, as browsers and as those who mean harm do it."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pyotp
import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestServer
from sqlmodel import Session
from yarl import URL

from tests.web import sample
from tests.web.conftest import application
from zalobot.accounts import links, managing
from zalobot.accounts.secrets import hashed
from zalobot.store.database import Store
from zalobot.store.models import Account, AccountRole, Officer, Role
from zalobot.web.access import HOME, Row
from zalobot.web.routes import CONSOLES

PASSWORD = "con ngua van bay qua doi"
KEPT = hashed(PASSWORD)


@dataclass
class Browser:
    """One browser: its cookies, and the form of the page it looks at."""

    address: str
    http: aiohttp.ClientSession
    page: str = ""
    where: str = ""
    status: int = 0
    hidden: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> str:
        async with self.http.get(self.address + path) as answer:
            return await self._take(answer)

    async def post(self, path: str, *, form: bool = True, headers: dict[str, str] | None = None, **typed: str) -> str:
        data = (self.hidden if form else {}) | typed
        async with self.http.post(self.address + path, data=data, headers=headers) as answer:
            return await self._take(answer)

    async def _take(self, answer: aiohttp.ClientResponse) -> str:
        self.page, self.where, self.status = await answer.text(errors="replace"), answer.url.path_qs, answer.status
        self.hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        return self.page

    async def sign_in(self, name: str, password: str = PASSWORD, way: str = "") -> str:
        await self.get(f"/dang-nhap?ve={way}" if way else "/dang-nhap")
        return await self.post("/dang-nhap", ten=name, mat_khau=password)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = Store(sqlite_url)
    made.run_now(sample.a_week)
    yield made
    made.close_now()


@pytest.fixture
async def browser(store: Store) -> AsyncIterator[Browser]:
    key = {"secret_key": "a key", "public_url": "http://127.0.0.1"}
    async with (
        TestServer(application(store, **key)) as server,
        aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http,
    ):
        yield Browser(str(server.make_url("")).rstrip("/"), http)


def account(store: Store, name: str, role: AccountRole, agency: str = "", **changes: object) -> Account:
    def verb(session: Session) -> Account:
        officer_id = None
        if agency and str(role) in set(Role):
            officer_id = f"of-{name}"[:26]
            session.add(Officer(id=officer_id, agency=agency, name=name, role=Role(role), created_at=sample.NOW))
            session.flush()
        made = Account(
            id=f"ac-{name}"[:26],
            name=managing.sign_in_name(name),
            full_name=name,
            role=role,
            agency=agency,
            officer_id=officer_id,
            password=KEPT,
            created_at=sample.NOW,
            **changes,
        )
        session.add(made)
        return made

    return store.run_now(verb)


async def test_an_officer_comes_in_with_name_and_password(store: Store, browser: Browser) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    await browser.sign_in("ha.nt", way="/tai-khoan")
    assert browser.where == "/tai-khoan"
    assert "Đang đăng nhập ở đâu" in browser.page


async def test_a_wrong_password_and_an_unknown_name_look_the_same(store: Store, browser: Browser) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    wrong = await browser.sign_in("ha.nt", "x")
    assert browser.status == 401
    unknown = await browser.sign_in("khong.co", "x")
    assert browser.status == 401
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong) == strip.sub("", unknown)
    assert "chưa đúng" in wrong


async def test_a_leader_sets_up_the_second_factor_and_uses_it(store: Store, browser: Browser) -> None:
    account(store, "lanh.dao", AccountRole.LEADER)
    await browser.sign_in("lanh.dao")
    assert browser.where == "/dang-nhap/thiet-lap"
    secret = re.sub(r"\s", "", re.search(r'class="mono">([A-Z2-7 ]+)<', browser.page)[1])  # type: ignore[index]
    await browser.post("/dang-nhap/thiet-lap", ma="000000")
    assert browser.status == 401
    await browser.post("/dang-nhap/thiet-lap", ma=pyotp.TOTP(secret).at(sample.NOW))
    codes = re.findall(r"<li>([0-9a-z]{4}-[0-9a-z]{4})</li>", browser.page)
    assert len(codes) == 10
    await browser.get("/tai-khoan")
    assert "còn 10 mã dự phòng" in browser.page
    await browser.post("/dang-xuat")
    await browser.sign_in("lanh.dao", way="/tai-khoan")
    assert browser.where.startswith("/dang-nhap/ma")
    await browser.get("/tai-khoan")
    assert browser.where.startswith("/dang-nhap/ma"), "half a sign-in opens nothing"
    await browser.post("/dang-nhap/ma", ma=codes[0], ve="/tai-khoan")
    assert browser.where == "/tai-khoan"


async def test_a_one_time_password_has_to_be_changed_first(store: Store, browser: Browser) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD", must_change=True)
    await browser.sign_in("ha.nt")
    assert browser.where.startswith("/dang-nhap/mat-khau")
    await browser.get("/tai-khoan")
    assert browser.where.startswith("/dang-nhap/mat-khau")
    await browser.post("/dang-nhap/mat-khau", mat_khau_cu=PASSWORD, mat_khau="short", mat_khau_lai="short")
    assert browser.status == 422
    fresh = "mot cau khac de nho"
    await browser.post("/dang-nhap/mat-khau", mat_khau_cu=PASSWORD, mat_khau=fresh, mat_khau_lai=fresh, ve="/tai-khoan")
    assert browser.where == "/tai-khoan"


async def test_the_cookie_is_new_after_each_step_and_a_planted_one_is_worth_nothing(
    store: Store, browser: Browser
) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    browser.http.cookie_jar.update_cookies({"phien": "planted"}, response_url=URL(browser.address))
    await browser.sign_in("ha.nt")
    cookies = {cookie.key: cookie.value for cookie in browser.http.cookie_jar}
    assert cookies["phien"] not in ("planted", "")
    assert len(cookies["phien"]) >= 40


async def test_a_form_without_its_token_or_from_elsewhere_is_refused(store: Store, browser: Browser) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    await browser.post("/dang-nhap", form=False, ten="ha.nt", mat_khau=PASSWORD)
    assert browser.status == 403
    await browser.get("/dang-nhap")
    await browser.post("/dang-nhap", headers={"Origin": "https://evil.example"}, ten="ha.nt", mat_khau=PASSWORD)
    assert browser.status == 403
    await browser.sign_in("ha.nt", way="/tai-khoan")
    await browser.post("/dang-xuat", form=False)
    assert browser.status == 403
    await browser.get("/tai-khoan")
    assert browser.status == 200
    assert browser.where == "/tai-khoan"


@pytest.mark.parametrize(
    "way",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "\\\\evil",
        "/%0d%0aSet-Cookie:x",
        "javascript:alert(1)",
    ],
)
async def test_a_way_on_leads_nowhere_else(store: Store, browser: Browser, way: str) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    await browser.get("/dang-nhap")
    browser.hidden["ve"] = way
    async with browser.http.post(
        browser.address + "/dang-nhap",
        data=browser.hidden | {"ten": "ha.nt", "mat_khau": PASSWORD},
        allow_redirects=False,
    ) as answer:
        assert answer.headers["Location"].startswith("/")
        assert not answer.headers["Location"].startswith(("//", "/\\"))
        assert "evil" not in answer.headers["Location"]


async def test_guessing_is_slowed_and_the_account_is_not_locked(store: Store, browser: Browser) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    for _ in range(6):
        await browser.sign_in("ha.nt", "guess")
    await browser.sign_in("ha.nt")
    assert browser.status == 429
    assert "tài khoản không bị khóa" in browser.page
    await browser.get("/dang-nhap")
    await browser.post("/dang-nhap", headers={"X-Forwarded-For": "203.0.113.9"}, ten="ha.nt", mat_khau=PASSWORD)
    assert browser.status in (200, 404), "from elsewhere the real person comes in"
    assert "phien" in {cookie.key for cookie in browser.http.cookie_jar}


async def test_guesses_in_the_same_office_keep_nobody_from_the_browser_they_use(store: Store, browser: Browser) -> None:
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    await browser.sign_in("ha.nt")
    await browser.post("/dang-xuat")
    async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        stranger = Browser(browser.address, http)
        for number in range(58):  # enough for the whole network to wait
            await stranger.sign_in("ha.nt" if number < 8 else f"ten.{number}", "guess")
        await stranger.sign_in("ha.nt")
        assert stranger.status == 429
        await browser.sign_in("ha.nt")
        assert browser.where == "/can-bo"
        known = next(cookie for cookie in browser.http.cookie_jar if cookie.key == "may")
        assert (known["httponly"], known["samesite"], known["path"]) == (True, "Strict", "/dang-nhap")
        await browser.post("/dang-xuat")
        for _ in range(6):
            await browser.sign_in("ha.nt", "guess")
        assert browser.status == 429, "a browser that is known is slowed, too"


async def test_a_link_from_zalo_is_used_by_pressing_not_by_looking(store: Store, browser: Browser) -> None:
    def verb(session: Session) -> str:
        officer = Officer(id="of-1", agency="SXD", name="Nguyễn Thu Hà", role=Role.OFFICER, created_at=sample.NOW)
        session.add(officer)
        session.flush()
        return links.issue(session, officer, "/tai-khoan", sample.NOW)

    token = store.run_now(verb)
    for _ in range(2):
        assert "Nguyễn Thu Hà" in await browser.get(f"/dang-nhap/zalo/{token}")
    await browser.post(f"/dang-nhap/zalo/{token}")
    assert browser.where == "/tai-khoan"
    await browser.post("/dang-xuat")
    await browser.get(f"/dang-nhap/zalo/{token}")
    assert browser.status == 410
    assert "đã được dùng" in browser.page


async def test_a_session_can_be_ended_from_another_and_only_by_its_owner(store: Store, browser: Browser) -> None:
    mine, other = account(store, "ha.nt", AccountRole.OFFICER, "SXD"), account(store, "b.b", AccountRole.OPERATOR)
    assert mine.id != other.id
    await browser.sign_in("ha.nt", way="/tai-khoan")
    token = next(cookie.value for cookie in browser.http.cookie_jar if cookie.key == "phien")
    async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as second:
        elsewhere = Browser(browser.address, second)
        await elsewhere.sign_in("ha.nt", way="/tai-khoan")
        ended = dict(re.findall(r'name="(phien)" value="([^"]*)"', elsewhere.page))
        await elsewhere.post("/tai-khoan/phien", phien=ended["phien"])
        assert elsewhere.where == "/tai-khoan"
        assert "Đã kết thúc phiên" in elsewhere.page
    await browser.get("/tai-khoan")
    assert browser.where.startswith("/dang-nhap"), token


ROLES = list(AccountRole)
TABLE = Path(__file__).parent / "security" / "roles.txt"
EXAMPLES = ("1", "QN-2611-00042", "welcome/menu", "bo")  # the first that fits stands for a part of an address


def example(row: Row) -> str:
    """An address of a page."""

    def part(found: re.Match[str]) -> str:
        pattern = found[1].partition(":")[2] or "[^/]+"
        return next(one for one in EXAMPLES if re.fullmatch(pattern, one))

    return re.sub(r"\{([^}]+)\}", part, row.path)


def test_who_may_open_what_is_written_down_cell_by_cell() -> None:
    """A new page, or one that more people may open, is a line to be changed there, where it is read."""
    head, *lines = TABLE.read_text().splitlines()
    assert head.split() == [str(role) for role in ROLES]
    written = {(method, path): cells for method, path, *cells in map(str.split, lines)}
    assert written == {
        (row.method, row.path): ["yes" if role in row.roles else "-" for role in ROLES] for row in CONSOLES
    }


@pytest.mark.parametrize("role", ROLES)
async def test_each_page_opens_for_the_roles_of_its_row_and_for_nobody_else(
    store: Store, browser: Browser, role: AccountRole
) -> None:
    account(store, "ai.do", role, "SXD", confirmed_at=None)
    if role in managing.TWO_FACTORS:
        await browser.sign_in("ai.do")
        secret = re.sub(r"\s", "", re.search(r'class="mono">([A-Z2-7 ]+)<', browser.page)[1])  # type: ignore[index]
        await browser.post("/dang-nhap/thiet-lap", ma=pyotp.TOTP(secret).at(sample.NOW))
    else:
        await browser.sign_in("ai.do")
    for row in CONSOLES:
        path = example(row)
        if path.endswith("/song"):  # a stream never ends
            async with browser.http.get(browser.address + path) as answer:
                assert (answer.status == 403) == (role not in row.roles)
        elif row.method == "GET":
            await browser.get(path)
            assert (browser.status == 403) == (role not in row.roles), (row.method, path, browser.status)
        else:
            await browser.post(path, form=False)
            assert browser.status == 403, (row.method, path, "no form without its token")
            assert ("Không có quyền mở trang này" in browser.page) == (role not in row.roles), path


async def test_nobody_opens_a_console_page_without_signing_in(browser: Browser) -> None:
    for row in CONSOLES:
        async with browser.http.request(row.method, browser.address + example(row), allow_redirects=False) as answer:
            assert answer.status == 303, row
            assert answer.headers["Location"].startswith("/dang-nhap?ve=")


def test_every_role_has_a_home() -> None:
    assert set(HOME) == set(AccountRole)
