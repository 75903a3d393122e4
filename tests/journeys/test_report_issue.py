"""A business reports an issue, as transcripts."""

from datetime import timedelta

from tests.journeys.stage import Stage, finish, report
from zalobot.store.models import AttachmentState, TicketState, Tier

WAREHOUSE = (
    "Công ty tôi xây kho ở Móng Cái 2, nộp hồ sơ thẩm định thiết kế thì Sở Xây dựng bảo bổ sung PCCC, "
    "bên PCCC lại bảo chờ Sở Xây dựng thẩm định trước."
)


def test_a_business_goes_from_following_to_a_code(stage: Stage) -> None:
    lan = stage.person("lan")
    assert "Quý doanh nghiệp có đồng ý không?" in lan.follows()[0]
    assert lan.buttons() == ["1. Đồng ý", "2. Không đồng ý", "3. English"]
    assert "đã ghi nhận sự đồng ý" in lan.says("1")[0]
    assert "mô tả luôn sự việc" in lan.says("xin chào")[0]
    assert lan.buttons() == ["1. Gửi phản ánh", "2. Tra cứu", "3. Hướng dẫn", "4. Gặp cán bộ", "5. English"]
    assert "nêu rõ" in lan.says("1")[0]
    assert "tên doanh nghiệp, mã số thuế" in lan.says(WAREHOUSE)[0]
    confirm = lan.says("Chị Lan, 0912 000 345")[0]
    assert WAREHOUSE in confirm
    assert "Cơ quan: Sở Xây dựng, Công an tỉnh" in confirm
    assert "(vì: " in confirm
    assert "Liên hệ: Chị Lan, 0912000345" in confirm
    assert "không nêu tên" in confirm
    (sent,) = lan.says("gửi")
    assert "QN-2611-00001" in sent
    assert sent.count("17h00 Thứ Sáu 27/11/2026") == 2
    assert "không tính 24/11 (Ngày Văn hóa Việt Nam)" in sent
    (ticket,) = stage.tickets()
    assert (ticket.state, ticket.tier, ticket.description) == (TicketState.ASSIGNED, Tier.NO_NAME, WAREHOUSE)
    assert [part.agency for part in stage.parts()] == ["SXD", "CAT"]
    assert len({part.due_at for part in stage.parts()}) == 1


def test_an_event_delivered_again_opens_nothing_and_says_nothing(stage: Stage) -> None:
    lan = stage.person("lan")
    assert report(lan, WAREHOUSE) == "QN-2611-00001"
    stage.hear({**_again(stage), "message": {"text": "gửi", "msg_id": f"m{next(stage.numbers) - 1}"}})
    assert len(lan.texts()) == 1
    assert len(stage.tickets()) == 1


def _again(stage: Stage) -> dict[str, object]:
    return {
        "app_id": "360846524940903967",
        "event_name": "user_send_text",
        "sender": {"id": "lan"},
        "recipient": {"id": "388613280878808645"},
        "timestamp": str(int(stage.now.timestamp() * 1000)),
    }


def test_free_text_as_the_first_message_is_the_description(stage: Stage) -> None:
    lan = stage.person("lan")
    assert "có đồng ý không?" in lan.says(WAREHOUSE)[0]
    assert "mã số thuế" in lan.says("1")[0]
    finish(lan)
    assert stage.tickets()[0].description == WAREHOUSE


def test_several_messages_in_a_row_are_one_answer_and_get_one_reply(stage: Stage) -> None:
    stage.burst(2)
    lan = stage.person("lan")
    lan.agrees()
    assert lan.says("hồ sơ xin giấy phép xây dựng của bên em") == []
    assert lan.says("nộp từ tháng 8 tới giờ chưa thấy trả lời") == []
    assert lan.says("1 tuần gọi 3 lần đều bảo chờ") == []
    lan.got.clear()
    stage.later(seconds=3)
    assert len(lan.texts()) == 1
    assert "mã số thuế" in lan.texts()[0]
    stage.burst(0)
    finish(lan)
    assert stage.tickets()[0].description == (
        "hồ sơ xin giấy phép xây dựng của bên em\n"
        "nộp từ tháng 8 tới giờ chưa thấy trả lời\n"
        "1 tuần gọi 3 lần đều bảo chờ"
    )


def test_photos_in_a_row_get_one_reply_and_belong_to_the_ticket(stage: Stage) -> None:
    stage.burst(2)
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    stage.later(seconds=3)
    for name in "abc":
        assert lan.sends_photo(f"http://f6.photo.talk.zdn.vn/{name}.jpg") == []
    lan.got.clear()
    stage.later(seconds=3)
    assert len(lan.texts()) == 1
    assert "Đã nhận 3 tệp" in lan.texts()[0]
    assert "Tệp: 3" in lan.says("bỏ qua")[0]
    lan.says("gửi")
    ticket = stage.tickets()[0]
    rows = stage.store.read_now(_attachments)
    assert [(row.ticket_id, row.state) for row in rows] == [(ticket.id, AttachmentState.WANTED)] * 3


def _attachments(session):  # type: ignore[no-untyped-def]
    from sqlmodel import select

    from zalobot.store.models import Attachment

    return list(session.exec(select(Attachment)))


def test_a_photo_before_any_word_begins_a_report(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    assert "nêu rõ" in lan.sends_photo()[0]
    assert "Đã nhận 1 tệp" in lan.says(WAREHOUSE)[0]
    assert "Tệp: 1" in lan.says("bỏ qua")[0]


def test_every_answer_can_be_changed_before_sending(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.says("bỏ qua")
    assert "muốn sửa phần nào" in lan.says("sửa")[0]
    assert "lĩnh vực nào" in lan.says("sửa lĩnh vực")[0]
    assert "Lĩnh vực: Môi trường" in finish(lan, field="môi trường", until="xem lại")
    assert "Tệp: 1" in (lan.says("sửa tệp"), lan.sends_photo(), lan.says("xong"))[-1][0]
    assert "Liên hệ: anh Tâm, 0913000208" in (lan.says("sửa liên hệ"), lan.says("anh Tâm 0913 000 208"))[-1][0]
    assert "tên cơ quan" in lan.says("sửa cơ quan")[0]
    assert "Cơ quan: Sở Nông nghiệp và Môi trường" in lan.says("sở tài nguyên")[0]
    lan.says("sửa công khai")
    assert "không công khai nội dung" in lan.says("3")[0].lower()
    lan.says("gửi")
    assert stage.tickets()[0].tier is Tier.SEALED
    assert [part.agency for part in stage.parts()] == ["SNNMT"]


def test_a_new_number_does_not_cost_the_name(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    stage.later(minutes=1)
    assert "Doanh nghiệp: Cty TNHH Kho Vận An, kho bãi" in lan.says("Cty TNHH Kho Vận An, kho bãi")[0]
    lan.says("sửa liên hệ")
    assert lan.says("anh Tâm 0913 000 208")[0].count("Cty TNHH Kho Vận An, kho bãi\nLiên hệ: anh Tâm, 0913000208") == 1
    lan.says("sửa doanh nghiệp")
    assert "Doanh nghiệp: Cty TNHH Kho Bình\nLiên hệ: anh Tâm, 0913000208" in lan.says("Cty TNHH Kho Bình")[0]
    lan.says("sửa liên hệ")
    left_out = lan.says("bỏ qua")[0]
    assert "Liên hệ: không để lại" in left_out
    assert "Kho Bình" not in left_out


def test_the_next_report_keeps_the_known_name_beside_a_new_number(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    stage.later(minutes=1)
    lan.says("Cty TNHH Kho Vận An, kho bãi")
    lan.says("gửi")
    lan.says("gửi phản ánh")
    lan.says("Cấp điện cho kho ở phường Hà Tu bị cắt ba lần một tuần, điện lực không báo trước")
    stage.later(minutes=1)
    assert "Doanh nghiệp: Cty TNHH Kho Vận An" in finish(lan, until="xem lại")
    lan.says("sửa liên hệ")
    said = lan.says("anh Tâm 0913 000 208")[0]
    assert "Doanh nghiệp: Cty TNHH Kho Vận An, kho bãi\nLiên hệ: anh Tâm, 0913000208" in said


def test_going_back_forgets_the_last_answer(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    assert "xem lại" in lan.says("bỏ qua")[0]
    assert "mã số thuế" in lan.says("quay lại")[0]
    assert "nêu rõ" in lan.says("quay lại")[0]


def test_cancelling_leaves_the_report_and_says_so(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    assert "đã được hủy" in lan.says("huỷ")[0]
    assert "lĩnh vực" not in lan.says("xin chào")[0]
    assert stage.tickets() == []


def test_a_question_held_for_more_words_does_not_come_after_the_cancelling(stage: Stage) -> None:
    stage.burst(2)
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.got.clear()
    lan.says("huỷ")
    stage.later(seconds=5)
    assert len(lan.texts()) == 1
    assert "đã được hủy" in lan.texts()[0]


def test_the_menu_puts_a_draft_aside_and_it_can_be_taken_up(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    assert "cần việc gì" in lan.says("menu")[0]
    assert "mã số thuế" in lan.says("tiếp tục")[0]


def test_a_human_can_be_called_from_anywhere(stage: Stage) -> None:
    coordinator = stage.officer("dieu-phoi", "VPUBND", role=_role("coordinator"))
    coordinator.pushes()
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    assert "cán bộ trực" in lan.says("gặp cán bộ")[0]
    assert len(coordinator.pushes()) == 1


def _role(name: str):  # type: ignore[no-untyped-def]
    from zalobot.store.models import Role

    return Role(name)


def test_refusing_consent_keeps_nothing_of_the_report(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.says(WAREHOUSE)
    assert "không đồng ý" in lan.says("2")[0]
    assert "có đồng ý không?" in lan.says("xin chào")[0]


def test_a_draft_survives_a_restart_and_a_week_of_silence_and_is_asked_about_once(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.got.clear()
    stage.restart()
    stage.later(days=7)
    assert len(lan.texts()) == 1
    assert "viết dở" in lan.texts()[0]
    assert "Sở Xây dựng" in lan.says("bỏ qua")[0]


def test_a_draft_survives_a_release_that_no_longer_knows_one_of_its_answers(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.says("1")

    def older_release(session):  # type: ignore[no-untyped-def]
        from zalobot.store.models import Conversation

        row = session.get_one(Conversation, "lan")
        row.answers = {**row.answers, "field": "a_field_that_is_gone", "a_step_that_is_gone": 1}

    stage.store.run_now(older_release)
    assert "lĩnh vực" in lan.says("abc")[0]
    assert "Sở Xây dựng" in finish(lan, until="Sở Xây dựng")


def test_outside_working_time_it_is_received_all_the_same(stage: Stage) -> None:
    stage.until(stage.now + timedelta(hours=14))  # 23:00
    officer = stage.officer("ha", "SXD")
    officer.pushes()
    report(stage.person("lan"), WAREHOUSE)
    assert officer.pushes() == []
    stage.later(hours=40)  # past the holiday, into Wednesday
    assert officer.pushes()[0].startswith("Phần việc mới QN-2611-00001/1")


def test_past_the_known_calendar_no_date_is_promised(database_url: str) -> None:
    last = Stage(database_url)
    last.now = last.now.replace(year=2028, month=1, day=6)
    code = report(last.person("lan"), WAREHOUSE)
    assert code == "QN-2801-00001"
    assert last.parts()[0].due_at is None
    assert "chưa thể hứa ngày" in last.person("lan").texts()[0]
    last.store.close_now()


def test_an_emergency_gets_the_numbers_to_call_and_no_form(stage: Stage) -> None:
    lan = stage.person("lan")
    assert lan.says("tàu chở 20 khách bị lật gần đảo Titop")[0].startswith("Xin gọi ngay 114")
    assert stage.tickets() == []


def test_a_denunciation_is_shown_its_own_path_and_kept_nowhere(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    assert "tố cáo hoặc tố giác" in lan.says("co can bo thue goi y boi duong 20tr, toi muon to cao")[0]
    assert "mã số thuế" in lan.says(WAREHOUSE)[0]
    finish(lan)
    assert stage.tickets()[0].description == WAREHOUSE


def test_going_on_with_a_draft_asks_its_question_again(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    assert "mã số thuế" in lan.says("tiếp tục")[0]


def test_who_wants_to_be_named_is_asked_for_the_name_of_the_business(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.says("bỏ qua")
    lan.says("sửa công khai")
    assert "tên doanh nghiệp" in lan.says("2")[0]
    assert "Tên nêu công khai: Công ty CP Kho vận Móng Cái" in lan.says("Công ty CP Kho vận Móng Cái")[0]
    lan.says("gửi")
    (ticket,) = stage.tickets()
    assert (ticket.tier, ticket.business_name) == (Tier.PUBLIC, "Công ty CP Kho vận Móng Cái")


def test_the_name_in_zalo_is_never_taken_for_the_business(stage: Stage) -> None:
    report(stage.person("lan"), WAREHOUSE)
    assert stage.tickets()[0].business_name == ""
