"""Template messages: what is checked, what is refused with which code, what is paid, and which events tell of it."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import Api, Bot
from zalobot.simulator.app import Person, Simulator
from zalobot.simulator.templates import Param, Status, Template

DATA = {"ma_ho_so": "QN-2611-00042", "trang_thai": "Đã trả lời", "co_quan": "Sở Xây dựng", "thoi_gian": "26/11/2026"}


def order(person: Person, **given: Any) -> dict[str, Any]:
    return {"phone": person.phone, "template_id": "330001", "template_data": DATA, "tracking_id": "42-1"} | given


async def test_a_template_by_phone_arrives_and_its_receipt_has_its_own_shape_and_header(
    sim: Simulator, bot: Bot, api: Api, person: Person
) -> None:
    answer = await api.post("/message/template", order(person))
    await sim.settled()
    (message,) = sim.received(person)
    assert "QN-2611-00042" in message.text
    assert (answer["data"]["msg_id"], answer["data"]["quota"]) == (
        message.id,
        {"dailyQuota": "20000", "remainingQuota": "19999"},
    )
    headers, _, event = bot.posts[-1]
    assert (headers["X-ZEvent-Server"], event["event_name"]) == ("ZNS", "user_received_message")
    assert (event["recipient"]["id"], event["message"]["tracking_id"]) == (person.phone, "42-1")
    assert "oa_send_template" not in bot.names
    status = (await api.get(f"/message/status?message_id={message.id}"))["data"]
    assert status["status"] == 1
    assert sim.account.spent == 800


async def test_a_hashed_phone_finds_the_same_person(sim: Simulator, api: Api, person: Person) -> None:
    hashed = hashlib.sha256(person.phone.encode()).hexdigest()
    body = order(person, hash_phone=hashed)
    assert (await api.post("/message/template/hashphone", body))["error"] == 0
    assert len(sim.received(person)) == 1
    assert (await api.post("/message/template/hashphone", body | {"hash_phone": "abc"}))["error"] == -108


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"phone": "0912345678"}, -108),
        ({"phone": 84912345678}, -108),
        ({"phone": "84900000001"}, -118),
        ({"template_id": "1"}, -109),
        ({"template_id": "330003"}, -131),
        ({"template_data": {}}, -111),
        ({"template_data": "x"}, -111),
        ({"template_data": DATA | {"other": "x"}}, -112),
        ({"template_data": DATA | {"ma_ho_so": ["x"]}}, -112),
        ({"template_data": DATA | {"ma_ho_so": "x" * 31}}, -1121),
        ({"template_data": DATA | {"ma_ho_so": ""}}, -1122),
        ({"template_data": DATA | {"thoi_gian": "hôm qua"}}, -1124),
        ({"tracking_id": "x" * 49}, -132),
        ({"mode": "development"}, -127),
    ],
    ids=str,
)
async def test_a_wrong_template_message_is_refused(
    sim: Simulator, api: Api, person: Person, given: dict[str, Any], code: int
) -> None:
    answer = await api.post("/message/template", order(person, **given))
    assert (answer["status"], answer["error"], sim.received(person)) == (200, code, [])
    assert sim.account.spent == 0


async def test_what_the_account_lacks_is_refused(sim: Simulator, api: Api, person: Person) -> None:
    sim.account.balance = 799
    assert (await api.post("/message/template", order(person)))["error"] == -137
    sim.account.linked = False
    assert (await api.post("/message/template", order(person)))["error"] == -136
    sim.account.templates.limit = 0
    assert (await api.post("/message/template", order(person)))["error"] == -144
    sim.account.verified = False
    assert (await api.post("/message/template", order(person)))["error"] == -135
    assert (await api.post("/message/template", order(person), token="x"))["error"] == -124


async def test_at_night_nothing_goes_by_phone(sim: Simulator, api: Api, person: Person) -> None:
    await api.wait(timedelta(hours=14))  # 22:00
    assert (await api.post("/message/template", order(person)))["error"] == -133
    assert (await api.post("/v3.0/oa/message/template", by_uid(person)))["error"] == 0
    await api.wait(timedelta(hours=8))
    assert (await api.post("/message/template", order(person)))["error"] == 0


@pytest.mark.parametrize("code", [-114, -119, -139, -141])
async def test_a_person_may_refuse_templates(sim: Simulator, api: Api, person: Person, code: int) -> None:
    person.refuses_templates = code
    assert (await api.post("/message/template", order(person)))["error"] == code
    assert [message.refused for message in sim.world.refused] == [code]


def by_uid(person: Person, **given: Any) -> dict[str, Any]:
    return {"user_id": person.id, "template_id": "330001", "template_data": DATA} | given


async def test_a_template_by_user_id_needs_no_window(sim: Simulator, bot: Bot, api: Api, person: Person) -> None:
    await api.wait(timedelta(days=8))
    assert (await api.send(person.id, "a"))["error"] == -230
    answer = await api.post("/v3.0/oa/message/template", by_uid(person))
    assert answer["data"]["quota"]["quota_type"] == "purchase_quota"
    await sim.settled()
    assert bot.events("oa_send_template")[0]["message"]["msg_id"] == answer["data"]["message_id"]
    assert sim.account.spent == 560


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"template_id": "1"}, -201),
        ({"template_id": "330002"}, -249),
        ({"template_id": "330003"}, -131),
        ({"template_data": {"ma_ho_so": "x"}}, -1122),
        ({"user_id": "1"}, -201),
    ],
    ids=str,
)
async def test_a_wrong_template_by_user_id_is_refused(
    sim: Simulator, api: Api, person: Person, given: dict[str, Any], code: int
) -> None:
    assert (await api.post("/v3.0/oa/message/template", by_uid(person, **given)))["error"] == code
    assert sim.received(person) == []


async def test_nobody_unknown_to_the_account_and_nobody_without_money(sim: Simulator, api: Api, person: Person) -> None:
    stranger = sim.add_person("Người lạ")
    assert (await api.post("/v3.0/oa/message/template", by_uid(stranger)))["error"] == -232
    sim.account.balance = 0
    assert (await api.post("/v3.0/oa/message/template", by_uid(person)))["error"] == -321
    sim.account.linked = False
    assert (await api.post("/v3.0/oa/message/template", by_uid(person)))["error"] == -320
    person.refuses = -217
    assert (await api.post("/v3.0/oa/message/template", by_uid(person)))["error"] == -217


async def test_templates_are_listed_described_and_sampled(sim: Simulator, api: Api) -> None:
    everything = await api.get("/template/all?offset=0&limit=100")
    assert [one["templateId"] for one in everything["data"]] == ["330001", "330002", "330003"]
    assert everything["metadata"] == {"total": 3}
    enabled = await api.get("/template/all?offset=0&limit=100&status=1")
    assert [one["status"] for one in enabled["data"]] == ["ENABLE", "ENABLE"]
    assert (await api.get("/template/all?limit=101"))["error"] == -132
    info = (await api.get("/template/info/v2?template_id=330001"))["data"]
    assert info["listParams"][0] == {
        "name": "ma_ho_so",
        "require": True,
        "type": "STRING",
        "maxLength": 30,
        "minLength": 0,
        "acceptNull": False,
    }
    assert set((await api.get("/template/sample-data?template_id=330001"))["data"]) == set(DATA)
    assert (await api.get("/template/info/v2?template_id=1"))["error"] == -109
    assert (await api.get("/message/template-tag"))["data"] == ["TRANSACTION", "CUSTOMER_CARE"]
    assert (await api.get("/message/status?message_id=1"))["error"] == -107


async def test_zalo_tells_when_a_template_is_approved_and_when_quality_takes_it_away(
    sim: Simulator, bot: Bot, api: Api, person: Person
) -> None:
    await sim.reviews_template("330003", Status.ENABLE)
    headers, _, event = bot.posts[-1]
    assert headers["X-ZEvent-Server"] == "ZNS"
    assert event["status"] == {"prev_status": "PENDING_REVIEW", "new_status": "ENABLE"}
    data = {"ma_ho_so": "QN-2611-00042"}
    assert (await api.post("/message/template", order(person, template_id="330003", template_data=data)))["error"] == 0
    sim.stage.templates["330003"].quality = "LOW"
    await sim.reviews_template("330003", Status.DISABLE, "low quality")
    refused = await api.post("/message/template", order(person, template_id="330003", template_data=data))
    assert refused["error"] == -146
    assert (await api.get("/quality"))["data"]["oaCurrentQuality"] == "LOW"


async def test_a_changed_daily_quota_names_the_account_in_its_own_way(sim: Simulator, bot: Bot, api: Api) -> None:
    await sim.changes_daily_quota(10_000)
    _, _, event = bot.posts[-1]
    assert (event["oaId"], event["quota"]) == (sim.settings.oa_id, {"prev_value": "20000", "new_value": "10000"})
    assert (await api.get("/message/quota"))["data"]["dailyQuota"] == "10000"


def test_an_optional_parameter_may_be_missing_and_a_number_must_be_one() -> None:
    template = Template("1", "a", "<a> <n>", (Param("a", 5, required=False), Param("n", 3, type="NUMBER")))
    assert template.rendered({"n": "12"}) == " 12"
    with pytest.raises(Exception, match="-1124"):
        replace(template).rendered({"n": "x"})
