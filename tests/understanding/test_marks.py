"""The marks that words typed without any most likely have."""

import pytest

from zalobot.understanding.features import restored_features, topic_features
from zalobot.understanding.marks import restored
from zalobot.vietnamese import fold


@pytest.mark.parametrize(
    "meant",
    [
        "hợp đồng thuê đất",
        "nợ thuế giá trị gia tăng",
        "giấy phép xây dựng nhà xưởng",
        "hàng thông quan ở cửa khẩu",
        "bảo hiểm xã hội cho người lao động",
    ],
)
def test_neighbours_say_which_word_was_meant(meant: str) -> None:
    assert restored(fold(meant).split()) == meant.split()


def test_what_is_unknown_or_doubtful_stays_bare() -> None:
    assert restored(["zzyx", "?", "0", "amata"]) == ["zzyx", "?", "0", "amata"]
    assert restored([]) == []


def test_a_text_without_marks_is_heard_with_them_beside_its_bare_words() -> None:
    typed, meant = restored_features("hop dong thue dat"), topic_features("hợp đồng thuê đất")
    assert set(meant) <= set(typed)
    assert "w:thue" in typed


def test_what_was_typed_with_marks_or_in_english_is_taken_as_it_stands() -> None:
    for text in ("hợp đồng thuê dat", "we are waiting for an answer to our letter about the fee"):
        assert restored_features(text) == topic_features(text)


def test_english_words_are_no_slips() -> None:
    assert "w:then" in topic_features("then we were told to wait")
