"""What everybody may read of an answer: the office's own words, and nothing private of the business."""

import pytest

from zalobot.store.models import Ticket, Tier
from zalobot.tickets.public_answer import for_everybody

WROTE = ("Công ty tôi ở Hạ Long, gọi anh Nguyễn Văn Bình 0912 000 345, CCCD 022085001234.", "chị Lan, 0936 111 222")


def ticket(**changes: object) -> Ticket:
    given = {"tier": Tier.NO_NAME, "business_name": "Công ty Kho vận Kín", "masks": {}} | changes
    return Ticket(id="t", code="QN-2611-00001", person_id="p", topic="x", title="x", **given)


@pytest.mark.parametrize(
    ("answer", "public"),
    [
        ("Liên hệ Phòng Đăng ký, 0203 3825 111.", "Liên hệ Phòng Đăng ký, 0203 3825 111."),
        ("Đã gọi số 0912.000.345 của công ty.", "Đã gọi số [SĐT] của công ty."),
        ("Đã gọi 0936111222.", "Đã gọi [SĐT]."),
        ("Đã trao đổi với anh Nguyễn Văn Bình.", "Đã trao đổi với anh [HỌ TÊN]."),
        ("Hỏi anh Trần Văn Minh, cán bộ thụ lý.", "Hỏi anh [HỌ TÊN], cán bộ thụ lý."),
        ("Giấy tờ mang CCCD 036090009876 là hợp lệ.", "Giấy tờ mang CCCD [CCCD] là hợp lệ."),
    ],
)
def test_what_the_business_wrote_is_masked_and_what_the_office_says_of_itself_is_not(answer: str, public: str) -> None:
    assert for_everybody(ticket(), answer, WROTE) == public


def test_the_name_of_the_business_is_as_public_as_it_wanted() -> None:
    answer = "Công ty Kho vận Kín đã nhận giấy phép."
    assert "Kho vận Kín" not in for_everybody(ticket(), answer, WROTE)
    assert for_everybody(ticket(tier=Tier.PUBLIC), answer, WROTE) == answer


def test_what_the_business_shows_or_hides_holds_for_the_answer_too() -> None:
    shown = ticket(masks={"shown": ["0912 000 345"], "hidden": ["lô A5"]})
    assert for_everybody(shown, "Gọi 0912 000 345 về lô A5.", WROTE).startswith("Gọi 0912 000 345 về [")
