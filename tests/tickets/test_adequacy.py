"""What an official answer names: conclusion, basis, next step, contact (domain: an answer states the rule with number
and article, the conclusion, the next step, the unit and phone of contact)."""

import pytest

from zalobot.tickets import adequacy

C, B, N, K = adequacy.ASPECTS


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Ghi nhận và nghiên cứu ý kiến của doanh nghiệp.", (C, B, N, K)),
        ("Được. Hai việc nộp song song. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ tổng đài 1022.", ()),
        ("Không được. Căn cứ Nghị định 123/2020/NĐ-CP.", (N, K)),
        ("Hồ sơ chưa đủ điều kiện, đề nghị doanh nghiệp nộp lại tại quầy 7, gặp chị Lan 0912 345 678.", (B,)),
        ("Hồ sơ được chấp nhận một phần. Quyết định 1234/QĐ-UBND. Đến nhận kết quả ngày 26/11.", (K,)),
        ("Kết luận: có\nCăn cứ: Công văn 12 của Bộ\nBước tiếp theo: chờ\nĐầu mối: Phòng Đăng ký", ()),
        ("ket luan: co\ncan cu: dieu 5\nbuoc tiep theo: nop lai\nlien he: 1022", ()),
        ("Vượt thẩm quyền của Sở, xin ý kiến Bộ; sẽ trả kết quả khi có. Email: so@quangninh.gov.vn", (B,)),
        ("Đã rõ, cảm ơn doanh nghiệp đã phản ánh.", (C, B, N, K)),
    ],
)
def test_what_an_answer_does_not_name_is_said(text: str, missing: tuple[str, ...]) -> None:
    assert adequacy.missing(text) == missing


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("Được nộp song song.", "yes"),
        ("Không được nộp song song.", "no"),
        ("Kết luận: một phần", "partly"),
        ("Kết luận: cần cấp khác, đã xin ý kiến Bộ", "higher"),
        ("Kết luận: không", "no"),
        ("Ghi nhận.", ""),
    ],
)
def test_what_is_decided(text: str, decision: str) -> None:
    assert adequacy.decision(text) == decision


def test_labelled_lines_are_read_with_the_lines_that_follow() -> None:
    text = "Kính gửi doanh nghiệp,\nKết luận: được\nvới điều kiện sau.\n\nCăn cứ: Điều 5\nTrân trọng: ký\nLiên hệ: 1022"
    assert adequacy.read(text) == {
        "conclusion": "được\nvới điều kiện sau.",
        "basis": "Điều 5\nTrân trọng: ký",
        "contact": "1022",
    }
    assert adequacy.rest(text) == "Kính gửi doanh nghiệp,"
    assert adequacy.read("Không có nhãn nào. Giờ mở cửa: 07:30") == {}


@pytest.mark.parametrize(
    ("text", "facts", "rest"),
    [
        ("Kết luận: được.\nNội dung: nộp song song.\nCăn cứ: Điều 16", {C: "được.", B: "Điều 16"}, "nộp song song."),
        ("Kết luận: được.\nCăn cứ: Điều 16", {C: "được.", B: "Điều 16"}, ""),
        ("Kính gửi.\n\nKết luận: được.\n\nXin cảm ơn.", {C: "được."}, "Kính gửi.\n\nXin cảm ơn."),
        ("Giờ mở cửa: 07:30\n\n\n\nĐóng: 17:00", {}, "Giờ mở cửa: 07:30\n\nĐóng: 17:00"),
        ("", {}, ""),
    ],
)
def test_an_answer_is_its_labelled_lines_and_the_rest(text: str, facts: dict[str, str], rest: str) -> None:
    assert (adequacy.read(text), adequacy.rest(text)) == (facts, rest)


@pytest.mark.parametrize(
    ("others", "count"),
    [
        (["Hồ sơ đã đủ, sẽ cấp ngày 26/11."] * 2, 0),
        (["Hồ sơ đã đủ, sẽ cấp ngày 26/11."] * 3, 3),
        (["HO SO DA DU, SE CAP NGAY 27/11"] * 5, 5),
        (["Hồ sơ thiếu bản vẽ mặt bằng tầng 1, xin bổ sung."] * 50, 0),
    ],
)
def test_answers_nearly_alike_are_counted_from_three_on(others: list[str], count: int) -> None:
    assert adequacy.alike("Hồ sơ đã đủ, sẽ cấp ngày 26/11.", others) == count
