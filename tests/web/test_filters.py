"""How values look on a page."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.calendars import at
from zalobot.redaction import words
from zalobot.web import filters
from zalobot.web.filters import Span
from zalobot.web.pages import environment

DAY = timedelta(hours=8)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(), Span()),
        (timedelta(seconds=59), Span()),
        (timedelta(minutes=50), Span(0, 0, 50)),
        (timedelta(hours=2, minutes=50), Span(0, 2, 50)),
        (timedelta(hours=8), Span(1, 0, 0)),
        (timedelta(hours=13, minutes=10), Span(1, 5, 10)),
        (timedelta(hours=-1), Span()),
    ],
)
def test_working_time_is_said_in_days_of_eight_hours(length: timedelta, said: Span) -> None:
    assert filters.span(length, DAY) == said


def test_an_instant_is_shown_by_a_clock_in_vietnam() -> None:
    instant = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)
    shown = (filters.hhmm(instant), filters.dm(instant), filters.dmy(instant), filters.iso(instant))
    assert shown == ("03:30", "27/11", "27/11/2026", "2026-11-27T03:30+07:00")


def test_midnight_ends_the_day_before_it() -> None:
    end = filters.ending(at("2026-11-28 00:00"))
    assert (filters.hhmm(end), filters.dm(end)) == ("24:00", "27/11")


def test_another_instant_ends_its_own_day() -> None:
    end = filters.ending(at("2026-11-27 17:00"))
    assert (filters.hhmm(end), filters.dm(end)) == ("17:00", "27/11")


def test_a_run_of_days_names_the_month_once() -> None:
    within = filters.run_of_days(date(2026, 11, 27), date(2026, 11, 29))
    across = filters.run_of_days(date(2027, 4, 30), date(2027, 5, 3))
    assert (within, across) == ("27–29/11", "30/04–03/05")


def test_numbers_have_a_comma_and_points() -> None:
    assert (filters.decimal(15.78), filters.grouped(1284)) == ("15,8", "1.284")


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("còn 3 ngày làm việc", "còn 3\xa0ngày làm việc"),
        ("Thứ Năm và Chủ Nhật", "Thứ\xa0Năm và Chủ\xa0Nhật"),
        ("Điều 16, Phụ lục III", "Điều\xa016, Phụ lục\xa0III"),
        ("Thứ tự ưu tiên", "Thứ tự ưu tiên"),
        ("phần còn lại", "phần còn lại"),
        ("đủ 3 ngàyx", "đủ 3 ngàyx"),
    ],
)
def test_number_and_unit_stay_together(text: str, joined: str) -> None:
    assert filters.unbroken(text) == joined


def test_the_public_copy_is_cut_at_its_tags() -> None:
    cut = filters.pieces("Gọi [SĐT] gặp [HỌ TÊN]. [KHÁC]")
    assert cut == [("Gọi ", "SĐT"), (" gặp ", "HỌ TÊN"), (". [KHÁC]", "")]


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(hours=8, minutes=53), "1 ngày 53 phút"),
        (timedelta(hours=10, minutes=5), "1 ngày 2 giờ 5 phút"),
        (timedelta(hours=16), "2 ngày"),
        (timedelta(minutes=150), "2 giờ 30 phút"),
        (timedelta(0), "0 phút"),
    ],
)
def test_a_pause_is_said_to_the_minute(length: timedelta, said: str) -> None:
    exact = environment().get_template("_macros/time.html").module.exact  # type: ignore[attr-defined]
    assert exact(filters.span(length, DAY)).strip() == said


def test_every_mask_is_drawn_with_words_of_its_own() -> None:
    tags = words.tags().values()
    macro = environment().get_template("_macros/public_text.html").module.public_text
    drawn = str(macro(" ".join(tags)))
    assert drawn.count('<span class="mask">') == len(tags)
    assert [tag for tag in tags if tag in drawn] == []
