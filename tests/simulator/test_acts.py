"""What people do, and what they see."""

import asyncio

import pytest

from tests.simulator.conftest import Api, Bot
from tests.simulator.moments import JPEG
from zalobot.simulator.app import Person, SimSettings, Simulator
from zalobot.simulator.phone import Phone

SHOW = {"title": "Nhận xử lý", "type": "oa.query.show", "payload": "Nhận QN-2611-00042/1"}
HIDE = {"title": "Ẩn", "type": "oa.query.hide", "payload": "#an"}
OPEN = {"title": "Xem", "type": "oa.open.url", "payload": {"url": "https://a.vn"}}


async def test_a_conversation_reads_as_its_transcript(sim: Simulator, bot: Bot, api: Api, person: Person) -> None:
    bot.repeats = True
    await sim.says(person, "xin chào")
    assert [message.text for message in await sim.replies(person)] == ["XIN CHÀO"]
    await sim.says(person, "một")
    await sim.says(person, "hai")
    assert [message.text for message in await sim.replies(person, 2)] == ["MỘT", "HAI"]
    assert [message.text for message in sim.messages(person)][-1] == "HAI"


async def test_a_pressed_button_is_what_a_person_would_have_typed(
    sim: Simulator, bot: Bot, api: Api, person: Person
) -> None:
    await api.send(person.id, "Việc mới", SHOW, HIDE, OPEN)
    assert (await sim.presses(person, "Nhận xử lý")) is not None
    assert (await sim.presses(person, "Ẩn")) is not None
    assert (await sim.presses(person, "Xem")) is None
    assert [event["message"]["text"] for event in bot.events("user_send_text")] == ["Nhận QN-2611-00042/1", "#an"]
    assert [message.text for message in sim.messages(person)] == ["Việc mới", "Nhận QN-2611-00042/1"]


@pytest.mark.parametrize("title", ["1. Nhận xử lý", "Nhận xử lý"])
async def test_the_number_of_a_button_may_be_left_out(sim: Simulator, api: Api, person: Person, title: str) -> None:
    await api.send(person.id, "Việc mới", SHOW | {"title": "1. Nhận xử lý"})
    pressed = await sim.presses(person, title)
    assert pressed is not None
    assert pressed.text == "Nhận QN-2611-00042/1"


async def test_a_button_that_is_not_there_cannot_be_pressed(sim: Simulator, api: Api, person: Person) -> None:
    await api.send(person.id, "Việc mới", SHOW)
    with pytest.raises(LookupError, match="Nhận xử lý"):
        await sim.presses(person, "Trả lời")


async def test_the_menu_is_that_of_the_persons_role(sim: Simulator, bot: Bot, person: Person) -> None:
    await sim.taps_menu(person, 1)
    assert bot.events("user_send_text")[0]["message"]["text"] == "Tra cứu"


async def test_waiting_in_vain_says_what_did_come(sim: Simulator, api: Api, person: Person) -> None:
    await api.send(person.id, "chỉ một")
    with pytest.raises(TimeoutError, match=r"1 of 2 replies: \['chỉ một'\]"):
        await sim.replies(person, 2, seconds=0.1)


async def test_a_message_is_marked_received_then_seen_when_the_account_answers(
    sim: Simulator, api: Api, person: Person
) -> None:
    said = await sim.says(person, "a")
    assert (said.delivered_at is not None, said.seen_at) == (True, None)
    await api.send(person.id, "b")
    assert said.seen_at is not None


async def test_the_other_events_have_their_shapes(sim: Simulator, bot: Bot, api: Api, person: Person) -> None:
    message_id = (await api.send(person.id, "a"))["data"]["message_id"]
    await sim.reacts(person, message_id, "/-heart")
    await sim.submits_info(person, {"name": "Trang", "phone": "84912345678"})
    await sim.withdraws(person)
    await sim.sends_sticker(person, "sticker1")
    await sim.settled()
    assert bot.events("user_reacted_message")[0]["message"] == {"msg_id": message_id, "react_icon": "/-heart"}
    assert bot.events("user_submit_info")[0]["info"] == {"name": "Trang", "phone": "84912345678"}
    assert bot.events("user_withdraw")[0]["user_id"] == person.id
    assert bot.events("user_send_sticker")[0]["message"]["attachments"][0]["payload"]["id"] == "sticker1"


async def test_a_quiet_simulator_keeps_no_log_but_all_messages(bot: Bot) -> None:
    async with Simulator(SimSettings(webhook_url=bot.url, quiet=True)) as sim:
        people = [sim.add_person(str(n)) for n in range(5)]
        await asyncio.gather(*(sim.says(person, "a") for person in people))
        assert (len(sim.world.log), [len(sim.messages(person)) for person in people]) == (0, [1] * 5)


async def test_a_phone_tells_what_was_answered_and_that_nothing_more_came(
    sim: Simulator, bot: Bot, api: Api, person: Person
) -> None:
    bot.repeats = True
    phone = Phone(sim, person)
    assert await phone.says("xin chào") == ["XIN CHÀO"]
    assert await phone.shows(JPEG, times=0) == []
    await api.send(person.id, "một", SHOW)
    await api.send(person.id, "hai")
    with pytest.raises(AssertionError, match="hai"):
        await phone.hears(1)
    assert await phone.hears(1) == ["hai"]
    assert await phone.presses("Nhận xử lý") == ["NHẬN QN-2611-00042/1"]
    assert (phone.last.text, phone.buttons) == ("NHẬN QN-2611-00042/1", [])
