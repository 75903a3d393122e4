"""What goes wrong on request."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.simulator.conftest import Api, Bot
from zalobot.simulator.account import SendApi
from zalobot.simulator.app import Effect, Person, Role, Simulator, Where
from zalobot.simulator.switches import RULES, SWITCHES, states, turn


async def test_every_event_comes_three_times_and_shuffled(sim: Simulator, bot: Bot, person: Person) -> None:
    bot.posts.clear()
    sim.faults.start(Effect.REPEAT, times=3)
    for text in "abcdef":
        await sim.says(person, text)
    heard = [event["message"]["text"] for _, _, event in bot.posts]
    assert sorted(heard) == sorted("abcdef" * 3)
    assert len({raw for _, raw, _ in bot.posts}) == 6


async def test_copies_may_vary_between_one_and_six(sim: Simulator, bot: Bot, person: Person) -> None:
    bot.posts.clear()
    sim.faults.start(Effect.REPEAT, times=6, varies=True)
    await asyncio.gather(*(sim.says(person, str(n)) for n in range(40)))
    counts = Counter(event["message"]["text"] for _, _, event in bot.posts)
    assert set(counts) == {str(n) for n in range(40)}
    assert 1 <= min(counts.values()) < max(counts.values()) <= 6


async def test_a_lost_answer_means_a_message_that_arrived(sim: Simulator, api: Api, person: Person) -> None:
    sim.faults.start(Effect.ANSWER_LOST, count=1)
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
    sim.faults.start(Effect.STATUS, every=3, code=500)
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
    sim.faults.start(Effect.REFUSE, Where.TOKENS, code=code, count=1)
    token = sim.grant.refresh
    assert (await api.token(grant_type="refresh_token", refresh_token=token))["error"] == code
    assert (await api.token(grant_type="refresh_token", refresh_token=token))["refresh_token"] == sim.grant.refresh


async def test_a_refresh_whose_answer_is_lost_has_rotated(sim: Simulator, api: Api) -> None:
    sim.faults.start(Effect.ANSWER_LOST, Where.TOKENS, count=1)
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
    sim.faults.start(Effect.UNREACHABLE)
    await sim.says(person, "a")
    assert bot.posts == []
    sim.faults.stop()
    await sim.settled()
    assert bot.posts[0][0]["num_retry"] in {"1", "2", "3"}


async def test_some_government_accounts_send_through_v2_only(sim: Simulator, api: Api, person: Person) -> None:
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    assert (await api.post("/v2.0/oa/message", body))["error"] == -240
    sim.account.send_api = SendApi.V2
    assert (await api.post("/v3.0/oa/message/cs", body))["error"] == -235
    assert (await api.post("/v2.0/oa/message", body))["error"] == 0


async def spoilt(
    sim: Simulator, api: Api, person: Person, effect: Effect, *, patience: float = 10.0, **given: Any
) -> str:
    """Send once under a fault: what the caller sees."""
    rule = sim.faults.start(effect, **given)
    body = {"recipient": {"user_id": person.id}, "message": {"text": effect.value}}
    headers, timeout = {"access_token": sim.grant.access}, aiohttp.ClientTimeout(patience)
    try:
        url = sim.base_url + "/v3.0/oa/message/cs"
        async with api.http.post(url, json=body, headers=headers, timeout=timeout) as response:
            text = await response.text()
            return (
                f"{response.status} html" if text.startswith("<") else f"{response.status} {json.loads(text)['error']}"
            )
    except TimeoutError:
        return "timeout"
    except aiohttp.ClientError:
        return "reset"
    finally:
        assert rule.fired == 1


@pytest.mark.parametrize(
    ("effect", "given", "seen", "arrives"),
    [
        (Effect.SLOW, {"seconds": 0.8}, "timeout", True),
        (Effect.SLOW, {"seconds": 0.01}, "200 0", True),
        (Effect.HANG, {"seconds": 0.8}, "timeout", False),
        (Effect.RESET, {}, "reset", False),
        (Effect.STATUS, {"code": 502}, "502 html", False),
        (Effect.HTML, {}, "200 html", False),
        (Effect.REFUSE, {"code": -32}, "200 -32", False),
        (Effect.ECHO_FIRST, {}, "200 0", True),
        (Effect.ANSWER_LATE, {"seconds": 0.8}, "timeout", True),
        (Effect.ANSWER_LOST, {}, "reset", True),
        (Effect.ANSWER_STATUS, {"code": 500}, "500 html", True),
        (Effect.ANSWER_HTML, {}, "200 html", True),
        (Effect.ANSWER_REFUSED, {"code": -200}, "200 -200", True),
    ],
    ids=str,
)
async def test_what_the_caller_sees_and_whether_the_message_arrives(
    sim: Simulator, api: Api, person: Person, effect: Effect, given: dict[str, Any], seen: str, arrives: bool
) -> None:
    patience = 0.4 if seen == "timeout" else 10.0
    assert await spoilt(sim, api, person, effect, patience=patience, **given) == seen
    await asyncio.sleep(given.get("seconds", 0))
    assert [message.text for message in sim.received(person)] == [effect.value] * arrives
    assert len(sim.world.refused) == (effect is Effect.REFUSE)


async def test_the_bot_answers_the_echo_before_it_hears_that_it_sent(
    sim: Simulator, bot: Bot, api: Api, person: Person
) -> None:
    for effect in (Effect.ECHO_FIRST, Effect.ANSWER_LOST):
        sim.faults.start(effect, count=1)
    with pytest.raises(aiohttp.ClientError):
        await api.send(person.id, "a")
    assert bot.events("oa_send_text")[0]["message"]["text"] == "a"


async def test_a_refused_send_reaches_the_caller_as_it_is_and_uses_no_fault_up(
    sim: Simulator, api: Api, person: Person
) -> None:
    sim.faults.start(Effect.ANSWER_LOST, count=1)
    assert (await api.send(person.id, "")).get("error") == -201
    assert [rule.fired for rule in sim.faults.rules] == [0]


async def test_a_rule_is_about_a_person_an_endpoint_a_count_and_a_time(
    sim: Simulator, api: Api, person: Person
) -> None:
    other = sim.add_person("Lê Văn Hùng")
    await sim.follow(other)
    sim.faults.start(Effect.REFUSE, code=-217, person_id=other.id)
    assert [(await api.send(one.id, "a"))["error"] for one in (person, other)] == [0, -217]
    sim.faults.stop()
    sim.faults.start(Effect.REFUSE, Where.CALLS, name="*/getoa", code=-32, count=2)
    assert [(await api.get("/v2.0/oa/getoa"))["error"] for _ in range(3)] == [-32, -32, 0]
    sim.faults.start(Effect.REFUSE, code=-200, until=sim.clock.now() + timedelta(minutes=5))
    assert (await api.send(person.id, "a"))["error"] == -200
    await sim.clock.advance(timedelta(minutes=5))
    assert (await api.send(person.id, "a"))["error"] == 0
    assert sim.faults.rules == []


async def test_a_fault_of_events_cannot_happen_to_calls(sim: Simulator) -> None:
    with pytest.raises(ValueError, match="lose does not happen to sends"):
        sim.faults.start(Effect.LOSE, Where.SENDS)
    with pytest.raises(ValueError, match="slow does not happen to events"):
        sim.faults.start(Effect.SLOW, Where.EVENTS)


async def test_every_other_event_is_lost_for_good(sim: Simulator, bot: Bot, person: Person) -> None:
    sim.faults.start(Effect.LOSE, name="user_send_*", every=2)
    for text in "abcd":
        await sim.says(person, text)
    await sim.settled()
    assert [event["message"]["text"] for event in bot.events("user_send_text")] == ["a", "c"]


async def test_a_late_event_is_overtaken(sim: Simulator, bot: Bot, person: Person) -> None:
    sim.faults.start(Effect.DELAY, seconds=0.1, count=1)
    await asyncio.gather(*(sim.says(person, text) for text in "abc"))
    assert [event["message"]["text"] for event in bot.events("user_send_text")] == ["b", "c", "a"]


async def test_what_happened_stands_in_the_log(sim: Simulator, api: Api, person: Person) -> None:
    await spoilt(sim, api, person, Effect.ANSWER_STATUS, code=500)
    (entry,) = (entry for entry in sim.world.log if entry.kind == "mishap")
    assert (entry.person_id, entry.facts["effect"], entry.facts["code"]) == (person.id, "answer_status", 500)


@pytest.mark.parametrize("name", [*RULES, *SWITCHES])
async def test_every_switch_shows_what_it_did(sim: Simulator, name: str) -> None:
    turn(sim.stage, name, True)
    assert {switch for switch, on in states(sim.stage).items() if on} == {name}
    turn(sim.stage, name, False)
    assert not any(states(sim.stage).values())
