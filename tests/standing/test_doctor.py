"""`zalobot doctor` against the pretended Zalo: what it sees there, in red and green."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from zalobot import account, doctor
from zalobot import app as wiring
from zalobot.app import open_store, utc_now
from zalobot.config import Settings
from zalobot.services import SERVICES
from zalobot.simulator.app import SimSettings, Simulator
from zalobot.zalo.packages import calls_per_minute


@pytest.fixture
async def zalo() -> AsyncIterator[Simulator]:
    async with Simulator(SimSettings(package="growth")) as simulator:
        yield simulator


@pytest.fixture
def settings(zalo: Simulator, sqlite_url: str) -> Settings:
    given = zalo.settings
    made = Settings(
        database_url=sqlite_url,
        secret_key="k",
        public_url="https://kenh.example.vn",
        zalo_app_id=given.app_id,
        zalo_app_secret=given.app_secret,
        zalo_oa_id=given.oa_id,
        zalo_oa_secret=given.oa_secret,
        zalo_openapi_url=zalo.base_url,
        zalo_oauth_url=zalo.base_url,
        zalo_access_token=zalo.grant.access,
        zalo_refresh_token=zalo.grant.refresh,
    )
    store, _ = open_store(made, utc_now())
    store.close_now()
    return made


async def lines(settings: Settings) -> dict[str, str]:
    """What is said of each check, with its mark."""
    findings = await doctor._living(settings)
    return {re.split(r"[ :(]", one.what)[0]: f"{one.colour} {one.what} {one.remedy}" for one in findings}


async def test_what_zalo_says_of_the_account(zalo: Simulator, settings: Settings) -> None:
    zalo.stage.account.valid_through = (utc_now() + timedelta(days=20)).date()
    said = await lines(settings)
    assert said["account"].startswith("yellow account: package ends")
    assert "government 1" in said["account"]
    assert re.search(r"package_days_left (19|20)", said["account"])
    assert said["clock"].startswith("green")
    assert said["webhook"].startswith("yellow webhook: never")
    assert said["quota"].startswith("green quota (remain 500, total 500)")


@pytest.mark.parametrize(("code", "told"), [(-224, "no openapi"), (-221, "unverified"), (-223, "permissions")])
async def test_what_zalo_refuses(zalo: Simulator, settings: Settings, code: int, told: str) -> None:
    zalo.faults.start("refuse", "lookups", code=code)
    assert (await lines(settings))["account"].startswith(f"red account: {told}")


async def test_a_lost_grant_is_red_with_its_remedy(zalo: Simulator, settings: Settings) -> None:
    zalo.grant.access, zalo.grant.refresh = "others", "others"
    said = await lines(settings)
    assert said["token"].startswith("red token: consent needed")
    assert "zalobot oauth link" in said["token"]


async def test_a_zalo_that_cannot_be_reached_is_told(zalo: Simulator, settings: Settings) -> None:
    await zalo.stop()
    assert (await lines(settings))["account"].startswith("red account: refused")


async def test_the_service_asks_by_itself(zalo: Simulator, settings: Settings) -> None:
    application = wiring.build(settings, pages_too=False)
    services = application[SERVICES]
    async with wiring.aiohttp.ClientSession() as http:
        client = wiring.ZaloClient(http, settings.zalo_openapi_url, wiring.token_keeper(services, http))
        seen = await account.look(client, utc_now())
    assert (seen.verified, seen.oa_type, seen.refused) == (True, 4, 0)
    assert calls_per_minute(seen.package) == 100
    assert seen.skew is not None
    assert abs(seen.skew) < 5
    await wiring._close(application)
