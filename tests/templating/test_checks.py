"""What a message would do to its readers is said before it is released, with its line and a remedy."""

import re
from pathlib import Path

import pytest

from zalobot import languages, speech
from zalobot.province import load
from zalobot.templating import Finding, Kind, Message, Wording, check, check_all, checks, mended, words


@pytest.fixture(scope="module")
def shipped() -> Wording:
    return speech.wording(load("quang-ninh"))


def found(wording: Wording, source: str, name: str = "common/thanks", language: str = "vi") -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in check(source, name, language, wording=wording)]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Xin gửi mã OTP để xác nhận.", "asks_otp"),
        ("Xin Quý doanh nghiệp đọc mã OTP vừa nhận.", "asks_otp"),
        ("xin gui ma otp de xac nhan.", "asks_otp"),
        ("Nhập mật khẩu tại đây.", "asks_password"),
        ("Xin chuyển khoản lệ phí.", "asks_money"),
        ("Lệ phí xin đặt cọc trước.", "asks_money"),
        ("Xin chụp căn cước hai mặt.", "asks_identity"),
        ("Xin gửi ảnh CCCD.", "asks_identity"),
        ("Không gửi mã OTP thì hồ sơ bị hủy.", "asks_otp"),
        ("Vui lòng gửi {{ ten_kenh }} mật khẩu.", "asks_password"),
    ],
)
def test_what_no_office_asks_for_is_stopped(shipped: Wording, asked: str, code: str) -> None:
    assert found(shipped, f"Cảm ơn.\n{asked}") == [(2, code)]
    [finding] = check(f"Cảm ơn.\n{asked}", "common/thanks", wording=shipped)
    assert finding.kind is Kind.STOP
    assert words(finding, shipped).startswith("Dòng 2: câu này ")


@pytest.mark.parametrize(
    "said",
    [
        "Vui lòng không gửi ảnh căn cước tại đây.",
        "Cơ quan không bao giờ hỏi mã OTP.",
        "Kênh này không thu tiền; không chuyển khoản cho ai.",
        "Xin gửi mã hồ sơ, ảnh hoặc tệp.",
        "Gõ mã kiểm tra tại trang xác thực.",
    ],
)
def test_a_warning_not_to_is_no_asking(shipped: Wording, said: str) -> None:
    assert found(shipped, said) == []


def test_a_secret_that_is_only_named_is_asked_about(shipped: Wording) -> None:
    [finding] = check("Mã OTP là của riêng mỗi người.", "common/thanks", wording=shipped)
    assert (finding.kind, finding.code, finding.values, finding.column) == (
        Kind.WARNING,
        "names_secret",
        ("Mã OTP",),
        1,
    )


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Please reply with the one-time code.", "asks_otp"),
        ("Enter your password here.", "asks_password"),
        ("Please pay a fee first.", "asks_money"),
        ("Send a photo of your passport.", "asks_identity"),
    ],
)
def test_in_another_language_just_so(shipped: Wording, asked: str, code: str) -> None:
    assert (1, code) in found(shipped, asked, "common/thanks", "en")
    assert found(shipped, "Please do not send your passport.", "common/thanks", "en") == []


def test_a_message_about_a_ticket_says_its_code(shipped: Wording) -> None:
    assert found(shipped, "Hồ sơ đã đóng.", "status/closed") == [(1, "no_code")]
    assert found(shipped, "Hồ sơ {{ ma_ho_so }} đã đóng.", "status/closed") == []
    assert found(shipped, "Xin gửi nội dung.", "reply/reply") == []  # in the middle of the conversation about it


def test_a_message_says_what_it_is_for(shipped: Wording) -> None:
    assert found(shipped, "Tin này là thật.", "status/check_code") == [(1, "must_say"), (1, "must_say")]
    lacks = {one.values for one in check("Tin này là thật.", "status/check_code", wording=shipped)}
    assert lacks == {("ma_kiem_tra",), ("trang_kiem_tra",)}


def test_one_question_at_a_time(shipped: Wording) -> None:
    assert found(shipped, "Đã xong chưa?\nCòn gì nữa không?") == [(2, "two_questions")]
    assert found(shipped, "Đã xong chưa?") == []


@pytest.mark.parametrize(
    ("source", "expected", "mend"),
    [
        ("A\n---\nXem -> xem\nxem -> khác", [(4, "same_title")], ""),
        ("A\n---\n1. Xem -> xem", [(3, "numbered_title")], "A\n---\nXem -> xem"),
        ("Gọi công an.\n---\nGọi -> tel:113", [(3, "no_twin")], ""),
        ("Gọi 113.\n---\nGọi -> tel:113", [], ""),
        ("A\n---\nXem -> http://x.gov.vn", [(3, "plain_link")], "A\n---\nXem -> https://x.gov.vn"),
        ("Được\n✅\nXong", [(2, "only_emoji")], ""),
        ("A\n---\n👍 -> Tốt", [(3, "only_emoji")], ""),
        ("Cảm ơn bạn!", [(1, "tone"), (1, "shouting")], ""),
    ],
)
def test_typing_instead_of_pressing_works(
    shipped: Wording, source: str, expected: list[tuple[int, str]], mend: str
) -> None:
    assert found(shipped, source) == expected
    findings = check(source, "common/thanks", wording=shipped)
    assert [mended(source, one) for one in findings if one.remedy] == ([mend] if mend else [])


def test_five_agencies_are_more_than_a_screen(shipped: Wording) -> None:
    [finding] = check(shipped.source("status/answers"), "status/answers", wording=shipped)
    assert (finding.line, finding.kind, finding.values) == (3, Kind.NOTE, ("cac_tra_loi",))
    assert found(shipped, "Các trả lời của {{ ma_ho_so }}.\n" * 12, "status/answers") == []


def test_a_placeholder_that_was_dropped_is_asked_about(shipped: Wording) -> None:
    before, after = "Hồ sơ {{ ma_ho_so }}: {{ tieu_de }}.", "Hồ sơ {{ ma_ho_so }} đã đóng."
    [finding] = check(after, "status/closed", before=before, wording=shipped)
    assert (finding.code, finding.kind, finding.values) == ("dropped", Kind.WARNING, ("tieu_de",))
    assert check(before, "status/closed", before=before, wording=shipped) == ()


def test_a_button_that_was_dropped_or_sends_something_new_is_asked_about(shipped: Wording) -> None:
    before = "Xin chọn.\n---\nTra cứu -> Tra cứu {{ ma_ho_so }}\nXem -> {{ link_cong_khai }}"

    def asked(buttons: str) -> list[tuple[int, str, str]]:
        said = check(f"Xin chọn {{{{ ma_ho_so }}}}.\n---\n{buttons}", "status/closed", before=before, wording=shipped)
        return [(one.line, one.code, one.detail) for one in said if one.code != "dropped"]

    assert asked("Tìm hồ sơ -> tra cuu {{ ma_ho_so }}\nXem trang -> {{ link_cong_khai }}") == []
    assert asked("Tra cứu -> Tra cứu {{ ma_ho_so }}") == [(1, "dropped_button", "Xem")]
    assert asked("Tra cứu -> Tra cứu {{ ma_ho_so }}\nXem -> {{ link_cong_khai }}\nMenu -> menu") == []
    assert asked("Tra cứu -> Tra cứu {{ ma_ho_so }}\nXem -> {{ link_cong_khai }}\nBay -> bay lên trời") == [
        (5, "unheard", "bay lên trời")
    ]


def test_a_nearest_name_mends_with_one_press(shipped: Wording) -> None:
    source = "Hồ sơ {{ ma_hoso }} đã đóng."
    [finding] = check(source, "status/closed", wording=shipped)
    assert (finding.line, finding.column, finding.remedy) == (1, 10, "ma_ho_so")
    assert mended(source, finding) == "Hồ sơ {{ ma_ho_so }} đã đóng."
    assert mended(source, Finding(9, 1, Kind.STOP, "x", ("y",), "z")) == source


def test_languages_are_held_together(shipped: Wording) -> None:
    english = shipped.source("status/accepted", "en")
    assert check(english, "status/accepted", "en", wording=shipped) == ()
    assert (1, "says_more") in found(shipped, english + "\n{{ tieu_de }}", "status/accepted", "en")
    assert {code for _, code in found(shipped, "Accepted {{ ma_phan_viec }}.", "status/accepted", "en")} == {
        "says_less",
        "other_buttons",
    }
    changed = shipped.with_words({("vi", "common/thanks"): Message("Cảm ơn Quý doanh nghiệp.", "2", 7)})
    [finding] = check(shipped.source("common/thanks", "en"), "common/thanks", "en", wording=changed)
    assert (finding.code, finding.kind) == ("stale", Kind.WARNING)


def test_a_message_without_a_translation_says_so(tmp_path: Path) -> None:
    (tmp_path / "vi").mkdir()
    (tmp_path / "en").mkdir()
    (tmp_path / "vi/a.txt").write_text("Chào.", encoding="utf-8")
    made = Wording(tmp_path / "vi", (), {"a": ()}, others={"en": tmp_path / "en"}, everywhere=("a",))
    [finding] = check("Chào.", "a", wording=made)
    assert (finding.code, finding.kind, finding.values) == ("untranslated", Kind.WARNING, ("en",))


@pytest.mark.parametrize("source", ["{{ ''.__class__ }}", "{% include 'x' %}", "{" * 9000, "\x00", "{{ (" * 500])
def test_hostile_words_are_stopped_and_never_raise(shipped: Wording, source: str) -> None:
    for language in languages.every():
        findings = check(source, "status/answered", language, wording=shipped)
        assert any(one.kind is Kind.STOP for one in findings)
        assert all(words(one, shipped) for one in findings)


def test_every_finding_has_its_words(shipped: Wording) -> None:
    folder = Path(checks.__file__).parent
    code = re.compile(r'Kind\.\w+(?: if \w+ else Kind\.\w+)?, "(\w+)"|\("?Kind\.\w+, "(\w+)"\)')
    named = {name for path in folder.glob("*.py") for pair in code.findall(path.read_text()) for name in pair if name}
    secrets = {f"asks_{secret}" for secret in ("otp", "password", "money", "identity")}
    assert len(named) > 20
    assert sorted(one for one in named | secrets if not shipped.has(f"lint/{one}")) == []
    assert check_all(shipped) == []
