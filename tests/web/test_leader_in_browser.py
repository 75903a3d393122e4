"""The leader's pages in a real browser: they fit, axe finds nothing, the trend is drawn, and a table without scripts.

By keys alone an answer is scored and a direction given; a lost connection is said.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import Session, col, select

from tests.calendars import at
from tests.web.conftest import application
from tests.web.sample import PartSample, add_ticket
from tests.web.seen import CUT_OFF, LOW_CONTRAST, SMALL_TARGETS, WIDER_THAN_THE_WINDOW, checked, press_until
from tests.web.test_consoles_in_browser import sign_in
from tests.web.test_officer import store  # noqa: F401
from tests.web.test_sign_in import account
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, AnswerScore, EventKind, TicketEvent

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.chromium

PAGES = ("/dieu-hanh", "/dieu-hanh/ban-tin", "/dieu-hanh/QN-2611-00042")
INK = """() => [...document.querySelector('.trend canvas').getContext('2d').getImageData(0, 0, 600, 200).data]
  .some(value => value > 0)"""


def busy_weeks(session: Session) -> None:
    """Two weeks of which a share can be told, and a part that is late."""
    add_ticket(session, 120, "Chờ lâu", "2026-11-17 09:00", PartSample("SXD"))
    for number, day in enumerate(["02"] * 6 + ["09"] * 6, 140):
        done = PartSample("SXD", "answered", {"answered_at": at(f"2026-11-{day} 15:00"), "answer": "x"})
        add_ticket(session, number, "x", f"2026-11-{day} 09:00", done, state="answered")


@pytest.fixture
async def address(store: Store) -> AsyncIterator[str]:  # noqa: F811
    store.run_now(busy_weeks)
    account(store, "truong", AccountRole.HEAD, "SXD")
    async with TestServer(application(store, secret_key="a key", public_url="http://127.0.0.1")) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def faults() -> list[str]:
    return []


@pytest.fixture
async def page(address: str, browser: "Browser", faults: list[str]) -> AsyncIterator["Page"]:
    """The head of an agency, signed in, whose browser notes errors and what goes elsewhere."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    tab = await context.new_page()
    tab.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", lambda sent: None if sent.url.startswith(address) else faults.append(sent.url))
    tab.set_default_timeout(10_000)
    await sign_in(tab, address, "truong", "/dieu-hanh")
    yield tab
    await context.close()


async def test_the_pages_fit_and_can_be_read_and_the_trend_is_drawn(
    address: str, page: "Page", faults: list[str]
) -> None:
    for path in PAGES:
        await page.goto(address + path)
        for width in (320, 360, 768, 1280):
            await page.set_viewport_size({"width": width, "height": 740})
            assert await page.evaluate(WIDER_THAN_THE_WINDOW) == 0, (path, width)
            assert await page.evaluate(CUT_OFF) == [], (path, width)
        for width, scheme in ((360, "dark"), (360, "light"), (1280, "light"), (1280, "dark")):
            await page.set_viewport_size({"width": width, "height": 740})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await page.evaluate(LOW_CONTRAST) == [], (path, width, scheme)
            assert await checked(page) == [], (path, width, scheme)
        assert await page.evaluate(SMALL_TARGETS) == []
    await page.goto(address + "/dieu-hanh")
    assert await page.evaluate(INK)
    assert not await page.locator("#tr-b").is_visible()
    await page.get_by_text("Bảng số").click()
    assert await page.locator("#tr-b tr[data-share]").count() == 2
    await page.emulate_media(media="print", color_scheme="light")
    kept = [
        await page.locator(part).first.is_visible() for part in ("h1", ".due-bar", ".trend canvas", ".iv", ".only-p")
    ]
    dropped = [await page.locator(part).first.is_visible() for part in (".side", ".btn", "#ky", "details.def")]
    assert (kept, dropped) == ([True] * 5, [False] * 4)
    assert faults == []


async def test_an_answer_is_scored_and_a_direction_given_by_keys_alone(
    store: Store,  # noqa: F811
    address: str,
    page: "Page",
    faults: list[str],
) -> None:
    await press_until(page, "form[action$='QN-2611-00040/1/cham'] button[value=poor]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".f-ok")
    await page.goto(address + "/dieu-hanh")
    await press_until(page, "a[href$='QN-2611-00120#chi-dao-1']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/dieu-hanh/QN-2611-00120#chi-dao-1")
    await press_until(page, "#cd-1")
    await page.keyboard.type("Trả lời dứt điểm hôm nay.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".f-ok")
    assert await page.get_by_text("Trả lời dứt điểm hôm nay.").is_visible()

    def done(session: Session) -> tuple[list[str], int]:
        scores = [str(score.score) for score in session.exec(select(AnswerScore))]
        directed = session.exec(select(TicketEvent).where(col(TicketEvent.kind) == EventKind.DIRECTED)).all()
        return scores, len(directed)

    assert store.read_now(done) == (["poor"], 1)
    assert faults == []


async def test_without_a_script_all_is_there_and_with_it_a_lost_connection_is_said(address: str, page: "Page") -> None:
    cookies = await page.context.cookies()
    browser = page.context.browser
    assert browser
    context = await browser.new_context(java_script_enabled=False)
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    tab = await context.new_page()
    await tab.goto(address + "/dieu-hanh")
    assert (await tab.locator("#tr-b").is_visible(), await tab.locator(".trend").is_visible()) == (True, False)
    await tab.get_by_label("Kỳ số liệu").select_option("thang")
    await tab.get_by_role("button", name="Xem", exact=True).click()
    await tab.wait_for_url(lambda url: "ky=thang" in url)
    assert "25 ngày: 01/11 đến 25/11/2026" in await tab.locator("#f-h").inner_text()
    await context.close()
    lost = page.locator("#mat-ket-noi")
    assert not await lost.is_visible()
    await page.context.set_offline(True)
    await lost.wait_for(state="visible")
    assert "Mất kết nối. Trang này dừng ở 10:20." in (await lost.inner_text()).replace("\N{NO-BREAK SPACE}", " ")
    await page.context.set_offline(False)
    await lost.wait_for(state="hidden")
