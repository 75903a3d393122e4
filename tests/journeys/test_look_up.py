"""Looking tickets up, words nobody understands, staff in between: as transcripts."""

from datetime import timedelta

import pytest

from tests.journeys.stage import APP, OA, Stage, finish, report
from tests.journeys.test_report_issue import WAREHOUSE


@pytest.mark.parametrize("typed", ["QN-2611-00001", "qn 2611 00001", "qn261100001", "tra cứu QN-2611-00001", "của tôi"])
def test_a_ticket_is_found_however_its_code_is_typed(stage: Stage, typed: str) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE)
    (shown,) = lan.says(typed)
    assert "QN-2611-00001" in shown
    assert "17h00 Thứ Sáu 27/11/2026" in shown


def test_looking_up_asks_for_a_code(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE)
    assert "mã" in lan.says("tra cứu")[0]
    assert "QN-2611-00001" in lan.says("qn 2611 1")[0]


def test_an_unknown_code_is_answered_kindly(stage: Stage) -> None:
    assert "QN-2611-99999" in stage.person("lan").says("QN-2611-99999")[0]


def test_a_sealed_ticket_is_not_shown_to_strangers(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    for answer in ("bỏ qua", "sửa công khai", "3"):
        lan.says(answer)
    finish(lan)
    assert "Móng Cái" not in stage.person("la").says("QN-2611-00001")[0]
    assert "Móng Cái" in lan.says("QN-2611-00001")[0]


def test_words_nobody_knows_lead_to_a_human_the_second_time(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    assert "chưa hiểu" in lan.says("abc")[0]
    lan.says("xyz")
    assert "1. Gặp cán bộ" in lan.buttons()


def test_the_bot_is_silent_while_staff_answers_from_zalos_own_inbox(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    stage.hear(
        {
            "app_id": APP,
            "event_name": "oa_send_text",
            "sender": {"id": OA, "admin_id": "77"},
            "recipient": {"id": "lan"},
            "message": {"text": "Chào chị, tôi là cán bộ trực.", "msg_id": "staff-1"},
            "timestamp": str(int(stage.now.timestamp() * 1000)),
        }
    )
    assert lan.says("Xin chào") == []
    stage.now += timedelta(hours=5)
    assert len(lan.says("Xin chào")) == 1


def test_receipts_and_echoes_never_start_a_turn(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.got.clear()
    for name, message in (
        ("user_received_message", {"msg_id": "sent-1"}),
        ("user_seen_message", {"msg_ids": ["sent-1"]}),
        ("oa_send_text", {"msg_id": "other", "text": "xin chào"}),
    ):
        stage.hear(
            {
                "app_id": APP,
                "event_name": name,
                "sender": {"id": OA},
                "recipient": {"id": "lan"},
                "message": message,
                "timestamp": str(int(stage.now.timestamp() * 1000)),
            }
        )
    assert lan.texts() == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7*7 }} {% for x in y %} hồ sơ của tôi bị trả lại",
        "<script>alert(1)</script> hồ sơ bị trả lại",
        "'; DROP TABLE ticket; -- bị trả lại",
    ],
)
def test_hostile_words_come_out_as_they_went_in(stage: Stage, text: str) -> None:
    lan = stage.person("lan")
    report(lan, text)
    assert stage.tickets()[0].description == text
    assert text.split()[0] in lan.says("của tôi")[0]


def test_another_province_needs_no_code(database_url: str) -> None:
    stage = Stage(database_url, province="tests/packs/dao-nho")
    lan = stage.person("lan")
    lan.agrees()
    lan.says("Bến cá của chúng tôi chưa được cấp phép neo đậu từ tháng trước")
    finish(lan)
    assert stage.tickets()[0].code.startswith("DN-2611-")
    assert not any("Quảng Ninh" in text for text in lan.texts())
    stage.store.close_now()
