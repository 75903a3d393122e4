"""Officers in chat, and what the business hears of it, as transcripts."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.stage import MONDAY, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import officers
from zalobot.accounts import links
from zalobot.store.models import PartState, Role, TicketState, Verdict
from zalobot.workdays import LOCAL

ANSWER = "Được. Hai việc nộp song song. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ tổng đài 1022."


@pytest.fixture
def ha(stage: Stage):  # type: ignore[no-untyped-def]
    """Officer of Sở Xây dựng, who has a part of a fresh ticket of `lan`."""
    made = stage.officer("ha", "SXD")
    stage.code = report(stage.person("lan"), WAREHOUSE)  # type: ignore[attr-defined]
    return made


def test_an_officer_is_told_at_once_and_answers_in_two_taps_and_the_text(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    lan = stage.person("lan")
    assert ha.buttons() == [
        *("1. Nhận xử lý", "2. Trả lời", "3. Không thuộc thẩm quyền", "4. Hỏi thêm doanh nghiệp"),
        "Mở trên web",
    ]
    assert "QN-2611-00001/1" in ha.says("2")[0]
    assert ANSWER in ha.says(ANSWER)[0]
    lan.pushes()
    assert "đã được gửi" in ha.says("1")[0]
    (news,) = lan.texts()
    assert ANSWER in news
    assert lan.buttons() == ["1. Đã giải quyết", "2. Một phần", "3. Trả lời chung chung", "4. Không đúng câu hỏi"]
    assert stage.tickets()[0].state is TicketState.PARTLY_ANSWERED
    assert [part.state for part in stage.parts()] == [PartState.ANSWERED, PartState.WAITING]


def test_accepting_tells_the_business_once(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    lan = stage.person("lan")
    lan.pushes()
    assert "đã nhận xử lý" in ha.says("1")[0]
    assert len(lan.pushes()) == 1
    ha.says("Nhận QN-2611-00001/1")
    assert lan.pushes() == []
    assert stage.parts()[0].officer_id is not None


def test_solved_closes_the_part(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    _answer(ha)
    lan = stage.person("lan")
    assert "Cảm ơn" in lan.says("1")[0] or "ghi nhận" in lan.texts()[0]
    part = stage.parts()[0]
    assert (part.state, part.verdict) == (PartState.CLOSED, Verdict.SOLVED)
    assert "đánh giá QN-2611-00001/1 đã giải quyết" in ha.pushes()[-1]  # who answered learns how it was judged


def test_a_head_who_is_on_duty_for_want_of_officers_hears_of_a_reopened_part_once(stage: Stage) -> None:
    head = stage.officer("truong", "SXD", Role.HEAD)
    report(stage.person("lan"), WAREHOUSE)
    _answer(head)
    head.pushes()
    stage.person("lan").says("3")
    assert len([text for text in head.pushes() if "mở lại" in text]) == 1


def test_anything_else_opens_the_second_clock_and_reaches_agency_and_head(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    head = stage.officer("truong", "SXD", Role.HEAD)
    _answer(ha)
    head.pushes()
    lan = stage.person("lan")
    stage.until(datetime(2026, 11, 25, 3, 0, tzinfo=UTC))
    ha.pushes()
    assert "chưa" in lan.says("3")[0] or "lý do" in lan.texts()[0]
    part = stage.parts()[0]
    assert (part.state, part.verdict, part.clock) == (PartState.REOPENED, Verdict.GENERIC, 2)
    assert part.due_at is not None
    assert part.due_at.astimezone(LOCAL) == datetime(2026, 11, 30, 17, 0, tzinfo=LOCAL)
    assert len(ha.pushes()) == 1
    assert len(head.pushes()) == 1
    lan.says("Không nêu căn cứ pháp lý nào.")
    assert "Không nêu căn cứ pháp lý nào." in ha.pushes()[0]
    assert stage.parts()[0].verdict_reason == "Không nêu căn cứ pháp lý nào."


def test_a_reopened_part_can_be_taken_up_again_and_stays_reopened(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    _answer(ha)
    stage.person("lan").says("3")
    assert "đã nhận xử lý" in ha.says("Nhận QN-2611-00001/1")[0]
    part = stage.parts()[0]
    assert (part.state, part.clock) == (PartState.REOPENED, 2)
    assert part.accepted_at is not None


def test_thanks_do_not_reopen(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    _answer(ha)
    assert len(stage.person("lan").says("Cảm ơn anh")) == 1
    assert stage.parts()[0].state is PartState.ANSWERED


def test_a_question_stops_the_clock_and_the_reply_moves_the_due_time_by_what_was_waited(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    lan = stage.person("lan")
    before = stage.parts()[0].due_at
    assert before is not None
    ha.says("Hỏi thêm QN-2611-00001/1")
    lan.pushes()
    ha.says("Xin gửi số đăng ký tàu và giờ bị từ chối.")
    asked_at = stage.now
    assert "Xin gửi số đăng ký tàu" in lan.pushes()[0]
    assert stage.tickets()[0].state is TicketState.WAITING
    stage.until(datetime(2026, 11, 25, 3, 0, tzinfo=UTC))
    ha.pushes()
    assert "Gửi" in lan.says("tau QN 4512, bi tu choi luc 8h15")[0]
    lan.says("1")
    part = stage.parts()[0]
    asked, replied = (instant.replace(second=0) for instant in (asked_at, stage.now))
    waited = stage.province.calendar.working_between(asked, replied)
    assert part.due_at == stage.province.calendar.add_working(before, waited)
    assert part.first_due_at == before
    assert "tau QN 4512, bi tu choi luc 8h15" in ha.pushes()[0]
    assert part.state is PartState.ACCEPTED


def test_not_ours_names_the_owner_and_the_holder_stays_until_the_other_accepts(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    zone = stage.officer("khu", "BQLKKT")
    due = stage.parts()[0].due_at
    ha.says("3")
    ha.says("ban quản lý khu kinh tế")
    zone.pushes()
    assert "QN-2611-00001/1" in ha.says("Kho nằm trong khu kinh tế cửa khẩu.")[0]
    part = stage.parts()[0]
    assert (part.state, part.agency, part.declined_to, part.hand_overs) == (PartState.DECLINED, "SXD", "BQLKKT", 0)
    assert "QN-2611-00001/1" in zone.pushes()[0]
    zone.says("Nhận QN-2611-00001/1")
    part = stage.parts()[0]
    assert (part.state, part.agency, part.hand_overs, part.due_at) == (PartState.ACCEPTED, "BQLKKT", 1, due)


def test_another_agency_cannot_touch_a_part(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    stranger = stage.officer("la", "THUE")
    assert "QN-2611-00001/1" in stranger.says("Trả lời QN-2611-00001/1")[0]
    assert stage.parts()[0].state is PartState.WAITING


def test_an_answered_part_cannot_be_answered_again(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    _answer(ha)
    assert "đã" in ha.says("Trả lời QN-2611-00001/1")[0]
    assert stage.parts()[0].answer == ANSWER


def test_an_answer_half_written_is_not_lost_by_taking_up_another_part(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    report_again = report(stage.person("minh"), WAREHOUSE)
    ha.says("Trả lời QN-2611-00001/1")
    ha.says(ANSWER)
    ha.says(f"Trả lời {report_again}/1")
    ha.says("Câu trả lời cho hồ sơ thứ hai, đủ dài.")
    texts = ha.says("gửi")
    assert len(texts) == 2
    assert ANSWER in texts[1]


def test_a_link_code_works_once_and_not_after_a_week(stage: Stage) -> None:
    code = stage.store.run_now(officers.issue_link_code, agency="SXD", name="Hà", role=Role.OFFICER, now=stage.now)
    assert "Hà" in stage.person("ha").says(code.lower().replace("-", " "))[0]
    assert stage.person("gian").says(code) != []
    late = stage.store.run_now(officers.issue_link_code, agency="SXD", name="X", role=Role.OFFICER, now=stage.now)
    stage.now += timedelta(days=8)
    stage.person("x").says(late)
    linked = stage.store.read_now(lambda s: [row for row in _officers(s) if row.person_id])
    assert [officer.person_id for officer in linked] == ["ha"]


def _officers(session):  # type: ignore[no-untyped-def]
    from sqlmodel import select

    from zalobot.store.models import Officer

    return list(session.exec(select(Officer)))


def test_the_ladder_climbs_from_the_officer_to_the_head_and_the_leader(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    head, leader = stage.officer("truong", "SXD", Role.HEAD), stage.officer("lanh-dao", "VPUBND", Role.LEADER)
    lan = stage.person("lan")
    for person in (ha, head, leader, lan):
        person.pushes()
    stage.until(datetime(2026, 11, 27, 10, 30, tzinfo=UTC))  # Friday 17:30, past due
    before_due = [text.split(" ")[0] for text in ha.pushes()]
    # Wednesday's digest; Thursday's, half time; Friday's, two hours before. Thursday's and Friday's third are not sent.
    assert before_due == ["Việc", "Việc", "Nhắc", "Việc", "Sắp"]
    assert (leader.pushes(), lan.pushes()) == ([], [])
    assert [text.split(" ")[0] for text in head.pushes()] == ["Việc"] * 3
    stage.until(datetime(2026, 11, 30, 4, 0, tzinfo=UTC))  # Monday 11:00: day 1
    assert [len(ha.pushes()), len(head.pushes()), len(leader.pushes()), len(lan.pushes())] == [1, 1, 1, 2]
    stage.until(datetime(2026, 12, 1, 4, 0, tzinfo=UTC))  # Tuesday: day 2
    assert len(ha.pushes()) == 1
    (told,) = leader.pushes()
    assert "Cần chú ý (2)" in told


def test_after_an_outage_only_the_latest_step_is_sent(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    ha.pushes()
    stage.now = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    stage.later(minutes=1)
    (only,) = ha.pushes()
    assert "nửa thời hạn" not in only


def test_nobody_gets_more_than_two_reminders_a_day(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    for number in range(4):
        stage.now = MONDAY + timedelta(minutes=37 * number + 10)
        report(stage.person(f"b{number}"), WAREHOUSE)
    ha.pushes()
    per_day: dict[str, int] = {}
    while stage.now < datetime(2026, 12, 4, 11, 0, tzinfo=UTC):
        stage.later(minutes=5)
        day = stage.now.astimezone(LOCAL).date().isoformat()
        got = ha.pushes()
        if got:
            assert stage.province.calendar.is_working_time(stage.now)
        per_day[day] = per_day.get(day, 0) + len(got)
    assert max(per_day.values()) <= 2
    assert sum(per_day.values()) >= 6


def _answer(officer) -> None:  # type: ignore[no-untyped-def]
    officer.says("Trả lời QN-2611-00001/1")
    officer.says(ANSWER)
    officer.says("gửi")


def test_a_second_answer_is_judged_afresh(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    _answer(ha)
    lan = stage.person("lan")
    lan.says("3")
    lan.says("Không nêu căn cứ pháp lý nào.")
    _answer(ha)
    part = stage.parts()[0]
    assert (part.state, part.clock, part.verdict, part.verdict_reason) == (PartState.ANSWERED, 2, None, "")
    lan.says("Đã giải quyết QN-2611-00001/1")
    assert stage.parts()[0].verdict is Verdict.SOLVED


def test_staff_who_write_open_web_get_a_link_of_their_own_and_a_business_does_not(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    found = []
    for text in ("Mở web QN-2611-00001/1", "mo web"):
        said = ha.says(text)[0]
        assert "dùng một lần trong 15 phút" in said
        found.append(re.search(r"/dang-nhap/zalo/([\w-]{30,})", said)[1])  # type: ignore[index]
    links_of = stage.store.read_now(lambda s: [links.look(s, token, stage.now) for token in found])
    assert [link.path for link, _ in links_of] == ["/can-bo/QN-2611-00001/1", "/can-bo"]
    assert {officer.name for _, officer in links_of} == {"ha"}
    assert "dang-nhap" not in "".join(stage.person("lan").says("Mở web"))


def test_the_link_of_a_leader_opens_the_page_where_they_direct(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    said = stage.officer("binh", "VPUBND", Role.LEADER).says("Mở web QN-2611-00001/1")[0]
    token = re.search(r"/dang-nhap/zalo/([\w-]{30,})", said)[1]  # type: ignore[index]
    assert stage.store.read_now(lambda s: links.look(s, token, stage.now)[0].path) == "/dieu-hanh/QN-2611-00001"
