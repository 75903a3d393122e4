"""One sample file per shape of event; the table says what each must be read as."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zalobot.errors import BadEvent, InvalidSignature
from zalobot.zalo import signature
from zalobot.zalo.events import Attachment, Event, Kind
from zalobot.zalo.kinds import KINDS
from zalobot.zalo.signature import Keys

OA, PERSON, APP = "388613280878808645", "246845883529197922", "360846524940903967"
MESSAGE = "96d3cdf3af150460909"
AT = datetime(2024, 11, 23, 7, 7, 58, 901000, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SAMPLES = {path.stem: path for path in sorted((Path(__file__).parent / "samples").glob("*.json"))}


def read(sample: str) -> Event:
    return Event.parse(SAMPLES[sample].read_bytes(), OA, NOW)


def parse(**body: object) -> Event:
    return Event.parse(json.dumps(body).encode(), OA, NOW)


MESSAGES = [name for name in SAMPLES if name.startswith("user_send_") and "group" not in name]
ECHOES = [name for name in SAMPLES if name.startswith("oa_send_") and name.split(".")[0] in KINDS]
ECHOES.remove("oa_send_consent")
FROM_A_PERSON = ["user_click_chatnow", "follow", "unfollow", "user_withdraw", "update_user_info", "user_submit_info"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_shape_is_read(sample):
    event = read(sample)
    assert (event.app_id, event.oa_id) == (APP, OA)
    assert event.name == json.loads(SAMPLES[sample].read_bytes())["event_name"]
    assert 0 < len(event.key) <= 200
    assert (event.kind is Kind.UNKNOWN) is (sample == "unknown")


@pytest.mark.parametrize("name", KINDS)
def test_every_known_name_has_a_sample(name):
    assert name in SAMPLES or name == "journey_acknowledged"


def test_every_shape_has_a_key_of_its_own():
    same = {"user_submit_info.merged", "user_send_location.bare", "oa_send_text.staff"}
    same |= {"user_send_text.payload_object", "user_send_text.payload_string"}
    keys = [read(sample).key for sample in SAMPLES if sample not in same]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("sample", MESSAGES)
def test_a_message_is_from_the_person(sample):
    event = read(sample)
    assert (event.kind, event.person_id, event.at) == (Kind.MESSAGE, PERSON, AT)


@pytest.mark.parametrize("sample", ECHOES)
def test_an_echo_is_to_the_person(sample):
    event = read(sample)
    assert (event.kind, event.person_id, event.message_id) == (Kind.ECHO, PERSON, MESSAGE)


@pytest.mark.parametrize("sample", FROM_A_PERSON)
def test_a_person_is_found_without_a_sender(sample):
    assert read(sample).person_id == PERSON


def test_a_receipt_names_the_person_although_the_oa_is_its_sender():
    delivered, seen = read("user_received_message"), read("user_seen_message")
    assert (delivered.kind, delivered.person_id, delivered.message_ids) == (
        Kind.RECEIPT_DELIVERED,
        PERSON,
        (MESSAGE,),
    )
    assert (seen.kind, seen.person_id, seen.message_ids) == (Kind.RECEIPT_SEEN, PERSON, ("m1", "m2"))


def test_a_receipt_of_a_template_names_no_person_and_has_its_own_time():
    event = read("user_received_message.template")
    assert (event.person_id, event.message_ids) == ("", ("z1",))
    assert event.at == datetime(2024, 11, 23, 7, 6, 40, tzinfo=UTC)


def test_a_receipt_the_other_way_round_names_the_same_person():
    body = json.loads(SAMPLES["user_received_message"].read_bytes())
    body["sender"], body["recipient"] = body["recipient"], body["sender"]
    assert parse(**body).person_id == PERSON


def test_a_message_whose_sender_is_the_oa_starts_no_turn():
    body = json.loads(SAMPLES["user_send_text"].read_bytes())
    body["sender"], body["recipient"] = body["recipient"], body["sender"]
    assert (parse(**body).kind, parse(**body).person_id) == (Kind.ECHO, PERSON)


def test_staff_is_told_from_the_bot():
    assert (read("oa_send_text.staff").admin_id, read("oa_send_text").admin_id) == ("4411", "")


def test_text_and_quote():
    event = read("user_send_text")
    assert (event.text, event.quote_id, event.message_id) == ("Xin chào ạ", "q1", MESSAGE)


def test_ids_written_as_numbers_are_exact_text():
    event = read("user_send_text.numbers")
    assert (event.app_id, event.oa_id, event.person_id, event.message_id, event.at) == (
        APP,
        OA,
        PERSON,
        "96123456789012345678901",
        AT,
    )


def test_a_payload_that_is_an_object_is_unwrapped():
    assert read("user_send_text.payload_object").text == "Nhận QN-2611-00042/1"
    assert read("user_send_text.payload_string").text == "A"
    assert parse(event_name="user_send_text", message={"text": '{"content" is not JSON'}).text == (
        '{"content" is not JSON'
    )


def test_text_is_composed():
    assert parse(event_name="user_send_text", message={"text": "Tie\u0302\u0301ng"}).text == "Tiếng"


ZDN = "http://f6.photo.talk.zdn.vn/a.jpg"
THUMB = "http://t.f6.photo.talk.zdn.vn/a.jpg"


@pytest.mark.parametrize(
    ("sample", "attachment"),
    [
        ("user_send_image", Attachment("image", ZDN, THUMB)),
        ("user_send_link", Attachment("link", "https://example.vn", THUMB, description="Trang chủ")),
        ("user_send_audio", Attachment("audio", "http://f6.zdn.vn/a.amr")),
        ("user_send_video", Attachment("video", "http://f6.zdn.vn/a.mp4", THUMB, description="quay ở cổng")),
        ("user_send_sticker", Attachment("sticker", "http://f6.zdn.vn/s")),
        ("user_send_gif", Attachment("gif", "http://f6.zdn.vn/a.gif", THUMB)),
        ("user_send_location", Attachment("location", latitude=20.9511, longitude=107.0748)),
        ("user_send_location.bare", Attachment("location", latitude=20.9511, longitude=107.0748)),
        (
            "user_send_file",
            Attachment(
                "file",
                "https://f6.zdn.vn/don.pdf",
                name="đơn.pdf",
                size=133240,
                type="pdf",
                checksum="9e107d9d372bb6826bd81d3542a419d6",
            ),
        ),
        (
            "user_send_business_card",
            Attachment("contact", "https://qr.zdn.vn/1", THUMB, "Nguyễn Văn A", phone="84912345678"),
        ),
    ],
)
def test_attachments(sample, attachment):
    assert read(sample).attachments == (attachment,)


OLD_FORM = {
    "name": "Nguyễn Văn A",
    "phone": "84912345678",
    "address": "12 Trần Phú",
    "ward": "Cẩm Tây",
    "district": "Cẩm Phả",
    "city": "Quảng Ninh",
}
NEW_FORM = {
    "name": "Nguyễn Văn A",
    "phone": "84912345678",
    "birthday": "30/10/1999",
    "gender": "Nam",
    "address": "12 Trần Phú",
    "ward": "Cẩm Phả",
    "city": "Quảng Ninh",
}


def test_both_forms_of_a_person_s_details_have_one_shape():
    assert read("user_submit_info").info == OLD_FORM
    assert read("user_submit_info.merged").info == NEW_FORM


def test_a_group_message_loses_its_mentions():
    event = read("user_send_group_text")
    assert (event.kind, event.person_id, event.group_id, event.text) == (
        Kind.GROUP,
        PERSON,
        "f414c8f76fa586fbdfb4",
        "cho hỏi hạn nộp ạ",
    )
    assert read("oa_send_group_text").person_id == ""


def test_two_reactions_to_one_message_are_two_events():
    body = json.loads(SAMPLES["user_reacted_message"].read_bytes())
    later = {**body, "timestamp": "1732345679000"}
    assert read("user_reacted_message").info == {"icon": "/-heart"}
    assert parse(**later).key != parse(**body).key
    assert parse(**body).key == parse(**body).key


def test_keys_of_deliveries_of_one_event_are_equal():
    assert read("user_send_text").key == f"{MESSAGE}:user_send_text"
    assert read("follow").key == f"follow:1732345678901:{PERSON}"


@pytest.mark.parametrize("timestamp", [None, "", "154390853474", "9999999999999", "abc", "-1", 1.5, "1" * 40, True])
def test_an_absent_or_absurd_timestamp_is_the_time_of_receipt(timestamp):
    assert parse(event_name="follow", timestamp=timestamp).at == NOW


def test_an_event_of_another_oa_names_no_person():
    event = parse(event_name="follow", oa_id="1", follower={"id": "2"}, timestamp="1732345678901")
    assert (event.oa_id, event.person_id) == ("1", "")
    stray = parse(event_name="user_send_text", sender={"id": "1"}, recipient={"id": "2"})
    assert (stray.oa_id, stray.person_id) == ("", "")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b'"x"', b'{"event_name":1}', b'{"event_name":""}', b"\xff"]
)
def test_what_is_no_event_is_refused(body):
    with pytest.raises(BadEvent):
        Event.parse(body, OA, NOW)


def test_nesting_without_end_is_refused():
    with pytest.raises(BadEvent):
        Event.parse(b'{"event_name":"x","a":' + b"[" * 100_000, OA, NOW)


def test_what_no_database_keeps_is_replaced():
    event = Event.parse(rb'{"event_name":"user_send_text","message":{"text":"a\u0000b\ud800c\ud83d\ude00"}}', OA, NOW)
    assert event.text == "a\ufffdb\ufffdc😀"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in inner for place in ((*path, key), *places(item, (*path, key)))]


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(sorted(SAMPLES)), JSON)
def test_any_shape_of_any_field_is_read(data, sample, value):
    body = target = json.loads(SAMPLES[sample].read_bytes())
    *path, last = data.draw(st.sampled_from([place for place in places(body) if place != ("event_name",)]))
    for key in path:
        target = target[key]
    target[last] = value
    event = parse(**body)
    assert event.name == body["event_name"]
    assert len(event.key) <= 200
    assert len(event.person_id) <= 64
    assert event.at <= NOW + timedelta(days=1)
    f"{event}".encode()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_an_event_or_refused(body):
    with pytest.raises(BadEvent):
        Event.parse(body, OA, NOW)


def signed(body: bytes, app_id: str = APP) -> str:
    return f"mac={signature.mac(app_id, body, '1732345678901', 'right')}"


KEYS = Keys(APP, OA, ("new", "right"), "the app's")


def test_an_event_proves_its_origin():
    body = SAMPLES["user_send_text"].read_bytes()
    event = Event.from_http(body, signed(body), keys=KEYS, received=NOW)
    assert (event.text, event.signed_with) == ("Xin chào ạ", "right")
    assert "right" not in repr(event)


TEXT = SAMPLES["user_send_text"].read_bytes()
UNPROVEN = [
    (TEXT, None, "unsigned"),
    (TEXT, "", "unsigned"),
    (TEXT, signed(TEXT + b" "), "mismatch"),
    (TEXT, f"mac={signature.mac(OA, TEXT, '1732345678901', 'right')}", "oa_id+oa_secret"),
    (TEXT, f"mac={signature.mac(APP, TEXT, '1732345678901', KEYS.app_secret)}", "app_id+app_secret"),
    (TEXT.replace(APP.encode(), b"1"), signed(TEXT.replace(APP.encode(), b"1"), "1"), "other_app"),
    (b"<xml/>", signed(b"<xml/>"), "unreadable"),
]


@pytest.mark.parametrize(("body", "header", "reason"), UNPROVEN, ids=[reason for *_, reason in UNPROVEN])
def test_what_is_not_proven_is_no_event_and_says_why(body, header, reason):
    with pytest.raises(InvalidSignature) as caught:
        Event.from_http(body, header, keys=KEYS, received=NOW)
    assert caught.value.reason == reason


def test_what_zalo_signed_but_is_no_event_is_told_apart():
    body = json.dumps({"app_id": APP, "timestamp": "1732345678901"}).encode()
    with pytest.raises(BadEvent, match="no event_name"):
        Event.from_http(body, signed(body), keys=KEYS, received=NOW)


def test_only_a_group_message_that_names_the_account_calls_it():
    body = json.loads(SAMPLES["user_send_group_text"].read_bytes())

    def saying(text):
        return parse(**{**body, "message": {**body["message"], "text": text}})

    assert saying(f"[@{OA}] cho hỏi").mentions_us is True
    assert saying(f"[@{OA}] cho hỏi").text == "cho hỏi"
    assert saying("cho hỏi").mentions_us is False
    assert saying("[@all] [@1] cho hỏi").mentions_us is False


def test_a_visitor_without_an_account_is_nobody():
    event = read("anonymous_send_text")
    assert (event.kind, event.person_id) == (Kind.ANONYMOUS, "")


def test_the_time_inside_the_message_stands_in_for_the_envelope_s():
    event = parse(event_name="user_send_text", message={"text": "a", "time": "1732345678901"})
    assert event.at == AT
