"""The public pages in a real browser: no sideways scroll, no console error, no request outside, enough contrast in both
themes, everything reachable by keyboard, nothing lost in print."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.web import sample
from tests.web.conftest import Town
from tests.web.sample import HOSTILE
from tests.web.seen import (
    BARE_TABLES,
    CLIPPED,
    CROWDED_TARGETS,
    CUT_OFF,
    LOW_CONTRAST,
    SKIPPED_HEADINGS,
    SMALL_TARGETS,
    TWICE_AS_LARGE,
    WIDELY_SPACED,
    WIDER_THAN_THE_WINDOW,
    checked,
    hidden_focus,
    press_until,
)
from tests.web.test_agencies import late_ones

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Response

pytestmark = pytest.mark.chromium

ONE = "/hoi-dap/QN-2611-00042"  # in all looks; the other tickets in two
PATHS = ["/", "/hoi-dap", ONE, "/hoi-dap/QN-2611-00031", "/hoi-dap/QN-2611-00045",
         "/hoi-dap/QN-2611-00044", "/hoi-dap/QN-2611-00046", "/hoi-dap/QN-2611-00052", "/khong-co",
         "/co-quan", "/co-quan/SNNMT", "/co-quan/CA?ky=quy", "/du-lieu", "/xac-thuc", "/tim?ma=kho"]  # fmt: skip

LOOKS = ((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light"))
PAGE_WEIGHT = 100_000  # bytes with everything a page asks for, as they are before they are squeezed


@pytest.fixture
async def faults() -> list[str]:
    """What went wrong in the pages of a test."""
    return []


@pytest.fixture
async def page(town: Town, browser: "Browser", faults: list[str]) -> AsyncIterator["Page"]:
    """A tab that notes console errors, broken policies and requests outside."""
    context = await browser.new_context(reduced_motion="reduce")
    tab = await context.new_page()
    tab.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
    tab.on("request", lambda sent: None if sent.url.startswith(town.address) else faults.append(sent.url))
    yield tab
    await context.close()


async def test_every_page_fits_is_light_quiet_and_can_be_read_and_axe_finds_nothing(
    town: Town, page: "Page", faults: list[str]
) -> None:
    town.write(late_ones)
    heavy: list[str] = []
    weights: dict[str, int] = {}

    async def weigh(answer: "Response") -> None:
        weights[answer.url] = len(await answer.body())

    page.on("response", weigh)
    for path in PATHS:
        weights.clear()
        await page.goto(town.address + path, wait_until="networkidle")
        heavy += [f"{path}: {weights}"] if sum(weights.values()) >= PAGE_WEIGHT else []
        for width in (320, 360, 768, 1280):
            await page.set_viewport_size({"width": width, "height": 740})
            assert await page.evaluate(WIDER_THAN_THE_WINDOW) == 0, (path, width)
        for width, scheme in LOOKS[:2] if path.startswith("/hoi-dap/") and path != ONE else LOOKS:
            await page.set_viewport_size({"width": width, "height": 740})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await page.evaluate(LOW_CONTRAST) == [], (path, width, scheme)
            assert await checked(page) == [], (path, width, scheme)
        assert await page.evaluate(SMALL_TARGETS) == [], path
        assert await page.evaluate(CROWDED_TARGETS) == [], path
        assert await page.evaluate(SKIPPED_HEADINGS) == [], path
        assert await page.evaluate(BARE_TABLES) == [], path
        assert await page.locator("h1").count() == 1, path
        assert await page.locator("script").count() == 0, "a public page has no script"
    assert heavy == []
    assert [fault for fault in faults if "404 (Not Found)" not in fault] == []


async def test_by_keys_alone_a_ticket_is_found_read_and_its_agency_seen(town: Town, page: "Page") -> None:
    await page.goto(town.address + "/")
    await press_until(page, "#ma")
    await page.keyboard.type("tham dinh thiet ke")
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "hoi=tham" in url)
    await press_until(page, "a[href*='QN-2611-00042']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/hoi-dap/QN-2611-00042")
    await press_until(page, ".nav a[href='/co-quan']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/co-quan")
    await press_until(page, "a[href='/co-quan?ky=thang']")
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: url.endswith("ky=thang"))
    await press_until(page, "a[href='/co-quan/SNNMT']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/co-quan/SNNMT")
    await press_until(page, "summary")
    await page.keyboard.press("Enter")
    assert await page.locator("details[open] p").first.is_visible()


async def test_the_longest_words_break_instead_of_the_page(town: Town, page: "Page") -> None:
    town.write(sample.the_longest)
    for path in ("/hoi-dap/QN-2611-99999", "/hoi-dap", "/"):
        for width in (320, 768, 1000, 1280):
            await page.set_viewport_size({"width": width, "height": 740})
            await page.goto(town.address + path)
            assert await page.evaluate(WIDER_THAN_THE_WINDOW) == 0, (path, width)
            assert await page.evaluate(CUT_OFF) == [], (path, width)


async def test_what_has_the_focus_is_seen_in_a_low_window_too(town: Town, page: "Page") -> None:
    for path, width in ((ONE, 360), (ONE, 1280), ("/", 1280)):
        await page.set_viewport_size({"width": width, "height": 500})
        await page.goto(town.address + path)
        assert await hidden_focus(page) == [], (path, width)


async def test_wide_spacing_and_double_size_cut_nothing_off(town: Town, page: "Page") -> None:
    for path in ("/", "/hoi-dap", ONE, "/co-quan/SNNMT", "/xac-thuc"):
        for change, widths in ((WIDELY_SPACED, (320, 1280)), (TWICE_AS_LARGE, (640, 1280))):
            await page.goto(town.address + path)
            await page.evaluate(change)
            for width in widths:
                await page.set_viewport_size({"width": width, "height": 740})
                assert await page.evaluate(WIDER_THAN_THE_WINDOW) == 0, (path, width)
                assert await page.evaluate(CLIPPED) == [], (path, width)


async def test_what_is_measured_here_could_be_found(town: Town, page: "Page") -> None:
    await page.goto(town.address + "/hoi-dap")
    await page.evaluate("document.querySelector('h1').style.color = '#aaa'")
    await page.evaluate("document.querySelector('h1').style.width = '5000px'")
    await page.evaluate("document.querySelector('.chip').style = 'min-height:0;height:12px;display:block'")
    assert await page.evaluate(LOW_CONTRAST) == ["Hỏi đáp của doanh nghiệp"]
    assert await page.evaluate(WIDER_THAN_THE_WINDOW) > 3000
    assert len(await page.evaluate(SMALL_TARGETS)) == 1
    await page.evaluate("document.querySelector('h2').outerHTML = '<h4>x</h4><table><th>y</th></table>'")
    assert len(await page.evaluate(SKIPPED_HEADINGS)) == len(await page.evaluate(BARE_TABLES)) == 1
    await page.evaluate("document.querySelector('.nav').style = 'position:relative;top:-300px'")
    await page.evaluate("document.querySelector('.crumbs a').style = 'display:block;height:9px;overflow:hidden'")
    assert await page.evaluate(CLIPPED) != []
    assert len(await hidden_focus(page)) == 4


async def test_hostile_text_stays_text(town: Town, page: "Page", faults: list[str]) -> None:
    await page.goto(f"{town.address}/hoi-dap/QN-2611-00052")
    assert await page.locator("blockquote").inner_text() == HOSTILE
    assert await page.locator("main script, main img").count() == 0
    assert faults == []


async def test_the_first_focus_leads_to_the_content_and_is_seen(town: Town, page: "Page") -> None:
    await page.goto(town.address + "/")
    await page.keyboard.press("Tab")
    first = page.locator(":focus")
    assert await first.inner_text() == "Đến nội dung chính"
    box = await first.bounding_box()
    assert box
    assert box["y"] >= 0


async def test_a_ticket_is_found_by_typing_its_code(town: Town, page: "Page") -> None:
    await page.goto(town.address + "/")
    await page.get_by_label("Mã hồ sơ").fill("qn 2611 42")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/hoi-dap/QN-2611-00042")
    assert await page.locator(".t-head .code").inner_text() == "QN-2611-00042"


async def test_the_list_is_narrowed_by_its_form(town: Town, page: "Page") -> None:
    await page.goto(town.address + "/hoi-dap?tt=late")
    await page.get_by_label("Cơ quan").select_option("SNNMT")
    await page.get_by_role("button", name="Lọc").click()
    await page.wait_for_url("**/hoi-dap?tt=late&cq=SNNMT**")
    assert await page.locator(".q > li").count() == 1


async def test_dark_is_chosen_by_hand_and_kept(town: Town, page: "Page") -> None:
    await page.emulate_media(color_scheme="light")
    await page.goto(town.address + "/hoi-dap")
    await page.get_by_role("link", name="Tối").click()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert (page.url, await page.evaluate(ground)) == (town.address + "/hoi-dap", "rgb(15, 22, 20)")
    await page.get_by_role("link", name="Theo máy").click()
    assert await page.evaluate(ground) == "rgb(245, 246, 243)"


async def test_print_keeps_code_receipt_and_qr_and_drops_the_navigation(town: Town, page: "Page") -> None:
    await page.goto(f"{town.address}/hoi-dap/QN-2611-00042")
    await page.emulate_media(media="print")
    kept = [await page.locator(part).first.is_visible() for part in (".t-head .code", ".receipt", ".qr", ".only-p")]
    dropped = [await page.locator(part).first.is_visible() for part in (".nav", ".foot", ".crumbs", ".btn")]
    assert (kept, dropped) == ([True] * 4, [False] * 4)
    await page.goto(town.address)
    dropped = [await page.locator(part).first.is_visible() for part in (".karst", "form", ".hero .small")]
    assert dropped == [False] * 3
    ink = "getComputedStyle(document.querySelector('.hero h1')).color"
    assert await page.evaluate(ink) == "rgb(0, 0, 0)", "on paper there is no ground behind it"


async def test_in_the_colours_of_the_device_it_is_seen_who_holds_a_ticket_and_which_filter_holds(
    town: Town, page: "Page"
) -> None:
    await page.emulate_media(forced_colors="active")
    look = "one => { const s = getComputedStyle(one); return [s.borderTopColor, s.borderLeftColor, s.backgroundColor] }"
    for width, edge in ((1280, 0), (360, 1)):
        await page.set_viewport_size({"width": width, "height": 740})
        await page.goto(f"{town.address}/hoi-dap/QN-2611-00042")
        holder = await page.locator(".ball .has").first.evaluate(look)
        other = await page.locator(".ball li:not(.has)").first.evaluate(look)
        assert holder[edge] != other[edge], width
    await page.goto(f"{town.address}/hoi-dap?tt=open")
    chosen = await page.locator(".chip[aria-current]").evaluate(look)
    assert chosen[2] != (await page.locator(".chip:not([aria-current])").first.evaluate(look))[2]
