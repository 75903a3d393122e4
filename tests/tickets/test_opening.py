"""What a list shows of a ticket."""

import pytest

from zalobot.tickets.opening import TITLE, title_of

COUNTER = "Quầy Sở Xây dựng ở trung tâm hành chính công trả hồ sơ của tôi 3 lần, mỗi lần một lý do, không có phiếu."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hóa đơn bị khóa.", "Hóa đơn bị khóa."),
        ("Hóa đơn bị khóa\nĐề nghị mở.", "Hóa đơn bị khóa"),
        (COUNTER, "Quầy Sở Xây dựng ở trung tâm hành chính công trả hồ sơ của tôi 3 lần, mỗi lần một lý do…"),
    ],
)
def test_a_title_is_the_first_line_cut_at_a_word(text: str, title: str) -> None:
    assert title_of(text) == title
    assert len(title) <= TITLE + 1
