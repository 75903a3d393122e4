"""Questions about the channel in the middle of a form are answered, and the form goes on where it stood."""

import pytest

from tests.journeys.stage import Stage
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.handlers import asides
from zalobot.spoken import words_file

ASKED = {
    "có mất phí không ạ": "fee",
    "phi bao nhieu": "fee",
    "bao lâu có trả lời vậy ad": "how_long",
    "ai xem được nội dung này?": "who_sees",
    "co cong khai khong": "who_sees",
    "sao phải khai mã số thuế": "why_asked",
    "ko có mst thì sao": "no_code",
    "bạn là ai, máy hay người?": "who_speaks",
    "gửi rồi sửa được không": "changed_later",
    "gửi ảnh được không?": "files_too",
}


@pytest.fixture
def stage(sqlite_url: str):  # type: ignore[no-untyped-def]
    made = Stage(sqlite_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


@pytest.mark.parametrize(("text", "kind"), ASKED.items())
def test_each_question_is_known(text: str, kind: str) -> None:
    assert asides.about(text) == kind


def test_every_kind_is_asked_about() -> None:
    assert set(words_file()["asides"]) == set(ASKED.values())


def test_the_form_goes_on_at_the_same_question_after_each_answer(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    for text in ASKED:
        (said,) = lan.says(text)
        assert said.index("Xin cho biết trong một tin nhắn: tên doanh nghiệp") > 50, text
        assert lan.buttons() == ["1. Bỏ qua"]
    lan.says("bỏ qua")
    (said,) = lan.says("có mất phí không")
    assert said.index("không mất phí") < said.index("xem lại trước khi gửi")
    lan.says("1")
    assert [ticket.description for ticket in stage.tickets()] == [WAREHOUSE]


@pytest.mark.parametrize(
    "text", ["làm giấy phép lao động có mất phí không", "gpxd bao lâu có", "hồ sơ của em bao giờ có kết quả"]
)
def test_before_anything_is_described_a_question_may_be_the_matter_itself(stage: Stage, text: str) -> None:
    lan = stage.person("lan")
    lan.agrees()
    (said,) = lan.says(text)
    assert "không mất phí" not in said
    assert "3 ngày làm việc. Hạn" not in said


def test_in_a_burst_it_is_part_of_the_description(stage: Stage) -> None:
    stage.burst(2)
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.says("bao lâu có trả lời ạ")
    stage.later(seconds=3)
    stage.burst(0)
    lan.says("bỏ qua")
    lan.says("gửi")
    assert [ticket.description for ticket in stage.tickets()] == [f"{WAREHOUSE}\nbao lâu có trả lời ạ"]
