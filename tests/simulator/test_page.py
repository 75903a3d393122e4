"""The page in a real browser: two phones, the clock, the faults, the log; nothing blocked, nothing sideways."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.simulator.conftest import Api, Bot
from tests.simulator.moments import JPEG, LOCAL, PDF
from zalobot.simulator.app import Effect, Person, Role, Simulator
from zalobot.simulator.page import HEADERS

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.chromium

SHOW = {"title": "Nhận xử lý", "type": "oa.query.show", "payload": "Nhận QN-2611-00042/1"}
OPEN = {"title": "Xem công khai", "type": "oa.open.url", "payload": {"url": "https://example.test/hoi-dap/1"}}


@pytest.fixture
def officer(sim: Simulator) -> Person:
    return sim.add_person("Nguyễn Thu Hà", Role.OFFICER, "Sở Xây dựng")


@pytest.fixture
async def page(browser: "Browser", sim: Simulator, person: Person, officer: Person) -> AsyncIterator["Page"]:
    """The page at 1280 px; afterwards nothing may have gone wrong in the browser."""
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url) if "stream" not in request.url else None)
    await page.goto(sim.base_url)
    await page.wait_for_selector("#days .day")
    yield page
    await page.close()
    assert wrong == []


async def test_a_typed_message_reaches_the_bot_and_its_answer_the_phone(page: "Page", bot: Bot, api: Api) -> None:
    bot.repeats = True
    await page.fill("#dn [placeholder]", "xin chào")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#dn .msg:not(.me) .bub:has-text('XIN CHÀO')")
    assert await page.locator("#dn .msg.me .bub").inner_text() == "xin chào\n08:00"
    assert await page.locator("#dn .seen").inner_text() == "Đã xem"
    assert await page.input_value("#dn [placeholder]") == ""
    assert bot.events("user_send_text")[0]["message"]["text"] == "xin chào"
    await page.wait_for_selector("#log li:has-text('user_send_text')")


async def test_a_button_says_its_payload_and_a_link_opens_elsewhere(
    page: "Page", sim: Simulator, bot: Bot, api: Api, officer: Person
) -> None:
    await sim.follow(officer)
    await api.send(officer.id, "Việc mới", SHOW, OPEN)
    await page.click("#cb .zb:has-text('Nhận xử lý')")
    await page.wait_for_selector("#cb .msg.me .bub:has-text('Nhận QN-2611-00042/1')")
    link = page.locator("#cb a.zb")
    assert [await link.get_attribute(name) for name in ("href", "target", "rel")] == [
        "https://example.test/hoi-dap/1",
        "_blank",
        "noopener",
    ]


async def test_photos_and_files_are_sent_and_shown(page: "Page", bot: Bot, person: Person) -> None:
    await page.click("#dn [data-act=sample]")
    await page.wait_for_selector("#dn .zimg img")
    files = [
        {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": JPEG},
        {"name": "don.pdf", "mimeType": "application/pdf", "buffer": PDF},
    ]
    await page.set_input_files("#dn [type=file]", files)  # type: ignore[arg-type]
    await page.wait_for_selector("#dn .zfile:has-text('don.pdf')")
    assert await page.evaluate("document.querySelector('#dn .zimg img').naturalWidth") == 1280
    assert [name for name in bot.names if name.startswith("user_send")] == ["user_send_image"] * 2 + ["user_send_file"]


async def test_a_new_person_follows_and_speaks(page: "Page", sim: Simulator, bot: Bot) -> None:
    await page.select_option("#dn select", "new")
    await page.wait_for_selector("#dn .ph-f:visible")
    fresh = list(sim.world.people.values())[-1]
    assert (fresh.role, fresh.following) == (Role.BUSINESS, False)
    assert await page.input_value("#dn select") == fresh.id
    await page.click("#dn .ph-f button")
    await page.wait_for_selector("#dn .ph-f", state="hidden")
    assert bot.events("follow")[-1]["follower"]["id"] == fresh.id
    await page.click("#dn .ph-m button:has-text('Gửi phản ánh')")
    await page.wait_for_selector("#dn .msg.me:has-text('Gửi phản ánh')")
    await page.reload()
    await page.wait_for_selector("#dn .msg.me:has-text('Gửi phản ánh')")


async def test_the_clock_moves_to_the_next_working_morning(page: "Page", sim: Simulator) -> None:
    await page.click("[data-hours='4']")
    await page.wait_for_selector("#time:has-text('12:0')")
    assert await page.locator("#date").inner_text() == "Thứ\u00a0Năm 26/11/2026, ngoài giờ làm việc"
    await page.click("[data-to=morning]")
    await page.wait_for_selector("#date:has-text('27/11/2026, giờ')")
    assert f"{sim.clock.now().astimezone(LOCAL):%d/%m %H:%M}" == "27/11 08:00"
    assert await page.locator(".day-now").inner_text() == "T6\nThứ\u00a0Sáu\n27/11\nhôm nay"


async def test_a_fault_is_switched_on_and_shown(page: "Page", sim: Simulator) -> None:
    await page.click("#b-copies")
    await page.wait_for_selector("#b-copies[aria-pressed=true]:has-text('Đang bật')")
    assert [(rule.effect, rule.times) for rule in sim.faults.rules] == [(Effect.REPEAT, 3)]
    await page.click("#b-copies")
    await page.wait_for_selector("#b-copies[aria-pressed=false]:has-text('Đang tắt')")
    assert sim.faults.rules == []


async def test_a_refusal_is_logged_with_zalos_code(page: "Page", api: Api, person: Person) -> None:
    await api.send(person.id, "a" * 2001)
    await page.click("[data-show=refused]")
    await page.wait_for_selector("#log li:has-text('-210')")
    assert await page.locator("#log li").count() == 1
    assert "Phạm Thu Trang" in await page.locator("#log li").inner_text()


async def test_a_webhook_that_was_switched_off_is_switched_on_again(page: "Page", sim: Simulator) -> None:
    sim.world.unsubscribed = True
    sim.world.touch()
    await page.click("#unsubscribed button")
    await page.wait_for_selector("#unsubscribed", state="hidden")
    assert not sim.world.unsubscribed


async def test_what_comes_leaves_typed_text_focus_and_scroll_alone(
    page: "Page", sim: Simulator, api: Api, person: Person
) -> None:
    for n in range(30):
        await api.send(person.id, f"tin số {n}")
    await page.wait_for_selector("#dn .bub:has-text('tin số 29')")
    await page.fill("#dn [placeholder]", "đang gõ dở")
    await page.evaluate("document.querySelector('#dn .chat').scrollTop = -600")
    before = await page.evaluate("document.querySelector('#dn .bub').getBoundingClientRect().top")
    await api.send(person.id, "tin mới nhất")
    await page.wait_for_selector("#dn .bub:has-text('tin mới nhất')", state="attached")
    assert await page.input_value("#dn [placeholder]") == "đang gõ dở"
    assert await page.evaluate("document.activeElement.placeholder") == "Tin nhắn"
    after = await page.evaluate("document.querySelector('#dn .bub').getBoundingClientRect().top")
    assert abs(after - before) < 2


async def test_what_a_person_or_the_bot_writes_stays_text(page: "Page", api: Api, person: Person) -> None:
    evil = "<img src=x onerror=alert(1)> {{ 7*7 }} javascript:alert(1)"
    await api.send(person.id, evil)
    await page.wait_for_selector("#dn .bub:has-text('onerror')")
    assert (await page.locator("#dn .bub").inner_text()).startswith(evil)
    assert await page.locator("#dn .bub img, #dn .bub a").count() == 0


async def test_a_message_on_the_screen_is_seen(page: "Page", bot: Bot, api: Api, person: Person) -> None:
    message_id = (await api.send(person.id, "tin"))["data"]["message_id"]
    await page.wait_for_selector("#log li:has-text('đã xem')")
    assert bot.events("user_seen_message")[0]["message"]["msg_ids"] == [message_id]


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(245, 246, 243)"), ("dark", "rgb(15, 22, 20)")])
async def test_the_page_never_scrolls_sideways(
    page: "Page", sim: Simulator, api: Api, person: Person, scheme: str, paper: str
) -> None:
    await api.send(person.id, f"Xem tại https://example.test/{'rất-dài-' * 30}", SHOW, OPEN)
    await api.send(person.id, "a" * 2001)
    await sim.sends_file(person, PDF, f"{'ten-tep-rat-dai-' * 8}.pdf")
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await page.click("[data-show=all]")
    await page.click(".more summary")
    await page.wait_for_selector("#dn .zfile")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    for width in (320, 360, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 740})
        assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_on_a_phone_everything_one_taps_is_big_enough(page: "Page", api: Api, person: Person) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await api.send(person.id, "Việc mới", SHOW)
    await page.wait_for_selector("#dn .zb")
    small = await page.evaluate(
        """[...document.querySelectorAll('button, select, .chip, .zb')].filter(one => one.checkVisibility())
           .filter(one => one.getBoundingClientRect().height < 32).map(one => one.outerHTML.slice(0, 80))"""
    )
    assert small == []


async def test_the_page_has_no_inline_style_or_script(sim: Simulator, api: Api) -> None:
    async with api.http.get(sim.base_url + "/") as response:
        text = await response.text()
        assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count('<script type="module" src="/sim/static/sim.js"') == 1


@pytest.mark.parametrize("origin", ["http://evil.test", "null"])
async def test_another_page_cannot_act_on_the_simulator(sim: Simulator, api: Api, person: Person, origin: str) -> None:
    body = {"person": person.id, "text": "không phải tôi"}
    async with api.http.post(sim.base_url + "/sim/api/say", json=body, headers={"Origin": origin}) as response:
        assert response.status == 403
    assert sim.messages(person) == []


async def test_an_impossible_action_is_answered_with_a_reason(sim: Simulator, api: Api) -> None:
    async with api.http.post(sim.base_url + "/sim/api/say", json={"person": "nobody", "text": "a"}) as response:
        assert (response.status, "nobody" in (await response.json())["problem"]) == (400, True)
