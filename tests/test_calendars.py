"""The verbs that change the calendar: what is refused, how it reaches further, who else works with it, in numbers."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.calendars import SHIFTS, at, off, plain, vietnam, worked
from tests.journeys.stage import Stage
from tests.test_deadlines import DAYS, EXAMPLES, MOMENTS, RULE
from zalobot import reference
from zalobot.calendars import DayChange, Outcome, change_days, extend, horizon, strays
from zalobot.calendars.recounting import recounted
from zalobot.deadlines import Klass, count, recount, wait
from zalobot.errors import Refused
from zalobot.receipt import Receipt
from zalobot.store.models import CalendarVersion, DeadlineReceipt, JobRun, Officer, OutboxMessage, Role
from zalobot.store.queries import stories
from zalobot.tickets import working
from zalobot.tickets.facts import TicketFacts
from zalobot.tickets.opening import Draft, open_ticket
from zalobot.tickets.record import Actor
from zalobot.workdays import DayKind, Shift

OPERATOR = Actor("operator", "operator")
STORM = DayChange(date(2026, 11, 25), DayKind.OFF, name="Nghỉ bão số 12")
DOCUMENT = "Công điện 01/CĐ-UBND ngày 23/11/2026"


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A bot on each engine in turn, on a Monday morning."""
    made = Stage(database_url)
    yield made
    made.store.close_now()


def change(stage: Stage, *changes: DayChange, until: date | None = None, source: str = DOCUMENT) -> Outcome:
    return stage.store.run_now(change_days, changes, source, OPERATOR, stage.now, until=until)


def opened(stage: Stage, person: str = "lan", agencies: tuple[str, ...] = ("SXD",)) -> TicketFacts:
    """A ticket of the stage's first hard topic, opened now."""
    hard = next(code for code, about in stage.province.topics.items() if about.klass == "hard")
    draft = Draft(person, "Hồ sơ bị trả lại ba lần, mỗi lần một lý do khác nhau.", hard, agencies)
    return stage.store.run_now(open_ticket, draft, stage.now)


def rows(stage: Stage, model: Any) -> list[Any]:
    return stage.store.read_now(lambda session: list(session.exec(select(model))))


# -- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "until", "source", "reason"),
    [
        ([STORM], None, "  ", "no_source"),
        ([DayChange(date(2026, 11, 24), DayKind.HALF, (Shift.parse("11:30-07:30"),))], None, "x", "bad_calendar"),
        ([DayChange(date(2026, 11, 25), DayKind.HALF)], None, "x", "bad_calendar"),
        ([DayChange(date(2026, 11, 25), DayKind.OFF, SHIFTS)], None, "x", "bad_calendar"),
        ([DayChange(date(2026, 11, 25), DayKind.HALF, (SHIFTS[0], SHIFTS[0]))], None, "x", "bad_calendar"),
        ([STORM, STORM], None, "x", "bad_calendar"),
        ([DayChange(date(2031, 1, 1), DayKind.HOLIDAY)], None, "x", "outside_calendar"),
        ([DayChange(date(1900, 1, 1), DayKind.HOLIDAY)], None, "x", "outside_calendar"),
        ([], date(2027, 1, 1), "x", "outside_calendar"),
        ([], date(9999, 12, 31), "x", "outside_calendar"),
        ([], None, "x", "nothing_changed"),
        ([DayChange(date(2026, 11, 26))], None, "x", "nothing_changed"),
    ],
)
def test_nonsense_is_refused_with_a_word_and_nothing_stays(
    stage: Stage, changes: list[DayChange], until: date | None, source: str, reason: str
) -> None:
    with pytest.raises(Refused) as refusal:
        change(stage, *changes, until=until, source=source)
    assert refusal.value.reason == reason
    assert len(rows(stage, CalendarVersion)) == 1
    assert change(stage, STORM).version == "2026.2"


def test_a_calendar_without_working_time_is_refused(stage: Stage) -> None:
    calendar = stage.province.calendar
    days = (calendar.first + timedelta(number) for number in range((calendar.last - calendar.first).days + 1))
    with pytest.raises(Refused) as refusal:
        change(stage, *[DayChange(on, DayKind.OFF, name="nghỉ") for on in days])
    assert "no working time" in str(refusal.value.facts["problems"])


def test_a_change_that_would_push_a_promise_past_the_known_days_is_refused(database_url: str) -> None:
    stage = Stage(database_url, now=at("2028-01-04 09:00"))
    opened(stage)
    assert stage.parts()[0].due_at == at("2028-01-07 17:00")
    storm = DayChange(date(2028, 1, 6), DayKind.OFF, name="Nghỉ bão")
    with pytest.raises(Refused) as refusal:
        change(stage, storm)
    assert refusal.value.reason == "calendar_too_short"
    assert change(stage, storm, until=date(2028, 12, 31)).moved == 1
    assert stage.parts()[0].due_at == at("2028-01-10 17:00")
    stage.store.close_now()


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>{{ 7*7 }}{% if x %}", "a\0b\ud800", "x\n\n---\nNút -> {{ ma_ho_so }}", "Đ" * 5000],
)
def test_hostile_names_and_documents_come_out_literally(stage: Stage, text: str) -> None:
    opened(stage)
    done = change(stage, replace(STORM, name=text), source=text)
    stage.send()
    (told,) = [text for text in stage.person("lan").pushes() if "lịch làm việc thay đổi" in text]
    assert done.moved == 1
    assert text[:12].replace("\0", "\ufffd").split("\n")[0].encode("utf-8", "replace").decode() in told
    without_code = told.rpartition("mã ")[0].replace("2026", "")  # a code is drawn: any two digits may stand in it
    assert "mã " in told
    assert "49" not in without_code
    assert len(rows(stage, DeadlineReceipt)[0].struck_reason) <= 500


# -- how far it reaches -----------------------------------------------------------------------------------------------


def test_a_part_opened_past_the_horizon_gets_its_due_time_when_the_calendar_grows(database_url: str) -> None:
    stage = Stage(database_url, now=at("2028-01-06 09:00"))
    stage.officer("ha", "SXD")
    opened(stage)
    part = stage.parts()[0]
    assert (part.due_at, part.first_due_at, part.remind_at) == (None, None, None)
    done = stage.store.run_now(extend, date(2028, 12, 31), DOCUMENT, OPERATOR, stage.now)
    stage.send()
    part = stage.parts()[0]
    assert (done.moved, part.due_at, part.first_due_at) == (1, at("2028-01-11 17:00"), at("2028-01-11 17:00"))
    assert part.remind_at is not None
    (told,) = [text for text in stage.person("lan").pushes() if "lịch làm việc" in text]
    assert "nay đã tính được: 17h00 Thứ Ba 11/01/2028" in told
    assert "lịch mở rộng đến 31/12/2028" in told
    stage.store.close_now()


def test_a_pause_that_ended_past_the_horizon_is_counted_when_the_calendar_grows(database_url: str) -> None:
    stage = Stage(database_url, now=at("2028-01-04 09:00"))
    stage.officer("ha", "SXD")
    code = opened(stage).parts[0].part.code
    officer = next(one for one in rows(stage, Officer) if one.person_id == "ha")
    stage.now = at("2028-01-05 09:00")
    stage.store.run_now(working.ask_business, code, "Xin gửi bản vẽ mặt bằng.", officer, stage.now)
    stage.now = at("2028-01-06 09:00")
    stage.store.run_now(working.reply, code, "lan", "Đã gửi.", stage.now)
    assert stage.parts()[0].due_at is None
    stage.store.run_now(extend, date(2028, 12, 31), DOCUMENT, OPERATOR, stage.now)
    assert stage.parts()[0].due_at == at("2028-01-10 17:00")  # one working day later than the 7th
    in_force = [row for row in rows(stage, DeadlineReceipt) if row.struck_at is None]
    assert [Receipt.from_json(row.data).waits[0].working for row in in_force] == [timedelta(hours=8)]
    stage.store.close_now()


def test_pauses_of_a_part_that_never_had_a_due_time_are_counted_too(database_url: str) -> None:
    stage = Stage(database_url, now=at("2028-01-05 09:00"))
    stage.officer("ha", "SXD")
    code = opened(stage).parts[0].part.code
    officer = next(one for one in rows(stage, Officer) if one.person_id == "ha")
    for asked, replied in (("2028-01-06 09:00", "2028-01-06 15:00"), ("2028-01-07 08:00", "2028-01-07 10:00")):
        stage.now = at(asked)
        stage.store.run_now(working.ask_business, code, "Xin gửi bản vẽ mặt bằng.", officer, stage.now)
        stage.now = at(replied)
        stage.store.run_now(working.reply, code, "lan", "Đã gửi.", stage.now)
    assert stage.parts()[0].due_at is None
    stage.store.run_now(extend, date(2028, 12, 31), DOCUMENT, OPERATOR, stage.now)
    assert stage.parts()[0].due_at == at("2028-01-11 15:30")  # the 10th at 17:00, and 4.5 and 2 working hours
    story = stage.store.read_now(stories.story, code.partition("/")[0])
    assert story is not None
    assert [row.struck_at for row in story.receipts] == [None]
    stage.store.close_now()


def test_the_coordinators_are_warned_once_for_each_threshold(database_url: str) -> None:
    stage = Stage(database_url, now=at("2027-11-01 09:00"))
    stage.officer("dieu-phoi", "VPUBND", Role.COORDINATOR)
    stage.person("dieu-phoi").pushes()
    told = []
    for day in ("2027-11-07", "2027-11-08", "2027-11-09", "2027-12-08", "2027-12-09", "2027-12-31", "2028-01-03"):
        stage.now = at(f"{day} 09:00")
        told.append(stage.store.run_now(horizon.alarm, stage.now))
    assert told == [0, 1, 0, 1, 0, 1, 0]
    stage.until(at("2028-01-04 08:00"))
    texts = [text for text in stage.person("dieu-phoi").pushes() if "Lịch làm việc chỉ có đến 07/01/2028" in text]
    assert ["còn 60 ngày" in texts[0], "còn 30 ngày" in texts[1], "còn 7 ngày" in texts[2]] == [True] * 3
    stage.store.run_now(extend, date(2028, 12, 31), DOCUMENT, OPERATOR, stage.now)
    assert stage.store.run_now(horizon.alarm, stage.now) == 0
    stage.store.close_now()


def test_nobody_to_warn_leaves_the_warning_for_whoever_comes(database_url: str) -> None:
    stage = Stage(database_url, now=at("2028-01-04 09:00"))
    assert stage.store.run_now(horizon.alarm, stage.now) == 0
    assert rows(stage, JobRun) == []
    stage.officer("dieu-phoi", "VPUBND", Role.COORDINATOR)
    assert stage.store.run_now(horizon.alarm, stage.now) == 1
    assert stage.store.run_now(horizon.alarm, stage.now) == 0
    stage.store.close_now()


# -- other processes --------------------------------------------------------------------------------------------------


@pytest.fixture
def other(stage: Stage) -> Iterator[Stage]:
    """A second process on the same database."""
    made = Stage(stage.url)
    yield made
    made.store.close_now()


def test_another_process_counts_with_the_new_calendar_at_once(stage: Stage, other: Stage) -> None:
    assert change(stage, STORM).moved == 0
    opened(other)
    assert other.parts()[0].due_at == at("2026-11-30 17:00")  # 26, 27 and 30: not the 24th, not the 25th
    assert other.store.info[reference.PROVINCE].calendar.version == "2026.2"


def test_another_process_shows_the_new_calendar_when_it_looks(stage: Stage, other: Stage) -> None:
    change(stage, STORM)
    assert stage.store.info[reference.PROVINCE].calendar.version == "2026.2"
    assert other.store.read_now(reference.refresh)
    assert other.store.info[reference.PROVINCE].calendar.day(STORM.on).name == STORM.name
    assert not other.store.read_now(reference.refresh)


def test_changes_of_two_processes_do_not_lose_each_other(stage: Stage, other: Stage) -> None:
    change(stage, STORM)
    done = change(other, DayChange(date(2026, 11, 26), DayKind.OFF, name="Nghỉ bão"))
    assert done.version == "2026.3"
    calendar = other.store.info[reference.PROVINCE].calendar
    assert [calendar.is_working(date(2026, 11, day)) for day in (25, 26, 27)] == [False, False, True]
    assert stage.store.read_now(reference.refresh)


def test_a_change_that_fails_is_seen_by_nobody(stage: Stage) -> None:
    def broken(session: Session) -> None:
        change_days(session, [STORM], DOCUMENT, OPERATOR, stage.now)
        raise RuntimeError("after the change")

    with pytest.raises(RuntimeError):
        stage.store.run_now(broken)
    assert stage.store.info[reference.PROVINCE].calendar.version == "2026.1"
    opened(stage)
    assert stage.parts()[0].due_at == at("2026-11-27 17:00")


def test_what_was_being_counted_during_the_change_is_counted_again(stage: Stage, other: Stage) -> None:
    """The other process had read the calendar before the change was committed, and commits after it."""
    made: list[TicketFacts] = []
    old = other.store.info[reference.PROVINCE]

    def late(session: Session) -> None:
        session.info[reference.PROVINCE] = old
        session.info.setdefault("memo", {})["fresh"] = True
        draft = Draft("lan", "Hồ sơ bị trả lại ba lần.", next(iter(old.topics)), ("SXD",))
        made.append(open_ticket(session, draft, stage.now))

    change(stage, STORM)
    other.store.run_now(late)
    before = stage.parts()[0].due_at
    stage.now += timedelta(minutes=1)
    assert stage.store.run_now(strays.settle, stage.now) == 1
    assert stage.parts()[0].due_at == before + timedelta(days=3)  # over the weekend
    assert stage.store.run_now(strays.settle, stage.now) == 0
    stage.send()
    assert len([text for text in stage.person("lan").pushes() if "lịch làm việc thay đổi" in text]) == 1


def test_a_process_that_starts_later_reads_the_newest(stage: Stage) -> None:
    for number in range(12):
        change(stage, DayChange(date(2026, 12, 1 + number), DayKind.OFF, name=f"nghỉ {number}"))
    stage.restart()
    assert stage.province.calendar.version == "2026.13"


# -- in numbers -------------------------------------------------------------------------------------------------------


def test_two_thousand_open_parts_are_counted_again_in_a_moment_and_everybody_is_told_once(stage: Stage) -> None:
    stage.officer("ha", "SXD")
    topic = next(code for code, about in stage.province.topics.items() if about.klass == "hard")

    def many(session: Session) -> None:
        for number in range(1000):
            moment = stage.now + timedelta(seconds=number)
            open_ticket(session, Draft(f"dn{number % 900}", "Hồ sơ bị trả lại.", topic, ("SXD", "STC")), moment)

    stage.store.run_now(many)
    before = len(rows(stage, OutboxMessage))
    stage.now += timedelta(hours=1)
    started = time.process_time()
    done = change(stage, STORM)
    assert time.process_time() - started < 10
    assert (done.moved, done.told, len(rows(stage, OutboxMessage)) - before) == (2000, 901, 901)
    texts = [row.body["text"] for row in rows(stage, OutboxMessage) if row.template == "officer/recounted"]
    assert len(texts) == 1
    assert "Hạn của 992 phần việc khác cũng được tính lại." in texts[0]
    assert {part.due_at for part in stage.parts()} == {at("2026-11-30 17:00")}


# -- what is always so ------------------------------------------------------------------------------------------------


@given(
    received=MOMENTS,
    day=DAYS,
    klass=st.sampled_from(Klass),
    pause=st.tuples(st.integers(0, 30), st.integers(0, 60)),
    half=st.booleans(),
)
@EXAMPLES
def test_a_recount_equals_counting_afresh(
    received: datetime, day: date, klass: Klass, pause: tuple[int, int], half: bool
) -> None:
    before = vietnam()
    after = before.with_days("after", [worked(day, SHIFTS[1:]) if half else off(day)])
    start = received + timedelta(hours=pause[0])
    end = start + timedelta(hours=pause[1])
    old = wait(count(received, RULE, klass, before), start, end, before)
    new = recount(old, RULE, after, received)
    afresh = wait(count(received, RULE, klass, after), start, end, after)
    assert new.due == afresh.due
    assert replace(new, calendar_version="") == replace(afresh, calendar_version="")
    assert recount(new, RULE, after, received) is new
    assert recount(new, RULE, before, received).due == old.due
    if not half:
        assert recount(replace(old, waits=()), RULE, after, received).due >= count(received, RULE, klass, before).due


@given(now=MOMENTS, received=MOMENTS, day=DAYS)
@EXAMPLES
def test_what_has_run_out_never_moves_and_what_runs_never_comes_earlier_by_a_day_off(
    now: datetime, received: datetime, day: date
) -> None:
    old = count(received, RULE, Klass.HARD, vietnam())
    new = recount(old, RULE, vietnam().with_days("after", [off(day)]), now)
    assert new is old if old.due <= now else new.due >= old.due


def test_nothing_is_written_by_asking_what_would_move(stage: Stage) -> None:
    opened(stage)
    new = stage.province.calendar.with_days("x", [off(STORM.on)])
    found = stage.store.read_now(recounted, replace(stage.province, calendar=new), stage.now)
    assert [one.moved for one in found] == [True]
    assert (len(rows(stage, DeadlineReceipt)), stage.parts()[0].due_at) == (1, at("2026-11-27 17:00"))


def test_the_plain_week_is_the_usual_day() -> None:
    assert plain().usual(date(2026, 11, 28)) == SHIFTS
