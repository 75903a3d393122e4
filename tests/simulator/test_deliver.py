"""Webhooks: signed over their bytes, in order, retried with num_retry, given up in the end."""

import asyncio
import json

import pytest

from tests.simulator.conftest import Api, Bot
from tests.simulator.moments import JPEG, PDF, THURSDAY
from zalobot.simulator.app import Person, SimClock, SimSettings, Simulator
from zalobot.simulator.signing import mac


async def test_an_event_is_signed_over_the_bytes_that_are_posted(sim: Simulator, bot: Bot, person: Person) -> None:
    await sim.says(person, "Xin chào ạ")
    headers, raw, event = bot.posts[-1]
    settings = sim.settings
    assert "Xin chào ạ".encode() in raw
    expected = mac(settings.app_id, raw, event["timestamp"], settings.oa_secret)
    assert headers["X-ZEvent-Signature"] == f"mac={expected}"
    assert "num_retry" not in headers


async def test_a_text_has_the_shape_the_notes_print(sim: Simulator, bot: Bot, person: Person) -> None:
    said = await sim.says(person, "message")
    event = bot.events("user_send_text")[0]
    assert event == {
        "app_id": sim.settings.app_id,
        "user_id_by_app": event["user_id_by_app"],
        "sender": {"id": person.id},
        "recipient": {"id": sim.settings.oa_id},
        "event_name": "user_send_text",
        "message": {"msg_id": said.id, "text": "message"},
        "timestamp": str(int(said.at.timestamp() * 1000)),
    }
    assert int(person.id) > 2**53


async def test_attachments_lie_on_the_simulators_own_port(sim: Simulator, bot: Bot, api: Api, person: Person) -> None:
    await sim.sends_image(person, JPEG, caption="ảnh hiện trường")
    await sim.sends_file(person, PDF, "don.pdf")
    await sim.sends_location(person, 10.764, 106.6563)
    image, file, place = (bot.events(f"user_send_{kind}")[0]["message"] for kind in ("image", "file", "location"))
    url = image["attachments"][0]["payload"]["url"]
    assert url.startswith(sim.base_url + "/media/")
    async with api.http.get(url) as response:
        assert (response.content_type, await response.read()) == ("image/jpeg", JPEG)
    assert image["text"] == "ảnh hiện trường"
    payload = file["attachments"][0]["payload"]
    assert (payload["name"], payload["size"], payload["type"]) == ("don.pdf", str(len(PDF)), "pdf")
    assert place["attachments"][0]["payload"] == {"coordinates": {"latitude": "10.764", "longitude": "106.6563"}}


async def test_follow_and_unfollow_have_no_sender(sim: Simulator, bot: Bot, person: Person) -> None:
    await sim.unfollow(person)
    assert bot.names == ["follow", "unfollow"]
    assert [(event["follower"], event["oa_id"], "sender" in event) for _, _, event in bot.posts] == [
        ({"id": person.id}, sim.settings.oa_id, False)
    ] * 2


async def test_a_send_is_echoed_and_its_receipts_are_inverted(
    sim: Simulator, bot: Bot, api: Api, person: Person
) -> None:
    message_id = (await api.send(person.id, "Đã nhận"))["data"]["message_id"]
    await sim.settled()
    await sim.sees(person)
    echo, received, seen = (event for _, _, event in bot.posts[-3:])
    assert (echo["event_name"], echo["message"]) == ("oa_send_text", {"msg_id": message_id, "text": "Đã nhận"})
    assert (received["event_name"], received["message"]) == ("user_received_message", {"msg_id": message_id})
    assert (seen["event_name"], seen["message"]) == ("user_seen_message", {"msg_ids": [message_id]})
    sides = ({"id": sim.settings.oa_id}, {"id": person.id})
    assert [(event["sender"], event["recipient"]) for event in (echo, received, seen)] == [sides] * 3


async def test_staff_in_the_oa_inbox_are_named_in_the_echo(sim: Simulator, bot: Bot, person: Person) -> None:
    await sim.staff_says(person, "Tôi xem giúp", "77")
    await sim.settled()
    assert bot.events("oa_send_text")[0]["sender"] == {"id": sim.settings.oa_id, "admin_id": "77"}
    assert sim.received(person)[0].text == "Tôi xem giúp"


async def test_one_persons_events_arrive_in_order(sim: Simulator, bot: Bot, person: Person) -> None:
    await asyncio.gather(*(sim.says(person, str(n)) for n in range(20)))
    assert [event["message"]["text"] for event in bot.events("user_send_text")] == [str(n) for n in range(20)]


async def test_what_is_not_answered_200_comes_again_with_num_retry_and_the_same_bytes(
    sim: Simulator, bot: Bot, person: Person
) -> None:
    bot.posts.clear()
    bot.status = 500
    await sim.says(person, "a")
    await sim.world.changed(1)  # the first retry has begun or ended
    bot.status = 200
    await sim.settled()
    assert len(bot.posts) >= 2
    assert [headers.get("num_retry") for headers, _, _ in bot.posts] == [None, "1", "2", "3"][: len(bot.posts)]
    assert len({raw for _, raw, _ in bot.posts}) == 1
    assert not sim.world.unsubscribed


async def test_after_the_last_rung_the_webhook_is_off_until_it_is_switched_on(
    sim: Simulator, bot: Bot, person: Person
) -> None:
    bot.status = 503
    await sim.says(person, "a")
    await sim.settled()
    assert sim.world.unsubscribed
    heard = len(bot.posts)
    bot.status = 200
    await sim.says(person, "b")
    assert len(bot.posts) == heard
    sim.world.unsubscribed = False
    await sim.says(person, "c")
    assert bot.events("user_send_text")[-1]["message"]["text"] == "c"


async def test_nobody_listening_is_retried_too(bot: Bot) -> None:
    async with Simulator(SimSettings(webhook_url="http://127.0.0.1:9/", ladder=(0.2,)), SimClock(THURSDAY)) as sim:
        person = sim.add_person("A")
        message = await sim.says(person, "a")
        assert message.delivered_at is None
        sim.webhook_url = bot.url
        await sim.settled()
    assert [headers.get("num_retry") for headers, _, _ in bot.posts] == ["1"]


async def test_the_documented_reading_retries_connection_failures_only(bot: Bot) -> None:
    bot.status = 500
    settings = SimSettings(webhook_url=bot.url, ladder=(0.01, 0.01), retry_any=False)
    async with Simulator(settings) as sim:
        await sim.says(sim.add_person("A"), "a")
        await sim.settled()
    assert len(bot.posts) == 1


async def test_saving_the_address_sends_an_unsigned_empty_object(sim: Simulator) -> None:
    from aiohttp import web

    seen: list[tuple[bytes, bool]] = []

    async def hook(request: web.Request) -> web.Response:
        seen.append((await request.read(), "X-ZEvent-Signature" in request.headers))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sim.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    assert await sim.stage.deliverer.probe() == 200
    assert seen == [(b"{}", False)]
    await runner.cleanup()


async def test_any_body_may_be_delivered_and_forged(sim: Simulator, bot: Bot, person: Person) -> None:
    body = {"app_id": sim.settings.app_id, "event_name": "never_heard_of", "timestamp": "1"}
    assert await sim.sends_event(person, body, secret="not the secret") == 200
    headers, raw, event = bot.posts[-1]
    assert event == body == json.loads(raw)
    assert headers["X-ZEvent-Signature"] == "mac=" + mac(sim.settings.app_id, raw, "1", "not the secret")


@pytest.mark.parametrize("echo", [True, False])
async def test_echo_and_receipts_may_be_left_out(bot: Bot, echo: bool) -> None:
    from aiohttp import ClientSession

    async with Simulator(SimSettings(webhook_url=bot.url, echo=echo, receipts=False)) as sim, ClientSession() as http:
        person = sim.add_person("A")
        await sim.follow(person)
        await Api(http, sim).send(person.id, "a")
        await sim.settled()
    assert bot.names == ["follow", "oa_send_text"][: 1 + echo]
