"""A proposal nobody confirms: the coordinators are reminded once, and read of it every morning. On both engines."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from tests.journeys.stage import Person, Stage, report
from zalobot.store.models import Part, ReminderEntry, Role, Ticket
from zalobot.tickets import adding, proposals
from zalobot.workdays import LOCAL

KHO = "Xin thẩm định thiết kế kho ở Móng Cái 2 đã nộp hồ sơ từ tháng trước."


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    made = Stage(database_url)
    yield made
    made.store.close_now()


@pytest.fixture
def kim(stage: Stage) -> Person:
    made = stage.officer("kim", "VPUBND", Role.COORDINATOR)
    made.pushes()
    return made


def jump(stage: Stage, day: int, hour: int, minute: int = 0) -> None:
    """The clock is at this local instant, and every sweep runs once."""
    stage.now = datetime(2026, 11, day, hour, minute, tzinfo=LOCAL) - timedelta(seconds=1)
    stage.later(seconds=1)


def reminded(person: Person) -> list[str]:
    return [text for text in person.pushes() if text.startswith("Chờ xác nhận cơ quan xử lý (")]


def test_after_two_working_hours_the_coordinators_are_reminded_once(stage: Stage, kim: Person) -> None:
    code = report(stage.person("lan"), KHO)  # Monday 09:00
    jump(stage, 23, 10, 59)
    assert reminded(kim) == []
    jump(stage, 23, 11, 1)
    assert kim.buttons() == [f"1. Xác nhận {code}"]
    (told,) = reminded(kim)
    assert f"{code}: Sở Xây dựng" in told
    stage.restart()
    for hour in (13, 15, 17):
        jump(stage, 23, hour)
    assert reminded(kim) == []
    assert "Đã xác nhận" in kim.says(f"1. Xác nhận {code}")[0]


def test_what_is_confirmed_or_over_in_time_reminds_nobody(stage: Stage, kim: Person) -> None:
    first = report(stage.person("lan"), KHO)
    second = report(stage.person("minh"), KHO)
    kim.says(f"Xác nhận {first}")
    stage.store.run_now(adding.withdraw, second, "minh", stage.now)
    jump(stage, 23, 14)
    assert reminded(kim) == []
    assert [ticket.confirm_remind_at for ticket in stage.tickets()] == [None, None]


def test_many_are_one_message_and_nobody_gets_a_third_push(stage: Stage, kim: Person) -> None:
    codes = [report(stage.person(f"lan{n}"), KHO) for n in range(3)]
    jump(stage, 23, 11, 10)
    (told,) = reminded(kim)
    assert all(code in told for code in codes)
    for minute in (15, 20):  # two more, one after another; the second reminder is the last of the day
        report(stage.person(f"minh{minute}"), KHO)
        stage.later(hours=3, minutes=30)
    assert len(reminded(kim)) == 1
    jump(stage, 25, 8)  # the 24th is a holiday
    (morning,) = kim.pushes()
    assert "Chờ xác nhận cơ quan xử lý (5):" in morning
    kim.says(f"Xác nhận {codes[0]}")
    kim.pushes()
    jump(stage, 26, 8)
    assert "Chờ xác nhận cơ quan xử lý (4):" in kim.pushes()[0]


def test_received_in_the_evening_it_waits_for_the_working_hours_of_the_next_day(stage: Stage, kim: Person) -> None:
    stage.now = datetime(2026, 11, 25, 16, 30, tzinfo=LOCAL)
    report(stage.person("lan"), KHO)
    due = stage.tickets()[0].confirm_remind_at
    assert due is not None
    assert due.astimezone(LOCAL).strftime("%d %H:%M") == "26 09:00"
    jump(stage, 25, 19)
    jump(stage, 26, 8, 59)
    assert reminded(kim) == []
    jump(stage, 26, 9, 1)
    assert len(reminded(kim)) == 1


def test_a_dispute_of_the_same_day_goes_first(stage: Stage, kim: Person) -> None:
    report(stage.person("lan"), KHO)
    stage.store.run_now(_dispute, datetime(2026, 11, 23, 14, 0, tzinfo=LOCAL))
    jump(stage, 23, 11, 1)
    jump(stage, 23, 13, 55)
    assert reminded(kim) == []
    jump(stage, 23, 14, 0)
    assert ["chờ điều phối quyết định" in text for text in kim.pushes()] == [True]
    jump(stage, 23, 15, 5)
    assert len(reminded(kim)) == 1


def _dispute(session, at: datetime) -> None:  # type: ignore[no-untyped-def]
    part = session.exec(select(Part).order_by(col(Part.id))).first()
    part.decide_by, part.decide_remind_at = at + timedelta(days=9), at


def test_where_the_calendar_moved_the_hours_it_is_looked_at_again(stage: Stage, kim: Person) -> None:
    def early(session) -> None:  # type: ignore[no-untyped-def]
        session.exec(select(Ticket)).one().confirm_remind_at = stage.now

    report(stage.person("lan"), KHO)
    stage.store.run_now(early)
    stage.store.run_now(proposals.remind, stage.now)
    again = stage.tickets()[0].confirm_remind_at
    assert again == stage.tickets()[0].received_at + timedelta(hours=2)
    assert stage.store.read_now(lambda s: list(s.exec(select(ReminderEntry)))) == []
