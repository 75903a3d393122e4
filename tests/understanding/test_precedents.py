"""Matters decided before, and which text is near one of them."""

from zalobot.decided import example
from zalobot.understanding.precedents import Precedents

KNOWN = Precedents(
    (
        example("kho o mong cai chua duoc tham dinh thiet ke", ["A"], "x"),
        example("hoàn thuế giá trị gia tăng hàng xuất khẩu quá hạn", ["B"], "y"),
    )
)


def test_the_nearest_is_found_however_it_is_typed_with_the_words_in_common() -> None:
    found = KNOWN.nearest("Kho ở Móng Cái chưa được thẩm định thiết kế ạ")
    assert found is not None
    assert (found.matter.agencies, found.words[:2]) == (("A",), ("Kho", "ở"))
    assert 0.6 <= found.likeness < 1


def test_too_short_or_too_different_is_like_nothing() -> None:
    assert KNOWN.nearest("Kho ở Móng Cái") is None
    assert KNOWN.nearest("Kho ở Móng Cái bị ngập sau mưa, đề nghị nạo vét cống thoát nước") is None
    assert Precedents().nearest("Kho ở Móng Cái chưa được thẩm định thiết kế") is None
