"""Urgent notices nobody looked at climb to the head of the agency two working hours later."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import outbox, unseen
from zalobot.store.database import Store
from zalobot.store.models import OutboxMessage, Part, Role
from zalobot.workdays import LOCAL


@pytest.fixture
def stage(database_url: str):  # type: ignore[no-untyped-def]
    made = Stage(database_url)
    yield made
    made.store.close_now()


def jump(stage: Stage, day: int, hour: int, minute: int = 0) -> None:
    """The clock is at this local instant of November, and every sweep runs once."""
    stage.now = datetime(2026, 11, day, hour, minute, tzinfo=LOCAL) - timedelta(seconds=1)
    stage.later(seconds=1)


@pytest.fixture
def ha(stage: Stage) -> Person:
    """Officer Hà, who accepted a part that is due on Wednesday 25/11 at 11:00."""
    made = stage.officer("ha", "SXD")
    stage.officer("truong", "SXD", Role.HEAD)
    report(stage.person("lan"), WAREHOUSE)
    made.says("Nhận QN-2611-00001/1")
    due = datetime(2026, 11, 25, 11, 0, tzinfo=LOCAL)

    def move(session: Session) -> None:
        part = session.exec(select(Part).where(col(Part.number) == 1)).one()
        part.due_at, part.remind_at = due, datetime(2026, 11, 25, 8, 0, tzinfo=LOCAL)

    stage.store.run_now(move)
    return made


def receipt(stage: Stage, person: str, *, seen: bool) -> None:
    """Zalo says that the newest message of this person arrived, or was seen."""

    def newest(session: Session) -> str:
        query = (
            select(OutboxMessage).where(col(OutboxMessage.person_id) == person).order_by(col(OutboxMessage.id).desc())
        )
        return str(session.exec(query).first().message_id)  # type: ignore[union-attr]

    stage.store.run_now(outbox.arrived, [stage.store.read_now(newest)], seen=seen, at=stage.now)


def told_the_head(stage: Stage) -> list[str]:
    return [text for text in stage.person("truong").pushes() if "chưa xem" in text]


def test_an_unseen_notice_climbs_after_two_working_hours_once(stage: Stage, ha: Person) -> None:
    receipt(stage, "ha", seen=False)  # this phone does give receipts
    jump(stage, 25, 9, 1)
    assert any("Sắp đến hạn" in text for text in ha.pushes())
    jump(stage, 25, 10, 59)
    assert told_the_head(stage) == []
    jump(stage, 25, 11, 2)
    (told,) = told_the_head(stage)
    assert "QN-2611-00001/1" in told
    stage.restart()
    jump(stage, 25, 16)
    assert told_the_head(stage) == []


def test_a_seen_notice_does_not(stage: Stage, ha: Person) -> None:
    jump(stage, 25, 9, 1)
    receipt(stage, "ha", seen=True)
    jump(stage, 25, 10, 59)
    assert told_the_head(stage) == []


def test_the_next_notice_is_looked_after_in_its_turn(stage: Stage, ha: Person) -> None:
    jump(stage, 25, 9, 1)
    receipt(stage, "ha", seen=True)
    jump(stage, 25, 11, 2)
    assert told_the_head(stage) == []
    jump(stage, 25, 14, 29)
    assert told_the_head(stage) == []
    jump(stage, 25, 14, 33)
    assert len(told_the_head(stage)) == 1


def test_nothing_is_said_of_people_whose_phone_never_gave_a_receipt(stage: Stage, ha: Person) -> None:
    jump(stage, 25, 9, 1)
    jump(stage, 25, 11, 2)
    assert told_the_head(stage) == []
    assert stage.parts()[0].unseen_at is not None  # the notice of 11:00, which is looked after in its turn


def test_who_wrote_since_has_been_here(stage: Stage, ha: Person) -> None:
    receipt(stage, "ha", seen=False)
    jump(stage, 25, 9, 1)
    ha.says("việc của tôi")
    jump(stage, 25, 10, 59)
    assert told_the_head(stage) == []


def test_an_answered_part_is_nobody_s_worry(stage: Stage, ha: Person) -> None:
    receipt(stage, "ha", seen=False)
    jump(stage, 25, 9, 1)
    _answer_silently(stage)
    jump(stage, 25, 11, 2)
    assert told_the_head(stage) == []


def test_two_workers_tell_once(stage: Stage, ha: Person) -> None:
    receipt(stage, "ha", seen=False)
    jump(stage, 25, 9, 1)
    stage.now += timedelta(hours=2)
    second = Store(stage.url, info=stage.store.info)
    try:
        assert [store.run_now(unseen.climb, stage.now) for store in (stage.store, second)] == [1, 0]
    finally:
        second.close_now()
    stage.send()
    assert len(told_the_head(stage)) == 1


def _answer_silently(stage: Stage) -> None:
    """Answered in the console: no message of the officer's tells that they were here."""
    from zalobot.store.models import Officer
    from zalobot.tickets import working

    def answer(session: Session) -> None:
        officer = session.exec(select(Officer).where(col(Officer.name) == "truong")).one()
        working.answer(session, "QN-2611-00001/1", "Được, nộp song song theo Điều 16.", officer, stage.now)

    stage.store.run_now(answer)


def test_from_the_next_day_on_the_ladder_tells_the_head(stage: Stage, ha: Person) -> None:
    receipt(stage, "ha", seen=False)
    jump(stage, 25, 9, 1)
    jump(stage, 26, 9, 1)
    assert told_the_head(stage) == []
