"""The operators' console in a real browser: it fits and can be read, a chat is live, one journey by keys alone."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web import operators
from tests.web.operators import HOME, LAN, PAGES, fate, one
from tests.web.seen import (
    CUT_OFF,
    LOW_CONTRAST,
    SMALL_TARGETS,
    UNDER_A_THUMB,
    WIDER_THAN_THE_WINDOW,
    checked,
    note_faults,
    press_until,
)
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, OutboxState
from zalobot.web.access import COOKIE

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.chromium


@pytest.fixture
async def faults() -> list[str]:
    return []


async def sat_down(browser: "Browser", store: Store, address: str, role: AccountRole, faults: list[str]) -> "Page":
    """A tab of somebody who is signed in; it notes console errors, broken policies and requests outside."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    name = f"{role}.{len(faults)}.{id(context)}"
    await context.add_cookies([{"name": COOKIE, "value": operators.seat(store, name, role), "url": address}])
    page = await context.new_page()
    note_faults(page, address, faults)
    page.set_default_timeout(15_000)
    return page


async def test_every_page_fits_is_quiet_and_can_be_read_and_used(
    store: Store, address: str, browser: "Browser", faults: list[str]
) -> None:
    page = await sat_down(browser, store, address, AccountRole.ADMIN, faults)
    for path in (*PAGES, f"{HOME}/tai-khoan", f"{HOME}/tin-nhan/{one(store, OutboxState.UNCLEAR).id}"):
        for width, scheme in ((360, "dark"), (1280, "light")):
            await page.set_viewport_size({"width": width, "height": 740})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.goto(address + path)
            found = {
                "wider": await page.evaluate(WIDER_THAN_THE_WINDOW),
                "contrast": await page.evaluate(LOW_CONTRAST),
                "cut": await page.evaluate(CUT_OFF),
                "small": await page.evaluate(SMALL_TARGETS),
                "thumb": await page.evaluate(UNDER_A_THUMB) if width == 360 else [],
                "axe": await checked(page) if width == 360 else [],
            }
            fine = {"wider": 0, "contrast": [], "cut": [], "small": [], "thumb": [], "axe": []}
            assert found == fine, (path, width)
            assert await page.locator("main .btn-main").count() <= 1, path
        assert await page.locator("h1").count() == 1, path
    assert faults == []
    await page.context.close()


async def test_an_undelivered_message_is_sent_again_by_keys_alone(
    store: Store, address: str, browser: "Browser", faults: list[str]
) -> None:
    page = await sat_down(browser, store, address, AccountRole.OPERATOR, faults)
    key = one(store, OutboxState.FAILED).id
    await page.goto(address + HOME)
    await press_until(page, "a.q-t[href*='loc=failed']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/tin-nhan?loc=failed")
    await press_until(page, f"form[action*='{key}'] button")
    await page.keyboard.press("Enter")
    await page.locator(".flash", has_text="Tin đã vào hàng chờ gửi lại").wait_for()
    assert fate(store, key).state is OutboxState.QUEUED
    assert faults == []
    await page.context.close()


async def test_what_a_person_writes_appears_while_the_operator_types(
    store: Store, address: str, files: Path, browser: "Browser", faults: list[str]
) -> None:
    page = await sat_down(browser, store, address, AccountRole.OPERATOR, faults)
    store.run_now(lambda session: operators.photo(session, files))
    await page.goto(f"{address}{HOME}/truc/{LAN}")
    seen = await page.locator(".zpic img").evaluate("one => one.decode().then(() => one.naturalWidth)")
    assert seen == 640
    assert await page.evaluate(CUT_OFF) == []
    await page.get_by_role("button", name="Tiếp nhận").click()
    await page.locator("#loi").fill("Em đang xem hồ sơ")
    store.run_now(lambda session: operators.event(session, 99, "Tôi gửi thêm số giấy phép", minutes=0))
    await page.locator(".chat", has_text="Tôi gửi thêm số giấy phép").wait_for()
    assert await page.locator("#loi").input_value() == "Em đang xem hồ sơ"
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await page.locator(".me .bub", has_text="Em đang xem hồ sơ").wait_for()
    lost = page.locator("#mat-ket-noi")
    assert not await lost.is_visible()
    await page.context.set_offline(True)
    await lost.wait_for()
    assert "Mất kết nối. Trang này dừng ở" in (await lost.inner_text()).replace("\N{NO-BREAK SPACE}", " ")
    await page.locator("#loi").fill("Em xem tiếp")
    store.run_now(lambda session: operators.event(session, 98, "Tôi nhắn lúc mất mạng", minutes=0))
    await page.context.set_offline(False)
    await page.locator(".chat", has_text="Tôi nhắn lúc mất mạng").wait_for()
    await lost.wait_for(state="hidden")
    assert await page.locator("#loi").input_value() == "Em xem tiếp"
    other = await sat_down(browser, store, address, AccountRole.ADMIN, faults)
    await other.goto(f"{address}{HOME}/truc/{LAN}")
    await other.get_by_role("button", name="Tiếp nhận thay").click()
    await page.locator("#truc-song", has_text="vừa thay đổi").wait_for()
    assert faults == []
    await page.context.close()
    await other.context.close()
