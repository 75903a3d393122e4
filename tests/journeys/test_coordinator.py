"""The coordinator: confirms, adds, merges, changes the class, and has the last word. On both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.errors import Refused
from zalobot.rules import Klass
from zalobot.store.models import DeadlineReceipt, Officer, Part, PartState, Role, RoutingExample, Ticket, TicketState
from zalobot.tickets import adding, handing, merging, triage
from zalobot.workdays import LOCAL

CODE = "QN-2611-00001"
REASON = "Kho nằm trong khu kinh tế cửa khẩu Móng Cái."
TUESDAY_OFF_NEXT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # Wednesday 09:00; Tuesday 24/11 is a holiday


@pytest.fixture
def kim(stage: Stage) -> Person:
    """A coordinator of the province, while `lan` has a ticket with Sở Xây dựng and Công an tỉnh."""
    made = stage.officer("kim", "VPUBND", Role.COORDINATOR)
    report(stage.person("lan"), WAREHOUSE)
    return made


def rows(stage: Stage, model):  # type: ignore[no-untyped-def]
    from sqlmodel import select

    return stage.store.read_now(lambda s: list(s.exec(select(model))))


def officer(stage: Stage, person: str) -> Officer:
    return next(row for row in rows(stage, Officer) if row.person_id == person)


def kinds(stage: Stage) -> list[str]:
    from zalobot.store.models import TicketEvent

    return [str(event.kind) for event in sorted(rows(stage, TicketEvent), key=lambda event: event.seq)]


def test_confirming_is_public_and_says_whether_it_was_in_time(stage: Stage, kim: Person) -> None:
    until = stage.store.read_now(lambda s: triage.confirm_by(s, stage.tickets()[0]))
    assert until == stage.tickets()[0].received_at + timedelta(hours=2)  # Monday 09:00 and two working hours
    assert "Đã xác nhận cơ quan xử lý của QN-2611-00001" in kim.says(f"Xác nhận {CODE}")[0]
    confirmed = stage.tickets()[0].confirmed_at
    assert confirmed is not None
    kim.says(f"Xác nhận {CODE}")
    assert stage.tickets()[0].confirmed_at == confirmed
    assert kinds(stage).count("confirmed") == 1


def test_only_a_coordinator_coordinates(stage: Stage, kim: Person) -> None:
    stage.officer("ha", "SXD")
    ha = officer(stage, "ha")
    for verb, arguments in (
        (triage.confirm, (CODE,)),
        (triage.add_part, (CODE, "SYT")),
        (triage.change_class, (CODE, Klass.SIMPLE, REASON)),
        (merging.merge, (CODE, "QN-2611-00002", REASON)),
        (handing.decide, (f"{CODE}/1", "SYT", REASON)),
    ):
        with pytest.raises(Refused, match="not_allowed"):
            stage.store.run_now(verb, *arguments, ha, stage.now)
    assert kinds(stage) == ["received", "assigned", "assigned"]


def test_an_added_part_counts_from_the_receipt(stage: Stage, kim: Person) -> None:
    new = stage.officer("yte", "SYT")
    lan = stage.person("lan")
    stage.until(TUESDAY_OFF_NEXT)
    lan.pushes()
    new.pushes()
    stage.store.run_now(triage.add_part, CODE, "SYT", officer(stage, "kim"), stage.now, split_from=1)
    stage.send()
    first, _, third = stage.parts()
    assert (third.code, third.agency, third.state) == (f"{CODE}/3", "SYT", PartState.WAITING)
    assert (third.due_at, third.received_at) == (first.due_at, first.received_at)
    assert "Sở Y tế được giao thêm một phần việc" in lan.pushes()[0]
    assert "Phần việc mới QN-2611-00001/3" in new.pushes()[0]
    with pytest.raises(Refused, match="already_has_part"):
        stage.store.run_now(triage.add_part, CODE, "SYT", officer(stage, "kim"), stage.now)


def test_the_class_changes_until_the_simple_deadline_and_the_old_receipt_stays(stage: Stage, kim: Person) -> None:
    ha, lan = stage.officer("ha", "SXD"), stage.person("lan")
    for person in (ha, lan):
        person.pushes()
    before = stage.parts()[0]
    assert "việc loại nào" in kim.says(f"đổi loại {CODE}")[0]
    kim.says("đơn giản")
    assert "đổi loại thành đơn giản" in kim.says("Chỉ cần xác nhận thủ tục hiện hành.")[0]
    after = stage.parts()[0]
    assert after.due_at == before.received_at + timedelta(hours=5.5)  # 09:00, four working hours, the noon break
    assert (after.klass, after.first_due_at) == (Klass.SIMPLE, before.due_at)
    struck = [row for row in rows(stage, DeadlineReceipt) if row.part_id == after.id]
    assert [row.struck_reason for row in struck] == ["class_changed", ""]
    assert "Chỉ cần xác nhận thủ tục hiện hành." in lan.pushes()[0]
    assert lan.pushes() == []
    assert "đổi loại thành đơn giản" in ha.pushes()[0]
    assert kinds(stage).count("class_changed") == 1
    stage.until(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))  # 16:00, an hour too late
    with pytest.raises(Refused, match="class_too_late"):
        stage.store.run_now(triage.change_class, CODE, Klass.HARD, REASON, officer(stage, "kim"), stage.now)


def test_refused_twice_goes_to_the_coordinator_whose_word_is_final_and_remembered(stage: Stage, kim: Person) -> None:
    ha, zone, lan = stage.officer("ha", "SXD"), stage.officer("khu", "BQLKKT"), stage.person("lan")
    due = stage.parts()[0].due_at
    _refuse(ha, "ban quản lý khu kinh tế")
    assert "1. Nhận xử lý" in zone.buttons()
    assert f"{CODE}/1" in zone.says("việc của tôi")[0]
    assert f"{CODE}/1" in ha.says("việc của tôi")[0]  # an offered part is on both queues
    lan.pushes()
    kim.pushes()
    _refuse(zone, "sở xây dựng")
    part = stage.parts()[0]
    assert (part.state, part.agency, part.refusals, part.due_at) == (PartState.DECLINED, "SXD", 2, due)
    assert part.decide_by is not None
    assert part.decide_by.astimezone(LOCAL).strftime("%d %H:%M") == "23 14:30"  # 09:00 and four working hours
    assert "Điều phối quyết định" in lan.pushes()[0]
    assert "bị từ chối hai lần" in kim.pushes()[0]
    for hours in (5, 1):  # an hour before the end (14:00), and after it (15:00)
        stage.until(stage.now + timedelta(hours=hours))
        assert len([text for text in kim.pushes() if "chờ điều phối quyết định" in text]) == 1
    kim.says(f"Quyết định {CODE}/1")
    kim.says("ban kkt")
    assert "thuộc Ban Quản lý Khu kinh tế" in kim.says(REASON)[0]
    part = stage.parts()[0]
    assert (part.state, part.agency, part.hand_overs, part.due_at) == (PartState.WAITING, "BQLKKT", 1, due)
    assert (part.decide_by, part.decide_remind_at) == (None, None)
    assert REASON in lan.pushes()[-1]
    assert "là cuối cùng" in zone.pushes()[-1]
    assert "quyết định này là cuối cùng" in _refuse(zone, "sở xây dựng")
    assert stage.parts()[0].state is PartState.WAITING
    (example,) = rows(stage, RoutingExample)
    assert (example.topic, example.agencies[0]) == (stage.tickets()[0].topic, "BQLKKT")
    assert "mong_cai" in example.tokens
    assert [kind for kind in kinds(stage) if kind in ("declined", "disputed", "decided")] == [
        *("declined", "declined", "disputed", "decided")
    ]


def _refuse(person: Person, owner: str) -> str:
    person.says(f"Không thuộc thẩm quyền {CODE}/1")
    person.says(owner)
    return person.says("Việc này không thuộc chức năng của chúng tôi.")[0]


def test_idle_hours_are_counted_over_offers_and_handing_over(stage: Stage, kim: Person) -> None:
    ha, zone = stage.officer("ha", "SXD"), stage.officer("khu", "BQLKKT")
    start = stage.parts()[0].received_at
    stage.until(start + timedelta(hours=1))
    ha.says(f"Nhận {CODE}/1")
    accepted = stage.now
    stage.until(start + timedelta(hours=2))
    _refuse(ha, "ban quản lý khu kinh tế")
    offered = stage.now
    stage.until(start + timedelta(hours=5))
    zone.says(f"Nhận {CODE}/1")
    part = stage.parts()[0]
    from zalobot.store.models import TicketEvent

    events = sorted(rows(stage, TicketEvent), key=lambda event: event.seq)
    calendar = stage.province.calendar
    idle = handing.idle_hours(part, events, calendar, stage.now + timedelta(days=3))
    expected = calendar.working_between(start, accepted) + calendar.working_between(offered, stage.now)
    assert idle == expected
    assert part.hand_overs == 1


def test_a_duplicate_is_merged_and_its_business_follows_the_other(stage: Stage, kim: Person) -> None:
    ha, lan, minh = stage.officer("ha", "SXD"), stage.person("lan"), stage.person("minh")
    second = report(minh, WAREHOUSE + " Bên tôi cùng dãy kho.")
    for person in (ha, lan, minh):
        person.pushes()
    stage.store.run_now(merging.merge, second, CODE, REASON, officer(stage, "kim"), stage.now)
    stage.send()
    assert f"Hồ sơ {second} cùng vụ việc với hồ sơ {CODE}" in minh.pushes()[0]
    assert "cùng dãy kho" in ha.pushes()[0]
    first, merged = stage.tickets()
    assert (merged.state, merged.merged_into, first.followers) == (TicketState.MERGED, CODE, ["minh"])
    assert [part.state for part in stage.parts() if part.ticket_id == merged.id] == [PartState.MERGED] * 2
    assert stage.store.read_now(adding.of_ticket, first) == (merged.description,)
    ha.says(f"Trả lời {CODE}/1")
    ha.says("Được nộp song song hai hồ sơ, theo Điều 16 Luật số 55/2024/QH15.")
    ha.says("gửi")
    assert "nộp song song" in minh.pushes()[0]
    assert "nộp song song" in lan.pushes()[0]
    assert f"Hồ sơ {CODE}" in minh.says(second)[0]
    assert "được đóng" in minh.says(f"Đã giải quyết {CODE}/1")[0]


def test_what_cannot_be_merged_is_refused_with_the_reason(stage: Stage, kim: Person) -> None:
    minh = stage.person("minh")
    second = report(minh, "Cục thuế chậm hoàn thuế giá trị gia tăng cho công ty chúng tôi.")
    me = officer(stage, "kim")
    with pytest.raises(Refused, match="not_a_duplicate"):
        stage.store.run_now(merging.merge, CODE, CODE, REASON, me, stage.now)
    with pytest.raises(Refused, match="merge_lacks_agency"):
        stage.store.run_now(merging.merge, second, CODE, REASON, me, stage.now)
    assert [ticket.state for ticket in stage.tickets()] == [TicketState.ASSIGNED] * 2


def test_the_version_on_the_screen_must_be_the_present_one(stage: Stage, kim: Person) -> None:
    me, seen = officer(stage, "kim"), stage.tickets()[0].version
    stage.store.run_now(triage.confirm, CODE, me, stage.now, seen=seen)
    with pytest.raises(Refused, match="stale_ticket") as stale:
        stage.store.run_now(triage.add_part, CODE, "SYT", me, stage.now, seen=seen)
    assert stale.value.facts["changes"] == ["09h00: Điều phối xác nhận cơ quan xử lý."]
    assert (len(rows(stage, Part)), len(rows(stage, Ticket))) == (2, 1)
