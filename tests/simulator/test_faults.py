"""What goes wrong on request."""

import asyncio
from collections import Counter
from datetime import timedelta

import aiohttp
import pytest

from tests.simulator.conftest import Api, Bot
from zalobot.simulator.app import Person, Role, Simulator
from zalobot.simulator.switches import states, turn


async def test_every_event_comes_three_times_and_shuffled(sim: Simulator, bot: Bot, person: Person) -> None:
    bot.posts.clear()
    sim.faults.copies = 3
    for text in "abcdef":
        await sim.says(person, text)
    heard = [event["message"]["text"] for _, _, event in bot.posts]
    assert sorted(heard) == sorted("abcdef" * 3)
    assert len({raw for _, raw, _ in bot.posts}) == 6


async def test_copies_may_vary_between_one_and_six(sim: Simulator, bot: Bot, person: Person) -> None:
    bot.posts.clear()
    sim.faults.copies, sim.faults.varies = 6, True
    await asyncio.gather(*(sim.says(person, str(n)) for n in range(40)))
    counts = Counter(event["message"]["text"] for _, _, event in bot.posts)
    assert set(counts) == {str(n) for n in range(40)}
    assert 1 <= min(counts.values()) < max(counts.values()) <= 6


async def test_a_lost_answer_means_a_message_that_arrived(sim: Simulator, api: Api, person: Person) -> None:
    sim.faults.drop_response = 1
    with pytest.raises(aiohttp.ClientError):
        await api.send(person.id, "đã đến")
    assert [message.text for message in sim.received(person)] == ["đã đến"]
    chat = await api.get("/v2.0/oa/conversation", f'{{"user_id":"{person.id}","offset":0,"count":5}}')
    assert chat["data"][0]["message"] == "đã đến"
    assert (await api.send(person.id, "lần sau"))["error"] == 0


async def test_an_account_without_buttons_takes_the_same_words_plain(sim: Simulator, api: Api, person: Person) -> None:
    sim.faults.no_buttons = True
    button = {"title": "Gửi", "type": "oa.query.show", "payload": "Gửi"}
    refused = await api.send(person.id, "Gửi chưa?", button)
    assert (refused["error"], refused["message"]) == (-201, "attachment is invalid!")
    assert (await api.send(person.id, "Gửi chưa?"))["error"] == 0
    assert [message.text for message in sim.received(person)] == ["Gửi chưa?"]


async def test_every_third_send_fails_and_does_not_arrive(sim: Simulator, api: Api, person: Person) -> None:
    sim.faults.fail_every = 3
    statuses = []
    for n in range(6):
        body = {"recipient": {"user_id": person.id}, "message": {"text": str(n)}}
        headers = {"access_token": sim.grant.access}
        async with api.http.post(sim.base_url + "/v3.0/oa/message/cs", json=body, headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [200, 200, 500, 200, 200, 500]
    assert [message.text for message in sim.received(person)] == ["0", "1", "3", "4"]


async def test_an_expired_token_is_off_again_once_the_bot_has_a_new_one(
    sim: Simulator, api: Api, person: Person
) -> None:
    turn(sim.stage, "expired", True)
    assert (await api.send(person.id, "a"))["error"] == -220
    await api.token(grant_type="refresh_token", refresh_token=sim.grant.refresh)
    assert not states(sim.stage)["expired"]
    assert (await api.send(person.id, "a"))["error"] == 0


@pytest.mark.parametrize("code", [-32, -14014])
async def test_the_next_refresh_fails_once_and_nothing_rotates(sim: Simulator, api: Api, code: int) -> None:
    sim.faults.refresh_error = code
    token = sim.grant.refresh
    assert (await api.token(grant_type="refresh_token", refresh_token=token))["error"] == code
    assert (await api.token(grant_type="refresh_token", refresh_token=token))["refresh_token"] == sim.grant.refresh


async def test_a_refresh_whose_answer_is_lost_has_rotated(sim: Simulator, api: Api) -> None:
    sim.faults.drop_refresh = 1
    token = sim.grant.refresh
    with pytest.raises(aiohttp.ClientError):
        await api.token(grant_type="refresh_token", refresh_token=token)
    assert (await api.token(grant_type="refresh_token", refresh_token=token))["error"] == -14020


async def test_a_silent_business_is_out_of_the_window_until_it_speaks(sim: Simulator, api: Api, person: Person) -> None:
    officer = sim.add_person("Nguyễn Thu Hà", Role.OFFICER)
    await sim.follow(officer)
    turn(sim.stage, "silent", True)
    assert (await api.send(person.id, "a"))["error"] == -230
    assert (await api.send(officer.id, "a"))["error"] == 0
    await sim.clock.advance(timedelta(minutes=1))
    await sim.says(person, "tôi đây")
    assert (await api.send(person.id, "a"))["error"] == 0


async def test_a_rate_limit_says_how_much_is_left(sim: Simulator, api: Api, person: Person) -> None:
    sim.faults.per_minute = 2
    answers = [(await api.send(person.id, "a"))["error"] for _ in range(3)]
    assert answers in ([0, 0, -32], [0, 0, 0])  # the minute may have just changed
    async with api.http.get(sim.base_url + "/v2.0/oa/getoa", headers={"access_token": sim.grant.access}) as response:
        assert response.headers["X-RateLimit-Limit"] == "2"
        assert int(response.headers["X-RateLimit-Remain"]) in {0, 1}


async def test_a_webhook_out_of_reach_hears_of_it_later(sim: Simulator, bot: Bot, person: Person) -> None:
    bot.posts.clear()
    sim.faults.shut = True
    await sim.says(person, "a")
    assert bot.posts == []
    sim.faults.shut = False
    await sim.settled()
    assert bot.posts[0][0]["num_retry"] in {"1", "2", "3"}


async def test_some_government_accounts_send_through_v2_only(sim: Simulator, api: Api, person: Person) -> None:
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    assert (await api.post("/v2.0/oa/message", body))["error"] == -240
    sim.faults.v2_only = True
    assert (await api.post("/v3.0/oa/message/cs", body))["error"] == -235
    assert (await api.post("/v2.0/oa/message", body))["error"] == 0


@pytest.mark.parametrize("name", ["copies", "drop", "expired", "refresh", "silent", "fail", "rate", "shut", "v2"])
async def test_every_switch_shows_what_it_did(sim: Simulator, name: str) -> None:
    turn(sim.stage, name, True)
    assert {switch for switch, on in states(sim.stage).items() if on} == {name}
    turn(sim.stage, name, False)
    assert not any(states(sim.stage).values())
