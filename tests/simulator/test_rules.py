"""The table of refusals, through the real endpoint: what Zalo refuses, and with which code."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData

from tests.simulator.conftest import Api
from tests.simulator.moments import JPEG, PDF, PNG
from zalobot.simulator.app import Person, Simulator
from zalobot.simulator.world import Button


def show(title: str = "Nút", payload: Any = "payload") -> dict[str, Any]:
    return {"title": title, "type": "oa.query.show", "payload": payload}


def typed(kind: str, payload: Any) -> dict[str, Any]:
    return {"title": "a", "type": kind, "payload": payload}


def ask(count: int) -> dict[str, Any]:
    return {"template_type": "request_user_info", "elements": [{"title": "a", "image_url": "b"}] * count}


def template(payload: dict[str, Any], text: str = "chữ") -> dict[str, Any]:
    return {"text": text, "attachment": {"type": "template", "payload": payload}}


def media(**element: Any) -> dict[str, Any]:
    return template({"template_type": "media", "elements": [element]}, "")


REFUSED: list[tuple[str, Any, int]] = [
    ("no message", None, -201),
    ("no text", {}, -201),
    ("blank text", {"text": "  "}, -201),
    ("text that is no text", {"text": 5}, -201),
    ("2001 characters", {"text": "ạ" * 2001}, -210),
    ("2001 UTF-16 units in 1001 characters", {"text": "🙂" * 1000 + "a"}, -210),
    ("six buttons", template({"buttons": [show()] * 6}), -201),
    ("no button in a button template", template({"buttons": []}), -201),
    ("buttons without text", template({"buttons": [show()]}, ""), -201),
    ("title of 101", template({"buttons": [show("ơ" * 101)]}), -201),
    ("no title", template({"buttons": [show("")]}), -201),
    ("payload of 1001", template({"buttons": [show(payload="a" * 1001)]}), -201),
    ("payload that is no string", template({"buttons": [show(payload={"content": "A"})]}), -201),
    ("unknown button type", template({"buttons": [typed("oa.query", "a")]}), -201),
    ("url that is none", template({"buttons": [typed("oa.open.url", {"url": "x"})]}), -201),
    ("phone with 0", template({"buttons": [typed("oa.open.phone", {"phone_code": "0203"})]}), -201),
    ("plain image", {"attachment": {"type": "image", "payload": {"url": "https://a.vn/a.jpg"}}}, -201),
    ("unknown template", template({"template_type": "promotion", "elements": [{}]}), -201),
    ("unknown image", media(media_type="image", attachment_id="nothing"), -201),
    ("unknown file", {"attachment": {"type": "file", "payload": {"token": "nothing"}}}, -201),
    ("gif without size", media(media_type="gif", url="https://a.vn/a.gif"), -201),
    ("six list elements", template({"template_type": "list", "elements": [{"title": "a"}] * 6}), -201),
    ("two requests for data", template(ask(2)), -201),
    ("unknown quote", {"text": "a", "quote_message_id": "nothing"}, -201),
]  # fmt: skip


@pytest.mark.parametrize(("message", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_a_wrong_message_is_refused(sim: Simulator, api: Api, person: Person, message: Any, code: int) -> None:
    answer = await api.message(person.id, message)
    assert (answer["status"], answer["error"], sim.received(person)) == (200, code, [])
    assert [message.refused for message in sim.world.refused] == [code]


ACCEPTED: list[tuple[str, Any]] = [
    ("2000 characters", {"text": "ạ" * 2000}),
    ("five buttons with titles of 100", template({"buttons": [show("ơ" * 100, "a" * 1000)] * 5})),
    ("a list of five", template({"template_type": "list", "elements": [{"title": "a"}] * 5, "buttons": [show()]})),
    ("an image by address", media(media_type="image", url="https://a.vn/a.jpg")),
    ("a request for data", template(ask(1))),
]  # fmt: skip


@pytest.mark.parametrize("message", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
async def test_a_message_at_its_limits_arrives(sim: Simulator, api: Api, person: Person, message: Any) -> None:
    answer = await api.message(person.id, message)
    assert answer["error"] == 0
    assert [received.id for received in sim.received(person)] == [answer["data"]["message_id"]]


async def test_every_button_type_is_kept_with_its_value(sim: Simulator, api: Api, person: Person) -> None:
    url = {"title": "Xem", "type": "oa.open.url", "payload": {"url": "https://a.vn/x"}}
    phone = {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "842033123456"}}
    sms = {"title": "Nhắn", "type": "oa.open.sms", "payload": {"content": "a", "phone_code": "84912345678"}}
    await api.send(person.id, "Chọn", show("Nhận", "Nhận QN-1"), url, phone, sms)
    assert sim.received(person)[0].buttons == (
        Button("Nhận", "oa.query.show", "Nhận QN-1"),
        Button("Xem", "oa.open.url", "https://a.vn/x"),
        Button("Gọi", "oa.open.phone", "842033123456"),
        Button("Nhắn", "oa.open.sms", "84912345678"),
    )


async def test_an_unknown_user_is_refused(api: Api) -> None:
    assert (await api.send("1234567890123456789", "a"))["error"] == -201


async def test_an_id_sent_as_a_number_is_refused(api: Api, person: Person) -> None:
    assert (
        await api.post("/v3.0/oa/message/cs", {"recipient": {"user_id": int(person.id)}, "message": {"text": "a"}})
    )["error"] == -201


async def test_a_body_that_is_no_object_is_refused(api: Api) -> None:
    assert (await api.post("/v3.0/oa/message/cs", ["a"]))["error"] == -201


async def test_seven_days_after_the_last_interaction_the_window_closes(
    sim: Simulator, api: Api, person: Person
) -> None:
    await api.wait(timedelta(days=7) - timedelta(minutes=1))
    assert (await api.send(person.id, "còn kịp"))["error"] == 0
    await api.wait(timedelta(minutes=1))
    assert (await api.send(person.id, "quá muộn"))["error"] == -230
    await sim.says(person, "tôi đây")
    assert (await api.send(person.id, "chào lại"))["error"] == 0


async def test_receipts_do_not_keep_the_window_open(sim: Simulator, api: Api, person: Person) -> None:
    await api.wait(timedelta(days=6))
    await api.send(person.id, "tin")
    await sim.sees(person)
    await api.wait(timedelta(days=1))
    assert (await api.send(person.id, "tin"))["error"] == -230


async def test_somebody_who_never_interacted_cannot_be_written_to(sim: Simulator, api: Api) -> None:
    stranger = sim.add_person("Người lạ")
    assert (await api.send(stranger.id, "a"))["error"] == -230
    await sim.clicks_chatnow(stranger)
    assert (await api.send(stranger.id, "a"))["error"] == 0


async def test_after_unfollowing_nothing_arrives_until_the_person_writes(
    sim: Simulator, api: Api, person: Person
) -> None:
    await sim.unfollow(person)
    assert (await api.send(person.id, "a"))["error"] == -213
    await sim.says(person, "tôi hỏi thêm")
    assert (await api.send(person.id, "a"))["error"] == 0


@pytest.mark.parametrize("code", [-217, -227, -244])
async def test_a_person_may_refuse(api: Api, person: Person, code: int) -> None:
    person.refuses = code
    assert (await api.send(person.id, "a"))["error"] == code


async def test_a_quote_goes_with_text_only_and_for_two_days(sim: Simulator, api: Api, person: Person) -> None:
    said = await sim.says(person, "câu hỏi")
    assert (await api.message(person.id, {"text": "a", "quote_message_id": said.id}))["error"] == 0
    quoted = template({"buttons": [show()]}) | {"quote_message_id": said.id}
    assert (await api.message(person.id, quoted))["error"] == -201
    await api.wait(timedelta(hours=49))
    assert (await api.message(person.id, {"text": "a", "quote_message_id": said.id}))["error"] == -201


MB = 1024 * 1024


async def upload(api: Api, family: str, name: str, data: bytes) -> dict[str, Any]:
    form = FormData()
    form.add_field("file", BytesIO(data), filename=name)
    url = f"{api.sim.base_url}/v2.0/oa/upload/{family}"
    async with api.http.post(url, data=form, headers={"access_token": api.sim.grant.access}) as response:
        answer: dict[str, Any] = await response.json()
        return answer


@pytest.mark.parametrize(
    ("family", "name", "data", "more", "code"),
    [
        ("image", "a.jpg", JPEG, 0, 0),
        ("image", "a.png", PNG, 0, 0),
        ("image", "a.jpg", JPEG, MB, -210),
        ("image", "a.gif", b"GIF89a", 0, -201),
        ("image", "a.jpg", b"not a picture", 0, -201),
        ("image", "a", JPEG, 0, -201),
        ("gif", "a.gif", b"GIF89a", 0, 0),
        ("gif", "a.jpg", JPEG, 0, -201),
        ("file", "a.pdf", PDF, 0, 0),
        ("file", "a.docx", b"PK", 0, 0),
        ("file", "a.csv", b"a,b", 0, 0),
        ("file", "a.pdf", b"no pdf", 0, -201),
        ("file", "a.exe", b"MZ", 0, -201),
        ("file", "a.pdf", PDF, 5 * MB, -210),
    ],
)
async def test_uploads_are_judged_by_size_type_and_name(
    api: Api, family: str, name: str, data: bytes, more: int, code: int
) -> None:
    answer = await upload(api, family, name, data + bytes(more))
    assert answer["error"] == code
    assert (code != 0) or ({"token" if family == "file" else "attachment_id"} == answer["data"].keys())


async def test_an_uploaded_asset_is_sent_and_dies_after_seven_days(sim: Simulator, api: Api, person: Person) -> None:
    image = media(
        media_type="image", attachment_id=(await upload(api, "image", "a.jpg", JPEG))["data"]["attachment_id"]
    )
    token = (await upload(api, "file", "a.pdf", PDF))["data"]["token"]
    file = {"attachment": {"type": "file", "payload": {"token": token}}}
    assert [(await api.message(person.id, message))["error"] for message in (image, file)] == [0, 0]
    assert [message.kind for message in sim.received(person)] == ["image", "file"]
    assert (await api.message(person.id, file | {"text": "chữ"}))["error"] == -201
    await api.wait(timedelta(days=7))
    await sim.says(person, "a")
    assert [(await api.message(person.id, message))["error"] for message in (image, file)] == [-100, -100]


async def test_a_persons_photo_is_no_asset_of_the_account(sim: Simulator, api: Api, person: Person) -> None:
    sent = await sim.sends_image(person, JPEG)
    assert sent.file is not None
    answer = await api.message(person.id, media(media_type="image", attachment_id=sent.file.id))
    assert answer["error"] == -201
