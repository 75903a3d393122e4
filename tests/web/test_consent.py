"""The consent of an administrator, from the one-time link over the pretended Zalo to the kept pair."""

import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from sqlalchemy import text

from tests.web import sample
from zalobot import app as wiring
from zalobot.config import Settings
from zalobot.consenting import ConsentDesk, start_url
from zalobot.sealing import Seal
from zalobot.services import SERVICES, Services
from zalobot.simulator.app import SimSettings, Simulator
from zalobot.simulator.console import Pkce
from zalobot.simulator.grant import challenge_of
from zalobot.store import consents, tokens
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.web.consent import DESK
from zalobot.web.guard import middlewares
from zalobot.web.routes import routes

if TYPE_CHECKING:
    from playwright.async_api import Browser

KEY = "a key for tests"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@dataclass
class Town:
    """The bot's pages and a pretended Zalo; `browser()` opens with cookies of its own."""

    simulator: Simulator
    settings: Settings
    store: Store
    clock: "Clock"

    def link(self) -> str:
        secret = self.store.run_now(consents.make_link, self.settings.zalo_oa_id, self.clock())
        return start_url(self.settings, secret)

    def kept(self) -> str:
        """The access token that is kept; "" for none."""
        row = self.store.read_now(tokens.find, self.settings.zalo_oa_id)
        return Seal(KEY, "tokens").open(row.access) if row else ""


class Clock:
    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Visitor:
    """A browser without a screen."""

    def __init__(self) -> None:
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def begin(self, link: str) -> str:
        """Open the page, press the button; gives Zalo's address, or "" when the link is no good."""
        address, _, secret = link.partition("?ma=")
        async with self.http.get(link) as page:
            assert page.headers["Referrer-Policy"] == "no-referrer"
        async with self.http.post(address, data={"ma": secret}, allow_redirects=False) as answer:
            return answer.headers.get("Location", "")

    async def consent(self, zalo: str) -> str:
        """Say yes at Zalo; gives the callback's address, not yet opened."""
        async with self.http.get(zalo, allow_redirects=False) as answer:
            return answer.headers["Location"]

    async def open(self, address: str) -> tuple[int, str]:
        """Status and heading of a page."""
        async with self.http.get(address) as answer:
            found = re.search(r"<h1>(.*?)</h1>", text := await answer.text())
            return answer.status, found[1] if found else text


@pytest.fixture
async def town(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    given = getattr(request, "param", {})
    clock, port = Clock(), unused_port()
    async with Simulator(SimSettings()) as simulator:
        zalo = simulator.settings
        settings = Settings(
            database_url=sqlite_url,
            secret_key=KEY,
            public_url=f"http://127.0.0.1:{port}",
            zalo_app_id=zalo.app_id,
            zalo_app_secret=zalo.app_secret,
            zalo_oa_id=zalo.oa_id,
            zalo_openapi_url=simulator.base_url,
            zalo_oauth_url=simulator.base_url,
        )
        settings, store = replace(settings, **given), Store(sqlite_url)
        application = web.Application(middlewares=middlewares())
        services = application[SERVICES] = Services(settings, store, InProcess(), sample.province(), clock)
        application.add_routes(routes())
        async with aiohttp.ClientSession() as http:
            application[DESK] = ConsentDesk(store, http, settings, wiring.token_keeper(services, http))
            async with TestServer(application, port=port):
                yield Town(simulator, settings, store, clock)
        await store.close()


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    made = Visitor()
    yield made
    await made.http.close()


async def test_a_link_leads_over_zalo_to_a_kept_pair(town: Town, visitor: Visitor) -> None:
    assert town.kept() == ""
    zalo = await visitor.begin(town.link())
    assert parse_qs(urlsplit(zalo).query).keys() == {"app_id", "redirect_uri", "state", "code_challenge"}
    callback = await visitor.consent(zalo)
    assert await visitor.open(callback) == (200, "Đã kết nối tài khoản Zalo")
    assert town.kept() == town.simulator.grant.access


async def test_an_opened_link_is_still_good_and_a_used_one_is_not(town: Town, visitor: Visitor) -> None:
    """Preview robots open links; only the button uses one up."""
    link = town.link()
    for _ in range(2):
        assert await visitor.open(link) == (200, "Kết nối tài khoản Zalo")
    assert await visitor.begin(link)
    assert await visitor.open(link) == (403, "Đường dẫn không dùng được nữa")
    assert await visitor.begin(link) == ""


@pytest.mark.parametrize("query", ["", "?ma=", "?ma=guessed"])
async def test_nobody_begins_without_a_link(town: Town, visitor: Visitor, query: str) -> None:
    address = town.link().partition("?")[0]
    assert await visitor.open(address + query) == (403, "Đường dẫn không dùng được nữa")


async def test_a_link_lives_half_an_hour(town: Town, visitor: Visitor) -> None:
    link = town.link()
    town.clock.ahead = timedelta(minutes=29)
    assert (await visitor.open(link))[0] == 200
    town.clock.ahead = timedelta(minutes=30)
    assert (await visitor.open(link))[0] == 403


async def test_a_callback_counts_once(town: Town, visitor: Visitor) -> None:
    callback = await visitor.consent(await visitor.begin(town.link()))
    cookies = list(visitor.http.cookie_jar)
    assert (await visitor.open(callback))[0] == 200
    kept = town.kept()
    visitor.http.cookie_jar.update_cookies({cookie.key: cookie.value for cookie in cookies})
    assert await visitor.open(callback) == (403, "Lượt kết nối này không còn hiệu lực")
    assert town.kept() == kept


async def test_a_callback_counts_in_the_browser_that_began(town: Town, visitor: Visitor) -> None:
    """Somebody who sends their own callback to an administrator connects nothing."""
    callback = await visitor.consent(await visitor.begin(town.link()))
    other = Visitor()
    assert await other.open(callback) == (403, "Lượt kết nối được bắt đầu ở trình duyệt khác")
    await other.http.close()
    assert town.kept() == ""
    assert (await visitor.open(callback))[0] == 200


async def test_a_callback_counts_for_a_quarter_of_an_hour(town: Town, visitor: Visitor) -> None:
    callback = await visitor.consent(await visitor.begin(town.link()))
    town.clock.ahead = timedelta(minutes=15)
    assert (await visitor.open(callback))[0] == 403
    assert town.kept() == ""


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: state[:-1] + ("0" if state[-1] != "0" else "1"),
        lambda state: state.partition(".")[0],
        lambda state: "0" * 26 + state[26:],
        lambda state: "ế.đ",
    ],
    ids=["signature", "no signature", "another one's", "no state of ours"],
)
async def test_a_forged_state_is_refused(town: Town, visitor: Visitor, spoil: Callable[[str], str]) -> None:
    callback = await visitor.consent(await visitor.begin(town.link()))
    state = parse_qs(urlsplit(callback).query)["state"][0]
    assert (await visitor.open(callback.replace(state, spoil(state))))[0] == 403
    assert town.kept() == ""


async def test_a_state_that_zalo_forgot_is_made_good_by_the_only_browser_under_way(
    town: Town, visitor: Visitor
) -> None:
    town.simulator.stage.console.keeps_state = False
    callback = await visitor.consent(await visitor.begin(town.link()))
    assert "state" not in callback
    other = Visitor()
    assert (await other.open(callback))[0] == 403
    await other.http.close()
    assert (await visitor.open(callback))[0] == 200
    assert town.kept() == town.simulator.grant.access


async def test_without_state_two_under_way_are_one_too_many(town: Town, visitor: Visitor) -> None:
    town.simulator.stage.console.keeps_state = False
    other = Visitor()
    await other.begin(town.link())
    await other.http.close()
    callback = await visitor.consent(await visitor.begin(town.link()))
    assert (await visitor.open(callback))[0] == 403
    assert town.kept() == ""


async def test_another_account_is_refused_with_both_names(town: Town, visitor: Visitor) -> None:
    """The administrator has two accounts and chose the wrong one: nothing is exchanged, the kept pair stays."""
    await visitor.open(await visitor.consent(await visitor.begin(town.link())))
    kept = town.kept()
    zalo = await visitor.begin(town.link())
    callback = (await visitor.consent(zalo)).replace(town.settings.zalo_oa_id, "99")
    async with visitor.http.get(callback) as answer:
        page = await answer.text()
    assert answer.status == 400
    assert "Sai tài khoản Zalo" in page
    assert "99" in page
    assert town.settings.zalo_oa_id in page
    assert (town.kept(), town.simulator.grant.access) == (kept, kept)


async def test_an_account_that_only_the_token_betrays_is_refused(town: Town, visitor: Visitor) -> None:
    """The callback names ours, or none; the token opens another."""
    for name in ("&oa_id=", "&nothing="):
        callback = await visitor.consent(await visitor.begin(town.link()))
        town.simulator.stage.settings = replace(town.simulator.settings, oa_id="99")
        status, heading = await visitor.open(callback.replace("?oa_id=", f"?x=1{name}"))
        assert (status, heading) == (400, "Sai tài khoản Zalo")
        town.simulator.stage.settings = town.simulator.settings
    assert town.kept() == ""


@pytest.mark.parametrize(
    ("town", "console"),
    [
        ({"zalo_pkce": "per_request"}, Pkce.PER_REQUEST),
        ({"zalo_pkce": "fixed", "zalo_pkce_verifier": VERIFIER}, Pkce.FIXED),
        ({"zalo_pkce": "none"}, Pkce.NONE),
    ],
    indirect=["town"],
    ids=["per request", "fixed", "none"],
)
async def test_three_ways_of_binding_a_consent_to_its_code(town: Town, visitor: Visitor, console: Pkce) -> None:
    town.simulator.stage.console.pkce, town.simulator.stage.console.challenge = console, challenge_of(VERIFIER)
    assert (await visitor.open(await visitor.consent(await visitor.begin(town.link()))))[0] == 200
    assert town.kept() == town.simulator.grant.access


async def test_a_refused_code_names_the_mode_that_was_used(town: Town, visitor: Visitor) -> None:
    console = town.simulator.stage.console
    console.pkce, console.challenge = Pkce.FIXED, challenge_of(VERIFIER)
    callback = await visitor.consent(await visitor.begin(town.link()))
    async with visitor.http.get(callback) as answer:
        page = await answer.text()
    assert "Zalo không nhận mã đồng ý" in page
    assert "per_request" in page
    assert "ZALOBOT_ZALO_PKCE=fixed" in page
    assert town.kept() == ""


@pytest.mark.parametrize("town", [{"zalo_app_secret": "another"}], indirect=True)
async def test_a_wrong_app_secret_is_told_with_its_remedy(town: Town, visitor: Visitor) -> None:
    status, heading = await visitor.open(await visitor.consent(await visitor.begin(town.link())))
    assert (status, heading) == (502, "Thiết lập của ứng dụng chưa đúng")


async def test_no_consent_is_told(town: Town, visitor: Visitor) -> None:
    callback = await visitor.consent(await visitor.begin(town.link()))
    denied = re.sub(r"code=[^&]+", "error=-14002", callback)
    assert await visitor.open(denied) == (400, "Zalo chưa ghi nhận sự đồng ý")
    assert town.kept() == ""


async def test_an_account_without_openapi_is_connected_and_the_page_warns(town: Town, visitor: Visitor) -> None:
    callback = await visitor.consent(await visitor.begin(town.link()))
    town.simulator.faults.start("refuse", "lookups", code=-224)
    async with visitor.http.get(callback) as answer:
        page = await answer.text()
    assert "Đã kết nối tài khoản Zalo" in page
    assert "(mã -224)" in page
    assert town.kept() == town.simulator.grant.access


async def test_nothing_secret_is_logged_or_kept_readable(
    town: Town, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(lambda record: record.name not in {"aiohttp.access", "asyncio"})
    link = town.link()
    zalo = await visitor.begin(link)
    cookie = next(iter(visitor.http.cookie_jar)).value
    callback = await visitor.consent(zalo)
    await visitor.open(callback)
    query = parse_qs(urlsplit(callback).query)
    grant = town.simulator.grant
    hidden = [link.partition("=")[2], cookie, query["code"][0], query["state"][0], grant.access, grant.refresh]
    kept = town.store.read_now(lambda session: str(session.execute(text("SELECT * FROM consent")).all()))
    said = caplog.text + kept
    assert "consent of OA" in said
    assert [secret for secret in [*hidden, town.settings.zalo_app_secret, KEY] if secret in said] == []


@pytest.mark.chromium
async def test_an_administrator_connects_the_account_in_a_browser(town: Town, browser: "Browser") -> None:
    town.simulator.stage.console.asks = True
    page = await browser.new_page()
    failures: list[str] = []
    page.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
    await page.goto(town.link())
    await page.get_by_role("button", name="Sang trang đồng ý của Zalo").click()
    await page.wait_for_url(re.compile("permission"))
    await page.locator("a[href*='agree']").first.click()
    await page.wait_for_selector("h1:has-text('Đã kết nối tài khoản Zalo')")
    assert failures == []
    assert town.kept() == town.simulator.grant.access
