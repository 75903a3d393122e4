"""How messages are read before anything is decided: short forms, slips, foreign words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zalobot.understanding.folding import LONGEST, expanded, fold, words


def bare(text: str) -> str:
    return " ".join(word.bare for word in words(text))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("dn em", "doanh nghiệp em"),
        ("hok bik", "không biết"),
        ("cty ko đc gpxd", "công ty không được giấy phép xây dựng"),
        ("xin sđt", "xin số điện thoại"),
        ("nghiệm thu pccc", "nghiệm thu phòng cháy chữa cháy"),
        ("hd sử dụng", "hướng dẫn sử dụng"),
        ("work permit", "giấy phép lao động"),
        ("sở xd", "sở xây dựng"),
        ("đk hkd", "đăng ký hộ kinh doanh"),
    ],
)
def test_short_forms_are_written_out(typed: str, read: str) -> None:
    assert expanded(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("khoong dduwowcj", "khong duoc"),
        ("giaays phesp xaay duwngj", "giay phep xay dung"),
        ("thue61", "thue"),
        ("nhaaaa xuong", "nha xuong"),
        ("thông qaun", "thong quan"),
        ("đăg ký", "dang ky"),
        ("phépp", "phep"),
        ("nghiem thu pcc", "nghiem thu phong chay chua chay"),
    ],
)
def test_slips_are_mended(typed: str, read: str) -> None:
    assert bare(typed) == read


@pytest.mark.parametrize("word", ["xuong", "texhong", "amata", "zalo", "abc", "yên", "quy", "hòa", "Uông"])
def test_what_could_be_meant_is_left_alone(word: str) -> None:
    assert expanded(word) == word.lower()


def test_a_short_word_may_stand_for_itself_after_another() -> None:
    assert expanded("c/o form e").endswith("form e")
    assert expanded("e xin hỏi") == "em xin hỏi"


def test_a_word_keeps_what_was_typed() -> None:
    assert [(word.typed, word.bare) for word in words("DN em")] == [("dn", "doanh"), ("dn", "nghiep"), ("em", "em")]


def test_numbers_links_and_signs_have_one_form_each() -> None:
    assert bare("500m2 20tr https://t.me/abc !!") == "0 m2 0 trieu url !"


def test_chinese_and_korean_words_of_this_work_are_read() -> None:
    assert "giay phep lao dong" in bare("请问外国员工的工作许可续签在哪里办理？")
    assert "giay phep lao dong" in bare("외국인 노동허가")


def test_of_a_wall_of_text_beginning_and_end_are_read() -> None:
    read = words("đầu " + "giữa " * 3000 + "cuối")
    assert (len(read), read[0].bare, read[-1].bare) == (LONGEST, "dau", "cuoi")


@given(st.text(alphabet="aăâeêioôơuưyđĐƯƠẰẮẲếệỗỡựỷ bchmnkpgt.?1", max_size=80))
def test_the_unicode_form_does_not_matter(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text(max_size=100))
def test_nothing_typed_breaks_the_reading(text: str) -> None:
    assert all(word.bare == fold(word.bare) or word.bare for word in words(text))
