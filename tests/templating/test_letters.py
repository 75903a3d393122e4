"""Letters that are not what they look like: what a reader sees is what the checks read."""

import pytest

from zalobot import speech
from zalobot.province import load
from zalobot.templating import Kind, Wording, check, mended

ASKS = "Xin gửi mã {} cho chúng tôi."


@pytest.fixture(scope="module")
def words() -> Wording:
    return speech.wording(load("quang-ninh"))


def stops(words: Wording, source: str) -> set[str]:
    return {one.code for one in check(source, "common/thanks", wording=words) if one.kind is Kind.STOP}


@pytest.mark.parametrize(
    ("otp", "code"),
    [
        ("O\u200bT\u200bP", "hidden_letter"),
        ("O\u200dT\u200dP", "hidden_letter"),
        ("O\u00adTP", "hidden_letter"),
        ("\u202ePTO\u202c", "hidden_letter"),
        ("\u2066OTP\u2069", "hidden_letter"),
        ("O\U000e0054TP", "hidden_letter"),
        ("O\u3164TP", "hidden_letter"),
        ("ОТР", "strange_letter"),  # Cyrillic
        ("ΟΤΡ", "strange_letter"),  # Greek
        ("ＯＴＰ", "strange_letter"),
        ("𝐎𝐓𝐏", "strange_letter"),
        ("ᴏᴛᴘ", "strange_letter"),
        ("O\u0336T\u0336P\u0336", "strange_letter"),
        ("Ⓞ\U0001f163\U0001f17f", "asks_otp"),
        ("\U0001f1f4\U0001f1f9\U0001f1f5", "asks_otp"),
        ("O.T.P", "asks_otp"),
        ("O T P", "asks_otp"),
        ("0TP", "asks_otp"),
        ("O\u00a0T\u00a0P", "asks_otp"),
        ("{% if ten_kenh %}O{% endif %}TP", "asks_otp"),
        ("\nOTP", "asks_otp"),
        ("xác nhận vừa nhận được", "asks_otp"),
    ],
)
def test_a_secret_is_asked_for_in_no_disguise(words: Wording, otp: str, code: str) -> None:
    assert code in stops(words, ASKS.format(otp))


@pytest.mark.parametrize(
    "said",
    [
        "Không cần lo, xin gửi mã OTP.",
        "Đừng lo, hãy nhập mật khẩu.",
        "Không gửi gì thêm\nXin gửi mã OTP",
        "Không phải chờ: gửi mã OTP ngay.",
    ],
)
def test_what_spares_something_else_is_no_warning(words: Wording, said: str) -> None:
    assert stops(words, said) & {"asks_otp", "asks_password"}


@pytest.mark.parametrize(
    "said",
    [
        "Không cần gửi mật khẩu.",
        "Đừng gửi mã OTP cho ai.",
        "Không phải nộp phí.",
        "Cơ quan không bao giờ yêu cầu gửi tiền, cung cấp mã OTP.",
        "Bản vẽ 25 m², 37ºC, café Ørsted, 中文, “trích” … – 5%.",
        "Vui 👨\u200d👩\u200d👧 và ✌\ufe0f nữa.",
        "Tra\u0323 lo\u031b\u0300i",  # marks apart, as some keyboards send them
    ],
)
def test_honest_words_pass(words: Wording, said: str) -> None:
    assert stops(words, said) == set()


@pytest.mark.parametrize(
    ("source", "clean"),
    [
        ("Chào Quý\u200b doanh nghiệp.", "Chào Quý doanh nghiệp."),
        ("Сhào Quý doanh nghiệp.", "Chào Quý doanh nghiệp."),
        ("Ｃhào.", "Chào."),
    ],
)
def test_a_slip_of_copying_is_mended_by_one_press(words: Wording, source: str, clean: str) -> None:
    [finding] = [one for one in check(source, "common/thanks", wording=words) if one.kind is Kind.STOP]
    assert mended(source, finding) == clean
