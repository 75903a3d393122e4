import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zalobot.zalo.splitting import split, units


def numbered(parts: list[str]) -> list[str]:
    return [re.sub(r"^\(\d+/\d+\) ", "", part) for part in parts]


def test_a_text_that_fits_stays_whole():
    assert split("a" * 2000) == ["a" * 2000]


def test_nothing_is_no_message():
    assert split(" \n ") == []


def test_a_text_is_counted_composed():
    assert split("e\u0302\u0301" * 2000) == ["ế" * 2000]


def test_parts_are_numbered():
    assert split("một hai ba", limit=11) == ["một hai ba"]
    assert split("một hai ba bốn", limit=13) == ["(1/2) một hai", "(2/2) ba bốn"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Đoạn một dài.\n\nĐoạn hai. Còn nữa đây nhé", ["Đoạn một dài.", "Đoạn hai. Còn nữa đây nhé"]),
        ("Dòng một dài quá\nDòng hai. Còn nữa đây nhé", ["Dòng một dài quá", "Dòng hai. Còn nữa đây nhé"]),
        ("Câu đầu này dài. Câu sau còn dài hơn nữa", ["Câu đầu này dài.", "Câu sau còn dài hơn nữa"]),
        ("không có dấu câu nào ở đây cả đâu nhé ạ", ["không có dấu câu nào ở đây", "cả đâu nhé ạ"]),
        ("a" * 40, ["a" * 26, "a" * 14]),
    ],
)
def test_a_text_is_broken_where_a_reader_would_pause(text, parts):
    assert numbered(split(text, limit=32)) == parts


def test_an_emoji_counts_twice():
    parts = split("😀" * 1001)
    assert [units(part) for part in parts] == [2000, 14]


FLAG, FAMILY = "🇻🇳", "👨‍👩‍👧"


@pytest.mark.parametrize("whole", [FLAG, FAMILY, "👍🏽", "❤\ufe0f", "q\u0323\u0307"])
def test_no_character_of_several_code_points_is_torn(whole):
    for shift in range(8):
        for piece in numbered(split("a" * shift + whole * 20, limit=32)):
            rest = piece.lstrip("a")
            assert rest == whole * (len(rest) // len(whole))


def test_a_hundred_parts_are_numbered_within_the_limit():
    parts = split("từ " * 700, limit=30)
    assert len(parts) > 99
    assert max(map(units, parts)) <= 30
    assert parts[-1].startswith(f"({len(parts)}/{len(parts)}) ")


def test_a_character_longer_than_a_part_is_torn_rather_than_lost():
    text = "a" + "\u0301\u0302" * 40
    assert "".join(numbered(split(text, limit=20))) == unicodedata.normalize("NFC", text)


LETTERS = st.sampled_from("aệ 😀\n.\u0323\u200d🇻🇳")


@settings(max_examples=200, deadline=None)
@given(st.text(LETTERS, max_size=300), st.integers(20, 60))
def test_every_part_fits_and_no_word_is_lost(text, limit):
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    told = "".join(parts if len(parts) == 1 else numbered(parts))
    assert "".join(told.split()) == "".join(unicodedata.normalize("NFC", text).split())
