"""Pages full of probes in a real browser: nothing runs, no policy is broken, nothing is asked of another host."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session

from tests.web.security import filling
from tests.web.security.place import PART, Place, opened
from tests.web.security.walking import MARK, probe
from zalobot.store.models import AccountRole
from zalobot.web.access import COOKIE

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext

pytestmark = pytest.mark.chromium

MENU = "/van-hanh/loi-nhan/welcome/menu"
PAGES = {
    None: ("/", "/hoi-dap", "/hoi-dap/QN-2611-00042", "/co-quan/SXD"),
    AccountRole.OFFICER: ("/can-bo", f"/can-bo/{PART}", "/can-bo/mau", "/can-bo/vang-mat"),
    AccountRole.COORDINATOR: ("/dieu-phoi?ma=QN-2611-00042",),
    AccountRole.LEADER: ("/dieu-hanh", "/dieu-hanh/QN-2611-00042"),
    AccountRole.OPERATOR: (MENU, "/van-hanh/tin-nhan", f"/van-hanh/truc/{filling.PERSON}", "/van-hanh/su-kien"),
}


@pytest.fixture
async def place(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    async with opened(sqlite_url, tmp_path) as made:

        def fill(session: Session) -> None:
            filling.left_behind(session)
            filling.hostile(session)

        made.store.run_now(fill)
        yield made


async def watched(browser: "Browser", place: Place, faults: list[str]) -> "BrowserContext":
    """A browser that tells of whatever a probe could do."""
    context = await browser.new_context()
    await context.expose_function(MARK, lambda: faults.append("a probe ran"))
    context.on("dialog", lambda dialog: faults.append(f"a dialog: {dialog.message}"))
    context.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("request", lambda sent: None if sent.url.startswith(place.address) else faults.append(sent.url))
    return context


async def test_no_probe_runs_on_any_page(browser: "Browser", place: Place) -> None:
    faults: list[str] = []
    context = await watched(browser, place, faults)
    tab, shown = await context.new_page(), 0
    for role, paths in PAGES.items():
        if role is not None:
            await context.add_cookies([{"name": COOKIE, "value": place.people[role].token, "url": place.address}])
        for path in paths:
            answer = await tab.goto(place.address + path)
            assert answer is not None
            assert answer.status == 200, path
            shown += MARK in await tab.locator("main").inner_text()
            assert await tab.locator(f"[src*={MARK}], [onload], [onerror], main script, {MARK}").count() == 0, path
    assert shown > 10, "the probes are on the pages, as words"
    await tab.goto(place.address + MENU)
    typed = probe("typed")
    async with tab.expect_response("**/viec-loi-nhan/nhap") as answered:
        await tab.fill("#chu", f"{{{{ {typed} }}}}\n---\n{typed[:90]} -> {typed[:60]}\n")
    assert (await answered.value).status == 200
    await tab.wait_for_function(f"document.getElementById('to-mau').textContent.includes('{MARK}-typed')")
    await context.close()
    assert faults == []
    await seen_where_not_escaped(browser, place)


async def seen_where_not_escaped(browser: "Browser", place: Place) -> None:
    """What is watched does see a probe that runs: the policy stops it, and says so."""
    faults: list[str] = []
    context = await watched(browser, place, faults)
    tab = await context.new_page()
    await tab.goto(place.address + "/du-lieu")
    async with tab.expect_console_message(lambda said: "Content Security Policy" in said.text):
        await tab.evaluate(f'document.body.innerHTML = \'<img src="{MARK}" onerror="{MARK}()">\'')
    await context.close()
    assert faults != []
