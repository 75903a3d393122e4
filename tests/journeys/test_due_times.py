"""Due times as a business and an officer live them: the vectors of the promise, and a calendar that changes late."""

import os
import time
from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import col, select

from tests.calendars import at
from tests.journeys.stage import Person, Stage, finish, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.calendars import DayChange, Outcome, change_days
from zalobot.ladder import LADDER
from zalobot.receipt import Receipt
from zalobot.store.models import DeadlineReceipt, EventKind, Officer, Part, ReminderEntry, TicketEvent
from zalobot.store.queries import stories
from zalobot.tickets import working
from zalobot.tickets.record import Actor
from zalobot.web.public_view import TicketPage, ticket_page
from zalobot.workdays import DayKind

INVOICE = "Hóa đơn điện tử của công ty tôi xuất ra bị sai mã số thuế, muốn sửa thì làm thế nào?"
OPERATOR = Actor("operator", "operator")
DOCUMENT = "Văn bản 12729/VPCP-KGVX ngày 25/12/2025"
SWAP = (
    DayChange(date(2026, 1, 2), DayKind.SWAP_OFF, name="Nghỉ hoán đổi (làm bù 10/01/2026)"),
    DayChange(date(2026, 1, 10), DayKind.MAKEUP, name="Làm bù cho 02/01/2026"),
)
NO_SWAP = tuple(DayChange(change.on) for change in SWAP)


# The zone is the process's, the engine keeps instants: each zone once, and the second engine in the one farthest away.
PLACES = [
    pytest.param(("sqlite_url", "UTC"), id="sqlite-UTC"),
    pytest.param(("sqlite_url", "America/New_York"), id="sqlite-America/New_York"),
    pytest.param(("sqlite_url", "Pacific/Kiritimati"), id="sqlite-Pacific/Kiritimati"),
    pytest.param(("postgres_url", "Pacific/Kiritimati"), id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(params=PLACES)
def somewhere(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database; the same promise wherever the server stands."""
    engine, zone = request.param
    url: str = request.getfixturevalue(engine)
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    yield url
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def change(stage: Stage, *changes: DayChange, source: str = DOCUMENT) -> Outcome:
    """Change the calendar now, and send what is due."""
    done = stage.store.run_now(change_days, changes, source, OPERATOR, stage.now)
    stage.send()
    return done


def receipts(stage: Stage, part: Part) -> list[DeadlineReceipt]:
    """All receipts of a part, oldest first."""
    query = select(DeadlineReceipt).where(col(DeadlineReceipt.part_id) == part.id).order_by(col(DeadlineReceipt.id))
    return stage.store.read_now(lambda session: list(session.exec(query)))


def history(stage: Stage, kind: EventKind) -> list[TicketEvent]:
    """The entries of this kind."""
    query = select(TicketEvent).where(col(TicketEvent.kind) == kind).order_by(col(TicketEvent.seq))
    return stage.store.read_now(lambda session: list(session.exec(query)))


def page(stage: Stage, code: str) -> TicketPage:
    """The public page as it is now."""
    story = stage.store.read_now(stories.story, code)
    assert story is not None
    return ticket_page(story, stage.now, stage.store.info["province"])


def about(person: Person) -> list[str]:
    """What came to a phone about due times counted again."""
    return [text for text in person.pushes() if "lịch làm việc thay đổi" in text]


@pytest.mark.parametrize(
    ("text", "received", "due"),
    [
        (WAREHOUSE, "2026-02-12 15:10", "17h00 Thứ Ba 24/02/2026"),  # Tết
        (WAREHOUSE, "2026-01-07 09:00", "17h00 Thứ Bảy 10/01/2026"),  # a worked Saturday
        (INVOICE, "2026-11-17 11:00", "16h30 Thứ Ba 17/11/2026"),  # simple, over lunch
        (WAREHOUSE, "2026-11-07 20:00", "17h00 Thứ Tư 11/11/2026"),  # Saturday night
        (WAREHOUSE, "2026-11-08 07:00", "17h00 Thứ Tư 11/11/2026"),  # and Sunday morning
    ],
)
def test_what_is_promised_when_a_report_is_sent(somewhere: str, text: str, received: str, due: str) -> None:
    stage = Stage(somewhere, now=at("2025-12-01 08:00"))
    lan = stage.person("lan")
    lan.agrees()
    lan.says(text)
    finish(lan, until="xem lại")
    stage.now = at(received)
    assert due in "\n".join(lan.says("gửi"))
    (first, *_) = stage.parts()
    assert first.first_due_at == first.due_at
    assert Receipt.from_json(receipts(stage, first)[0].data).due == first.due_at
    stage.store.close_now()


@pytest.fixture
def new_year(somewhere: str) -> Iterator[Stage]:
    """31/12/2025, and the calendar lacks the swap; a report with two parts, one of them taken up by `ha`."""
    stage = Stage(somewhere, now=at("2025-12-20 09:00"))
    change(stage, *NO_SWAP, source="bản chưa có hoán đổi")
    ha = stage.officer("ha", "SXD")
    stage.now = at("2025-12-31 10:00")
    report(stage.person("lan"), WAREHOUSE)
    ha.says("1")
    stage.person("lan").pushes()
    ha.pushes()
    yield stage
    assert stage.failures() == []
    stage.store.close_now()


def test_a_swap_entered_on_new_year_s_day_moves_the_due_time_and_tells_each_side_once(new_year: Stage) -> None:
    lan, ha = new_year.person("lan"), new_year.person("ha")
    assert {part.due_at for part in new_year.parts()} == {at("2026-01-06 17:00")}
    new_year.now = at("2026-01-01 09:00")
    done = change(new_year, *SWAP)
    assert (done.version, done.moved) == ("2026.2", 2)
    parts = new_year.parts()
    assert [(part.first_due_at, part.due_at) for part in parts] == [
        (at("2026-01-06 17:00"), at("2026-01-07 17:00"))
    ] * 2
    old, new = receipts(new_year, parts[0])
    assert (old.due_at, old.struck_at, new.due_at, new.struck_at) == (
        at("2026-01-06 17:00"),
        new_year.now,
        at("2026-01-07 17:00"),
        None,
    )
    assert old.struck_reason == done.reason
    assert "02/01/2026, Nghỉ hoán đổi" in done.reason
    assert DOCUMENT in done.reason
    (told,) = about(lan)
    for word in (parts[0].code, parts[1].code, "17h00 Thứ Ba 06/01/2026", "17h00 Thứ Tư 07/01/2026", DOCUMENT):
        assert word in told
    assert about(ha) == []  # a holiday: the officer is told when work begins
    new_year.until(at("2026-01-05 07:29"))
    assert about(ha) == []
    new_year.until(at("2026-01-05 07:31"))
    (told,) = about(ha)
    assert "đổi từ 17h00 Thứ Ba 06/01/2026 sang 17h00 Thứ Tư 07/01/2026" in told
    assert "Quý doanh nghiệp" not in told
    new_year.until(at("2026-01-05 17:00"))
    assert about(lan) == []


def test_the_page_shows_both_receipts_and_the_history_says_why(new_year: Stage) -> None:
    new_year.now = at("2026-01-01 09:00")
    done = change(new_year, *SWAP)
    shown = page(new_year, "QN-2512-00001")
    (receipt,) = shown.receipts
    assert receipt.due == at("2026-01-07 17:00")
    (struck,) = receipt.struck
    assert (struck.due, struck.became, struck.reason) == (at("2026-01-06 17:00"), receipt.due, done.reason)
    assert struck.counted == (date(2026, 1, 2), date(2026, 1, 5), date(2026, 1, 6))
    line = next(line for line in shown.lines if line.kind == "recounted")
    assert line.numbers == (1, 2)
    assert (line.before, line.due, line.reason) == (struck.due, receipt.due, done.reason)


def test_reminders_follow_the_new_due_time_and_none_is_of_the_old_one(new_year: Stage) -> None:
    new_year.now = at("2026-01-01 09:00")
    change(new_year, *SWAP)
    new_year.until(at("2026-01-07 17:00"))
    ladder = [step.name for step in LADDER]
    query = select(ReminderEntry).where(
        col(ReminderEntry.taken_at) > at("2026-01-01 09:00"), col(ReminderEntry.step).in_(ladder)
    )
    taken = new_year.store.read_now(lambda session: list(session.exec(query)))
    assert {entry.due_at for entry in taken} == {at("2026-01-07 17:00")}
    assert {"day_before", "due"} <= {entry.step for entry in taken}


def test_two_recounts_leave_three_receipts_and_each_is_told_once(new_year: Stage) -> None:
    lan = new_year.person("lan")
    new_year.now = at("2026-01-01 09:00")
    change(new_year, *SWAP)
    new_year.now = at("2026-01-05 09:00")
    change(new_year, DayChange(date(2026, 1, 6), DayKind.OFF, name="Nghỉ bão"), source="Công điện 01")
    part = new_year.parts()[0]
    assert [row.due_at for row in receipts(new_year, part)] == [at(f"2026-01-0{day} 17:00") for day in (6, 7, 8)]
    assert len(about(lan)) == 2
    assert part.first_due_at == at("2026-01-06 17:00")
    assert [event.data["calendar"] for event in history(new_year, EventKind.RECOUNTED)] == ["2026.2"] * 2 + [
        "2026.3"
    ] * 2


def test_a_change_that_moves_nothing_is_told_to_nobody(new_year: Stage) -> None:
    new_year.now = at("2026-01-01 09:00")
    done = change(new_year, DayChange(date(2026, 3, 3), DayKind.OFF, name="Nghỉ"))
    new_year.until(at("2026-01-05 09:00"))
    assert (done.moved, done.told) == (0, 0)
    assert [about(person) for person in new_year.people.values()] == [[], []]
    assert len(receipts(new_year, new_year.parts()[0])) == 1
    assert history(new_year, EventKind.RECOUNTED) == []


def test_a_name_that_changes_makes_a_new_receipt_but_no_message(new_year: Stage) -> None:
    done = change(new_year, DayChange(date(2026, 1, 1), DayKind.HOLIDAY, name="Tết Dương lịch năm 2026"))
    old, new = receipts(new_year, new_year.parts()[0])
    assert (done.moved, old.due_at, old.struck_reason) == (0, new.due_at, done.reason)
    assert about(new_year.person("lan")) == []


def test_a_day_in_the_past_moves_what_still_runs_and_nothing_that_has_run_out(new_year: Stage) -> None:
    new_year.now = at("2026-01-06 16:59")
    storm = DayChange(date(2026, 1, 5), DayKind.OFF, name="Nghỉ bão")
    assert change(new_year, storm).moved == 2
    assert {part.due_at for part in new_year.parts()} == {at("2026-01-07 17:00")}
    new_year.now = at("2026-01-07 17:00")
    assert change(new_year, DayChange(storm.on)).moved == 0
    assert {part.due_at for part in new_year.parts()} == {at("2026-01-07 17:00")}


def test_an_answered_part_keeps_its_due_time_and_its_five_days_of_silence(new_year: Stage) -> None:
    ha = new_year.person("ha")
    ha.says("Trả lời QN-2512-00001/1")
    ha.says("Được. Căn cứ Điều 16 Luật số 55/2024/QH15. Nộp hồ sơ tại Trung tâm. Liên hệ tổng đài 1022.")
    ha.says("1")
    new_year.now = at("2026-01-01 09:00")
    closes = new_year.parts()[0].close_at
    assert change(new_year, *SWAP).moved == 1
    part = new_year.parts()[0]
    assert part.due_at == at("2026-01-06 17:00")
    assert (closes, part.close_at) == (at("2026-01-08 17:00"), at("2026-01-09 17:00"))  # five days of silence


def test_a_pause_is_kept_and_moves_the_due_time_by_the_working_time_waited(somewhere: str) -> None:
    stage = Stage(somewhere, now=at("2026-11-06 09:00"))
    officer = _officer(stage, "ha", "SXD")
    code = report(stage.person("lan"), WAREHOUSE) + "/1"
    stage.now = at("2026-11-09 10:00")
    stage.store.run_now(working.ask_business, code, "Xin gửi bản vẽ mặt bằng.", officer, stage.now)
    stage.now = at("2026-11-11 10:00")
    stage.store.run_now(working.reply, code, "lan", "Đã gửi.", stage.now)
    assert stage.parts()[0].due_at == at("2026-11-13 17:00")  # 16 working hours later
    change(stage, DayChange(date(2026, 11, 10), DayKind.OFF, name="Nghỉ bão"))
    part = stage.parts()[0]
    (pause,) = Receipt.from_json(receipts(stage, part)[-1].data).waits
    assert (pause.working.total_seconds() / 3600, part.due_at) == (8, at("2026-11-13 17:00"))
    change(stage, DayChange(date(2026, 11, 12), DayKind.OFF, name="Nghỉ bão"))
    assert stage.parts()[0].due_at == at("2026-11-16 17:00")
    stage.store.close_now()


def test_a_part_that_waits_for_the_business_is_counted_as_it_stood(database_url: str) -> None:
    stage = Stage(database_url, now=at("2026-11-06 09:00"))
    officer = _officer(stage, "ha", "SXD")
    code = report(stage.person("lan"), WAREHOUSE) + "/1"
    stage.now = at("2026-11-09 10:00")
    stage.store.run_now(working.ask_business, code, "Xin gửi bản vẽ mặt bằng.", officer, stage.now)
    stage.now = at("2026-11-11 16:00")
    change(stage, DayChange(date(2026, 11, 10), DayKind.OFF, name="Nghỉ bão"))
    part = stage.parts()[0]
    assert (part.due_at, part.remind_at) == (at("2026-11-12 17:00"), None)
    assert part.wait_until == at("2026-11-13 17:00")  # three working days, the storm not counted
    stage.now = at("2026-11-12 10:00")
    stage.store.run_now(working.reply, code, "lan", "Đã gửi.", stage.now)
    assert stage.parts()[0].due_at == at("2026-11-16 17:00")  # Monday 10:00 to Thursday 10:00 without Tuesday
    stage.store.close_now()


def _officer(stage: Stage, name: str, agency: str) -> Officer:
    stage.officer(name, agency)
    return stage.store.read_now(lambda s: s.exec(select(Officer).where(col(Officer.person_id) == name)).one())
