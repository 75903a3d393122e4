"""The strip of days: day 0, skipped days with their reason, counted days, the due day."""

from tests.calendars import at, off, plain
from tests.web.sample import CALENDAR, NOW, RULE
from zalobot.deadlines import count
from zalobot.web.receipt_view import Cell, skipped_runs, strip
from zalobot.workdays import WorkCalendar


def cells(received: str, calendar: WorkCalendar = CALENDAR) -> tuple[Cell, ...]:
    return strip(count(at(received), RULE, "hard", calendar), NOW)


def test_the_strip_of_the_story() -> None:
    looks = [(cell.look, cell.first.day, cell.number) for cell in cells("2026-11-23 09:00")]
    assert looks == [("0", 23, 0), ("off", 24, 0), ("did", 25, 1), ("now", 26, 2), ("due", 27, 3)]


def test_a_holiday_and_a_weekend_are_told_apart() -> None:
    holiday = [cell.holiday for cell in cells("2026-11-23 09:00") if cell.look == "off"]
    weekend = [cell.holiday for cell in cells("2026-11-26 09:00") if cell.look == "off"]
    assert (holiday, weekend) == ([True], [False, False])


def test_a_long_run_of_days_off_is_one_cell() -> None:
    closed = plain(off(at("2026-11-27 00:00").date()))
    run = [cell for cell in cells("2026-11-25 09:00", closed) if cell.look == "off"]
    assert [(cell.first.day, cell.last.day, cell.days) for cell in run] == [(27, 29, 3)]


def test_day_zero_says_when_it_came() -> None:
    first = cells("2026-11-24 20:10")[0]
    assert (first.look, first.at) == ("0", at("2026-11-24 20:10"))


def test_skipped_days_of_one_reason_are_one_run() -> None:
    runs = skipped_runs(count(at("2026-11-20 09:00"), RULE, "hard", CALENDAR).skipped, {})
    assert [(run.first.day, run.last.day, run.name) for run in runs] == [
        (21, 22, ""),
        (24, 24, "Ngày Văn hóa Việt Nam"),
    ]


def test_a_simple_matter_of_one_day_has_one_cell() -> None:
    receipt = count(at("2026-11-26 08:05"), RULE, "simple", CALENDAR)
    assert [cell.look for cell in strip(receipt, NOW)] == ["0"]
