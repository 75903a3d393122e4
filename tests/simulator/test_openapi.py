"""What the bot looks up, and how it is answered."""

import json

import pytest

from tests.simulator.conftest import Api
from zalobot.simulator.app import Person, Simulator


async def test_a_profile_has_a_name_and_says_whether_the_person_follows(
    sim: Simulator, api: Api, person: Person
) -> None:
    data = (await api.get("/v3.0/oa/user/detail", json.dumps({"user_id": person.id})))["data"]
    assert (data["user_id"], data["display_name"], data["user_is_follower"]) == (person.id, "Phạm Thu Trang", True)
    assert data["user_last_interaction_date"] == "26/11/2026"


async def test_a_chat_is_a_bare_list_newest_first(sim: Simulator, api: Api, person: Person) -> None:
    await sim.says(person, "hỏi")
    await api.send(person.id, "đáp")
    data = (await api.get("/v2.0/oa/conversation", json.dumps({"user_id": person.id, "offset": 0, "count": 10})))[
        "data"
    ]
    assert [(item["src"], item["message"], item["from_id"]) for item in data] == [
        (0, "đáp", sim.settings.oa_id),
        (1, "hỏi", person.id),
    ]


async def test_recent_chats_show_the_last_message_of_each(sim: Simulator, api: Api, person: Person) -> None:
    other = sim.add_person("Lê Văn Hùng")
    await sim.says(person, "một")
    await sim.says(person, "hai")
    await sim.says(other, "ba")
    data = (await api.get("/v2.0/oa/listrecentchat", '{"offset":0,"count":10}'))["data"]
    assert [item["message"] for item in data] == ["ba", "hai"]


@pytest.mark.parametrize("path", ["/v2.0/oa/conversation", "/v2.0/oa/listrecentchat"])
async def test_more_than_ten_are_refused(api: Api, person: Person, path: str) -> None:
    assert (await api.get(path, json.dumps({"user_id": person.id, "count": 11})))["error"] == -210


async def test_the_account_says_what_it_is(sim: Simulator, api: Api) -> None:
    data = (await api.get("/v2.0/oa/getoa"))["data"]
    assert (data["oa_id"], data["is_verified"], data["oa_type"]) == (sim.settings.oa_id, True, 4)


async def test_quota_tells_the_last_interaction(sim: Simulator, api: Api, person: Person) -> None:
    said = await sim.says(person, "a")
    data = (await api.post("/v3.0/oa/quota/message", {"user_id": person.id}))["data"]
    assert data["last_interaction"] == pytest.approx(int(said.at.timestamp() * 1000), abs=5)
    assert data["cs_reply"]["remain"] == 8


async def test_a_reaction_is_put_on_the_persons_message(sim: Simulator, api: Api, person: Person) -> None:
    said = await sim.says(person, "a")
    action = {"react_icon": "/-heart", "react_message_id": said.id}
    body = {"recipient": {"user_id": person.id}, "sender_action": action}
    assert (await api.post("/v2.0/oa/message", body))["error"] == 0
    assert said.reaction == "/-heart"
    action["react_icon"] = "no icon"
    assert (await api.post("/v2.0/oa/message", body))["error"] == -201


async def test_a_path_zalo_does_not_have_is_404(api: Api) -> None:
    answer = await api.post("/v3.0/oa/message", {})
    assert (answer["status"], answer["message"]) == (404, "You are accessing an empty or invalid API")


async def test_people_are_listed_by_pages(sim: Simulator, api: Api, person: Person) -> None:
    sim.add_person("B")
    data = (await api.get("/v3.0/oa/user/getlist", '{"offset":0,"count":1}'))["data"]
    assert (data["total"], data["users"]) == (2, [{"user_id": person.id}])
