"""How each kind of question reads what people really type."""

from typing import Any

import pytest

from zalobot.flows.contact import email, phone, ticket_code
from zalobot.flows.engine import Accepted, Reading, Rejected, Reopened, Said, Step
from zalobot.flows.steps import Choice, Code, Confirm, Contact, Files, Phone, Several, Text
from zalobot.flows.words import after, changes, command, is_word

FIELDS = {
    "dat_dai": "Đất đai",
    "dau_tu": "Đầu tư",
    "xay_dung": "Xây dựng, PCCC",
    "thue": "Thuế, hóa đơn",
    "lao_dong": "Lao động, bảo hiểm",
    "moi_truong": "Môi trường",
    "xnk": "Xuất nhập khẩu",
    "khac": "Khác",
}
FIELD = Choice(name="field", options=FIELDS, aliases={"xnk": ("hải quan", "cửa khẩu")})


def read(step: Step, text: str, **answers: Any) -> Reading:
    return step.read(Said(text), answers)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1", "dat_dai"),
        ("1.", "dat_dai"),
        ("(3)", "xay_dung"),
        ("số 4", "thue"),
        ("chọn 8 ạ", "khac"),
        ("4. Thuế, hóa đơn", "thue"),
        ("Đất đai", "dat_dai"),
        ("DAT DAI", "dat_dai"),
        ("dat_dai", "dat_dai"),
        ("hoá đơn", "thue"),
        ("pccc", "xay_dung"),
        ("bảo hiểm", "lao_dong"),
        ("moi truogn", "moi_truong"),
        ("xuat nhap khau nhé", "xnk"),
        ("hai quan", "xnk"),
        ("tôi hỏi về đất đai", "dat_dai"),
        ("khac", "khac"),
    ],
)
def test_a_choice_is_known_however_it_is_typed(typed: str, code: str) -> None:
    assert read(FIELD, typed) == Accepted(code)


@pytest.mark.parametrize("typed", ["9", "0", "", "đ", "đường sắt trên cao", "1 2", "???", "x" * 5000, "99999999999"])
def test_what_is_no_option_is_asked_again(typed: str) -> None:
    assert read(FIELD, typed) == Rejected("not_an_option")


def test_words_that_fit_two_options_choose_neither() -> None:
    units = Choice(name="unit", options={"a": "Phường Móng Cái 1", "b": "Phường Móng Cái 2"})
    assert read(units, "mong cai") == Rejected("not_an_option")
    assert read(units, "mong cai 2") == Accepted("b")


def test_options_may_come_from_the_answers() -> None:
    step = Choice(name="unit", options=lambda answers: {"x": "Xã " + answers["town"]})
    assert read(step, "1", town="Hải Hòa") == Accepted("x")
    assert read(step, "xa hai hoa", town="Hải Hòa") == Accepted("x")


AGENCIES = Several(
    name="agencies",
    options={"SXD": "Sở Xây dựng", "CAT": "Công an tỉnh", "THUE": "Thuế tỉnh Quảng Ninh"},
    aliases={"CAT": ("pc07", "công an")},
    proposed=lambda _: ["SXD"],
    at_most=2,
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("1, 3", ["SXD", "THUE"]),
        ("1 3", ["SXD", "THUE"]),
        ("1 và 2", ["SXD", "CAT"]),
        ("2", ["CAT"]),
        ("Sở Xây dựng, pc07", ["SXD", "CAT"]),
        ("đồng ý", ["SXD"]),
        ("đúng rồi ạ", ["SXD"]),
    ],
)
def test_several_options_are_read_from_a_list(typed: str, codes: list[str]) -> None:
    assert read(AGENCIES, typed) == Accepted(codes)


def test_several_options_are_limited() -> None:
    assert read(AGENCIES, "1 2 3") == Rejected("too_many")
    assert read(AGENCIES, "1, sở trên trời") == Rejected("not_an_option")
    assert not AGENCIES.holds(["SXD", "GONE"], {})


def test_a_text_is_kept_whole() -> None:
    long = "Dòng một.\n\n" + "ố" * 4000
    assert read(Text(name="t"), f"  {long}  ") == Accepted(long, open=True)
    assert read(Text(name="t", at_most=100), long) == Rejected("too_long")
    assert Text(name="t", at_most=100).extend(Said("y" * 60), "x" * 60) is None


def test_an_optional_text_can_be_skipped() -> None:
    assert read(Text(name="t", optional=True), "bỏ qua") == Accepted("")
    assert read(Text(name="t"), "bỏ qua") == Accepted("bỏ qua", open=True)


@pytest.mark.parametrize("typed", ["xong", "Xong ạ", "bỏ qua", "khong", "không có", "hết rồi", "BO QUA."])
def test_no_more_files(typed: str) -> None:
    assert read(Files(name="f"), typed) == Accepted({"files": [], "done": True})


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("0912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("0084.912.345.678", "0912345678"),
        ("sđt: 0912-345-678 (gặp Lan)", "0912345678"),
        ("O912345678", ""),
        ("09123456o8", "0912345608"),
        ("0203 3825 123", "02033825123"),
        ("(0203) 3.825.123", "02033825123"),
        ("091234567", ""),
        ("01234567890", ""),
        ("1900 1234", ""),
        ("5701880016", ""),
        ("1.250.000 đồng", ""),
    ],
)
def test_phone_numbers(typed: str, digits: str) -> None:
    assert phone(typed) == digits


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("lan@cty.com.vn", "lan@cty.com.vn"),
        ("mail: lan.nguyen @ gmail.con", "lan.nguyen@gmail.com"),
        ("a＠b.vn", "a@b.vn"),
        ("lan@gmai.com", "lan@gmail.com"),
        ("lan@localhost", ""),
        ("a" * 300 + "@b.vn", ""),
    ],
)
def test_email_addresses(typed: str, address: str) -> None:
    assert email(typed) == address


def test_a_contact_is_a_number_or_an_address_and_perhaps_a_name() -> None:
    step = Contact(name="contact")
    assert read(step, "Chị Lan, 0912 345 678, lan@cty.vn") == Accepted(
        {"name": "Chị Lan", "phone": "0912345678", "email": "lan@cty.vn"}
    )
    assert read(step, "chị Lan") == Rejected("not_a_phone")
    assert read(Contact(name="contact", optional=True), "bỏ qua") == Accepted({"name": "", "phone": "", "email": ""})
    card = Said(files=({"kind": "contact", "phone": "84912345678"},))
    assert step.read(card, {}) == Accepted({"name": "", "phone": "0912345678", "email": ""})
    assert read(Phone(name="phone"), "o dau") == Rejected("not_a_phone")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("QN-2611-00042", "QN-2611-00042"),
        ("kiem tra giup ma qn 2611 00007", "QN-2611-00007"),
        ("qn261100042/2", "QN-2611-00042/2"),
        ("QN-2611-42", "QN-2611-00042"),
        ("Nhận QN-2611-00042/1", "QN-2611-00042/1"),
        ("qn 2611-00042 / 1", "QN-2611-00042/1"),
        ("H49.12-250701-0001", ""),
        ("qn-2613-00042", ""),
        ("hồ sơ hôm thứ 3", ""),
    ],
)
def test_ticket_codes(typed: str, code: str) -> None:
    assert ticket_code(typed) == code


def test_a_code_question_drops_the_part_unless_it_wants_it() -> None:
    assert read(Code(name="code"), "qn 2611 00042/1") == Accepted("QN-2611-00042")
    assert read(Code(name="code", part=True), "qn 2611 00042/1") == Accepted("QN-2611-00042/1")
    assert read(Code(name="code"), "hôm qua") == Rejected("not_a_code")


CONFIRM = Confirm(name="confirm", change={**changes("description", "contact"), "sửa tệp": "files"})


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("Gửi", Accepted(True)),
        ("gui di a", Accepted(True)),
        ("OK", Accepted(True)),
        ("đồng ý", Accepted(True)),
        ("1", Accepted(True)),
        ("Sửa nội dung", Reopened("description")),
        ("sua sdt", Reopened("contact")),
        ("đổi số điện thoại", Reopened("contact")),
        ("sửa tệp", Reopened("files")),
        ("sửa", Rejected("what_to_change")),
        ("sửa cái khác", Rejected("what_to_change")),
        ("hmm", Rejected("unclear")),
        ("", Rejected("unclear")),
    ],
)
def test_confirming(typed: str, reading: Reading) -> None:
    assert read(CONFIRM, typed) == reading


def test_politeness_is_no_part_of_a_command() -> None:
    assert command("Gửi đi ạ!") == "gui"
    assert command("ạ") == "a"
    assert is_word("Quay lại nhé", "back")
    assert not is_word("quay lại chuyện hôm trước", "back")
    assert after("Tra cứu QN-2611-00042", "look_up") == "qn 2611 00042"
    assert after("tra", "change") is None
