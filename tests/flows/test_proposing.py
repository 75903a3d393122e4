"""Whose a report is proposed to be: clear, and why; or between the likeliest."""

import pytest

from zalobot.flows import report_issue
from zalobot.flows.engine import Accepted, Rejected, Said
from zalobot.province import load

PROVINCE = load("quang-ninh")
ASKED = report_issue.Agencies(name="agencies", province=PROVINCE)
CLEAR = {"description": "Xin nghiệm thu pccc nhà xưởng mới ở Hà Tu, nộp 40 ngày chưa ai xuống", "field": "xay_dung"}
UNCLEAR = {"description": "cái giấy bên em nộp hôm nọ làm mãi chưa xong, cứ hẹn lần này qua lần khác", "field": "khac"}


def test_what_is_clear_is_proposed_with_the_words_that_decided() -> None:
    assert report_issue.is_sure(PROVINCE, CLEAR)
    assert report_issue.proposed(PROVINCE, CLEAR)[0] == "CAT"
    assert any("pccc" in word for word in report_issue.reasons(PROVINCE, CLEAR))
    assert report_issue.topic_of(PROVINCE, CLEAR) == "pccc"


def test_what_is_not_clear_offers_the_three_likeliest_by_name_and_another() -> None:
    assert not report_issue.is_sure(PROVINCE, UNCLEAR)
    offered = ASKED.offered(UNCLEAR)
    assert (len(offered), list(offered)[-1]) == (4, "other")
    second = list(offered)[1]
    assert ASKED.read(Said("2"), UNCLEAR) == Accepted([second])
    assert ASKED.read(Said("4"), UNCLEAR) == Rejected("which")
    assert ASKED.read(Said("sở y tế"), UNCLEAR) == Accepted(["SYT"])


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("kho hàng đang cháy, có người kẹt bên trong", "emergency"),
        ("tôi khiếu nại quyết định xử phạt số 88", "complaint"),
        ("cán bộ đòi phong bì mới ký hồ sơ", "denunciation"),
    ],
)
def test_what_belongs_elsewhere_is_not_taken_down(text: str, refused: str) -> None:
    asked = report_issue.Description(name="description", at_least=15, province=PROVINCE)
    assert asked.read(Said(text), {}) == Rejected(refused)
    assert isinstance(asked.read(Said(CLEAR["description"]), {}), Accepted)
