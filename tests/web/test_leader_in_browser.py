"""The leader's page in a real browser: it fits, can be read in both themes, and an answer is scored by one tap."""

from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import select

from tests.web.conftest import application
from tests.web.test_agencies import a_month
from tests.web.test_in_browser import CUT_OFF, LOW_CONTRAST, SMALL_TARGETS, WIDER_THAN_THE_WINDOW
from tests.web.test_officer import store  # noqa: F401
from tests.web.test_sign_in import PASSWORD, account
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, AnswerScore

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.chromium


async def test_a_leader_sees_the_day_and_scores_an_answer_by_one_tap(store: Store, browser: "Browser") -> None:  # noqa: F811
    store.run_now(a_month)
    account(store, "lan.p", AccountRole.COORDINATOR, "")
    faults: list[str] = []
    async with TestServer(application(store, secret_key="a key", public_url="http://127.0.0.1")) as server:
        context = await browser.new_context()
        page = await context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        await page.goto(str(server.make_url("/dang-nhap")))
        await page.fill("#ten", "lan.p")
        await page.fill("#mat_khau", PASSWORD)
        await page.get_by_role("button", name="Tiếp tục").click()
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                await page.set_viewport_size({"width": width, "height": 740})
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await page.goto(str(server.make_url("/dieu-hanh")))
                assert await page.evaluate(WIDER_THAN_THE_WINDOW) == 0, (width, scheme)
                assert await page.evaluate(LOW_CONTRAST) == [], (width, scheme)
                assert await page.evaluate(CUT_OFF) == [], (width, scheme)
        assert await page.evaluate(SMALL_TARGETS) == []
        await page.locator("form[action$='QN-2611-00040/1/cham'] button[value=poor]").click()
        assert await page.get_by_role("status").is_visible()
        await context.close()
    scores = store.read_now(lambda session: session.exec(select(AnswerScore)).all())
    assert ([score.score for score in scores], faults) == (["poor"], [])
