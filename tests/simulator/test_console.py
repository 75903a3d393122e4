"""What an administrator sets in Zalo's console, and what the bot then hears or is refused."""

import hashlib
import hmac

import pytest

from tests.simulator.conftest import Api, Bot
from zalobot.simulator.app import Effect, Person, Simulator
from zalobot.simulator.console import Signature
from zalobot.simulator.signing import mac


async def test_the_syntax_filter_lets_only_texts_with_a_hash_through(sim: Simulator, bot: Bot, person: Person) -> None:
    sim.console.syntax_filter = True
    for text in ("xin chào", "#tra_cuu"):
        await sim.says(person, text)
    assert [event["message"]["text"] for event in bot.events("user_send_text")] == ["#tra_cuu"]
    assert [entry.facts["name"] for entry in sim.world.log if entry.kind == "filtered"] == ["user_send_text"]


async def test_an_event_that_is_switched_off_does_not_come(sim: Simulator, bot: Bot, person: Person) -> None:
    sim.console.off.add("user_send_sticker")
    await sim.sends_sticker(person, "1")
    await sim.says(person, "a")
    assert [name for name in bot.names if name.startswith("user_send")] == ["user_send_text"]


async def test_without_the_retry_switch_a_lost_event_stays_lost(sim: Simulator, bot: Bot, person: Person) -> None:
    sim.console.retry = False
    sim.faults.start(Effect.UNREACHABLE, count=1)
    await sim.says(person, "a")
    await sim.settled()
    assert bot.events("user_send_text") == []
    assert not sim.world.unsubscribed


@pytest.mark.parametrize("how", list(Signature))
async def test_a_signature_is_made_in_the_way_the_console_has(
    sim: Simulator, bot: Bot, person: Person, how: Signature
) -> None:
    sim.console.signature = how
    await sim.says(person, "a")
    headers, raw, event = bot.posts[-1]
    settings, stamp = sim.settings, event["timestamp"]
    usual = mac(settings.app_id, raw, stamp, settings.oa_secret)
    expected = {
        Signature.APP: f"mac={usual}",
        Signature.OA_ID: f"mac={mac(settings.oa_id, raw, stamp, settings.oa_secret)}",
        Signature.APP_SECRET: f"mac={mac(settings.app_id, raw, stamp, settings.app_secret)}",
        Signature.SPACES: f"mac = {usual}",
        Signature.BARE: usual,
        Signature.UPPER: f"mac={usual.upper()}",
        Signature.WRONG: f"mac={usual[::-1]}",
        Signature.MISSING: None,
    }
    assert headers.get("X-ZEvent-Signature") == expected[how]


async def test_a_reset_secret_signs_at_once(sim: Simulator, bot: Bot, person: Person) -> None:
    sim.console.oa_secret = "NEW"
    await sim.says(person, "a")
    headers, raw, event = bot.posts[-1]
    expected = mac(sim.settings.app_id, raw, event["timestamp"], "NEW")
    assert headers["X-ZEvent-Signature"] == f"mac={expected}"


async def test_a_demanded_proof_is_checked(sim: Simulator, api: Api, person: Person) -> None:
    sim.console.secret_proof = True
    assert (await api.send(person.id, "a"))["error"] == -242
    assert (await api.get("/message/quota"))["error"] == -1241
    proof = hmac.new(sim.settings.app_secret.encode(), sim.grant.access.encode(), hashlib.sha256).hexdigest()
    headers = {"access_token": sim.grant.access, "appsecret_proof": proof}
    async with api.http.get(sim.base_url + "/v2.0/oa/getoa", headers=headers) as response:
        assert (await response.json())["error"] == 0


async def test_an_app_that_is_off_and_changed_permissions_refuse_every_call(
    sim: Simulator, api: Api, person: Person
) -> None:
    sim.console.permitted = False
    assert [(await api.send(person.id, "a"))["error"], (await api.get("/message/quota"))["error"]] == [-223, -138]
    sim.console.app_active = False
    assert [(await api.send(person.id, "a"))["error"], (await api.get("/message/quota"))["error"]] == [-209, -103]


async def test_the_test_button_sends_a_signed_sample_of_nobody(sim: Simulator, bot: Bot) -> None:
    assert await sim.console_tests("user_send_text") == 200
    _, _, event = bot.posts[-1]
    assert (event["event_name"], event["recipient"]["id"]) == ("user_send_text", sim.settings.oa_id)
    assert event["sender"]["id"] not in sim.world.people


async def test_shared_personal_data_come_in_both_shapes(sim: Simulator, bot: Bot, api: Api, person: Person) -> None:
    await sim.shares(person, address="12 Trần Phú", ward="Hồng Gai", city="Quảng Ninh")
    sim.console.old_info = True
    await sim.shares(person, address="12 Trần Phú", city="Quảng Ninh")
    new, old = (event["info"] for event in bot.events("user_submit_info"))
    assert new["full_address"] == {"user_city": "Quảng Ninh", "user_ward": "Hồng Gai", "user_address": "12 Trần Phú"}
    assert (new["phone"], old["phone"]) == (person.phone, int(person.phone))
    assert "full_address" not in old
    data = (await api.get("/v3.0/oa/user/detail", f'{{"user_id":"{person.id}"}}'))["data"]
    assert data["shared_info"]["address"] == "12 Trần Phú"


async def test_every_kind_of_message_has_its_event(sim: Simulator, bot: Bot, person: Person) -> None:
    await sim.sends_voice(person)
    await sim.sends_video(person)
    await sim.sends_link(person, "https://example.test/a")
    await sim.sends_contact(person, "Lê Văn Hùng", "84912345678")
    kinds = {event["event_name"]: event["message"]["attachments"][0] for _, _, event in bot.posts[1:]}
    assert [kinds[f"user_send_{kind}"]["type"] for kind in ("audio", "video", "link", "business_card")] == [
        "audio",
        "video",
        "link",
        "link",
    ]
    description = kinds["user_send_business_card"]["payload"]["description"]
    assert description == '{"phone":"84912345678","qrCodeUrl":""}'


async def test_groups_have_events_of_their_own(sim: Simulator, bot: Bot, person: Person) -> None:
    await sim.group_changes("user_join_group", "g1", person)
    await sim.group_says(person, "g1", f"[@{sim.settings.oa_id}] cho hỏi")
    joined, said = (event for _, _, event in bot.posts[-2:])
    assert (joined["group_id"], joined["users"], "sender" in joined) == ("g1", [{"id": person.id}], False)
    assert (said["event_name"], said["recipient"], said["oa_id"]) == (
        "user_send_group_text",
        {"id": "g1"},
        sim.settings.oa_id,
    )
