"""The wording studio in a real browser: typed, seen, asked for and released by keys alone; it fits and can be read."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal

import pytest
import pytest_asyncio

from tests.conftest import launched_chromium
from tests.web.seen import CUT_OFF, WIDER_THAN_THE_WINDOW, checked
from tests.web.test_wording import ACT, MENU, MIXED, NEW, PAGE, REVIEW, Desk, Studio, after, opened, said, zipped
from zalobot.web.access import COOKIE

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((360, "light"), (1280, "dark"))
PAGES = (PAGE, REVIEW, f"/van-hanh/loi-nhan/lich-su/{MENU}?ngon-ngu=vi", "/van-hanh/loi-nhan/tep")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    async with opened(tmp_path_factory.mktemp("studio")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator["Browser"]:
    """One browser for all tests of the file."""
    async with launched_chromium() as launched:
        yield launched


async def sat_down(browser: "Browser", desk: Desk, faults: list[str], *, width: int = 1280) -> "Page":
    """A browser of somebody's own, which notes console errors, broken policies and requests outside."""
    context: BrowserContext = await browser.new_context(viewport={"width": width, "height": 800})
    await context.add_cookies([{"name": COOKIE, "value": desk.token, "url": desk.address}])
    page = await context.new_page()
    page.on("console", lambda told: faults.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith(desk.address) else faults.append(sent.url))
    page.set_default_timeout(15_000)
    return page


async def to(page: "Page", name: str) -> None:
    """Go on with the tab key until the control of this name has the focus."""
    for _ in range(200):
        await page.keyboard.press("Tab")
        if await page.evaluate("(n) => document.activeElement.innerText?.trim().startsWith(n)", name):
            return
    raise AssertionError(f"no key leads to {name}")


async def test_a_text_is_typed_asked_for_and_released_by_keys_alone_and_the_bot_says_it(
    studio: Studio,
    chromium: "Browser",
) -> None:
    faults: list[str] = []
    huy, lan = await studio.desk("Huy"), await studio.desk("Lan")
    page = await sat_down(chromium, huy, faults)
    await page.goto(huy.address + PAGE)
    for _ in range(200):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "chu":
            break
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(after("Chào {{ ten_kenhh }}.", MENU))
    await page.locator("#loi [data-kind=stop]").wait_for()
    assert "ten_kenhh" in await page.locator("#to-mau .ph-bad").inner_text()
    assert await page.locator("#to-mau li.bad-l").count() == 1
    await to(page, "Thay bằng ten_kenh")
    await page.keyboard.press("Enter")
    await page.locator("#loi", has_text="Không có gì phải sửa").wait_for()
    assert "Doanh nghiệp Quảng Ninh" in await page.locator("#dien-thoai .bub").inner_text()
    await to(page, "Gửi thử tới Zalo của tôi")
    await page.keyboard.press("Tab")
    await page.keyboard.type("chào tên kênh")
    await to(page, "Đề nghị phát hành")
    await page.keyboard.press("Enter")
    await page.locator(".flash", has_text="Đã đề nghị phát hành").wait_for()

    second = await sat_down(chromium, lan, faults, width=360)
    await second.goto(lan.address + REVIEW)
    await to(second, "Phát hành")
    await second.keyboard.press("Enter")
    await second.locator(".flash", has_text="Đã phát hành").wait_for()
    assert said(MENU).startswith("Chào Doanh nghiệp Quảng Ninh")
    assert faults == []


async def test_what_is_typed_saves_itself_and_a_pressed_placeholder_goes_where_the_cursor_is(
    studio: Studio,
    chromium: "Browser",
) -> None:
    faults: list[str] = []
    huy = await studio.desk("Huy")
    page = await sat_down(chromium, huy, faults, width=360)
    await page.goto(huy.address + PAGE)
    area = page.locator("#chu")
    await area.fill("Chào .\n---\nGửi phản ánh -> gửi phản ánh\n")
    await area.evaluate("(one) => one.setSelectionRange(5, 5)")
    await page.locator("button[name=chen][value=ten_kenh]").click()
    assert (await area.input_value()).startswith("Chào {{ ten_kenh }}.")
    await page.locator("#nhap-luc", has_text="Bản nháp của đồng chí").wait_for()
    await page.locator("#dien-thoai .bub", has_text="Chào Doanh nghiệp Quảng Ninh.").wait_for()
    await page.locator("button[name=mau][value=longest]").click()
    await page.locator("button[name=mau][value=longest][aria-pressed=true]").wait_for()
    await page.locator("#dien-thoai .bub", has_text="Chào").wait_for()
    assert studio.draft(huy).startswith("Chào {{ ten_kenh }}.")
    assert faults == []


async def test_two_windows_of_one_person_ask_which_words_are_meant(studio: Studio, chromium: "Browser") -> None:
    faults: list[str] = []
    huy = await studio.desk("Huy")
    page = await sat_down(chromium, huy, faults)
    other = await page.context.new_page()
    for one in (page, other):
        await one.goto(huy.address + PAGE)
    for words in ("Một", "Một hai"):  # the same window goes on typing upon its own words
        await page.locator("#chu").fill(after(f"{words}.", MENU))
        await page.locator("#dien-thoai .bub", has_text=f"{words}.").wait_for()
    assert await page.locator("#noi-khac section").count() == 0
    await other.locator("#chu").fill(after("Ba.", MENU))
    await other.locator("#noi-khac", has_text="Một hai.").wait_for()
    assert studio.draft(huy) == after("Một hai.", MENU)
    await other.reload()
    await other.locator("#noi-khac", has_text="Một hai.").wait_for()
    assert (await other.locator("#chu").input_value()).startswith("Ba.")
    await other.get_by_role("button", name="Lưu chữ ở đây").click()
    await other.locator(".flash", has_text="Đã lưu bản nháp").wait_for()
    assert studio.draft(huy) == after("Ba.", MENU)
    assert faults == []
    await page.context.close()


async def test_every_page_fits_can_be_read_and_is_sound(studio: Studio, chromium: "Browser") -> None:
    faults: list[str] = []
    huy, lan = await studio.desk("Huy"), await studio.desk("Lan")
    await lan.post(f"{ACT}/de-nghi", noi_dung=NEW, ly_do="ngắn hơn")
    await huy.post(f"{ACT}/luu", noi_dung=NEW + "{{ ten_kenhh }}")
    found = {}
    for width, theme in LOOKS:
        page = await sat_down(chromium, huy, faults, width=width)
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for path in PAGES:
            await page.goto(huy.address + path)
            assert not await page.evaluate(WIDER_THAN_THE_WINDOW), (width, path)
            assert await page.evaluate(CUT_OFF) == [], (width, path)
            found[width, path] = await checked(page)
        file = {"name": "x.zip", "mimeType": "application/zip", "buffer": zipped(MIXED)}
        await page.locator("#tep").set_input_files(file)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Xem trong tệp có gì").click()
        await page.get_by_role("heading", name="Chưa nhận được (1)").wait_for()
        await page.locator("summary", has_text="Xem chỗ đổi").first.click()
        assert not await page.evaluate(WIDER_THAN_THE_WINDOW), width
        assert await page.evaluate(CUT_OFF) == [], width
        found[width, "a file"] = await checked(page)
    await page.locator("label.tick", has_text="Đáp lời cảm ơn").locator("input").uncheck()
    await page.get_by_label("Vì sao đổi").fill("gọn hơn")
    await page.get_by_role("button", name="Nhận lời đã chọn, chờ duyệt").click()
    await page.locator(".flash", has_text="chờ người thứ hai duyệt").wait_for()
    assert await page.locator("h2", has_text="1 lời nhắn từ tệp").count() == 1
    assert {key: said for key, said in found.items() if said} == {}
    assert faults == []
