"""The morning digest: once a person and day, with the reminders of the morning, and only where there is something."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import digests, pushes, reminders
from zalobot.store.database import Store
from zalobot.store.models import ReminderEntry, Role
from zalobot.workdays import LOCAL


@pytest.fixture
def stage(database_url: str):  # type: ignore[no-untyped-def]
    made = Stage(database_url)
    yield made
    made.store.close_now()


@pytest.fixture
def staff(stage: Stage) -> dict[str, Person]:
    """An officer and a head of Sở Xây dựng, a leader and a coordinator, and a part due on Friday 27/11 at 17:00."""
    people = {
        "ha": stage.officer("ha", "SXD"),
        "truong": stage.officer("truong", "SXD", Role.HEAD),
        "lanh-dao": stage.officer("lanh-dao", "VPUBND", Role.LEADER),
        "dieu-phoi": stage.officer("dieu-phoi", "VPUBND", Role.COORDINATOR),
    }
    report(stage.person("lan"), WAREHOUSE)
    for person in people.values():
        person.pushes()
    return people


def jump(stage: Stage, day: int, hour: int, minute: int = 0, *, month: int = 11) -> None:
    """The clock is at this local instant, and every sweep runs once."""
    stage.now = datetime(2026, month, day, hour, minute, tzinfo=LOCAL) - timedelta(seconds=1)
    stage.later(seconds=1)


def told(staff: dict[str, Person]) -> dict[str, list[str]]:
    return {name: person.pushes() for name, person in staff.items()}


def test_it_comes_at_eight_and_says_what_waits_to_be_taken_up(stage: Stage, staff: dict[str, Person]) -> None:
    jump(stage, 25, 7, 59)
    assert not any(told(staff).values())
    jump(stage, 25, 8)
    got = told(staff)
    assert got["ha"][0].startswith("Việc sáng 25/11/2026.\n\nChờ nhận việc (1):\nQN-2611-00001/1")
    assert got["truong"][0].startswith("Việc sáng 25/11/2026 của Sở Xây dựng.")
    assert got["lanh-dao"] == []
    assert "Chờ xác nhận cơ quan xử lý (1):\nQN-2611-00001: Sở Xây dựng" in got["dieu-phoi"][0]


def test_it_is_sent_once_whatever_restarts(stage: Stage, staff: dict[str, Person]) -> None:
    jump(stage, 25, 8)
    assert len(told(staff)["ha"]) == 1
    for minute in (1, 15, 59):
        stage.restart()
        jump(stage, 25, 8, minute)
    assert not any(told(staff).values())
    jump(stage, 26, 8)
    assert len(told(staff)["ha"]) == 1


def test_it_is_caught_up_until_nine_and_not_later(stage: Stage, staff: dict[str, Person]) -> None:
    jump(stage, 25, 8, 59)
    assert len(told(staff)["ha"]) == 1
    jump(stage, 26, 9)
    assert [text for text in told(staff)["ha"] if text.startswith("Việc sáng")] == []


def test_there_is_none_on_a_day_off(stage: Stage, staff: dict[str, Person]) -> None:
    jump(stage, 24, 8)
    jump(stage, 28, 8)
    assert not any(told(staff).values())


def test_it_names_what_is_due_on_the_next_day_today_and_late_each_part_once(
    stage: Stage, staff: dict[str, Person]
) -> None:
    jump(stage, 26, 8)
    assert "Đến hạn ngày làm việc tới (1):" in told(staff)["ha"][0]
    jump(stage, 27, 8)
    assert "Đến hạn hôm nay (1):" in told(staff)["truong"][0]
    jump(stage, 30, 8)
    got = told(staff)
    assert "Quá hạn (1):" in got["ha"][0]
    assert got["ha"][0].count("QN-2611-00001/1") == 1
    assert "Quá hạn 2 phần việc:\nCông an tỉnh Quảng Ninh: 1\nSở Xây dựng: 1" in got["lanh-dao"][0]
    assert "Quá hạn 2 phần việc:" in got["dieu-phoi"][0]


def test_reminders_of_the_morning_are_part_of_it_and_stand_in_the_ledger(
    stage: Stage, staff: dict[str, Person]
) -> None:
    jump(stage, 30, 8)
    assert [len(texts) for texts in told(staff).values()] == [1, 1, 1, 1]

    def steps(session: Session) -> set[str]:
        return {row.step for row in session.exec(select(ReminderEntry)) if row.outbox_id and row.part_id}

    assert {"overdue_n/1", "overdue_1"} <= stage.store.read_now(steps)
    jump(stage, 1, 8, month=12)
    got = told(staff)
    assert [len(texts) for texts in got.values()] == [1, 1, 1, 1]
    assert "Cần chú ý (2)" in got["lanh-dao"][0]


def test_a_morning_with_nothing_to_say_is_silent(stage: Stage) -> None:
    ha = stage.officer("ha", "SXD")
    ha.pushes()
    jump(stage, 25, 8)
    assert ha.pushes() == []
    report(stage.person("lan"), WAREHOUSE)
    ha.pushes()
    jump(stage, 25, 8, 30)  # the morning was looked at; the new part was told when it came
    assert ha.pushes() == []


def test_it_counts_among_the_two_pushes_a_day(stage: Stage, staff: dict[str, Person]) -> None:
    jump(stage, 27, 8)
    ha = next(iter(stage.store.read_now(_linked)))
    assert stage.store.run_now(pushes.told_today, [ha], stage.now) == {ha: 1}
    jump(stage, 27, 15, 1)
    jump(stage, 27, 16, 56)
    assert len(told(staff)["ha"]) == 2


def _linked(session: Session) -> list[str]:
    from zalobot.store.models import Officer

    return [row.id for row in session.exec(select(Officer)) if row.name == "ha"]


def test_two_workers_send_one(stage: Stage, staff: dict[str, Person]) -> None:
    stage.now = datetime(2026, 11, 25, 8, 0, tzinfo=LOCAL)
    second = Store(stage.url, info=stage.store.info)
    try:
        stage.store.run_now(reminders.remind, stage.now)
        looked = [store.run_now(digests.send, stage.now) for store in (stage.store, second)]
        assert looked == [4, 0]
    finally:
        second.close_now()
    stage.send()
    assert [len(texts) for texts in told(staff).values()] == [1, 1, 0, 1]  # a leader has nothing to read


def test_it_waits_for_the_ladder(stage: Stage, staff: dict[str, Person]) -> None:
    """A reminder that another process is just telling must not come beside a digest."""
    stage.now = datetime(2026, 11, 30, 8, 0, tzinfo=LOCAL)
    assert stage.store.run_now(digests.send, stage.now) == 0
    stage.store.run_now(reminders.remind, stage.now)
    assert stage.store.run_now(digests.send, stage.now) > 0


def test_a_process_that_dies_in_the_middle_leaves_the_morning_to_the_next(
    stage: Stage, staff: dict[str, Person]
) -> None:
    stage.now = datetime(2026, 11, 30, 8, 0, tzinfo=LOCAL)

    def dies(session: Session) -> None:
        assert reminders.remind(session, stage.now) > 0
        digests.send(session, stage.now)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        stage.store.run_now(dies)
    stage.send()
    assert not any(told(staff).values())
    stage.restart()
    jump(stage, 30, 8, 1)
    assert [len(texts) for texts in told(staff).values()] == [1, 1, 1, 1]


def test_processes_at_the_same_instant_send_one_message_to_each(stage: Stage, staff: dict[str, Person]) -> None:
    for number in range(6):
        stage.now += timedelta(minutes=1)
        report(stage.person(f"b{number}"), WAREHOUSE)
    told(staff)
    stage.now = datetime(2026, 11, 30, 8, 0, tzinfo=LOCAL)
    stores = [Store(stage.url, info=stage.store.info) for _ in range(3)]

    def sweep(store: Store) -> None:
        for _ in range(4):
            store.run_now(reminders.remind, stage.now, 3)
            store.run_now(digests.send, stage.now, 2)

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(sweep, stores))
    for store in stores:
        store.close_now()
    jump(stage, 30, 8, 1)
    got = told(staff)
    assert [sum(text.startswith(("Việc sáng", "Tình hình")) for text in texts) for texts in got.values()] == [1] * 4
    assert max(len(texts) for texts in got.values()) <= pushes.A_DAY
