"""Coordinators are reminded of what waits for them in one message, and not a third time a day."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, report
from zalobot.store.models import Part, Role
from zalobot.tickets import disputes

KHO = "Xin thẩm định thiết kế kho ở Móng Cái 2 đã nộp hồ sơ từ tháng trước."


def waits(session: Session, at: datetime) -> None:
    for part in session.exec(select(Part).order_by(col(Part.id))):
        part.decide_by, part.decide_remind_at = at + timedelta(hours=9), at


def reminded(stage: Stage, **later: Any) -> list[str]:
    stage.now += timedelta(**later)
    stage.store.run_now(waits, stage.now)
    stage.store.run_now(disputes.remind, stage.now)
    stage.send()
    return stage.person("ngoc").pushes()


def test_several_parts_are_one_message_and_a_third_message_waits_for_the_morning(database_url: str) -> None:
    stage = Stage(database_url)
    report(stage.person("lan"), KHO, field="3")
    report(stage.person("bao"), KHO, field="3")
    stage.officer("ngoc", "VPUBND", Role.COORDINATOR).pushes()
    codes = [part.code for part in stage.parts()]
    (told,) = reminded(stage, minutes=5)
    assert all(code in told for code in codes)
    assert len(reminded(stage, minutes=20)) == 1
    assert reminded(stage, minutes=20) == []
    assert len(reminded(stage, days=2)) == 1  # the 24th is a holiday
    assert stage.store.read_now(disputes.waiting) != []
    stage.store.close_now()
