"""What each role comes for, by taps, at the width of a phone and of a desk: leader, operator, administrator, public.

Officers and coordinators have theirs in test_consoles_in_browser.py, businesses in tests/journeys/test_browser.py.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pyotp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from sqlmodel import Session, col, select

from tests.web import operators, sample
from tests.web.conftest import application
from tests.web.operators import HOME, LAN, fate, one
from tests.web.seen import WIDER_THAN_THE_WINDOW, note_faults
from tests.web.test_leader_in_browser import busy_weeks
from tests.web.test_wording_in_browser import chromium  # noqa: F401
from zalobot.store import migrations
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, AnswerScore, EventKind, Officer, OutboxState, Role, TicketEvent
from zalobot.web.access import COOKIE

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("width", [360, 1280]),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('journeys')}/zalobot.db"
    migrations.upgrade(url)
    made = operators.filled(url)
    made.run_now(busy_weeks)
    yield made
    made.close_now()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(store: Store) -> AsyncIterator[str]:
    async with TestServer(application(store, secret_key="a key", public_url="http://127.0.0.1")) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest_asyncio.fixture(loop_scope="module")
async def page(width: int, address: str, chromium: "Browser") -> AsyncIterator["Page"]:  # noqa: F811
    """A tab of this width; at the end it had no console error, broke no policy and asked no other host."""
    faults: list[str] = []
    context = await chromium.new_context(viewport={"width": width, "height": 740})
    tab = await context.new_page()
    note_faults(tab, address, faults)
    tab.set_default_timeout(10_000)
    yield tab
    assert await tab.evaluate(WIDER_THAN_THE_WINDOW) == 0
    await context.close()
    assert faults == []


async def seated(page: "Page", store: Store, address: str, role: AccountRole) -> None:
    """Sign somebody of this role in; a leader is on the list of officers, too, as whoever acts on tickets is."""
    name = f"{role}.{id(page)}"
    cookie = operators.seat(store, name, role)

    def listed(session: Session) -> None:
        officer = Officer(id=new_id(), agency="SXD", name=name, role=Role.LEADER, created_at=sample.NOW)
        session.add(officer)
        session.flush()
        session.exec(select(Account).where(col(Account.name) == name)).one().officer_id = officer.id

    if role is AccountRole.LEADER:
        store.run_now(listed)
    await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])


async def test_a_leader_sees_what_is_late_directs_scores_and_takes_the_figures(
    store: Store, address: str, page: "Page"
) -> None:
    await seated(page, store, address, AccountRole.LEADER)
    await page.goto(address + "/dieu-hanh")
    await page.locator("a[href$='QN-2611-00120#chi-dao-1']").click()
    said = f"Trả lời trong hôm nay, {id(page)}."
    await page.get_by_label("Chỉ đạo").first.fill(said)
    await page.get_by_role("button", name="Gửi chỉ đạo").first.click()
    await page.locator("blockquote", has_text=said).wait_for()
    await page.goto(address + "/dieu-hanh")
    await page.get_by_role("button", name="Chưa đạt").first.click()
    await page.locator("button[aria-pressed=true]", has_text="Chưa đạt").wait_for()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Tải XLSX").click()
    assert (await coming.value).suggested_filename == "dieu-hanh.xlsx"

    def kept(session: Session) -> tuple[bool, bool]:
        directed = session.exec(select(TicketEvent).where(col(TicketEvent.kind) == EventKind.DIRECTED)).first()
        return directed is not None, session.exec(select(AnswerScore)).first() is not None

    assert store.read_now(kept) == (True, True)


async def test_an_operator_talks_to_who_waits_and_sends_again_what_did_not_arrive(
    store: Store, address: str, page: "Page"
) -> None:
    await seated(page, store, address, AccountRole.OPERATOR)
    await page.goto(f"{address}{HOME}/truc/{LAN}")
    await page.get_by_role("button", name="Tiếp nhận").click()
    said = f"Chào chị, {id(page)}."
    await page.locator("#loi").fill(said)
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await page.locator(".me .bub", has_text=said).wait_for()
    await page.get_by_role("button", name="Trả lại trợ lý").click()
    await page.locator(".flash", has_text="Đã trả lại trợ lý").wait_for()
    key = one(store, OutboxState.FAILED).id
    await page.goto(f"{address}{HOME}/tin-nhan/{key}")
    await page.get_by_role("button", name="Gửi lại").click()
    await page.locator(".flash", has_text="Tin đã vào hàng chờ gửi lại").wait_for()
    assert fate(store, key).state is OutboxState.QUEUED


async def test_an_administrator_makes_an_account_and_its_owner_comes_in(
    store: Store, address: str, page: "Page", width: int
) -> None:
    await seated(page, store, address, AccountRole.ADMIN)
    await page.goto(f"{address}{HOME}/tai-khoan")
    await page.get_by_label("Họ và tên").fill(f"Đỗ Văn Hùng {'A' if width == 360 else 'B'}")
    await page.get_by_role("button", name="Thêm và cấp mật khẩu").click()
    password = await page.locator(".keycode").inner_text()
    name = await page.locator(".slip .code").inner_text()
    await page.context.clear_cookies()
    await page.goto(address + HOME)
    await page.get_by_label("Tên đăng nhập").fill(name)
    await page.locator("#mat_khau").fill(password)
    await page.get_by_role("button", name="Tiếp tục").click()
    assert await page.get_by_role("link", name="Thêm vào ứng dụng trên máy này").is_visible() is (width == 360)
    secret = re.sub(r"\s", "", await page.locator(".mono").inner_text())
    await page.get_by_label("Mã 6 số").fill(pyotp.TOTP(secret).at(sample.NOW))
    await page.get_by_role("button", name="Xác nhận").click()
    await page.get_by_role("link", name="Đã lưu, tiếp tục").click()
    fresh = "một câu chỉ mình tôi nhớ"
    await page.get_by_label("Mật khẩu hiện tại").fill(password)
    await page.get_by_label("Mật khẩu mới", exact=True).fill(fresh)
    await page.get_by_label("Nhập lại mật khẩu mới").fill(fresh)
    await page.get_by_role("button", name="Đổi mật khẩu").click()
    await page.wait_for_url(f"**{HOME}")
    made = store.read_now(lambda s: s.exec(select(Account).where(col(Account.name) == name)).one())
    assert (made.must_change, made.confirmed_at is not None) == (False, True)


async def test_anybody_finds_an_answer_an_agency_and_the_data(address: str, page: "Page") -> None:
    await page.goto(address + "/")
    await page.locator("#ma").fill("tham dinh thiet ke")
    await page.locator("#ma").press("Enter")
    await page.locator("a[href*='QN-2611-00042']").first.click()
    await page.wait_for_url("**/hoi-dap/QN-2611-00042")
    await page.locator(".nav").get_by_role("link", name="Cơ quan").click()
    await page.get_by_role("link", name="Sở Xây dựng", exact=True).click()
    await page.wait_for_url("**/co-quan/SXD")
    await page.locator(".nav").get_by_role("link", name="Dữ liệu").click()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="phan-viec.csv").first.click()
    assert (await coming.value).suggested_filename.startswith("phan-viec")
