"""A business writes again: the same matter or a new one, taking a report back. As transcripts, on both engines."""

from datetime import timedelta

import pytest

from tests.journeys.stage import Person, Stage, finish, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.store.models import Attachment, PartState, TicketState
from zalobot.tickets import adding

CODE = "QN-2611-00001"
MORE = "Hôm nay bên PCCC lại yêu cầu thêm bản vẽ."


@pytest.fixture
def lan(stage: Stage) -> Person:
    """A business with a ticket under way, and `ha` of Sở Xây dựng who holds a part of it."""
    stage.officer("ha", "SXD")
    made = stage.person("lan")
    report(made, WAREHOUSE)
    return made


def test_a_later_message_is_asked_about_once_and_belongs_to_the_ticket(stage: Stage, lan: Person) -> None:
    ha = stage.person("ha")
    (asked,) = lan.says(MORE)
    assert "thuộc hồ sơ đã có hay là việc mới?" in asked
    assert lan.buttons() == [f"1. Cùng hồ sơ {CODE}", "2. Việc mới"]
    ha.pushes()
    due = stage.parts()[0].due_at
    assert f"Đã bổ sung vào hồ sơ {CODE}" in lan.says("1")[0]
    assert MORE in ha.pushes()[0]
    (ticket,) = stage.tickets()
    assert stage.store.read_now(adding.of_ticket, ticket) == (MORE,)
    assert (stage.parts()[0].due_at, stage.parts()[0].state) == (due, PartState.WAITING)
    assert MORE in ha.says(f"{CODE}/1")[0]


@pytest.mark.parametrize("said", ["2", "Việc mới", "viec khac"])
def test_a_new_matter_begins_a_report_with_these_very_words(stage: Stage, lan: Person, said: str) -> None:
    lan.says("Cục thuế chậm hoàn thuế cho công ty tôi từ tháng 8")
    assert "xem lại" in lan.says(said)[0]
    finish(lan)
    assert stage.tickets()[1].description == "Cục thuế chậm hoàn thuế cho công ty tôi từ tháng 8"


def test_a_tapped_button_is_understood_like_its_number(stage: Stage, lan: Person) -> None:
    lan.says(MORE)
    assert f"Đã bổ sung vào hồ sơ {CODE}" in lan.says(f"Cùng hồ sơ {CODE}")[0]


def test_more_may_be_written_before_the_question_is_answered(stage: Stage, lan: Person) -> None:
    lan.says(MORE)
    assert "được giữ lại" in lan.says("hả gì")[0]
    lan.says("Họ hẹn tới thứ Sáu mới xem hồ sơ")
    lan.says("cùng hồ sơ")
    (ticket,) = stage.tickets()
    assert stage.store.read_now(adding.of_ticket, ticket) == (f"{MORE}\nHọ hẹn tới thứ Sáu mới xem hồ sơ",)


def test_a_photo_is_asked_about_too_and_belongs_to_the_ticket(stage: Stage, lan: Person) -> None:
    assert "thuộc hồ sơ đã có" in lan.sends_photo()[0]
    assert "Đã bổ sung" in lan.says("1")[0]
    from sqlmodel import select

    (file,) = stage.store.read_now(lambda s: list(s.exec(select(Attachment))))
    assert file.ticket_id == stage.tickets()[0].id


def test_thanks_never_ask_and_never_reopen(stage: Stage, lan: Person) -> None:
    _answered(stage)
    assert "Cảm ơn Quý doanh nghiệp" in lan.says("Cảm ơn anh")[0]
    assert stage.parts()[0].state is PartState.ANSWERED


def test_after_the_end_a_long_text_is_a_new_report_and_a_short_one_is_asked_about(stage: Stage, lan: Person) -> None:
    _answered(stage)
    lan.says(f"Đã giải quyết {CODE}/1")
    stage.officer("can", "CAT")
    stage.person("can").says(f"Trả lời {CODE}/2")
    stage.person("can").says("Được nộp song song, theo Điều 16 Luật số 55/2024/QH15.")
    stage.person("can").says("gửi")
    lan.says(f"Đã giải quyết {CODE}/2")
    assert stage.tickets()[0].state is TicketState.CLOSED
    assert "thuộc hồ sơ đã có" in lan.says("bên kia nói khác rồi")[0]
    lan.says("hủy")
    assert "xem lại" in lan.says("Một việc khác hẳn: " + WAREHOUSE)[0]
    lan.says("hủy")
    stage.until(stage.now + timedelta(hours=1))  # the merged push of the answers leaves
    stage.now += timedelta(days=20)
    assert "cơ quan nào" in lan.says("bên kia nói khác mất rồi anh chị")[0]


def test_taking_a_report_back_is_asked_once_more_and_told(stage: Stage, lan: Person) -> None:
    ha = stage.person("ha")
    ha.pushes()
    assert f"muốn rút phản ánh {CODE}" in lan.says("rút phản ánh")[0]
    assert "chưa được rút" in lan.says("ơ")[0]
    assert f"rút phản ánh {CODE}" in lan.says("1")[0]
    assert stage.tickets()[0].state is TicketState.WITHDRAWN
    assert {part.state for part in stage.parts()} == {PartState.WITHDRAWN}
    assert {part.remind_at for part in stage.parts()} == {None}
    assert f"Doanh nghiệp đã rút {CODE}/1" in ha.pushes()[0]
    assert "xem lại" in lan.says(MORE)[0]


def test_what_is_answered_stays_when_the_rest_is_taken_back(stage: Stage, lan: Person) -> None:
    _answered(stage)
    lan.says(f"rút {CODE}")
    lan.says("gửi")
    assert [part.state for part in stage.parts()] == [PartState.ANSWERED, PartState.WITHDRAWN]
    assert stage.tickets()[0].state is TicketState.ANSWERED
    lan.says(f"rút {CODE}")
    assert "không còn phần việc nào" in lan.says("gửi")[0]


def test_nobody_takes_back_what_is_anothers(stage: Stage, lan: Person) -> None:
    assert f"Không có hồ sơ {CODE}" in stage.person("la").says(f"rút {CODE}")[0]
    assert stage.tickets()[0].state is TicketState.ASSIGNED


def _answered(stage: Stage) -> None:
    ha = stage.person("ha")
    ha.says(f"Trả lời {CODE}/1")
    ha.says("Được nộp song song hai hồ sơ, theo Điều 16 Luật số 55/2024/QH15.")
    ha.says("gửi")
