"""An operator finds any message: in the tree, in the drawing, by words, by what is wrong; on a phone and by keys."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Protocol

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from tests.web import sample
from tests.web.conftest import application
from tests.web.seen import CUT_OFF, LOW_CONTRAST, WIDER_THAN_THE_WINDOW, checked
from tests.web.test_public_pages import words
from tests.web.test_sign_in import account
from zalobot import flows, speech, templating
from zalobot.accounts import sessions
from zalobot.message_contexts import CONTEXTS
from zalobot.province import load
from zalobot.store.database import Store
from zalobot.store.models import AccountRole
from zalobot.templating import Wording
from zalobot.web.access import COOKIE

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

PATH = "/van-hanh/loi-nhan"


class Read(Protocol):
    """The page for a query, as an operator gets it."""

    async def __call__(self, query: str = "", status: int = 200) -> str: ...


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = Store(sqlite_url)
    made.run_now(sample.a_week)
    yield made
    made.close_now()


@pytest.fixture
def wording() -> Wording:
    templating.use(speech.wording(load("quang-ninh")))
    return templating.current()


@pytest.fixture
async def site(store: Store, wording: Wording) -> AsyncIterator[tuple[str, str]]:
    """The address, and the cookie of an operator who is signed in."""
    operator = account(store, "huy.pq", AccountRole.OPERATOR)
    token = store.run_now(sessions.begin, operator, sessions.Level.FULL, sample.NOW)
    async with TestServer(application(store, secret_key="a key", public_url="http://127.0.0.1")) as server:
        yield str(server.make_url("")).rstrip("/"), token


@pytest.fixture
async def read(site: tuple[str, str]) -> AsyncIterator[Read]:
    address, token = site
    async with aiohttp.ClientSession(cookies={COOKIE: token}) as http:

        async def get(query: str = "", status: int = 200) -> str:
            async with http.get(address + PATH + query) as answer:
                assert answer.status == status
                return await answer.text()

        yield get


def linked(page: str) -> list[str]:
    """The messages a page leads to."""
    return [html.unescape(name) for name in re.findall(rf'href="{PATH}/([^"?]+)\?ngon-ngu=', page)]


async def test_every_message_is_in_the_tree_with_a_plain_name(read: Read) -> None:
    page = await read()
    tree = page[page.index('<div class="tree">') : page.index('id="so-do"')]
    assert sorted(linked(tree)) == sorted(CONTEXTS)
    assert "Đã tiếp nhận" in words(tree)
    assert "report_issue" not in words(tree)


async def test_every_conversation_has_its_drawing_with_ways_to_its_messages(read: Read) -> None:
    for name in flows.FLOWS:
        page = await read(f"?so-do={name}")
        drawing = page[page.index("<figure") : page.index("</figure>")]
        assert {one for one in CONTEXTS if one.startswith(f"{name}/")} <= set(linked(drawing)), name
    await read("?so-do=nothing", status=404)
    await read("?loc=nothing", status=404)


async def test_words_are_found_and_marked(read: Read) -> None:
    page = await read("?tim=da+tiep+nhan+phan+anh")
    assert "<mark>Đã tiếp nhận phản ánh</mark>" in page
    assert linked(page)[0] == "report_issue/sent"
    assert "Không tìm thấy" in words(await read("?tim=khong+co+zzyzx"))
    hostile = await read("?tim=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in hostile
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in hostile


async def test_what_an_operator_typed_is_shown_literally(read: Read, wording: Wording) -> None:
    wording.put("common/thanks", "Cảm ơn <img src=x onerror=alert(1)> zzyzx {{ ten_kenh }}")
    page = await read("?tim=zzyzx")
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; <mark>zzyzx</mark> {{ ten_kenh }}" in page


async def test_what_was_changed_and_what_is_wrong_with_it_is_listed(read: Read, wording: Wording) -> None:
    assert "Không có lời nhắn nào như vậy" in words(await read("?loc=can-sua"))
    wording.put("common/thanks", "Cảm ơn. Xin gửi mã OTP.")
    assert linked(await read("?loc=da-doi")) == ["common/thanks"]
    page = await read("?loc=can-sua")
    assert linked(page) == ["common/thanks"]
    assert "câu này hỏi mã dùng một lần" in words(page)
    wording.put("common/sticker", "Đã nhận {{ ten_kenh }}.")
    english = words(await read("?loc=can-sua"))
    assert 'Bản tiếng Việt có ô "ten_kenh", bản này thiếu.' in english


@pytest.mark.chromium
async def test_it_fits_a_phone_and_is_used_by_keys(site: tuple[str, str], browser: "Browser") -> None:
    address, token = site
    faults: list[str] = []
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    page = await context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("request", lambda sent: None if sent.url.startswith(address) else faults.append(sent.url))
    for query in ("", "?tim=ho+so", "?so-do=withdraw"):
        for width, scheme in ((1280, "light"), (360, "light"), (360, "dark")):
            await page.set_viewport_size({"width": width, "height": 740})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.goto(address + PATH + query)
            assert await page.evaluate(WIDER_THAN_THE_WINDOW) == 0, (query, width)
            assert await page.evaluate(LOW_CONTRAST) == [], (query, width, scheme)
            assert await page.evaluate(CUT_OFF) == [], (query, width)
        assert await checked(page) == [], query
    await page.goto(address + PATH)
    await _by_keys(page)
    assert faults == []
    await context.close()


async def _by_keys(page: "Page") -> None:
    """Search without a mouse: the field, some words, Enter, and the first hit has a way to it."""
    await page.locator("#tim").focus()
    await page.keyboard.type("qua nua thoi han")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**tim=qua+nua+thoi+han")
    assert await page.locator("mark").first.inner_text() == "qua nửa thời hạn"
    for _ in range(60):
        await page.keyboard.press("Tab")
        if (await page.evaluate("document.activeElement.getAttribute('href')") or "").startswith(f"{PATH}/reminders"):
            break
    assert await page.evaluate("document.activeElement.innerText") == "Qua nửa thời hạn"
