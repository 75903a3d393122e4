"""The table of the agencies, worked out of parts by hand and by the code; and what the parts are read from."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from tests.calendars import at
from tests.web import sample
from tests.web.sample import CALENDAR, PartSample, add_ticket
from zalobot.figures.board import Board
from zalobot.figures.parts import CountedPart, Period, PeriodKind, latest, period_of
from zalobot.figures.reading import parts
from zalobot.figures.share import Share
from zalobot.figures.table import exchanged, speeds, table, verdicts, weeks
from zalobot.store.database import Store

DUE = at("2026-11-20 17:00")
PERIOD = latest(sample.NOW)


def one(**changes: Any) -> CountedPart:
    known = CountedPart("QN-2611-00001/1", "A", "t", "hard", 1, DUE, DUE, DUE, 60, None, "", ())
    return replace(known, **changes)


def test_the_period_is_ninety_whole_days_up_to_the_last_midnight() -> None:
    assert latest(datetime(2026, 11, 25, 17, 0, tzinfo=UTC)) == Period(date(2026, 8, 28), date(2026, 11, 25))
    assert latest(datetime(2026, 11, 25, 16, 59, tzinfo=UTC)).last == date(2026, 11, 24)


def test_who_has_not_answered_is_late_and_who_answers_on_the_dot_is_not() -> None:
    (line,) = table([one(), one(answered_at=DUE + timedelta(seconds=1)), one(answered_at=None, minutes=None)])
    assert (line.on_time, line.answered) == (Share(1, 3), 2)


def test_the_median_and_nine_of_ten_are_of_working_minutes() -> None:
    (line,) = table([one(minutes=60 * n) for n in range(1, 11)])
    assert (line.median_hours, line.ninety_hours) == (5.5, 9.0)


def test_a_verdict_counts_only_where_there_is_one() -> None:
    (line,) = table([one(verdict="solved"), one(verdict="generic"), one()])
    assert (line.solved, line.unjudged) == (Share(1, 2), 1)


def test_hand_overs_are_counted_on_both_sides_and_a_return_to_oneself_is_none() -> None:
    lines = {line.agency: line for line in table([one(agency="C", former=("A", "B", "B"))])}
    moves = {code: (line.taken_over, line.passed_on) for code, line in lines.items()}
    assert moves == {"A": (0, 1), "B": (1, 1), "C": (1, 0)}


def test_from_whom_and_to_whom_parts_went_is_told_by_the_most_first() -> None:
    parts = [one(agency="C", former=("A", "B")), one(agency="B", former=("A",)), one(agency="B", former=("A",))]
    assert exchanged(parts, "B") == ({"A": 3}, {"C": 1})
    assert exchanged(parts, "D") == ({}, {})


def test_verdicts_are_counted_by_what_they_say() -> None:
    assert verdicts([one(verdict="solved"), one(verdict="generic"), one(verdict="solved"), one()]) == {
        "solved": 2,
        "generic": 1,
    }


@pytest.mark.parametrize(
    ("today", "kind", "first", "last"),
    [
        ("2026-11-26", PeriodKind.DAYS, date(2026, 8, 28), date(2026, 11, 25)),
        ("2026-11-26", PeriodKind.WEEK, date(2026, 11, 19), date(2026, 11, 25)),
        ("2026-11-26", PeriodKind.MONTH, date(2026, 11, 1), date(2026, 11, 25)),
        ("2026-11-26", PeriodKind.QUARTER, date(2026, 10, 1), date(2026, 11, 25)),
        ("2026-12-01", PeriodKind.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        ("2027-01-01", PeriodKind.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        ("2027-01-02", PeriodKind.QUARTER, date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_every_period_ends_at_the_last_midnight(today: str, kind: PeriodKind, first: date, last: date) -> None:
    assert period_of(kind, at(f"{today} 07:00")) == Period(first, last)


def test_weeks_begin_on_monday_and_a_due_time_at_midnight_belongs_to_the_day_before() -> None:
    midnight = datetime(2026, 11, 22, 17, tzinfo=UTC)  # 00:00 on Monday 23 in Vietnam
    found = weeks([one(due_at=midnight, answered_at=midnight)], date(2026, 11, 25))
    assert [(week.monday, week.share.of) for week in found[-2:]] == [(date(2026, 11, 16), 1), (date(2026, 11, 23), 0)]


def test_speeds_have_seven_classes() -> None:
    late = {"answered_at": DUE + timedelta(days=3)}
    kinds = [one(minutes=240), one(minutes=241), one(minutes=960), one(minutes=961), one(late_minutes=480, **late),
             one(late_minutes=481, **late), one(answered_at=None)]  # fmt: skip
    assert speeds(kinds) == (1,) * 7


def test_what_was_withdrawn_waits_or_is_due_later_is_not_counted(store: Store) -> None:
    def write(session: Session) -> None:
        sample.a_week(session)
        add_ticket(session, 80, "x", "2026-11-16 09:00", PartSample("SXD", "withdrawn"), PartSample("CA", "merged"))
        add_ticket(session, 81, "x", "2026-11-16 09:00", PartSample("SXD", "paused", {"paused_at": sample.NOW}))
        add_ticket(session, 82, "x", "2026-11-16 09:00", PartSample("SXD"))

    store.run_now(write)
    found = store.read_now(parts, PERIOD, CALENDAR)
    assert [part.code for part in found] == ["QN-2611-00031/1", "QN-2611-00040/1", "QN-2611-00082/1"]


def test_the_verdict_on_a_sealed_ticket_and_that_on_an_older_answer_are_not_read(store: Store) -> None:
    def write(session: Session) -> None:
        sample.a_week(session)
        for number, tier, judged in ((80, "no_name", "19"), (81, "sealed", "19"), (82, "no_name", "17")):
            done = {"answered_at": at("2026-11-18 09:00"), "verdict": "solved"}
            done["verdict_at"] = at(f"2026-11-{judged} 09:00")
            add_ticket(session, number, "x", "2026-11-16 09:00", PartSample("CA", "closed", done), tier=tier)

    store.run_now(write)
    found = {part.code[-4:-2]: part.verdict for part in store.read_now(parts, PERIOD, CALENDAR)}
    assert (found["80"], found["81"], found["82"]) == ("solved", "", "")


def test_the_working_time_and_the_former_holders_are_read(store: Store) -> None:
    def write(session: Session) -> None:
        sample.a_week(session)
        done = {"answered_at": at("2026-11-20 10:00"), "hand_overs": 1}
        moved = ("2026-11-16 11:00", "transferred", "CA", 1, {"former": "STC"})
        add_ticket(session, 80, "x", "2026-11-16 09:00", PartSample("CA", "answered", done), events=(moved,))

    store.run_now(write)
    (part,) = [part for part in store.read_now(parts, PERIOD, CALENDAR) if part.code == "QN-2611-00080/1"]
    assert part.due_at == at("2026-11-19 17:00")
    assert (part.minutes, part.late_minutes, part.former) == (33 * 60, 150, ("STC",))


@pytest.mark.parametrize("later", [timedelta(minutes=4), timedelta(minutes=6)])
def test_the_board_reads_twice_for_any_number_of_parts_and_again_after_five_minutes(
    sqlite_url: str, later: timedelta
) -> None:
    store, board = Store(sqlite_url), Board()
    said: list[str] = []
    store.run_now(sample.a_week)
    event.listen(store._read_engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))
    first = store.read_now(board.at, sample.NOW, CALENDAR)
    again = store.read_now(board.at, sample.NOW + later, CALENDAR)
    fresh = later < timedelta(minutes=5)
    assert (again is first, sum("SELECT" in one for one in said)) == (fresh, 2 if fresh else 4)
    store.close_now()
