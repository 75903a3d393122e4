"""Coordinators are reminded of what waits for them in one message, and not a third time a day."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.store.models import EventKind, Part, Role, TicketEvent
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
    report(stage.person("lan"), KHO)
    report(stage.person("bao"), KHO)
    stage.officer("ngoc", "VPUBND", Role.COORDINATOR).pushes()
    codes = [part.code for part in stage.parts()]
    (told,) = reminded(stage, minutes=5)
    assert all(code in told for code in codes)
    assert len(reminded(stage, minutes=20)) == 1
    assert reminded(stage, minutes=20) == []
    assert len(reminded(stage, days=2)) == 1  # the 24th is a holiday
    assert stage.store.read_now(disputes.waiting) != []
    stage.store.close_now()


CODE = "QN-2611-00001/1"


def refuse(person: Person, owner: str) -> None:
    person.says(f"Không thuộc thẩm quyền {CODE}")
    person.says(owner)
    person.says("Việc này không thuộc chức năng của chúng tôi.")


def not_decided(session: Session) -> list[tuple[bool, int | None, Any]]:
    query = select(TicketEvent).where(col(TicketEvent.kind) == EventKind.NOT_DECIDED)
    return [(event.public, event.part_number, event.data["told"]) for event in session.exec(query)]


def test_what_nobody_decides_in_time_is_on_record_and_reaches_the_leaders_once(database_url: str) -> None:
    stage = Stage(database_url)
    report(stage.person("lan"), WAREHOUSE)
    ha, zone = stage.officer("ha", "SXD"), stage.officer("khu", "BQLKKT")
    leader, kim = (
        stage.officer("lanh-dao", "VPUBND", Role.LEADER),
        stage.officer("kim", "VPUBND", Role.COORDINATOR),
    )
    refuse(ha, "ban quản lý khu kinh tế")
    refuse(zone, "sở xây dựng")
    until = stage.parts()[0].decide_by
    assert until is not None
    leader.pushes()
    stage.until(until - timedelta(minutes=5))
    assert leader.pushes() == []
    assert stage.store.read_now(not_decided) == []
    stage.restart()
    stage.until(until + timedelta(minutes=5))
    (told,) = leader.pushes()
    assert "1 phần việc quá hạn điều phối quyết định" in told
    assert CODE in told
    assert stage.store.read_now(not_decided) == [(True, 1, True)]
    stage.restart()
    stage.until(until + timedelta(hours=40))
    assert not [text for text in leader.pushes() if "quá hạn điều phối" in text]
    assert len(stage.store.read_now(not_decided)) == 1
    kim.says(f"Quyết định {CODE}")
    kim.says("ban kkt")
    kim.says("Kho nằm trong khu kinh tế cửa khẩu Móng Cái.")
    stage.until(until + timedelta(hours=70))
    assert len(stage.store.read_now(not_decided)) == 1
    assert stage.failures() == []
    stage.store.close_now()


def test_without_a_leader_it_is_on_record_all_the_same(database_url: str) -> None:
    stage = Stage(database_url)
    report(stage.person("lan"), WAREHOUSE)
    refuse(stage.officer("ha", "SXD"), "ban quản lý khu kinh tế")
    refuse(stage.officer("khu", "BQLKKT"), "sở xây dựng")
    until = stage.parts()[0].decide_by
    assert until is not None
    stage.until(until + timedelta(minutes=5))
    assert stage.store.read_now(not_decided) == [(True, 1, False)]
    stage.store.close_now()
