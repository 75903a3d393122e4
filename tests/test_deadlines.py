"""Due times, as a specification.

Bộ luật Dân sự 2015, điều 147(2): the first day is not counted; điều 148(5): a last day that is a day off moves to the
next working day. Convention A17 ends the last day at the end of its working time.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calendars import MORNING, SHIFTS, at, lines, off, plain, vietnam, worked
from tests.oracle import case, difference
from zalobot.deadlines import (
    Convention,
    Counted,
    Klass,
    Receipt,
    RuleVersion,
    Skipped,
    Span,
    count,
    last_day,
    recount,
    rule_in_force,
    wait,
)
from zalobot.errors import ConfigError, PastHorizon
from zalobot.workdays import DayKind

RULE = RuleVersion("3", "Quyết định thử", date(2025, 1, 1), law="Điều 147, 148 Bộ luật Dân sự 2015")
EXAMPLES = settings(max_examples=int(os.environ.get("ZALOBOT_TEST_EXAMPLES", "300")))
TABLES = {"due": vietnam("option_1"), "tet2027_option2": vietnam("option_2")}


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The same table wherever the server stands."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def hard(text: str, calendar=TABLES["due"], convention: str | None = None) -> datetime:
    return count(at(text), RULE, "hard", calendar, convention).due


def simple(text: str, calendar=TABLES["due"]) -> datetime:
    return count(at(text), RULE, "simple", calendar).due


def test_every_worked_case_of_the_sample_table(server_zone):
    cases = lines("sla_cases.jsonl")
    assert len(cases) == 47
    for row in cases:
        for option, expected in (("due", row), ("tet2027_option2", row.get("tet2027_option2"))):
            if expected is None:
                continue
            received = datetime.fromisoformat(row["received"])
            due = {how: count(received, RULE, "hard", TABLES[option], how) for how in Convention}
            where = f"case {row['id']}, {option}, {server_zone}"
            assert due["A"].due == datetime.fromisoformat(expected["due_exclusive"]), where
            assert due["A"].due_date == date.fromisoformat(expected["due_date"]), where
            assert due["A17"].due == datetime.fromisoformat(expected["due_a17"]), where
            assert due["B"].due == datetime.fromisoformat(expected["due_b"]), where


def test_both_proposals_for_tet_2027_are_in_the_table():
    options = [row["tet2027_option2"] for row in lines("sla_cases.jsonl") if "tet2027_option2" in row]
    assert len(options) == 7


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-02-12 15:10", "2026-02-24 17:00"),  # Tết
        ("2026-01-07 09:00", "2026-01-10 17:00"),  # ends on a worked Saturday
        ("2026-11-07 20:00", "2026-11-11 17:00"),  # Saturday night
        ("2026-11-08 07:00", "2026-11-11 17:00"),  # and Sunday morning: the same
        ("2026-11-23 09:00", "2026-11-27 17:00"),  # over 24/11
    ],
)
def test_a_hard_part_is_due_at_the_end_of_the_third_working_day(server_zone, received, due):
    assert hard(received) == at(due), server_zone


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-17 11:00", "2026-11-17 16:30"),
        ("2026-11-17 07:30", "2026-11-17 11:30"),
        ("2026-11-17 12:00", "2026-11-17 17:00"),  # at lunch: from 13:00
        ("2026-11-17 17:00", "2026-11-18 11:30"),  # after hours
        ("2026-11-20 16:00", "2026-11-23 10:30"),  # over a weekend
        ("2026-11-21 09:00", "2026-11-23 11:30"),  # on a Saturday
        ("2026-11-23 16:00", "2026-11-25 10:30"),  # over a holiday
    ],
)
def test_a_simple_part_is_due_four_working_hours_later(server_zone, received, due):
    assert simple(received) == at(due), server_zone


def test_a_swap_entered_late_moves_the_due_time_and_both_receipts_stand():
    before = vietnam().with_days("before", [], without=[date(2026, 1, 2), date(2026, 1, 10)])
    old = count(at("2025-12-31 10:00"), RULE, "hard", before)
    new = recount(old, RULE, vietnam(), at("2026-01-01 08:00"))
    assert (old.due, new.due) == (at("2026-01-06 17:00"), at("2026-01-07 17:00"))
    assert (old.calendar_version, new.calendar_version) == ("before", "sample")
    assert Skipped(date(2026, 1, 2), "Nghỉ hoán đổi (làm bù 10/01/2026)", "văn bản", DayKind.SWAP_OFF) in new.skipped


def test_a_due_time_that_has_passed_never_moves():
    old = count(at("2026-11-16 10:00"), RULE, "hard", plain())
    later = plain(off(date(2026, 11, 17)))
    assert recount(old, RULE, later, at("2026-11-19 16:59")).due == at("2026-11-20 17:00")
    assert recount(old, RULE, later, at("2026-11-19 17:00")) is old


def test_a_recount_that_changes_nothing_is_the_same_receipt():
    old = count(at("2026-11-16 10:00"), RULE, "hard", plain())
    assert recount(old, RULE, plain(off(date(2026, 12, 24))), at("2026-11-16 11:00")) is old


def test_a_pause_moves_the_due_time_by_exactly_the_working_time_between():
    receipt = count(at("2026-11-06 09:00"), RULE, "hard", TABLES["due"])
    assert receipt.due == at("2026-11-11 17:00")
    moved = wait(receipt, at("2026-11-09 10:00"), at("2026-11-11 10:00"), TABLES["due"])
    assert moved.due == at("2026-11-13 17:00")
    assert moved.waits[0].working == timedelta(hours=16)
    assert wait(receipt, at("2026-11-07 08:00"), at("2026-11-08 20:00"), TABLES["due"]).due == receipt.due


def test_a_reply_within_the_minute_moves_nothing():
    receipt = count(at("2026-11-06 09:00"), RULE, "hard", TABLES["due"])
    asked = at("2026-11-09 10:00") + timedelta(seconds=8)
    moved = wait(receipt, asked, asked + timedelta(seconds=50), TABLES["due"])
    assert (moved.due, moved.waits[0].working) == (receipt.due, timedelta(0))
    assert wait(receipt, asked, asked + timedelta(seconds=52), TABLES["due"]).due == at("2026-11-12 07:31")


def test_two_short_pauses_move_as_much_as_one_long_one():
    receipt = count(at("2026-11-06 09:00"), RULE, "hard", TABLES["due"])
    whole = wait(receipt, at("2026-11-09 10:00"), at("2026-11-11 10:00"), TABLES["due"])
    half = wait(receipt, at("2026-11-09 10:00"), at("2026-11-10 08:15"), TABLES["due"])
    assert wait(half, at("2026-11-10 08:15"), at("2026-11-11 10:00"), TABLES["due"]).due == whole.due


def test_a_pause_under_convention_a_still_ends_at_midnight():
    receipt = count(at("2026-11-06 09:00"), RULE, "hard", TABLES["due"], "A")
    moved = wait(receipt, at("2026-11-09 10:00"), at("2026-11-10 09:00"), TABLES["due"])
    assert moved.due == at("2026-11-13 00:00")
    assert moved.due_date == date(2026, 11, 12)


def test_pauses_are_counted_again_with_the_calendar():
    receipt = count(at("2026-11-06 09:00"), RULE, "hard", plain())
    paused = wait(receipt, at("2026-11-09 10:00"), at("2026-11-11 10:00"), plain())
    again = recount(paused, RULE, plain(off(date(2026, 11, 10))), at("2026-11-11 11:00"))
    assert again.waits[0].working == timedelta(hours=8)
    assert again.due == at("2026-11-13 17:00")


def test_a_pause_that_ends_before_it_begins_is_refused():
    receipt = count(at("2026-11-06 09:00"), RULE, "hard", plain())
    with pytest.raises(ValueError):
        wait(receipt, at("2026-11-11 10:00"), at("2026-11-09 10:00"), plain())


def test_a_receipt_lists_day_0_the_counted_days_and_the_skipped_ones_with_their_document():
    receipt = count(at("2026-11-20 17:01"), RULE, "hard", TABLES["due"])
    weekend = [Skipped(date(2026, 11, day), kind=DayKind.WEEKEND) for day in (21, 22)]
    culture = Skipped(date(2026, 11, 24), "Ngày Văn hóa Việt Nam", "văn bản", DayKind.HOLIDAY)
    assert receipt == Receipt(
        received=at("2026-11-20 17:01"),
        klass=Klass.HARD,
        amount=3,
        day0=date(2026, 11, 20),
        counted=(Counted(date(2026, 11, 23), 1), Counted(date(2026, 11, 25), 2), Counted(date(2026, 11, 26), 3)),
        skipped=(*weekend, culture),
        due=at("2026-11-26 17:00"),
        rule_version="3",
        calendar_version="sample",
        convention=Convention.A17,
        law="Điều 147, 148 Bộ luật Dân sự 2015",
        decision="Quyết định thử",
    )
    assert receipt.received.tzinfo is UTC
    assert not receipt.until_midnight


def test_a_simple_receipt_shows_the_shifts_it_was_counted_through():
    receipt = count(at("2026-11-20 16:00"), RULE, "simple", TABLES["due"])
    assert receipt.spans == (
        Span(at("2026-11-20 16:00"), at("2026-11-20 17:00")),
        Span(at("2026-11-23 07:30"), at("2026-11-23 10:30")),
    )
    assert sum((span.end - span.start for span in receipt.spans), timedelta()) == timedelta(hours=4)
    assert [skipped.date.day for skipped in receipt.skipped] == [21, 22]
    assert receipt.counted == ()


def test_under_convention_b_a_saturday_is_skipped_and_monday_is_day_0():
    receipt = count(at("2026-11-07 10:00"), RULE, "hard", TABLES["due"], "B")
    assert receipt.day0 == date(2026, 11, 9)
    assert [skipped.date.day for skipped in receipt.skipped] == [7, 8]


def test_a_half_day_counts_whole_and_ends_with_its_last_shift():
    calendar = plain(worked(date(2026, 11, 27), MORNING))
    assert hard("2026-11-24 09:00", calendar) == at("2026-11-27 11:30")
    assert hard("2026-11-27 11:30", calendar, "B") == at("2026-12-03 17:00")
    assert hard("2026-11-27 11:29", calendar, "B") == at("2026-12-02 17:00")


def test_the_convention_is_the_rules_own_unless_asked_otherwise():
    statute = RuleVersion("1", "", date(2025, 1, 1), convention=Convention.A)
    receipt = count(at("2026-11-06 09:00"), statute, "hard", plain())
    assert receipt.due == at("2026-11-12 00:00")
    assert receipt.until_midnight
    assert count(at("2026-11-06 09:00"), statute, "hard", plain(), "A17").due == at("2026-11-11 17:00")


@pytest.mark.parametrize("received", ["2026-11-16 11:00", "2026-11-20 17:01", "2027-02-03 10:00"])
@pytest.mark.parametrize("klass", list(Klass))
def test_a_receipt_survives_json_with_local_instants(received, klass):
    receipt = count(at(received), RULE, klass, TABLES["due"])
    receipt = wait(receipt, receipt.due - timedelta(hours=3), receipt.due, TABLES["due"])
    data = receipt.to_json()
    assert data["due"].endswith("+07:00")
    assert Receipt.from_json(data) == receipt


def test_no_date_is_promised_past_the_known_days():
    calendar = plain(last=date(2026, 11, 27))
    assert hard("2026-11-24 16:59", calendar) == at("2026-11-27 17:00")
    for klass, received in (("hard", "2026-11-25 00:00"), ("simple", "2026-11-27 14:00")):
        with pytest.raises(PastHorizon):
            count(at(received), RULE, klass, calendar)


def test_a_naive_receipt_is_refused():
    with pytest.raises(ValueError):
        count(datetime(2026, 11, 24, 8), RULE, "hard", plain())  # noqa: DTZ001


def test_midnight_belongs_to_the_day_it_ends():
    assert last_day(at("2026-11-12 00:00")) == date(2026, 11, 11)
    assert last_day(at("2026-11-11 17:00")) == date(2026, 11, 11)


def test_a_rule_is_in_force_from_its_local_day_on():
    newer = RuleVersion("4", "", date(2026, 7, 1), hard_days=2)
    assert rule_in_force([newer, RULE], at("2026-06-30 23:59")) is RULE
    assert rule_in_force([RULE, newer], at("2026-07-01 00:00")) is newer
    with pytest.raises(ConfigError):
        rule_in_force([newer], at("2026-06-30 23:59"))


def test_a_rule_survives_json():
    rule = RuleVersion("4", "Quyết định 1", date(2026, 7, 1), decided_on=date(2026, 6, 1), convention=Convention.B)
    assert RuleVersion.from_json(rule.to_json()) == rule
    assert RuleVersion.from_json(RULE.to_json()) == RULE


@given(data=st.data())
@EXAMPLES
def test_the_fast_sums_equal_the_clerk_with_a_wall_calendar(data):
    assert difference(case(lambda low, high: data.draw(st.integers(low, high)))) == ""


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 20))


@given(received=MOMENTS, day=DAYS, klass=st.sampled_from(Klass), how=st.sampled_from(Convention))
@EXAMPLES
def test_adding_a_day_off_never_makes_a_due_time_earlier(received, day, klass, how):
    before, after = vietnam(), vietnam().with_days("more", [off(day)])
    assert count(received, RULE, klass, after, how).due >= count(received, RULE, klass, before, how).due


@given(received=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(20)), half=DAYS, how=st.sampled_from(Convention))
@EXAMPLES
def test_a_later_receipt_never_gives_an_earlier_due_time(received, later, half, how):
    calendar = vietnam().with_days("half", [worked(half, SHIFTS[1:])])
    for klass in Klass:
        first = count(received, RULE, klass, calendar, how).due
        assert count(received + later, RULE, klass, calendar, how).due >= first
