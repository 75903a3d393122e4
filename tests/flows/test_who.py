"""What a business says of itself in one message."""

import pytest

from zalobot.flows.engine import Said
from zalobot.flows.who import understood
from zalobot.province import load

PROVINCE = load("quang-ninh")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Công ty TNHH Vận tải Bãi Cháy", "Công ty TNHH Vận tải Bãi Cháy"),
        ("cong ty tnhh van tai thi mai", "cong ty tnhh van tai thi mai"),
        ("Công ty CP Hàng không Vân Đồn, kho bãi", "Công ty CP Hàng không Vân Đồn"),
        ("Công ty em nộp từ tháng 8 vẫn chưa thấy gì", None),
        ("cong ty em nop tu thang 8 van chua thay gi", None),
    ],
)
def test_a_word_that_tells_is_not_the_same_word_with_other_marks_in_a_name(typed: str, name: str | None) -> None:
    assert (understood(PROVINCE, Said(text=typed), {}) or {}).get("name") == name
