"""People follow, go and come back, tell Zalo who they are, react: in whatever order the deliveries come."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.journeys.stage import APP, OA, Person, Stage
from zalobot.store.models import Conversation, Reaction, TemplateApproval, TemplateState, ZaloNotice

OLD_FORM = {"name": "Nguyễn Văn A", "phone": 84912345678, "address": "12 Trần Phú", "city": "Quảng Ninh"}
NEW_FORM = {
    "name": "Nguyễn Văn A",
    "phone": "84912345678",
    "user_dob": "30/10/1999",
    "gender": "Nam",
    "full_address": {"user_city": "Quảng Ninh", "user_ward": "Cẩm Phả", "user_address": "12 Trần Phú"},
}


def comes(stage: Stage, name: str, at: datetime | None = None, **more: Any) -> None:
    body = {"app_id": APP, "event_name": name, "timestamp": str(int((at or stage.now).timestamp() * 1000)), **more}
    stage.hear(body)


def about(person: Person) -> dict[str, Any]:
    return {"oa_id": OA, "follower": {"id": person.id}}


def between(person: Person) -> dict[str, Any]:
    return {"sender": {"id": person.id}, "recipient": {"id": OA}}


def conversation(stage: Stage, person: Person) -> Conversation:
    return stage.store.read_now(lambda session: session.get_one(Conversation, person.id))


def test_who_comes_back_is_told_what_is_open(stage: Stage, lan: Person) -> None:
    comes(stage, "follow", **about(lan))
    assert "quay lại" in lan.pushes()[0]
    stage.later(minutes=1)
    comes(stage, "unfollow", **about(lan))
    assert (lan.pushes(), conversation(stage, lan).follows) == ([], False)
    stage.later(minutes=1)
    comes(stage, "follow", **about(lan))
    assert "quay lại" in lan.pushes()[0]
    assert conversation(stage, lan).follows is True


def test_the_newest_of_follow_and_unfollow_counts_whichever_comes_last(stage: Stage, lan: Person) -> None:
    gone, back = stage.now + timedelta(minutes=1), stage.now + timedelta(minutes=2)
    stage.now += timedelta(minutes=5)
    comes(stage, "follow", back, **about(lan))
    comes(stage, "unfollow", gone, **about(lan))
    assert conversation(stage, lan).follows is True


def test_an_old_follow_does_not_make_the_last_interaction_older(stage: Stage, lan: Person) -> None:
    before = conversation(stage, lan).last_interaction_at
    comes(stage, "follow", stage.now - timedelta(hours=1), **about(lan))
    assert conversation(stage, lan).last_interaction_at == before


@pytest.mark.parametrize("form", [OLD_FORM, NEW_FORM], ids=["before the merger of provinces", "after it"])
def test_who_is_asked_how_to_be_reached_may_answer_by_zalo_s_form(
    stage: Stage, lan: Person, form: dict[str, Any]
) -> None:
    lan.says("Công ty tôi vướng thẩm duyệt PCCC kho hàng ở Móng Cái từ tháng trước")
    lan.pushes()
    comes(stage, "user_submit_info", **between(lan), info=form)
    assert "0912345678" in lan.pushes()[0]
    assert conversation(stage, lan).answers["who"]["phone"] == "0912345678"
    assert conversation(stage, lan).display_name == "Nguyễn Văn A"


def test_the_form_is_no_answer_to_another_question(stage: Stage, lan: Person) -> None:
    lan.says("gửi phản ánh")
    lan.pushes()
    comes(stage, "user_submit_info", **between(lan), info=NEW_FORM)
    assert lan.pushes() == []


def test_a_contact_card_answers_how_to_be_reached(stage: Stage, lan: Person) -> None:
    lan.says("Công ty tôi vướng thẩm duyệt PCCC kho hàng ở Móng Cái từ tháng trước")
    lan.pushes()
    card = {"type": "link", "payload": {"description": '{"phone":"84912345678","qrCodeUrl":"https://qr.zdn.vn/1"}'}}
    message = {"msg_id": "card", "text": "Nguyễn Văn A", "attachments": [card]}
    comes(stage, "user_send_business_card", **between(lan), message=message)
    assert "0912345678" in lan.pushes()[0]


def test_the_newest_reaction_to_a_message_counts(stage: Stage, lan: Person) -> None:
    def reacts(icon: str, seconds: float) -> None:
        message = {"msg_id": "m", "react_icon": icon}
        comes(stage, "user_reacted_message", stage.now + timedelta(seconds=seconds), **between(lan), message=message)

    def icons(session: Session) -> list[tuple[str, str]]:
        return [(row.person_id, row.icon) for row in session.exec(select(Reaction))]

    reacts("/-heart", 10)
    reacts("/-strong", 5)
    assert stage.store.read_now(icons) == [(lan.id, "/-heart")]
    reacts("/-remove", 20)
    assert stage.store.read_now(icons) == [(lan.id, "")]
    assert lan.pushes() == []


def test_who_never_wrote_to_us_is_not_written_to_from_a_group(stage: Stage) -> None:
    stranger = stage.person("9007199254740997")
    called = {"sender": {"id": stranger.id}, "recipient": {"id": "a group"}, "oa_id": OA}
    comes(stage, "user_send_group_text", **called, message={"msg_id": "g", "text": f"[@{OA}] cho hỏi"})
    assert stranger.pushes() == []


def test_a_call_in_a_group_is_answered_to_the_person_alone_and_is_no_report(stage: Stage, lan: Person) -> None:
    called = {"sender": {"id": lan.id}, "recipient": {"id": "a group"}, "oa_id": OA}
    text = f"[@{OA}] công ty tôi vướng thẩm duyệt PCCC kho hàng ở Móng Cái"
    comes(stage, "user_send_group_text", **called, message={"msg_id": "g", "text": text})
    assert "trong một nhóm" in lan.pushes()[0]
    assert conversation(stage, lan).flow == ""


def notices(session: Session) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row.name, row.subject): row.facts for row in session.exec(select(ZaloNotice))}


def test_the_newest_notice_of_each_thing_is_kept(stage: Stage) -> None:
    def quota(new: int, minutes: float) -> None:
        at = stage.now + timedelta(minutes=minutes)
        comes(stage, "change_oa_daily_quota", at, oaId=OA, quota={"prev_value": 1, "new_value": new})

    quota(2, 5)
    quota(3, 1)
    comes(stage, "change_template_quality", oa_id=OA, template_id="7", quality="LOW")
    comes(stage, "change_template_quality", oa_id=OA, template_id="8", quality="HIGH")
    assert stage.store.read_now(notices) == {
        ("change_oa_daily_quota", ""): {"quota": {"prev_value": 1, "new_value": 2}},
        ("change_template_quality", "7"): {"template_id": "7", "quality": "LOW"},
        ("change_template_quality", "8"): {"template_id": "8", "quality": "HIGH"},
    }


def test_a_template_of_ours_is_marked_as_zalo_decides(stage: Stage) -> None:
    def submit(session: Session) -> None:
        session.add(TemplateApproval(key="k", template_id="77", state=TemplateState.PENDING, changed_at=stage.now))

    stage.store.run_now(submit)
    ours = {"oa_id": OA, "template_id": 77}
    later = stage.now + timedelta(minutes=2)
    comes(stage, "change_template_status", later, **ours, status={"new_status": "REJECT"}, reason="thiếu nguồn")
    comes(stage, "change_template_status", **ours, status={"prev_status": "", "new_status": "ENABLE"}, reason="")
    comes(stage, "change_template_quality", **ours, quality="MEDIUM")

    def now(session: Session) -> tuple[str, str, str]:
        row = session.exec(select(TemplateApproval)).one()
        return row.state, row.reason, row.quality

    assert stage.store.read_now(now) == (TemplateState.REJECTED, "thiếu nguồn", "MEDIUM")
