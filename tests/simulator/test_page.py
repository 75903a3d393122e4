"""The page in a real browser: two phones, the clock, the faults, the log; nothing blocked, nothing sideways."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.conftest import Api, Bot
from tests.simulator.moments import JPEG, LOCAL, PDF
from zalobot.simulator.app import Effect, Person, Role, Simulator
from zalobot.simulator.page import HEADERS
from zalobot.simulator.switches import states, turn

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
    await page.click("#dn [data-act=more]")
    await page.click("#dn [data-send=sample]")
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
    await page.click("#g-hook summary")
    await page.click("#b-copies")
    await page.wait_for_selector("#b-copies[aria-pressed=true]:has-text('Đang bật')")
    assert [(rule.effect, rule.times) for rule in sim.faults.rules] == [(Effect.REPEAT, 3)]
    await page.click("#b-copies")
    await page.wait_for_selector("#b-copies[aria-pressed=false]:has-text('Đang tắt')")
    assert sim.faults.rules == []


async def test_every_switch_of_the_page_is_one_the_simulator_knows(page: "Page", sim: Simulator) -> None:
    names = await page.eval_on_selector_all("#faults [id^=b-]", "all => all.map(one => one.id.slice(2))")
    assert sorted(names) == sorted(states(sim.stage))
    await page.evaluate("document.querySelectorAll('#faults [id^=b-]').forEach(one => one.click())")
    await page.wait_for_selector("#faults [aria-pressed=false]:not(#b-silent_paid)", state="detached")
    assert [name for name, on in states(sim.stage).items() if not on] == ["silent_paid"]  # 8 days took the place of 3
    await page.click("#all-off")
    await page.wait_for_selector("#active", state="hidden")
    assert {name for name, on in states(sim.stage).items() if on} == {"asks", "old_info", "no_night"}  # no faults


async def test_what_is_on_stands_above_and_is_switched_off_there(page: "Page", sim: Simulator) -> None:
    for name in ("drop", "unverified", "filter"):
        turn(sim.stage, name, True)
    sim.world.touch()
    await page.click("#active button:has-text('Bật Lọc cú pháp')")
    await page.wait_for_selector("#active:not(:has-text('Lọc cú pháp'))")
    assert await page.locator("#active button").all_inner_texts() == ["Ngắt kết nối sau khi đã gửi", "OA chưa xác thực"]
    await page.click("#all-off")
    await page.wait_for_selector("#active", state="hidden")
    assert not any(states(sim.stage).values())


async def test_choices_change_the_account_the_console_a_person_and_a_template(
    page: "Page", sim: Simulator, bot: Bot, person: Person
) -> None:
    chosen = {
        "account": {"package": "growth", "send_api": "v2"},
        "hook": {"signature": "spaces"},
        "token": {"pkce": "none"},
        "zbs": {"template-330003": "ENABLE"},
        "refuse": {f"refuses-{person.id}": "-217"},
    }
    for group, choices in chosen.items():
        await page.click(f"#g-{group} summary")
        for name, value in choices.items():
            await page.select_option(f"[id='c-{name}']", value)
    await page.click(".fx-evs summary")
    await page.click("[data-event=follow]")
    await page.wait_for_selector("#log li:has-text('follow: tắt')")
    assert (sim.account.package.name, sim.account.send_api) == ("Gói Tăng trưởng", "v2")
    assert (sim.console.signature, sim.console.pkce, sim.console.off) == ("spaces", "none", {"follow"})
    assert (sim.stage.templates["330003"].status, person.refuses) == ("ENABLE", -217)
    assert bot.events("change_template_status")[0]["template_id"] == "330003"


async def test_an_administrators_deeds_are_done_and_logged(page: "Page", sim: Simulator, bot: Bot) -> None:
    refresh_token = sim.grant.refresh
    await page.click("#g-token summary")
    await page.click("#d-withdraw_grant")
    await page.click("#g-hook summary")
    for name in ("probe", "test", "forge", "strange", "group"):
        await page.click(f"#d-{name}")
        await page.wait_for_selector(f"#log li:has-text('{await page.locator(f'#d-{name}').inner_text()}')")
    assert sim.grant.refresh != refresh_token
    await page.wait_for_selector("#log li:has-text('Thử địa chỉ')")
    await sim.settled()
    assert {"user_did_something_new", "user_send_group_text"} <= set(bot.names)


async def test_a_fault_of_ones_own_is_started_seen_and_ended(
    page: "Page", sim: Simulator, api: Api, person: Person
) -> None:
    await page.click("#g-own summary")
    await page.select_option("#g-own [name=effect]", "refuse")
    await page.select_option("#g-own [name=who]", "business")
    for name, value in (("code", "-244"), ("count", "2")):
        await page.fill(f"#g-own [name={name}]", value)
    await page.click("#g-own [type=submit]")
    await page.wait_for_selector("#active button:has-text('Từ chối với mã -244, còn 2 lần')")
    assert (await api.send(person.id, "a"))["error"] == -244
    await page.wait_for_selector("#active button:has-text('còn 1 lần')")
    await page.wait_for_selector("#log li:has-text('-244')")
    await page.click("#active button")
    await page.wait_for_selector("#active", state="hidden")
    assert sim.faults.rules == []


async def test_everything_one_can_send_reaches_the_bot(
    page: "Page", sim: Simulator, bot: Bot, api: Api, person: Person
) -> None:
    await api.send(person.id, "tin")
    sends = await page.eval_on_selector_all("#dn [data-send]", "all => all.map(one => one.dataset.send)")
    for what in sends:
        await page.click("#dn [data-act=more]")
        await page.click(f"#dn [data-send={what}]")
    await page.fill("#dn [placeholder]", "Tôi xem giúp")
    await page.click("#dn [data-act=more]")
    await page.click("#dn [data-act=staff]")
    await page.wait_for_selector("#dn .bub:has-text('Tôi xem giúp')")
    await sim.settled()
    heard = {"image", "location", "sticker", "audio", "video", "business_card"}
    assert {f"user_send_{kind}" for kind in heard} <= set(bot.names)
    assert {"user_reacted_message", "user_submit_info", "user_click_chatnow", "user_withdraw"} <= set(bot.names)
    assert [event["sender"].get("admin_id") is not None for event in bot.events("oa_send_text")] == [False, True]


async def test_a_request_for_personal_data_is_answered_on_the_phone(
    page: "Page", bot: Bot, api: Api, person: Person
) -> None:
    elements = [{"title": "Xin thông tin liên hệ", "subtitle": "Để gọi lại", "image_url": "https://a.test/a.png"}]
    payload = {"template_type": "request_user_info", "elements": elements}
    await api.message(person.id, {"attachment": {"type": "template", "payload": payload}})
    await page.click("#dn .zb:has-text('Chia sẻ thông tin')")
    await page.wait_for_selector("#log li:has-text('user_submit_info')")
    assert bot.events("user_submit_info")[0]["info"]["phone"] == person.phone


async def test_the_phone_says_how_long_the_account_may_still_write(
    page: "Page", sim: Simulator, person: Person
) -> None:
    await page.wait_for_selector("#dn .sim-win:has-text('Nhắn miễn phí đến 08:0')")
    await page.click("#g-window summary")
    await page.click("#g-window [data-hours='48']")
    await page.wait_for_selector("#dn .sim-win:has-text('Nhắn tính phí đến')")
    await page.click("#g-window [data-hours='168']")
    await page.wait_for_selector("#dn .sim-win:has-text('Hết 7 ngày')")
    await sim.unfollow(person)
    await page.wait_for_selector("#dn .sim-win:has-text('-213')")
    assert await page.locator("#cb .sim-win").inner_text() == "Chưa từng tương tác: không nhắn được (-230)"


async def test_the_administrator_agrees_on_a_page(page: "Page", sim: Simulator) -> None:
    sim.console.asks = True
    asked = f"app_id={sim.settings.app_id}&redirect_uri={sim.base_url}/&state=s"
    await page.goto(f"{sim.base_url}/v4/oa/permission?{asked}")
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await page.click("text=Đồng ý với")
    await page.wait_for_selector("#days .day")
    assert f"oa_id={sim.settings.oa_id}" in page.url
    assert "state=s" in page.url


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
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    turn(sim.stage, "after_patience", True)
    await page.click("#dn [data-act=more]")
    await page.wait_for_selector("#dn .zfile")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    for width in (320, 360, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 740})
        assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_on_a_phone_everything_one_taps_is_big_enough(page: "Page", api: Api, person: Person) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await api.send(person.id, "Việc mới", SHOW)
    await page.wait_for_selector("#dn .zb")
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    await page.click("#dn [data-act=more]")
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


async def test_a_program_provokes_and_ends_faults_over_http(sim: Simulator, api: Api, person: Person) -> None:
    async def does(action: str, **given: Any) -> dict[str, Any]:
        async with api.http.post(f"{sim.base_url}/sim/api/{action}", json=given) as response:
            return {"status": response.status, **await response.json()}

    started = await does("rule", effect="refuse", code=-200, person=person.id, count=1, minutes=5)
    assert (await api.send(person.id, "a"))["error"] == -200
    assert (await api.send(person.id, "a"))["error"] == 0
    await does("rule", effect="refuse", where="lookups", name="*/getoa", code=-32)
    await does("unrule", id=started["id"])
    assert (await api.get("/v2.0/oa/getoa"))["error"] == -32
    await does("unrule")
    assert (await api.get("/v2.0/oa/getoa"))["error"] == 0
    assert [
        (await does("rule", effect=effect, where=where))["status"]
        for effect, where in (
            ("nothing", "sends"),
            ("lose", "sends"),
            ("slow", "nowhere"),
        )
    ] == [400] * 3
    assert [
        (await does(name, name="nothing", value="x", on=True))["status"] for name in ("fault", "choose", "deed")
    ] == [400] * 3
