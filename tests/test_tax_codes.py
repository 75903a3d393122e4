import json
from pathlib import Path

import pytest

from zalobot.tax_codes import Found, Wrong, check_digit, find, wrong_with

SAMPLES = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "mst.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["text"])
@pytest.mark.parametrize("around", ["{}", "MST {}", "Công ty ABC, mã số thuế: {}, phường Hà Tu"])
def test_a_code_is_found_and_told_right_from_wrong(sample: dict, around: str) -> None:
    found = find(around.format(sample["text"]))
    if found is None:  # alone it is rather a telephone number
        assert (sample["text"], around) == ("0315998705", "{}")
        return
    assert (found.wrong is None) is sample["valid"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("5700100255", Wrong.CHECK),
        ("5701880061", Wrong.CHECK),
        ("570188001", Wrong.LENGTH),
        ("57018800161", Wrong.LENGTH),
        ("5701880016-000", Wrong.BRANCH),
        ("5701880016-01", Wrong.BRANCH),
        ("5700000004", Wrong.SERIAL),
        ("57O1880016", Wrong.LETTER),
        ("5701880070", Wrong.CHECK),
        ("mst 123456", Wrong.LENGTH),
        ("mst 997085001234", Wrong.PERSON),
    ],
)
def test_what_is_wrong_is_named(text: str, wrong: Wrong) -> None:
    found = find(text)
    assert found is not None
    assert found.wrong is wrong


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("57 01 880 016", "5701880016"),
        ("MST 5701.880.016", "5701880016"),
        ("5701880016001", "5701880016-001"),
        ("Cty Hải Long mst là 5701880016 - 001", "5701880016-001"),
        ("022085001234", "022085001234"),
        ("mst 0315998705", "0315998705"),
        ("0315998705, sđt 0912000345", "0315998705"),
    ],
)
def test_it_is_written_one_way(text: str, code: str) -> None:
    found = find(text)
    assert found is not None
    assert (found.code, found.wrong) == (code, None)


@pytest.mark.parametrize("text", ["0912 000 345", "0203 3835 000", "Chị Lan 0388000111", "+84 912 000 345", "số 12"])
def test_a_telephone_number_is_no_tax_code(text: str) -> None:
    assert find(text) is None


def test_a_persons_number_is_personal_and_a_companys_is_not() -> None:
    assert Found("022085001234", 0, 12).personal
    assert not Found("5701880016", 0, 10).personal


def test_of_nine_digits_some_have_no_code() -> None:
    assert check_digit("570188007") == 10
    assert {wrong_with(f"570188007{last}") for last in range(10)} == {Wrong.CHECK}
