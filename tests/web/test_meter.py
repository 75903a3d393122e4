"""The deadline meter: its eight faces and the geometry of its bar, against the sums of the design's pictures."""

from dataclasses import replace
from datetime import date

import pytest

from tests.calendars import WEEK, at, off
from tests.web.sample import CALENDAR, NOW, RULE
from zalobot.deadlines import count
from zalobot.web.filters import Span
from zalobot.web.meter import Bar, Clock, Look, meter
from zalobot.workdays import Shift, WorkCalendar


def clock(received: str, klass: str = "hard", **changes: object) -> Clock:
    receipt = count(at(received), RULE, klass, CALENDAR)
    return replace(Clock(klass == "simple", at(received), receipt.due, receipt=receipt), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("received", "look"),
    [
        ("2026-11-25 09:00", Look.CALM),  # due Mon 30/11, the working day after next
        ("2026-11-23 09:00", Look.SOON),  # due Fri 27/11, the next working day
        ("2026-11-20 09:00", Look.TODAY),
        ("2026-11-19 09:00", Look.LATE),  # due Wed 25/11 17:00
    ],
)
def test_what_is_due_when_looks_so(received: str, look: Look) -> None:
    assert meter(clock(received), NOW, CALENDAR).look == look


def test_on_a_friday_what_is_due_on_monday_is_soon() -> None:
    assert meter(clock("2026-11-25 09:00"), at("2026-11-27 08:00"), CALENDAR).look == Look.SOON


def test_time_left_is_working_time() -> None:
    assert meter(clock("2026-11-23 09:00"), NOW, CALENDAR).left == Span(1, 5, 10)


def test_the_bar_has_a_cell_for_each_counted_day() -> None:
    drawn = meter(clock("2026-11-23 09:00"), NOW, CALENDAR).bars
    assert drawn == (
        Bar("t", 0.0, 32.73),
        Bar("f", 0.0, 32.73),
        Bar("t", 33.63, 32.73),
        Bar("f", 33.63, 11.59),
        Bar("t", 67.27, 32.73),
    )


def test_without_its_receipt_the_bar_is_the_same() -> None:
    whole = clock("2026-11-23 09:00")
    assert meter(replace(whole, receipt=None), NOW, CALENDAR).bars == meter(whole, NOW, CALENDAR).bars


def test_overtime_grows_past_the_end() -> None:
    late = meter(clock("2026-11-18 09:00"), NOW, CALENDAR)
    assert (late.look, late.over) == (Look.LATE, Span(1, 2, 50))
    assert [bar for bar in late.bars if bar.kind == "o"] == [Bar("o", 69.74, 30.26)]


def test_very_long_overtime_leaves_the_cells_visible() -> None:
    drawn = meter(clock("2026-09-01 09:00"), NOW, CALENDAR).bars
    assert [bar.width for bar in drawn if bar.kind == "t"] == [10.81, 10.81, 10.81]


def test_a_simple_matter_has_a_cell_for_each_hour() -> None:
    simple = meter(clock("2026-11-26 08:05", "simple"), NOW, CALENDAR)
    assert (simple.look, simple.left, len([b for b in simple.bars if b.kind == "t"])) == (Look.TODAY, Span(0, 1, 45), 4)


def test_an_answer_in_time_says_how_long_it_took_and_what_was_left() -> None:
    done = meter(clock("2026-11-23 09:00", answered=at("2026-11-26 08:47")), NOW, CALENDAR)
    assert (done.look, round(done.used_hours, 1), done.ahead) == (Look.DONE, 15.8, Span(1, 6, 43))


def test_an_answer_at_the_due_instant_is_in_time() -> None:
    assert meter(clock("2026-11-19 09:00", answered=at("2026-11-25 17:00")), NOW, CALENDAR).look == Look.DONE


def test_a_late_answer_says_by_how_much() -> None:
    done = meter(clock("2026-11-19 09:00", answered=at("2026-11-26 09:30")), NOW, CALENDAR)
    assert (done.look, done.over) == (Look.DONE_LATE, Span(0, 2, 0))


def test_a_paused_clock_stands_still() -> None:
    paused = clock("2026-11-24 20:10", paused=at("2026-11-25 15:10"))
    then, later = meter(paused, NOW, CALENDAR), meter(paused, at("2026-12-10 09:00"), CALENDAR)
    assert then.look == Look.WAIT
    assert then.bars == later.bars
    assert [bar.kind for bar in then.bars] == ["t", "w", "t", "t"]


def test_without_a_due_time_no_date_is_promised() -> None:
    assert meter(clock("2026-11-23 09:00", due=None), NOW, CALENDAR) == meter(Clock(False, NOW, None), NOW, CALENDAR)


def test_past_the_horizon_no_date_is_promised() -> None:
    short = WorkCalendar("short", WEEK, (), date(2026, 1, 1), date(2026, 11, 25))
    assert meter(clock("2026-11-23 09:00"), NOW, short).look == Look.NONE


def test_through_tet_time_left_is_counted_in_days_as_they_are_worked() -> None:
    """2027, the longer proposal: 5 to 14 February are off. An office that works six hours a day says so all the way."""
    hours = (Shift.parse("08:00-11:00"), Shift.parse("13:00-16:00"))
    tet = tuple(off(date(2027, 2, day)) for day in range(5, 15))
    calendar = WorkCalendar("tet", (hours,) * 5 + ((), ()), tet, date(2027, 1, 1), date(2027, 3, 1))
    received, due = at("2027-02-05 20:00"), at("2027-02-17 16:00")
    seen = [
        meter(Clock(False, received, due), at(f"2027-02-{day} 10:00"), calendar) for day in ("06", "12", "15", "17")
    ]
    assert [(one.look, one.left) for one in seen] == [
        (Look.CALM, Span(3, 0, 0)),
        (Look.CALM, Span(3, 0, 0)),
        (Look.CALM, Span(2, 4, 0)),
        (Look.TODAY, Span(0, 4, 0)),
    ]
    assert len({bar.width for bar in seen[0].bars}) == 1
    assert [len(one.bars) for one in seen] == [3, 3, 4, 6]
    late = meter(Clock(False, received, due), at("2027-02-18 09:00"), calendar)
    assert (late.look, late.over) == (Look.LATE, Span(0, 1, 0))
