"""Typed with marks, without, or decomposed: the same words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zalobot.vietnamese import fold, nfc, plain, tokens, words_equal


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đất đai", "dat dai"),
        ("ĐỒNG Ý", "dong y"),
        ("  Phường   Hạ Long\n", "phuong ha long"),
        ("Ngữ nghĩa, ưỡn ẹo", "ngu nghia, uon eo"),
        ("already plain", "already plain"),
        ("bỏ\u200b qua", "bo qua"),
        ("", ""),
        ("日本 ñ", "日本 n"),
        ("ĩ Ĩ ũ Ũ ơ Ơ ư Ư ă Ă", "i i u u o o u u a a"),
    ],
)
def test_folding_takes_marks_and_case_away(typed: str, folded: str) -> None:
    assert fold(typed) == folded
    assert fold(unicodedata.normalize("NFD", typed)) == folded


@given(st.text(max_size=120))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâeêioôơuưyđĐƯƠẰẮẲẴẶếệỗỡữựỷ bchmn", max_size=120))
def test_the_unicode_form_does_not_matter(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert nfc(unicodedata.normalize("NFD", text)) == unicodedata.normalize("NFC", text)


def test_tokens_are_syllables_and_pairs() -> None:
    assert tokens("Giấy phép xây dựng") == ["giay", "phep", "xay", "dung", "giay_phep", "phep_xay", "xay_dung"]


def test_punctuation_is_no_part_of_a_command() -> None:
    assert plain("(Bỏ qua!)") == "bo qua"
    assert words_equal("Bỏ qua.", "bo qua")
    assert not words_equal("bỏ qua", "bỏ")
