"""A member of staff answers somebody in Zalo's own inbox: the bot says nothing until it is given back or time is up."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import APP, OA, Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.store.models import Attachment, InboxEvent, InboxState
from zalobot.tickets import adding, calling, finding


def staff_says(stage: Stage, person: Person, text: str, *, ago: float = 0, admin_id: str = "4411") -> None:
    """The echo of what somebody wrote in the OA's inbox so many minutes ago."""
    stage.now += timedelta(seconds=1)
    at = stage.now - timedelta(minutes=ago)
    sender = {"id": OA, "admin_id": admin_id} if admin_id else {"id": OA}
    body: dict[str, Any] = {
        "app_id": APP,
        "event_name": "oa_send_text",
        "sender": sender,
        "recipient": {"id": person.id},
        "message": {"text": text, "msg_id": f"staff{next(stage.numbers)}"},
        "timestamp": str(int(at.timestamp() * 1000)),
    }
    stage.hear(body)


def test_while_a_member_of_staff_talks_the_bot_is_silent_and_keeps_what_is_written(stage: Stage, lan: Person) -> None:
    staff_says(stage, lan, "Chào anh, em là Hà ở Trung tâm")
    assert lan.says("Vướng thẩm duyệt PCCC kho hàng từ tháng trước") == []
    assert lan.sends_photo() == []
    assert lan.says("gửi phản ánh") == []

    def kept(session: Session) -> tuple[int, int]:
        done = select(InboxEvent).where(col(InboxEvent.state) == InboxState.DONE)
        return len(session.exec(done).all()), len(session.exec(select(Attachment)).all())

    assert stage.store.read_now(kept) == (6, 1)


def test_the_bot_speaks_again_half_an_hour_after_the_last_word_of_staff(stage: Stage, lan: Person) -> None:
    staff_says(stage, lan, "Chào anh")
    stage.later(minutes=29)
    assert lan.says("menu") == []
    staff_says(stage, lan, "Anh chờ em kiểm tra")
    stage.later(minutes=29)
    assert lan.says("menu") == []
    stage.later(minutes=2)
    assert len(lan.says("menu")) == 1


def test_what_is_said_meanwhile_stays_with_the_ticket(stage: Stage, lan: Person) -> None:
    """For its agencies; without one nothing is lost either, it is in the inbox."""
    staff_says(stage, lan, "Chào anh")
    lan.says("Tôi hỏi trước khi gửi")
    staff_says(stage, lan, "#bot")
    code = report(lan, WAREHOUSE)
    staff_says(stage, lan, "Anh gửi thêm bản vẽ giúp em")
    lan.says("Mai tôi gửi nhé")
    staff_says(stage, lan, "trả lại trợ lý")
    lan.says("menu")

    def kept(session: Session) -> tuple[str, ...]:
        return adding.of_ticket(session, finding.locked(session, code)[0])

    assert stage.store.run_now(kept) == ("Cán bộ: Anh gửi thêm bản vẽ giúp em", "Doanh nghiệp: Mai tôi gửi nhé")
    assert stage.failures() == []


def test_the_quiet_time_can_be_set(stage: Stage, lan: Person) -> None:
    stage.store.info[calling.QUIET] = timedelta(minutes=5)
    staff_says(stage, lan, "Chào anh")
    stage.later(minutes=6)
    assert len(lan.says("menu")) == 1


@pytest.mark.parametrize("word", ["trả lại trợ lý", "Trả lại trợ lý ạ", "#bot", "Kết thúc trao đổi."])
def test_staff_give_the_conversation_back_with_a_word(stage: Stage, lan: Person, word: str) -> None:
    staff_says(stage, lan, "Chào anh")
    assert lan.says("menu") == []
    staff_says(stage, lan, word)
    assert "Cán bộ đã kết thúc trao đổi" in lan.pushes()[0]
    assert len(lan.says("menu")) == 1


def test_the_operator_gives_it_back(stage: Stage, lan: Person) -> None:
    staff_says(stage, lan, "Chào anh")
    assert stage.store.run_now(calling.give_back, lan.id, stage.now) is True
    assert stage.store.run_now(calling.give_back, lan.id, stage.now) is False
    stage.send()
    assert "Cán bộ đã kết thúc trao đổi" in lan.pushes()[-1]
    assert len(lan.says("menu")) == 1


def test_the_operator_takes_over_before_a_word_is_said(stage: Stage, lan: Person) -> None:
    stage.store.run_now(calling.take_over, lan.id, stage.now, stage.now)
    assert lan.says("menu") == []


def test_a_draft_goes_on_where_it_stood(stage: Stage, lan: Person) -> None:
    lan.says("Vướng thẩm duyệt PCCC kho hàng đặc biệt ở Móng Cái từ tháng trước")
    staff_says(stage, lan, "Chào anh")
    assert lan.says("1") == []
    staff_says(stage, lan, "#bot")
    lan.pushes()
    assert lan.says("1") != []
    assert stage.failures() == []


def test_what_others_would_push_waits_until_the_talk_is_over(stage: Stage, lan: Person) -> None:
    """And leaves then, in its order."""
    ha = stage.officer("ha", "SXD")
    code = report(lan, WAREHOUSE)
    lan.pushes()
    staff_says(stage, lan, "Chào anh")
    for said in (f"Nhận {code}/1", f"Trả lời {code}/1", "Được. Nộp hồ sơ song song.", "1"):
        assert ha.says(said) != []
    stage.later(minutes=20)
    assert lan.pushes() == []
    stage.later(minutes=15)
    assert "Nộp hồ sơ song song" in " ".join(lan.pushes())


@pytest.mark.parametrize("admin_id", ["", "4411"])
def test_only_a_member_of_staff_silences_the_bot(stage: Stage, lan: Person, admin_id: str) -> None:
    """Another program of the account, or its automatic greeting, is echoed without one."""
    staff_says(stage, lan, "Chào mừng quý khách", admin_id=admin_id)
    assert (lan.says("menu") == []) is bool(admin_id)


def test_an_echo_that_comes_late_silences_nobody(stage: Stage, lan: Person) -> None:
    staff_says(stage, lan, "Chào anh", ago=45)
    assert len(lan.says("menu")) == 1


def test_others_are_answered_meanwhile(stage: Stage, lan: Person) -> None:
    staff_says(stage, lan, "Chào anh")
    huy = stage.person("9007199254740995")
    assert len(huy.says("đồng ý")) == 1
