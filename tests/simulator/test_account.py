"""What the office pays for: calls a minute, messages after 48 hours, uploads; and whether it may call at all."""

from datetime import date, timedelta

import pytest

from tests.simulator.conftest import Api, Bot
from tests.simulator.moments import JPEG, THURSDAY
from tests.simulator.test_rules import upload
from zalobot.simulator.account import SendApi, packages
from zalobot.simulator.app import Person, SimClock, SimSettings, Simulator
from zalobot.simulator.stage import Meter


@pytest.fixture
def sim_settings(bot: Bot) -> SimSettings:
    return SimSettings(webhook_url=bot.url, oa_name="OA", package="growth", valid_through=date(2026, 12, 31))


@pytest.mark.parametrize(("package", "limit"), [("growth", 100), ("full", 2000)])
async def test_a_package_admits_so_many_calls_a_minute_and_says_so(
    sim: Simulator, api: Api, person: Person, package: str, limit: int
) -> None:
    sim.account.choose(packages()[package])
    minute = [THURSDAY]
    sim.stage.meter = Meter(lambda: minute[0])
    for _ in range(limit):
        sim.stage.meter.take(limit)
    assert (await api.send(person.id, "a"))["error"] == -32
    minute[0] += timedelta(minutes=1)
    async with api.http.get(sim.base_url + "/v2.0/oa/getoa", headers={"access_token": sim.grant.access}) as response:
        assert [response.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remain")] == [str(limit), str(limit - 1)]


async def test_template_messages_are_not_counted_on_the_account(sim: Simulator, api: Api, person: Person) -> None:
    sim.faults.per_minute = 1
    sim.stage.meter = Meter(lambda: THURSDAY)
    assert (await api.send(person.id, "a"))["error"] == 0
    for _ in range(3):
        assert (await api.get("/message/quota"))["error"] == 0
    assert (await api.send(person.id, "a"))["error"] == -32


@pytest.mark.parametrize("package", ["basic", "standard"])
async def test_a_package_without_the_api_answers_224(sim: Simulator, api: Api, person: Person, package: str) -> None:
    sim.account.choose(packages()[package])
    assert (await api.send(person.id, "a"))["error"] == -224
    assert (await api.get("/v2.0/oa/getoa"))["error"] == -224


async def test_a_package_that_ran_out_answers_224_from_the_next_day(sim: Simulator, api: Api, person: Person) -> None:
    sim.account.valid_through = date(2026, 11, 26)
    assert (await api.send(person.id, "a"))["error"] == 0
    await api.wait(timedelta(days=1))
    assert (await api.send(person.id, "a"))["error"] == -224


async def test_an_account_that_is_not_verified_or_not_enabled_may_not_call(
    sim: Simulator, api: Api, person: Person
) -> None:
    sim.account.verified = False
    assert (await api.send(person.id, "a"))["error"] == -221
    sim.account.enabled = False
    assert (await api.send(person.id, "a"))["error"] == -204


async def test_the_account_tells_its_package_and_when_it_ends(sim: Simulator, api: Api) -> None:
    sim.account.choose(packages()["growth"])
    sim.account.valid_through, sim.account.linked = date(2026, 12, 31), False
    data = (await api.get("/v2.0/oa/getoa"))["data"]
    assert (data["package_name"], data["package_valid_through_date"]) == ("Gói Tăng trưởng", "31/12/2026")
    assert (data["is_verified"], data["linked_ZCA"]) == (True, "")


async def test_48_hours_are_free_then_the_package_pays_then_the_balance_then_nobody(
    sim: Simulator, api: Api, person: Person
) -> None:
    sim.account.choose(packages()["growth"])
    free = await api.send(person.id, "a")
    assert free["data"]["quota"]["quota_type"] == "reply"
    await api.wait(timedelta(hours=48, minutes=1))
    paid = (await api.send(person.id, "a"))["data"]["quota"]
    assert (paid["quota_type"], paid["remain"], paid["total"]) == ("sub_quota", "499", "500")
    sim.account.paid.used = 500
    assert "quota" not in (await api.send(person.id, "a"))["data"]
    assert sim.account.spent == 55
    sim.account.balance = 54
    assert (await api.send(person.id, "a"))["error"] == -321
    sim.account.linked = False
    assert (await api.send(person.id, "a"))["error"] == -320
    await sim.says(person, "tôi đây")
    assert (await api.send(person.id, "a"))["error"] == 0


async def test_the_quota_endpoint_tells_what_the_package_still_pays(sim: Simulator, api: Api) -> None:
    ask = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    assert (await api.post("/v3.0/oa/quota/message", ask))["data"] == []
    sim.account.choose(packages()["full"])
    (asset,) = (await api.post("/v3.0/oa/quota/message", ask))["data"]
    assert (asset["product_type"], asset["total"], asset["remain"]) == ("cs", 2000, 2000)
    assert (await api.post("/v3.0/oa/quota/message", ask | {"quota_owner": "me"}))["error"] == -201


async def test_the_months_messages_come_back_with_the_month(sim: Simulator, api: Api, person: Person) -> None:
    sim.account.choose(packages()["growth"])
    sim.account.paid.take(sim.clock.now())
    assert sim.account.paid.left(sim.clock.now()) == 499
    assert sim.account.paid.left(sim.clock.now() + timedelta(days=5)) == 500


async def test_uploads_run_out_for_the_month(sim: Simulator, api: Api) -> None:
    sim.account.uploads.limit = 1
    assert [(await upload(api, "image", "a.jpg", JPEG))["error"] for _ in range(2)] == [0, -211]


@pytest.mark.parametrize(
    ("api_of_account", "v3", "v2"), [(SendApi.V3, 0, -240), (SendApi.V2, -235, 0), (SendApi.NONE, -235, -235)]
)
async def test_an_account_sends_by_one_call_or_by_none(
    sim: Simulator, api: Api, person: Person, api_of_account: SendApi, v3: int, v2: int
) -> None:
    sim.account.send_api = api_of_account
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    answers = [(await api.post(path, body))["error"] for path in ("/v3.0/oa/message/cs", "/v2.0/oa/message")]
    assert answers == [v3, v2]


async def test_a_profile_of_somebody_who_does_not_follow_may_be_refused(
    sim: Simulator, api: Api, person: Person
) -> None:
    stranger = sim.add_person("Người lạ")
    sim.account.hides_strangers = True
    asked = [f'{{"user_id":"{one.id}"}}' for one in (person, stranger)]
    assert [(await api.get("/v3.0/oa/user/detail", one))["error"] for one in asked] == [0, -213]


async def test_a_simulator_is_born_with_a_package(sim_settings: SimSettings) -> None:
    account = Simulator(sim_settings, SimClock(THURSDAY)).account
    assert (account.package.name, account.valid_through) == ("Gói Tăng trưởng", date(2026, 12, 31))
