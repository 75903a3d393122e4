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


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("Công ty A, vận tải, phường Hải Yên, anh Khánh 0904 000 318", "phường Hải Yên"),
        ("phường Hải Yên", "phường Hải Yên"),
        ("Công ty A, phuong hai yen", "phuong hai yen"),
        ("Công ty A, phường Hà Tu", "Phường Hà Tu"),
        ("Công ty A, Hà Tu", "Phường Hà Tu"),
        ("Công ty A, Hạ Long", "Hạ Long"),
        ("Công ty A, phường Hạ Long", "Phường Hạ Long"),
        (
            "Công ty A, địa chỉ: số 5 Trần Phú, phường Hải Yên, TP Móng Cái",
            "số 5 Trần Phú, phường Hải Yên, TP Móng Cái",
        ),
        ("Công ty A, số 5 tổ 3, phường Hà Tu", "số 5 tổ 3, Phường Hà Tu"),
        ("Công ty A, Phương Nam 0904 000 318", None),
        ("xã làm khó dễ doanh nghiệp", None),
        ("đường vào kho hẹp quá", None),
    ],
)
def test_a_ward_of_before_the_merger_stays_as_it_was_typed(typed: str, where: str | None) -> None:
    """Old units were split between new ones, and "Hạ Long" may be the old city: only a unit of today gets its name."""
    assert (understood(PROVINCE, Said(text=typed), {}) or {}).get("commune") == where


def test_no_piece_beside_a_name_is_dropped_and_a_person_who_is_named_as_one_stays_it() -> None:
    given = understood(PROVINCE, Said(text="Công ty A, Hải Yên, vận tải, kho bãi, anh Khánh 0904 000 318"), {})
    assert given == {
        "phone": "0904000318", "name": "Công ty A", "person": "anh Khánh", "sector": "Hải Yên, vận tải, kho bãi"
    }  # fmt: skip
