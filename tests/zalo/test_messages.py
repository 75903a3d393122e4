import pytest

from zalobot.zalo.messages import Button, Outgoing, parts, split
from zalobot.zalo.wire import wire_body

YES = Button("Đồng ý", "query", "Nhận QN-2611-00042/1")


def body(**message: object) -> dict[str, object]:
    return {"recipient": {"user_id": "7"}, "message": message}


def template(**payload: object) -> dict[str, object]:
    return {"type": "template", "payload": payload}


@pytest.mark.parametrize(
    ("outgoing", "message"),
    [
        (Outgoing("Xin chào"), {"text": "Xin chào"}),
        (Outgoing("Vâng", quote_id="m1"), {"text": "Vâng", "quote_message_id": "m1"}),
        (
            Outgoing("Chọn", (YES,)),
            {
                "text": "Chọn",
                "attachment": template(
                    buttons=[{"title": "Đồng ý", "type": "oa.query.show", "payload": "Nhận QN-2611-00042/1"}]
                ),
            },
        ),
        (
            Outgoing(image_id="i1"),
            {"attachment": template(template_type="media", elements=[{"media_type": "image", "attachment_id": "i1"}])},
        ),
        (
            Outgoing("ảnh", image_id="i1"),
            {
                "text": "ảnh",
                "attachment": template(
                    template_type="media", elements=[{"media_type": "image", "attachment_id": "i1"}]
                ),
            },
        ),
        (Outgoing(file_token="t1"), {"attachment": {"type": "file", "payload": {"token": "t1"}}}),
        (
            Outgoing("ảnh", gif_id="g1", width=320, height=200),
            {
                "text": "ảnh",
                "attachment": template(
                    template_type="media",
                    elements=[{"media_type": "gif", "attachment_id": "g1", "width": 320, "height": 200}],
                ),
            },
        ),
        (
            Outgoing(sticker_id="s1"),
            {
                "attachment": template(
                    template_type="media", elements=[{"media_type": "sticker", "attachment_id": "s1"}]
                )
            },
        ),
        (
            Outgoing(ask_title="Họ tên", ask_subtitle="để liên hệ", ask_image_url="https://example.vn/a.jpg"),
            {
                "attachment": template(
                    template_type="request_user_info",
                    elements=[{"title": "Họ tên", "subtitle": "để liên hệ", "image_url": "https://example.vn/a.jpg"}],
                )
            },
        ),
    ],
)
def test_the_wire(outgoing, message):
    assert wire_body("7", outgoing) == body(**message)


@pytest.mark.parametrize(
    ("button", "kind", "payload"),
    [
        (Button("a", "query_hidden", "#x"), "oa.query.hide", "#x"),
        (Button("a", "url", "https://example.vn/a"), "oa.open.url", {"url": "https://example.vn/a"}),
        (Button("a", "phone", "0203 3835 678"), "oa.open.phone", {"phone_code": "842033835678"}),
        (Button("a", "phone", "1022"), "oa.open.phone", {"phone_code": "1022"}),
        (Button("a", "phone", "+84 912 345 678"), "oa.open.phone", {"phone_code": "84912345678"}),
        (
            Button("a", "sms", "0912345678?body=Xin chào"),
            "oa.open.sms",
            {"content": "Xin chào", "phone_code": "84912345678"},
        ),
    ],
)
def test_buttons_on_the_wire(button, kind, payload):
    assert button.wire() == {"title": "a", "type": kind, "payload": payload}


@pytest.mark.parametrize(
    ("title", "kind", "value"),
    [
        ("", "query", "x"),
        ("a" * 101, "query", "x"),
        ("a", "query", ""),
        ("a", "query", "x" * 1001),
        ("a", "url", "example.vn"),
        ("a", "url", "javascript:alert(1)"),
        ("a", "postback", "x"),
    ],
)
def test_a_button_beyond_the_limits_can_not_be_made(title, kind, value):
    with pytest.raises(ValueError):
        Button(title, kind, value)
    assert Button("a" * 100, "query", "x" * 1000).title == "a" * 100


def test_more_than_five_buttons_can_not_be_made():
    assert len(Outgoing("Chọn", (YES,) * 5).buttons) == 5
    with pytest.raises(ValueError):
        Outgoing("Chọn", (YES,) * 6)


def test_text_is_composed():
    assert Outgoing("Tie\u0302\u0301ng").text == "Tiếng"
    assert Button("Tie\u0302\u0301ng", "query", "Tie\u0302\u0301ng") == Button("Tiếng", "query", "Tiếng")


def test_buttons_go_with_the_last_part():
    long = "Một câu khá dài. " * 200
    assert parts(Outgoing(long, (YES,))) == [
        Outgoing(split(long)[0]),
        Outgoing(split(long)[1], (YES,)),
    ]


def test_a_quote_goes_with_the_first_part():
    long = "Một câu khá dài. " * 200
    assert [part.quote_id for part in parts(Outgoing(long, quote_id="m1"))] == ["m1", ""]
    assert parts(Outgoing("a", (YES,), quote_id="m1")) == [Outgoing("a", (YES,))]


@pytest.mark.parametrize(
    ("outgoing", "messages"),
    [
        (Outgoing(), []),
        (Outgoing("a"), [Outgoing("a")]),
        (Outgoing("a", image_blob="s"), [Outgoing("a", image_blob="s")]),
        (Outgoing("a", (YES,), image_blob="s"), [Outgoing(image_blob="s"), Outgoing("a", (YES,))]),
        (
            Outgoing("a", file_blob="s", file_name="đơn.pdf"),
            [Outgoing(file_blob="s", file_name="đơn.pdf"), Outgoing("a")],
        ),
        (Outgoing("a", sticker_id="s"), [Outgoing(sticker_id="s"), Outgoing("a")]),
        (
            Outgoing("a", react_icon="/-heart", react_id="m"),
            [Outgoing(react_icon="/-heart", react_id="m"), Outgoing("a")],
        ),
        (Outgoing("a", image_id="i", file_token="t"), [Outgoing("a", image_id="i"), Outgoing(file_token="t")]),
    ],
)
def test_what_does_not_fit_into_one_message_becomes_several(outgoing, messages):
    assert parts(outgoing) == messages


@pytest.mark.parametrize("outgoing", [Outgoing(), Outgoing("a" * 2001), Outgoing(image_blob="s"), Outgoing("", (YES,))])
def test_what_can_not_be_sent_as_it_is_has_no_wire(outgoing):
    with pytest.raises(ValueError):
        wire_body("7", outgoing)


def test_a_message_without_buttons_keeps_addresses_and_numbers():
    buttons = (YES, Button("Xem", "url", "https://example.vn"), Button("Gọi", "phone", "1022"))
    assert Outgoing("Chọn", buttons).plain() == Outgoing("Chọn\nXem: https://example.vn\nGọi: 1022")


@pytest.mark.parametrize("length", [1990, 1999, 2000, 2001, 5000])
def test_the_last_part_has_room_for_the_addresses_of_its_buttons(length):
    words = ("Một câu khá dài. " * 400)[:length].strip()
    see = Button("Xem", "url", "https://example.vn/" + "x" * 80)
    pieces = parts(Outgoing(words, (YES, see)))
    assert all(len(piece.plain().text) <= 2000 for piece in pieces)
    assert pieces[-1].buttons == (YES, see)
    assert sum(len(piece.buttons) for piece in pieces) == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [("ạ" * 2000, 1), ("ạ" * 2001, 2), ("a\u0323" * 2000, 1), ("\U0001f600" * 1000, 1), ("\U0001f600" * 1001, 2)],
    ids=["2000", "2001", "2000 composed", "1000 outside of the first plane", "1001"],
)
def test_the_limit_holds_composed_in_code_points_and_in_utf_16(text, count):
    pieces = parts(Outgoing(text))
    assert len(pieces) == count
    assert all(len(p.text) <= 2000 and len(p.text.encode("utf-16-le")) <= 4000 for p in pieces)


def test_a_message_survives_being_kept():
    outgoing = Outgoing("Chọn", (YES,), file_blob="s", file_name="đơn.pdf", quote_id="m", width=3, reworded=True)
    assert Outgoing.from_json(outgoing.to_json()) == outgoing
    assert Outgoing("a").to_json() == {"text": "a"}
    assert Outgoing.from_json({"text": "a", "newer": 1}) == Outgoing("a")
