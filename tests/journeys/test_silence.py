"""What the clock does where nobody says anything: pauses end, answers close, lateness is explained or not."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, report
from tests.journeys.test_officers import ANSWER
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.store.database import Store
from zalobot.store.models import EventKind, PartState, Role, TicketEvent, TicketState
from zalobot.store.queries import stories
from zalobot.tickets import silence
from zalobot.workdays import LOCAL

CODE = "QN-2611-00001/1"
REASON = "Hồ sơ cần ý kiến của Bộ Xây dựng, văn bản hỏi đã gửi ngày 25/11."


def local(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


def jump(stage: Stage, instant: datetime) -> None:
    """The clock is at this instant, as after an outage, and every sweep runs once."""
    stage.now = instant - timedelta(seconds=1)
    stage.later(seconds=1)


def events(stage: Stage, *kinds: EventKind) -> list[TicketEvent]:
    def found(session: Session) -> list[TicketEvent]:
        return list(
            session.exec(select(TicketEvent).where(col(TicketEvent.kind).in_(kinds)).order_by(col(TicketEvent.seq)))
        )

    return stage.store.read_now(found)


@pytest.fixture
def ha(stage: Stage):  # type: ignore[no-untyped-def]
    """Officer of Sở Xây dựng with a part of a ticket of `lan`, received on Monday 23/11 (24/11 is a day off)."""
    made = stage.officer("ha", "SXD")
    report(stage.person("lan"), WAREHOUSE)
    return made


@pytest.fixture
def paused(stage: Stage, ha):  # type: ignore[no-untyped-def]
    """The part waits for the business since Monday 09:00: until the end of the third working day, Friday 27/11."""
    ha.says(f"Hỏi thêm {CODE}")
    ha.says("Xin gửi số đăng ký tàu và giờ bị từ chối.")
    stage.person("lan").pushes()
    return ha


def test_a_pause_without_a_reply_ends_by_itself_and_both_sides_are_told_once(stage: Stage, paused) -> None:  # type: ignore[no-untyped-def]
    before, asked = stage.parts()[0].due_at, stage.parts()[0].paused_at
    assert before is not None
    assert asked is not None
    assert stage.parts()[0].wait_until == local(27, 17)
    jump(stage, local(27, 16, 59))
    assert stage.parts()[0].state is PartState.PAUSED
    jump(stage, local(27, 17, 1))
    part = stage.parts()[0]
    waited = stage.province.calendar.working_between(asked.replace(second=0), local(27, 17))
    assert part.due_at == stage.province.calendar.add_working(before, waited)
    assert (part.state, part.paused_at, part.wait_until) == (PartState.ACCEPTED, None, None)
    assert [event.public for event in events(stage, EventKind.PAUSE_ENDED)] == [True]
    (told,) = [text for text in stage.person("lan").pushes() if "hết thời gian chờ" in text]
    assert CODE in told
    paused.pushes()  # nothing after work
    jump(stage, local(30, 7, 31))
    assert len([text for text in paused.pushes() if "trong thời gian chờ" in text]) == 1
    stage.restart()
    jump(stage, local(30, 7, 40))
    assert [text for text in paused.pushes() if "trong thời gian chờ" in text] == []


def test_an_outage_does_not_lengthen_a_pause(stage: Stage, paused) -> None:  # type: ignore[no-untyped-def]
    asked = stage.parts()[0].paused_at
    before = stage.parts()[0].due_at
    assert asked is not None
    assert before is not None
    jump(stage, local(1, 10, month=12))
    waited = stage.province.calendar.working_between(asked.replace(second=0), local(27, 17))
    assert stage.parts()[0].due_at == stage.province.calendar.add_working(before, waited)


def test_a_reply_in_time_leaves_nothing_to_end(stage: Stage, paused) -> None:  # type: ignore[no-untyped-def]
    stage.person("lan").says("tau QN 4512, bi tu choi luc 8h15")
    stage.person("lan").says("1")
    due = stage.parts()[0].due_at
    jump(stage, local(27, 17, 1))
    assert events(stage, EventKind.PAUSE_ENDED) == []
    assert (stage.parts()[0].due_at, stage.parts()[0].wait_until) == (due, None)


def _answer(ha, code: str = CODE) -> None:  # type: ignore[no-untyped-def]
    ha.says(f"Trả lời {code}")
    ha.says(ANSWER)
    ha.says("gửi")


def test_silence_closes_an_answer_on_the_fifth_working_day(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    lan = stage.person("lan")
    _answer(ha)
    assert stage.parts()[0].close_at == local(1, 17, month=12)
    lan.pushes()
    jump(stage, local(1, 16, 59, month=12))
    assert stage.parts()[0].state is PartState.ANSWERED
    lan.pushes()
    jump(stage, local(1, 17, month=12))
    part = stage.parts()[0]
    assert (part.state, part.verdict, part.close_at) == (PartState.CLOSED, None, None)
    assert part.closed_at == stage.now
    (event,) = events(stage, EventKind.CLOSED)
    assert (event.data["who"], event.actor_role, event.public) == ("silence", "system", True)
    (told,) = lan.pushes()
    assert told.startswith(f"Hệ thống đóng {CODE}")
    jump(stage, local(2, 17, month=12))
    assert [text for text in lan.pushes() if "đóng" in text] == []


def test_what_silence_closes_together_is_told_in_one_message(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    police = stage.officer("dung", stage.parts()[1].agency)
    _answer(ha)
    _answer(police, "QN-2611-00001/2")
    stage.person("lan").pushes()
    jump(stage, local(1, 17, 1, month=12))
    (told,) = [text for text in stage.person("lan").pushes() if "đóng" in text]
    assert "QN-2611-00001/1, QN-2611-00001/2" in told
    assert stage.tickets()[0].state is TicketState.CLOSED
    assert stage.tickets()[0].closed_at == stage.now


def test_a_judged_answer_is_not_closed_by_silence(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    _answer(ha)
    stage.person("lan").says("3")
    jump(stage, local(1, 17, 1, month=12))
    assert stage.parts()[0].state is PartState.REOPENED
    assert events(stage, EventKind.CLOSED) == []


def test_two_sweepers_close_an_answer_once(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    _answer(ha)
    stage.person("lan").pushes()
    second = Store(stage.url, info=stage.store.info)
    try:
        now = local(1, 17, 1, month=12)
        assert [store.run_now(silence.close_unjudged, now) for store in (stage.store, second)] == [1, 0]
    finally:
        second.close_now()
    stage.now = now
    stage.send()
    assert len(stage.person("lan").pushes()) == 1


@pytest.fixture
def late(stage: Stage, ha):  # type: ignore[no-untyped-def]
    """The head of Sở Xây dựng on the morning of Monday 30/11, day 1 of a part that was due on Friday at 17:00."""
    head = stage.officer("truong", "SXD", Role.HEAD)
    jump(stage, local(30, 8))
    return head


def test_the_head_explains_in_two_answers_and_everybody_reads_it(stage: Stage, late) -> None:  # type: ignore[no-untyped-def]
    assert late.buttons() == [f"1. Giải trình {CODE}", "2. Việc của tôi"]
    assert stage.parts()[0].explain_until == local(30, 17)
    stage.person("lan").pushes()
    assert "lý do chậm" in late.says(f"Giải trình {CODE}")[0]
    assert "ngắn" in late.says("bận")[0]
    assert "ngày nào" in late.says(REASON)[0]
    assert "phía trước" in late.says("27/11/2026")[0]
    assert "không phải ngày làm việc" in late.says("05/12")[0]
    assert "Chưa đọc được ngày" in late.says("tuần sau")[0]
    assert "Thứ Tư 02/12/2026" in late.says("ngày 2/12/2026")[0]
    part = stage.parts()[0]
    assert (part.explanation, str(part.new_date), part.explain_until) == (f"bận\n{REASON}", "2026-12-02", None)
    (event,) = events(stage, EventKind.EXPLAINED)
    assert (event.public, event.data["late"], event.data["day"]) == (True, False, "2026-12-02")
    told_to_all = stage.store.read_now(stories.story, "QN-2611-00001")
    assert [REASON in one.data["why"] for one in told_to_all.events if one.kind == "explained"] == [True]
    (told,) = [text for text in stage.person("lan").pushes() if REASON in text]
    assert "02/12/2026" in told
    jump(stage, local(1, 17, month=12))
    assert events(stage, EventKind.NOT_EXPLAINED) == []


def test_silence_of_the_head_is_an_event_once(stage: Stage, late) -> None:  # type: ignore[no-untyped-def]
    jump(stage, local(30, 16, 59))
    assert events(stage, EventKind.NOT_EXPLAINED) == []
    jump(stage, local(30, 17))
    stage.restart()
    jump(stage, local(1, 17, 1, month=12))
    (event,) = events(stage, EventKind.NOT_EXPLAINED)
    assert (event.public, event.part_number, event.actor_role) == (True, 1, "system")
    late.says(f"Giải trình {CODE}")
    late.says(REASON)
    late.says("3/12/2026")
    assert events(stage, EventKind.EXPLAINED)[0].data["late"] is True


def test_nobody_else_explains_and_nothing_that_is_not_late(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    head = stage.officer("truong", "SXD", Role.HEAD)
    assert "không quá hạn" in head.says(f"Giải trình {CODE}")[0]
    stage.now = local(30, 9)
    assert "lãnh đạo cơ quan" in ha.says(f"Giải trình {CODE}")[0]


def test_an_agency_whose_head_could_not_be_asked_is_not_said_to_be_silent(stage: Stage, ha) -> None:  # type: ignore[no-untyped-def]
    jump(stage, local(30, 8))
    jump(stage, local(30, 17, 1))
    assert events(stage, EventKind.NOT_EXPLAINED) == []
