"""The officer's and the coordinator's pages in a real browser: whole journeys by taps, and by keys alone.

On every page: axe finds nothing serious, no console error, no broken policy, no request outside, no sideways scroll.
"""

import hashlib
import time
import tomllib
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import Session, select

from tests.web import sample
from tests.web.conftest import application
from tests.web.sample import PartSample, add_ticket
from tests.web.seen import VENDOR, WIDER_THAN_THE_WINDOW, checked, note_faults, press_until
from tests.web.test_beside import TYPED, WHOLE
from tests.web.test_coordinator import AGAIN, ROUTE, here, ticket, to_be_sorted
from tests.web.test_officer import PART, head, part
from tests.web.test_sign_in import PASSWORD, account
from zalobot import province as packs
from zalobot import reference, speech, templating
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, AnswerDraft, Officer, PartState, TicketState
from zalobot.tickets import working

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.chromium

BRIBE = "Tôi tố cáo cán bộ thuế đòi tiền bồi dưỡng mới giải quyết hồ sơ"
PAGES = ["/can-bo", "/can-bo/co-quan", PART, "/can-bo/mau", "/can-bo/vang-mat", "/tai-khoan"]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = Store(sqlite_url, info={reference.PUBLIC_URL: "http://127.0.0.1"})
    made.run_now(reference.seed, here(), sample.NOW)
    for verb in (sample.a_week, to_be_sorted, head):
        made.run_now(verb)
    made.read_now(reference.open_for, here(), made.info)
    templating.use(speech.wording(packs.load("quang-ninh")))
    account(made, "ha.nt", AccountRole.OFFICER, "SXD")
    account(made, "minh.tv", AccountRole.OFFICER, "SXD")
    account(made, "mai.lt", AccountRole.COORDINATOR, "STC")
    yield made
    made.close_now()


@pytest.fixture
async def address(store: Store) -> AsyncIterator[str]:
    async with TestServer(application(store, secret_key="a key", public_url="http://127.0.0.1")) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def faults() -> list[str]:
    return []


@pytest.fixture
async def page(address: str, browser: "Browser", faults: list[str]) -> AsyncIterator["Page"]:
    """A phone that notes console errors, broken policies and requests outside. axe is given to it beside the policy."""
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    tab = await context.new_page()
    note_faults(tab, address, faults)
    tab.set_default_timeout(10_000)
    yield tab
    await context.close()


async def sign_in(page: "Page", address: str, name: str, way: str) -> None:
    await page.goto(f"{address}/dang-nhap?ve={way}")
    await page.fill("#ten", name)
    await page.fill("#mat_khau", PASSWORD)
    await page.get_by_role("button", name="Tiếp tục").click()
    await page.wait_for_url(f"**{way}")


def test_axe_is_the_one_that_was_published() -> None:
    for file in tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]:
        assert hashlib.sha256((VENDOR / file["path"]).read_bytes()).hexdigest() == file["sha256"]


async def test_from_the_push_to_a_sent_answer_in_three_taps_and_the_text(
    store: Store, address: str, page: "Page", faults: list[str]
) -> None:
    await sign_in(page, address, "ha.nt", "/can-bo")
    taps = 1  # the button in the push, which opens this
    await page.goto(address + PART)
    taps += 1
    await page.locator(".act-bar").get_by_text("Trả lời").click()
    await page.fill("#nd", "Được. " + "\n".join([TYPED, *list(WHOLE.values())[2:]]))
    taps += 1
    await page.get_by_role("button", name="Gửi trả lời").click()
    await page.wait_for_url("**/can-bo")
    assert taps <= 3
    assert part(store).state is PartState.ANSWERED
    assert "Đã gửi trả lời" in await page.locator(".flash").first.inner_text()
    assert faults == []


async def test_an_answer_by_keys_alone(store: Store, address: str, page: "Page", faults: list[str]) -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    await sign_in(page, address, "ha.nt", "/can-bo")
    await press_until(page, f'a.q-t[href="{PART}"]')
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{PART}")
    await press_until(page, "#nd")
    await page.keyboard.type(TYPED)
    for field, said in list(WHOLE.items())[2:]:
        await press_until(page, f"#{field}")
        await page.keyboard.type(said)
    await press_until(page, 'button:text-is("Gửi trả lời")')
    await page.keyboard.press("Enter")
    await page.wait_for_selector('input[name="du_thieu"]')  # no conclusion yet
    await press_until(page, 'input[name="du_thieu"]')
    await page.keyboard.press("Space")
    await press_until(page, 'button:text-is("Gửi trả lời")')
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/can-bo")
    assert TYPED in part(store).answer
    assert [fault for fault in faults if "422" not in fault] == []


async def test_a_draft_saves_itself_and_comes_back(store: Store, address: str, page: "Page") -> None:
    await sign_in(page, address, "ha.nt", PART)
    await page.fill("#nd", TYPED)
    async with page.expect_response(lambda answer: answer.url.endswith("/nhap") and answer.ok):
        await page.focus("#basis")
    assert "Nháp lưu" in await page.locator("#nhap-luc").inner_text()
    kept = store.read_now(lambda s: [draft.fields for draft in s.exec(select(AnswerDraft))])
    assert kept == [{"text": TYPED}]
    await page.reload()
    assert await page.input_value("#nd") == TYPED


async def test_what_happens_elsewhere_is_said_where_somebody_types_and_shown_in_lists(
    store: Store, address: str, page: "Page"
) -> None:
    await sign_in(page, address, "ha.nt", PART)
    await page.fill("#nd", TYPED)
    other = await page.context.new_page()
    async with other.expect_response("**/song"):
        await other.goto(address + "/can-bo")
    row = f'a.q-t[href="{PART}"]'
    assert await other.locator(row).count() == 1

    def answered(session: object) -> None:
        minh = session.get(Officer, "of-minh.tv")  # type: ignore[attr-defined]
        working.answer(session, PART.removeprefix("/can-bo/"), "Trả lời trước.", minh, sample.NOW)  # type: ignore[arg-type]

    store.run_now(answered)
    await page.wait_for_selector("#song:not([hidden])")
    assert await page.input_value("#nd") == TYPED
    await other.wait_for_selector(row, state="detached")


async def test_the_coordinator_sorts_by_keys_alone(store: Store, address: str, page: "Page", faults: list[str]) -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    await sign_in(page, address, "mai.lt", "/dieu-phoi")
    await page.keyboard.press("2")  # the agency its words speak for gets a part
    await page.wait_for_selector(".f-ok")
    assert [one.agency for one in ticket(store, ROUTE)[1]] == ["STC", "SXD"]
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**ma={AGAIN}")
    assert ticket(store, ROUTE)[0].confirmed_at is not None
    await page.keyboard.press("t")
    assert await page.evaluate("document.activeElement.matches('select, input')")
    await page.keyboard.press("Escape")  # out of the field, and the keys are heard again
    await page.keyboard.press("g")
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: AGAIN not in url)
    assert ticket(store, AGAIN)[0].merged_into == ROUTE
    assert faults == []


def a_morning(session: Session) -> None:
    """Six more reports: five as proposed, one that is a denunciation."""
    for number in range(70, 75):
        part = PartSample("STC", "waiting")
        title = f"Hồ sơ vay vốn số {number} chờ xác nhận"
        add_ticket(session, number, title, "2026-11-26 09:40", part, state="assigned", person_id=str(number))
    words = {"description": BRIBE, "person_id": "75", "state": "assigned"}
    add_ticket(session, 75, BRIBE, "2026-11-26 09:45", PartSample("STC", "waiting"), **words)


async def test_a_ticket_is_sorted_by_two_keys_at_the_most_and_fifty_in_well_under_an_hour(
    store: Store, address: str, page: "Page", faults: list[str]
) -> None:
    store.run_now(a_morning)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await sign_in(page, address, "mai.lt", "/dieu-phoi")
    acts = {ROUTE: ("2", "Enter"), AGAIN: ("g", "Enter"), "QN-2611-00075": ("k", "Enter")}
    pressed: list[int] = []
    began = time.perf_counter()
    for _ in range(8):
        code = await page.locator(".tri-l a[aria-current]").get_attribute("href")
        assert code is not None
        keys = acts.get(code.partition("=")[2], ("Enter",))
        for key in keys:
            where = page.url
            await page.keyboard.press(key)
            if key == "2":
                await page.wait_for_selector(".f-ok")
        await page.wait_for_function("where => location.href !== where", arg=where)
        pressed.append(len(keys))
    a_ticket = (time.perf_counter() - began) / len(pressed)
    assert (sum(pressed), max(pressed)) == (11, 2)
    assert a_ticket < 3600 / 50 / 4, "three quarters of the time are for reading"
    assert ticket(store, "QN-2611-00075")[0].state is TicketState.REFERRED
    assert [ticket(store, f"QN-2611-000{number}")[0].confirmed_at is not None for number in range(70, 75)] == [True] * 5
    assert faults == []


async def test_keys_can_be_switched_off(store: Store, address: str, page: "Page") -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    await sign_in(page, address, "mai.lt", "/dieu-phoi")
    await page.keyboard.press("?")
    await page.uncheck("#phim-tat")
    await page.keyboard.press("Escape")
    await page.locator("h1").click()
    await page.keyboard.press("Enter")
    await page.keyboard.press("t")
    assert await page.locator('summary[data-key="t"]').evaluate("e => e.parentElement.open") is False
    assert ticket(store, ROUTE)[0].confirmed_at is None


async def test_the_coordinator_sorts_by_taps(store: Store, address: str, page: "Page", faults: list[str]) -> None:
    await sign_in(page, address, "mai.lt", "/dieu-phoi")
    await page.get_by_role("button", name="Xác nhận 1 phần").click()
    await page.wait_for_url(f"**ma={AGAIN}")
    await page.get_by_label("Lý do").last.fill("Tràn dầu thuộc ngành môi trường.")
    await page.get_by_role("button", name="Giao Sở Nông nghiệp và Môi trường").click()
    await page.wait_for_selector(".f-ok")
    assert ticket(store, "QN-2611-00062")[1][0].state is PartState.WAITING
    assert faults == []


@pytest.mark.parametrize(("name", "paths"), [("ha.nt", PAGES), ("mai.lt", ["/dieu-phoi", "/dieu-phoi?ma=" + AGAIN])])
async def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    store: Store, address: str, page: "Page", faults: list[str], name: str, paths: list[str]
) -> None:
    await sign_in(page, address, name, paths[0])
    for path in paths:
        for width, scheme in ((360, "light"), (1280, "dark")):
            await page.set_viewport_size({"width": width, "height": 740})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.goto(address + path)
            await page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
            assert await page.evaluate(WIDER_THAN_THE_WINDOW) == 0, (path, width)
            assert await checked(page) == [], (path, width)
    assert faults == []
