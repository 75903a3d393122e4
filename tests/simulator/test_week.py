"""Where the page's clock buttons lead."""

from datetime import UTC, date, datetime

import pytest

from tests.simulator.moments import LOCAL
from zalobot.simulator.week import Week

WEEK = Week(off={date(2026, 11, 24): "Ngày Văn hóa Việt Nam"}, worked={date(2026, 11, 28)})


@pytest.mark.parametrize(
    ("now", "morning", "evening"),
    [
        ("2026-11-26T10:20", "2026-11-27T08:00", "2026-11-26T17:00"),
        ("2026-11-26T17:00", "2026-11-27T08:00", "2026-11-27T17:00"),
        ("2026-11-23T09:00", "2026-11-25T08:00", "2026-11-23T17:00"),  # the day off is jumped over
        ("2026-11-24T09:00", "2026-11-25T08:00", "2026-11-25T17:00"),
        ("2026-11-27T18:00", "2026-11-28T08:00", "2026-11-28T17:00"),  # a Saturday that is worked
        ("2026-11-28T18:00", "2026-11-30T08:00", "2026-11-30T17:00"),
    ],
)
def test_the_buttons_lead_to_the_next_evening_and_working_morning(now: str, morning: str, evening: str) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)

    assert (WEEK.next_morning(at(now)), WEEK.next_evening(at(now))) == (at(morning), at(evening))


def test_the_strip_shows_monday_to_sunday_with_days_off() -> None:
    strip = WEEK.strip(datetime(2026, 11, 26, 10, 20, tzinfo=LOCAL))
    assert [(day["date"], day["off"], day["when"]) for day in strip] == [
        ("2026-11-23", False, -1),
        ("2026-11-24", True, -1),
        ("2026-11-25", False, -1),
        ("2026-11-26", False, 0),
        ("2026-11-27", False, 1),
        ("2026-11-28", False, 1),
        ("2026-11-29", True, 1),
    ]


@pytest.mark.parametrize(("hour", "working"), [("07:29", False), ("07:30", True), ("11:30", False), ("16:59", True)])
def test_working_time_has_a_lunch_break(hour: str, working: bool) -> None:
    assert WEEK.is_working_time(datetime.fromisoformat(f"2026-11-26T{hour}+07:00")) is working
