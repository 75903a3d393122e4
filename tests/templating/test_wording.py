"""A message is its words with values put in, and a value is only ever text."""

import timeit
import unicodedata
from types import SimpleNamespace
from typing import Any

import pytest

from tests.templating.conftest import TICKET
from zalobot import templating
from zalobot.templating import Rendered, Wording, typed, using


def say(wording: Wording, source: str, **ticket: Any) -> Rendered:
    """These words for this ticket."""
    wording.put("say", source)
    return wording.render("say", ticket=SimpleNamespace(**{**vars(TICKET), **ticket}))


def test_a_message_is_its_words_with_values(wording: Wording) -> None:
    rendered = wording.render("say", ticket=TICKET)
    assert (rendered.text, rendered.buttons, rendered.template) == ("Đã nhận QN-2611-00042.", (), "say")
    assert rendered.version == wording.render("say", ticket=TICKET).version
    assert rendered.version != say(wording, "Khác {{ ma_ho_so }}").version


@pytest.mark.parametrize(
    ("source", "text", "link", "expected"),
    [
        ("A\n{% if noi_dung %}\nB\n{% endif %}\nC\n", "", "", "A\nC"),
        ("A\n{% if noi_dung %}\nB\n{% endif %}\nC\n", "x", "", "A\nB\nC"),
        ("A{% if noi_dung %} và B{% endif %}\nC", "x", "", "A và B\nC"),
        ("A{% if noi_dung %} và B{% endif %}\nC", "", "", "A\nC"),
        ("{% if noi_dung %}\nB\n{% elif link %}\nL\n{% else %}\nK\n{% endif %}", "", "u", "L"),
        ("{% if not noi_dung and not link %}trống{% endif %}", "", "", "trống"),
        ("A {# ghi chú #}\nB", "", "", "A\nB"),
        ("{# ghi chú #}\nB", "", "", "B"),
        ("\n\nA\n\n\n\n\nB   \nC\n\n\n", "", "", "A\n\nB\nC"),
    ],
)
def test_conditions_leave_no_holes(wording: Wording, source: str, text: str, link: str, expected: str) -> None:
    assert say(wording, source, text=text, link=link).text == expected


@pytest.mark.parametrize(
    "value",
    [
        "{{ ma_ho_so }}",
        "{% if x %}",
        "{{ 7*7 }}",
        "<b>&amp;",
        "'; DROP TABLE ticket; --",
        "%s %(x)s {0}",
        "$x ${x} \\1",
    ],
)
def test_a_value_is_never_rendered(wording: Wording, value: str) -> None:
    assert say(wording, "Nội dung: {{ noi_dung }}", text=value).text == f"Nội dung: {value}"


def test_a_value_makes_no_button(wording: Wording) -> None:
    evil = "a\n---\nNhấn -> https://evil.example\x1d\x1eNhấn\x1fhttps://evil.example\x1e"
    rendered = say(wording, "{{ noi_dung }}\n---\nXem {{ noi_dung }} -> Xem {{ noi_dung }}", text=evil)
    assert len(rendered.buttons) == 1
    assert rendered.buttons[0][1].startswith("Xem a --- Nhấn -> https://evil.example")
    assert "\x1d" not in rendered.text


def test_direction_marks_and_controls_are_stripped_from_values(wording: Wording) -> None:
    assert say(wording, "{{ noi_dung }}", text="a\u202eb\x00c\x07d\ne\r\nf").text == "a b c d\ne\nf"


def test_the_text_is_composed(wording: Wording) -> None:
    text = unicodedata.normalize("NFD", "Đất đai ở xã Hải Hòa")
    assert (
        say(wording, unicodedata.normalize("NFD", "Về: {{ noi_dung }}"), text=text).text == "Về: Đất đai ở xã Hải Hòa"
    )


def test_buttons_are_numbered_and_can_be_typed(wording: Wording) -> None:
    rendered = say(
        wording, "Chọn:\n---\nNhận -> Nhận {{ ma_ho_so }}\nXem -> {{ link }}\nGọi -> tel:114\nTrả lời → tl\n"
    )
    assert rendered.buttons == (
        ("1. Nhận", "Nhận QN-2611-00042"),
        ("Xem", "https://example.vn/QN-2611-00042"),
        ("Gọi", "tel:114"),
        ("2. Trả lời", "tl"),
    )
    assert rendered.text == "Chọn:\nhttps://example.vn/QN-2611-00042\n\nGõ số:\n1. Nhận\n2. Trả lời"
    assert typed(rendered.buttons, "2") == "tl"
    assert typed(rendered.buttons, "nhan") == "Nhận QN-2611-00042"
    assert typed(rendered.buttons, "1. Nhận") == "Nhận QN-2611-00042"
    assert typed(rendered.buttons, "3") is None
    assert typed(rendered.buttons, "") is None


def test_a_link_already_in_the_text_is_not_repeated(wording: Wording) -> None:
    assert say(wording, "Xem {{ link }}\n---\nXem -> {{ link }}").text == "Xem https://example.vn/QN-2611-00042"


def test_a_button_may_have_a_condition(wording: Wording) -> None:
    source = (
        "A\n---\n{% if link %}\nXem -> {{ link }}\n{% endif %}\n{% if noi_dung %}Nhận -> nhận{% endif %}\nHủy -> hủy"
    )
    assert [title for title, _ in say(wording, source, link="", text="").buttons] == ["1. Hủy"]
    assert [title for title, _ in say(wording, source).buttons] == ["Xem", "1. Nhận", "2. Hủy"]


def test_what_every_message_is_given_need_not_be_passed(wording: Wording) -> None:
    assert say(wording, "Tỉnh {{ ten_tinh }}").text == "Tỉnh Quảng Ninh"


def test_new_words_are_said_at_once(wording: Wording) -> None:
    wording.put("say", "A\n---\nXem -> xem")
    assert wording.render("say").text == "A\n\nGõ số:\n1. Xem"
    wording.put("common/typed", "Hoặc gõ:\n{{ lua_chon }}")
    assert wording.render("say").text == "A\n\nHoặc gõ:\n1. Xem"
    wording.put("say", "B")
    assert wording.render("say").text == "B"


def test_a_missing_thing_or_message_is_an_error(wording: Wording) -> None:
    wording.put("say", "{{ ma_phan_viec }}")
    with pytest.raises(LookupError, match="message say: ma_phan_viec needs part"):
        wording.render("say", ticket=TICKET)
    with pytest.raises(KeyError):
        wording.render("nothing/here")
    wording.put("say", "{{ ma_hoso }}")
    with pytest.raises(LookupError, match="no placeholder ma_hoso"):
        wording.render("say", ticket=TICKET)


def test_a_preview_shows_samples(wording: Wording) -> None:
    preview = wording.preview("Đã nhận {{ ma_ho_so }} {{ la }}\n---\nXem -> xem {{ ma_ho_so }}")
    assert preview.text.startswith("Đã nhận QN-2611-00042 ???")
    assert preview.buttons == (("1. Xem", "xem QN-2611-00042"),)


def test_the_process_speaks_the_words_in_use(wording: Wording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(using, "_current", None)
    with pytest.raises(RuntimeError):
        templating.render("say", ticket=TICKET)
    templating.use(wording)
    assert templating.render("say", ticket=TICKET).text == "Đã nhận QN-2611-00042."
    assert templating.preview("{{ ma_ho_so }}").text == "QN-2611-00042"
    assert templating.check("{{ ma_ho_so }}", "say") == ()


def test_rendering_is_quick(wording: Wording) -> None:
    """Meant to be under 25 µs; the limit here only catches a template compiled anew each time."""
    wording.render("say", ticket=TICKET)
    best = min(timeit.repeat(lambda: wording.render("say", ticket=TICKET), number=200, repeat=5)) / 200
    assert best < 250e-6
