"""The working calendar: days, sums of working time, and what it refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.calendars import MORNING, SHIFTS, WEEK, at, off, plain, worked
from zalobot.errors import PastHorizon
from zalobot.workdays import Day, DayKind, Season, Shift, WorkCalendar

HOUR = timedelta(hours=1)
CALENDAR = plain()


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-24 11:00", 4, "2026-11-24 16:30"),  # over lunch
        ("2026-11-24 07:30", 4, "2026-11-24 11:30"),  # the end of a shift, not the beginning of the next
        ("2026-11-24 12:10", 1, "2026-11-24 14:00"),  # from inside the lunch break
        ("2026-11-27 16:00", 2, "2026-11-30 08:30"),  # over a weekend
        ("2026-11-28 10:00", 8, "2026-11-30 17:00"),  # from a Saturday
        ("2026-11-24 16:30", -4, "2026-11-24 11:00"),
        ("2026-11-24 17:00", -8, "2026-11-24 07:30"),  # backwards the latest: not 17:00 of the day before
        ("2026-11-30 08:30", -2, "2026-11-27 16:00"),
        ("2026-11-28 10:00", 0, "2026-11-28 10:00"),
    ],
)
def test_working_time_is_added_over_breaks_and_days_off(start, hours, end):
    assert CALENDAR.add_working(at(start), hours * HOUR) == at(end)


def test_results_are_in_utc():
    assert CALENDAR.add_working(at("2026-11-24 07:30"), HOUR).tzinfo is UTC
    assert CALENDAR.add_working(at("2026-11-24 07:30"), 0 * HOUR).tzinfo is UTC
    assert CALENDAR.next_working_moment(at("2026-11-24 06:00")).tzinfo is UTC


def test_working_time_between_two_instants_is_signed():
    monday, wednesday = at("2026-11-23 10:00"), at("2026-11-25 10:00")
    assert CALENDAR.working_between(monday, wednesday) == 16 * HOUR
    assert CALENDAR.working_between(wednesday, monday) == -16 * HOUR
    assert CALENDAR.working_between(at("2026-11-28 00:00"), at("2026-11-30 07:30")) == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "working", "following", "former"),
    [
        ("2026-11-24 07:30", True, "2026-11-24 07:30", "2026-11-23 17:00"),
        ("2026-11-24 11:29", True, "2026-11-24 11:29", "2026-11-24 11:29"),
        ("2026-11-24 11:30", False, "2026-11-24 13:00", "2026-11-24 11:30"),
        ("2026-11-27 17:00", False, "2026-11-30 07:30", "2026-11-27 17:00"),
        ("2026-11-29 12:00", False, "2026-11-30 07:30", "2026-11-27 17:00"),
    ],
)
def test_working_time_begins_with_a_shift_and_ends_before_its_end(moment, working, following, former):
    assert CALENDAR.is_working_time(at(moment)) is working
    assert CALENDAR.next_working_moment(at(moment)) == at(following)
    assert CALENDAR.last_working_moment(at(moment)) == at(former)


def test_seconds_and_microseconds_are_kept():
    start = at("2026-11-24 07:30") + timedelta(seconds=7, microseconds=13)
    assert CALENDAR.add_working(start, 8 * HOUR) == at("2026-11-25 07:30") + timedelta(seconds=7, microseconds=13)


def test_consecutive_swaps_half_days_and_made_up_saturdays_are_days_like_any_other():
    calendar = plain(
        off(date(2026, 11, 26), DayKind.SWAP_OFF),
        off(date(2026, 11, 27), DayKind.SWAP_OFF),
        worked(date(2026, 11, 28)),
        worked(date(2026, 12, 5), MORNING),
    )
    wednesday = date(2026, 11, 25)
    assert calendar.next_working_day(wednesday) == date(2026, 11, 28)
    assert calendar.nth_working_day(wednesday, 7) == date(2026, 12, 5)
    assert calendar.nth_working_day(date(2026, 11, 30), -2) == wednesday
    assert calendar.working_days(wednesday, date(2026, 12, 6)) == 7
    assert calendar.closes(date(2026, 12, 5)) == at("2026-12-05 11:30")
    assert calendar.opens(date(2026, 11, 28)) == at("2026-11-28 07:30")
    assert calendar.working_between(at("2026-11-25 17:00"), at("2026-12-07 00:00")) == 52 * HOUR


def test_a_day_says_what_it_is_and_by_which_document():
    holiday = Day(date(2026, 11, 24), (), DayKind.HOLIDAY, "Ngày Văn hóa Việt Nam", "Nghị quyết 28/2026/QH16")
    calendar = plain(holiday)
    assert calendar.day(date(2026, 11, 24)) == holiday
    assert calendar.day(date(2026, 11, 25)) == Day(date(2026, 11, 25), SHIFTS, DayKind.WORKING)
    assert calendar.day(date(2026, 11, 28)) == Day(date(2026, 11, 28), (), DayKind.WEEKEND)
    assert not calendar.is_working(date(2026, 11, 24))


def test_a_season_changes_the_hours_from_its_first_day():
    summer = (Shift.parse("07:00-11:30"), Shift.parse("13:30-17:00"))
    calendar = WorkCalendar(
        "1", WEEK, (), date(2026, 1, 1), date(2026, 12, 31), (Season(date(2026, 4, 1), (summer,) * 5 + ((), ())),)
    )
    assert calendar.opens(date(2026, 3, 31)) == at("2026-03-31 07:30")
    assert calendar.opens(date(2026, 4, 1)) == at("2026-04-01 07:00")
    assert WorkCalendar.from_json(calendar.to_json()) == calendar


def test_nothing_is_said_of_days_that_are_not_known():
    calendar = plain(first=date(2026, 11, 2), last=date(2026, 11, 27))
    for ask in (
        lambda: calendar.day(date(2026, 11, 28)),
        lambda: calendar.is_working(date(2026, 11, 1)),
        lambda: calendar.next_working_day(date(2026, 11, 27)),
        lambda: calendar.nth_working_day(date(2026, 11, 3), -2),
        lambda: calendar.add_working(at("2026-11-27 16:00"), 2 * HOUR),
        lambda: calendar.add_working(at("2026-11-02 08:00"), -HOUR),
        lambda: calendar.next_working_moment(at("2026-11-27 17:00")),
        lambda: calendar.last_working_moment(at("2026-11-02 07:00")),
        lambda: calendar.is_working_time(at("2026-11-28 00:01")),
        lambda: calendar.working_between(at("2026-10-31 00:00"), at("2026-11-03 00:00")),
    ):
        with pytest.raises(PastHorizon) as refused:
            ask()
        assert refused.value.facts == {"last": date(2026, 11, 27)}


def test_the_last_known_day_is_known_to_its_end():
    calendar = plain(first=date(2026, 11, 2), last=date(2026, 11, 27))
    assert calendar.add_working(at("2026-11-27 16:00"), HOUR) == at("2026-11-27 17:00")
    assert calendar.working_between(at("2026-11-27 00:00"), at("2026-11-28 00:00")) == 8 * HOUR


SUNDAY, FIRST, LAST = date(2026, 11, 29), date(2026, 11, 1), date(2026, 11, 30)
EMPTY = ((),) * 7


@pytest.mark.parametrize(
    ("week", "days", "first", "last", "reason"),
    [
        (EMPTY, (), FIRST, LAST, "no working time"),
        (WEEK, (), LAST, FIRST, "the last known day 2026-11-01 is before the first 2026-11-30"),
        (WEEK[:6], (), FIRST, LAST, "week: 6 days instead of 7"),
        (((Shift.parse("17:00-13:00"),),) * 7, (), FIRST, LAST, "week, day 1: a shift ends at 13:00, before it begins"),
        (((Shift.parse("08:00-08:00"),),) * 7, (), FIRST, LAST, "before it begins at 08:00"),
        ((SHIFTS[::-1],) * 7, (), FIRST, LAST, "the shift from 07:30 begins before the one before it ends"),
        (((Shift.parse("08:00:30-09:00"),),) * 7, (), FIRST, LAST, "not in whole minutes"),
        (WEEK, (off(SUNDAY), off(SUNDAY)), FIRST, LAST, "2026-11-29 is there twice"),
        (WEEK, (off(date(2027, 1, 1)),), FIRST, LAST, "2027-01-01 is outside 2026-11-01..2026-11-30"),
        (WEEK, (Day(SUNDAY, (), DayKind.MAKEUP),), FIRST, LAST, "a makeup day without working time"),
        (WEEK, (Day(SUNDAY, SHIFTS, DayKind.HOLIDAY),), FIRST, LAST, "a holiday day with working time"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_with_its_reason(week, days, first, last, reason):
    with pytest.raises(ValueError) as refused:
        WorkCalendar("1", week, days, first, last)
    assert reason in str(refused.value)


def test_every_reason_is_given_at_once():
    days = (off(SUNDAY), off(SUNDAY), off(date(2027, 1, 1)))
    with pytest.raises(ValueError) as refused:
        WorkCalendar("1", WEEK[:5], days, FIRST, LAST)
    assert str(refused.value).count(";") == 2


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError):
        CALENDAR.is_working_time(datetime(2026, 11, 24, 8))  # noqa: DTZ001


def test_a_day_that_is_not_worked_neither_opens_nor_closes():
    with pytest.raises(ValueError):
        CALENDAR.opens(SUNDAY)
    with pytest.raises(ValueError):
        CALENDAR.closes(SUNDAY)


def test_the_zeroth_working_day_is_refused():
    with pytest.raises(ValueError):
        CALENDAR.nth_working_day(SUNDAY, 0)


def test_a_new_version_replaces_and_restores_days_and_leaves_the_old_one_alone():
    old = plain(off(date(2026, 11, 24)), off(date(2026, 11, 25)))
    new = old.with_days("2", [worked(date(2026, 11, 28)), worked(date(2026, 11, 24))], without=[date(2026, 11, 25)])
    assert new.version == "2"
    assert [day.date.day for day in new.days] == [24, 28]
    assert new.is_working(date(2026, 11, 24))
    assert new.is_working(date(2026, 11, 25))
    assert not old.is_working(date(2026, 11, 24))


def test_a_calendar_survives_json():
    calendar = plain(off(date(2026, 11, 24)), worked(date(2026, 11, 28), MORNING))
    again = WorkCalendar.from_json(calendar.to_json())
    assert again == calendar
    assert again.closes(date(2026, 11, 28)) == at("2026-11-28 11:30")
