"""No member of staff is disturbed outside working time, whatever delayed a message; the calendar ending costs none."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from tests.journeys.stage import Stage, report
from zalobot import outbox, relay
from zalobot.calendars import DayChange, change_days, extend
from zalobot.store.models import OutboxMessage, OutboxState, PartState, Priority, Role, Verdict
from zalobot.templating import Rendered
from zalobot.tickets import judging, working
from zalobot.tickets.record import Actor
from zalobot.workdays import LOCAL, DayKind

KHO = "Xin thẩm định thiết kế kho ở Móng Cái 2 đã nộp hồ sơ từ tháng trước."
ADMIN = Actor("qt", "admin")
EVENING = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # 20:00 in Hạ Long


def left(stage: Stage, now: datetime) -> list[str]:
    """Who is written to at an instant, by the door the relay takes."""
    return [row.person_id for row in stage.store.run_now(relay.exchange, (), now, 50)]


def test_what_is_left_over_from_the_day_waits_for_the_morning_and_holds_up_no_reply(stage: Stage) -> None:
    stage.officer("ha", "SXD")

    def queue(session, person: str, priority: Priority) -> str:  # type: ignore[no-untyped-def]
        said = Rendered("Nhắc", (), "test", "1")
        return outbox.enqueue(session, person, said, now=stage.now, priority=priority, check_code="7KQ2M-XW4TB")

    stage.store.run_now(queue, "ha", Priority.STATUS)
    stage.store.run_now(queue, "lan", Priority.STATUS)
    assert left(stage, EVENING) == ["lan"]  # a business is told at any hour
    stage.store.run_now(queue, "ha", Priority.REPLY)
    assert left(stage, EVENING) == ["ha"]
    assert left(stage, EVENING) == []
    assert left(stage, datetime(2026, 11, 25, 0, 30, tzinfo=UTC)) == ["ha"]


def test_after_days_without_zalo_nobody_gets_the_reminders_of_those_days_but_this_morning_s_digest(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(stage.person("lan"), KHO)
    part = stage.parts()[0]
    ha, vinh = stage.officer("ha", part.agency), stage.officer("vinh", part.agency, Role.HEAD)
    for person in (ha, vinh):
        person.pushes()
    with monkeypatch.context() as without_zalo:  # due on Friday, two days late on Tuesday
        without_zalo.setattr(stage, "send", lambda: None)
        for day, hour in ((27, 1), (27, 8), (30, 1), (31, 1)):
            _jump(stage, datetime(2026, 11, 1, hour, tzinfo=UTC) + timedelta(days=day - 1))
    waiting = stage.store.read_now(_states)[OutboxState.QUEUED]
    for minutes in (0, 30, 40):
        _jump(stage, datetime(2026, 12, 2, 0, 30, tzinfo=UTC) + timedelta(minutes=minutes))
    for person in (ha, vinh):
        (said,) = person.pushes()
        assert said.startswith("Việc sáng")
        assert part.code in said
    put_by = stage.store.run_now(outbox.put_by, stage.now)
    states = stage.store.read_now(_states)
    assert waiting >= put_by == states.pop(OutboxState.RESOLVED) >= 6
    assert set(states) == {OutboxState.SENT}


def _jump(stage: Stage, instant: datetime) -> None:
    """The clock is at this instant, as after an outage, and every sweep runs once."""
    stage.now = instant - timedelta(seconds=1)
    stage.later(seconds=1)


def _states(session: Session) -> Counter[OutboxState]:
    return Counter(session.exec(select(OutboxMessage.state)))


def test_a_day_off_entered_in_the_evening_keeps_back_what_was_to_leave_that_morning(stage: Stage) -> None:
    report(stage.person("bao"), KHO)
    stage.officer("ha", stage.parts()[0].agency).pushes()
    stage.now = EVENING
    report(stage.person("lan"), KHO)
    assert stage.person("ha").pushes() == []
    days = [DayChange(date(2026, 11, 25), DayKind.OFF, name="Bão")]
    stage.store.run_now(change_days, days, "Công điện 1", ADMIN, stage.now)
    assert "ha" not in left(stage, datetime(2026, 11, 25, 0, 30, tzinfo=UTC))  # the 24th is a holiday
    assert "ha" in left(stage, datetime(2026, 11, 26, 0, 30, tzinfo=UTC))


def test_however_much_falls_due_when_work_begins_the_morning_still_brings_the_digest(stage: Stage) -> None:
    for person in ("lan", "bao", "tam"):
        report(stage.person(person), KHO)
    agency = stage.parts()[0].agency
    ha = stage.officer("ha", agency)
    stage.now = datetime(2026, 11, 25, 0, 29, tzinfo=UTC)
    ids = [part.id for part in stage.parts() if part.agency == agency]
    for minutes, part_id in zip((33, 44, 52), ids, strict=True):  # due 09:33, 09:44, 09:52: told two hours before
        due = datetime(2026, 11, 25, 2, minutes, tzinfo=UTC)
        stage.store.run_now(_due_then, part_id, due)
    ha.pushes()
    stage.until(datetime(2026, 11, 25, 0, 59, tzinfo=UTC))
    assert len(ha.pushes()) == 1
    stage.later(minutes=6)
    digest = ha.pushes()
    assert len(digest) == 1
    assert all(part.code in digest[0] for part in stage.parts() if part.agency == agency)


def _due_then(session, part_id: str, due: datetime) -> None:  # type: ignore[no-untyped-def]
    from zalobot.store.models import Part

    part = session.get(Part, part_id)
    part.due_at, part.remind_at = due, due - timedelta(hours=2)


def test_the_head_hears_of_a_reopened_part_when_work_begins(stage: Stage) -> None:
    report(stage.person("lan"), KHO)
    part = stage.parts()[0]
    ha = stage.officer("ha", part.agency)
    stage.officer("vinh", part.agency, Role.HEAD)
    ha.says(f"Nhận {part.code}")
    stage.store.run_now(_answer, stage, part.code)
    stage.now = EVENING
    stage.person("vinh").pushes()
    stage.store.run_now(judging.give_verdict, part.code, Verdict.GENERIC, "lan", stage.now)
    stage.send()
    assert stage.person("vinh").pushes() == []
    stage.until(datetime(2026, 11, 25, 0, 35, tzinfo=UTC))
    assert any(part.code in text for text in stage.person("vinh").pushes())


def _answer(session, stage: Stage, code: str) -> None:  # type: ignore[no-untyped-def]
    from zalobot.tickets import finding

    officer = finding.staff(session, (Role.OFFICER,))[0]
    working.answer(session, code, "Được. Theo Điều 16. Nộp lại hồ sơ. Liên hệ 1022.", officer, stage.now)


def _near_the_end(stage: Stage) -> tuple[date, datetime]:
    last = stage.province.calendar.last
    return last, datetime.combine(last, datetime.min.time(), LOCAL).astimezone(UTC) + timedelta(hours=10)


def test_an_answer_near_the_end_of_the_known_days_is_closed_when_the_calendar_has_grown(stage: Stage) -> None:
    last, stage.now = _near_the_end(stage)
    report(stage.person("lan"), KHO)
    code = stage.parts()[0].code
    stage.officer("ha", stage.parts()[0].agency)
    stage.store.run_now(_answer, stage, code)
    assert stage.parts()[0].close_at is not None
    stage.store.run_now(extend, last + timedelta(60), "Quyết định 2", ADMIN, stage.now)
    stage.now += timedelta(days=12)
    stage.later(minutes=10)
    assert stage.parts()[0].state is PartState.CLOSED


def test_what_the_ladder_missed_while_no_day_was_known_comes_as_soon_as_days_are_known(stage: Stage) -> None:
    last, near = _near_the_end(stage)
    stage.now = near - timedelta(days=9)
    report(stage.person("lan"), KHO)
    part = stage.parts()[0]
    stage.officer("vinh", part.agency, Role.HEAD)
    stage.store.run_now(_late_and_silent, part.id, near)
    stage.now = near + timedelta(days=4)
    stage.store.run_now(extend, last + timedelta(60), "Quyết định 2", ADMIN, stage.now)
    assert stage.parts()[0].remind_at == stage.now


def _late_and_silent(session, part_id: str, due: datetime) -> None:  # type: ignore[no-untyped-def]
    from zalobot.store.models import Part

    part = session.get(Part, part_id)
    part.due_at, part.remind_at = due, None
