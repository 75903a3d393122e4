"""The reminder ladder: what comes when, to whom, and what is left out."""

from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calendars import MORNING, at, off, plain, vietnam, worked
from tests.test_deadlines import EXAMPLES
from zalobot.deadlines import RuleVersion, count
from zalobot.ladder import LADDER, Moment, Role, Standing, latest, overdue, plan
from zalobot.paths import messages_folder
from zalobot.workdays import LOCAL, WorkCalendar

CALENDAR = vietnam()
RULE = RuleVersion("1", "", date(2025, 1, 1))


def due(received: str, klass: str = "hard", calendar: WorkCalendar = CALENDAR, convention: str = "A17") -> datetime:
    return count(at(received), RULE, klass, calendar, convention).due


def said(moments: tuple[Moment, ...]) -> list[str]:
    return [f"{moment.at.astimezone(LOCAL):%d/%m %H:%M} {moment.step.role} {moment.step.name}" for moment in moments]


def standing(now: str, received: str = "2026-11-02 09:00", *, idle: bool = True) -> Standing:
    end = due(received)
    return latest(plan(at(received), end, "hard", CALENDAR), at(now), end, CALENDAR, idle=idle)


def keys(found: Standing) -> list[str]:
    return [moment.key for moment in found.come]


HARD = [
    "02/11 09:00 officer assigned",
    "04/11 11:25 officer half",
    "04/11 16:55 officer day_before",
    "05/11 15:00 officer hours_before",
    "05/11 16:55 officer due",
    "06/11 08:00 head overdue_1",
    "09/11 08:00 leader overdue_2",
]


def test_a_hard_part_climbs_every_step_in_working_time():
    assert said(plan(at("2026-11-02 09:00"), due("2026-11-02 09:00"), "hard", CALENDAR)) == HARD


def test_a_part_due_at_midnight_climbs_the_same_steps():
    end = due("2026-11-02 09:00", convention="A")
    assert end == at("2026-11-06 00:00")
    assert said(plan(at("2026-11-02 09:00"), end, "hard", CALENDAR)) == HARD


def test_steps_of_a_simple_part_that_coincide_collapse_to_the_later_one():
    """Half of four hours is two hours before the end; a day before would be before receipt."""
    received = "2026-11-17 11:00"
    assert said(plan(at(received), due(received, "simple"), "simple", CALENDAR)) == [
        "17/11 11:00 officer assigned",
        "17/11 14:30 officer hours_before",
        "17/11 16:30 officer due",
        "18/11 08:00 head overdue_1",
        "19/11 08:00 leader overdue_2",
    ]


def test_nothing_comes_at_night_or_on_a_day_off():
    received = "2026-02-13 20:00"  # the evening before Tết
    assert said(plan(at(received), due(received), "hard", CALENDAR)) == [
        "23/02 07:30 officer assigned",
        "24/02 11:25 officer half",
        "24/02 16:55 officer day_before",
        "25/02 15:00 officer hours_before",
        "25/02 16:55 officer due",
        "26/02 08:00 head overdue_1",
        "27/02 08:00 leader overdue_2",
    ]


def test_the_day_before_a_half_day_is_the_same_hour_of_the_working_day_before():
    calendar = plain(worked(date(2026, 11, 27), MORNING))
    received = "2026-11-24 09:00"
    moments = said(plan(at(received), due(received, calendar=calendar), "hard", calendar))
    assert moments[2:5] == [
        "26/11 11:25 officer day_before",
        "27/11 09:30 officer hours_before",
        "27/11 11:25 officer due",
    ]


def test_whoever_gets_a_part_late_is_not_reminded_of_what_lies_behind():
    received, end = at("2026-11-02 09:00"), due("2026-11-02 09:00")
    assert said(plan(received, end, "hard", CALENDAR, assigned=at("2026-11-05 10:00"))) == [
        "05/11 10:00 officer assigned",
        *HARD[3:],
    ]
    assert said(plan(received, end, "hard", CALENDAR, assigned=at("2026-11-05 18:00"))) == [
        "06/11 07:30 officer assigned",
        *HARD[5:],
    ]


def test_every_working_day_after_the_due_one_reminds_the_officer_lazily():
    end = due("2026-11-18 09:00")  # Mon 23/11; the 24th is off
    daily = list(islice(overdue(end, CALENDAR), 3))
    assert said(tuple(daily)) == [
        "25/11 08:00 officer overdue_n",
        "26/11 08:00 officer overdue_n",
        "27/11 08:00 officer overdue_n",
    ]
    assert [moment.key for moment in daily] == ["overdue_n/1", "overdue_n/2", "overdue_n/3"]


@pytest.mark.parametrize(
    ("now", "come", "next_at"),
    [
        ("2026-11-02 08:59", [], "2026-11-02 09:00"),
        ("2026-11-02 09:00", ["assigned"], "2026-11-04 11:25"),
        ("2026-11-04 11:25", ["half"], "2026-11-04 16:55"),
        ("2026-11-05 16:55", ["due"], "2026-11-06 08:00"),
        ("2026-11-06 07:59", ["due"], "2026-11-06 08:00"),
        ("2026-11-06 08:00", ["overdue_n/1", "overdue_1"], "2026-11-09 08:00"),
        ("2026-11-09 07:00", ["overdue_n/1", "overdue_1"], "2026-11-09 08:00"),
        ("2026-11-09 08:00", ["overdue_1", "overdue_n/2", "overdue_2"], "2026-11-10 08:00"),
        ("2026-11-14 12:00", ["overdue_1", "overdue_2", "overdue_n/6"], "2026-11-16 08:00"),
        ("2026-11-25 08:00", ["overdue_1", "overdue_2", "overdue_n/13"], "2026-11-26 08:00"),
    ],
)
def test_only_the_latest_step_of_each_role_counts(now, come, next_at):
    found = standing(now)
    assert sorted(keys(found)) == sorted(come)
    assert found.next_at == at(next_at)


def test_half_time_is_passed_over_once_something_has_happened():
    assert keys(standing("2026-11-04 12:00", idle=False)) == ["assigned"]
    assert standing("2026-11-03 12:00", idle=False).next_at == at("2026-11-04 16:55")


def test_the_head_is_told_before_the_leader():
    assert [moment.step.role for moment in standing("2026-11-20 09:00").come] == [
        Role.HEAD,
        Role.LEADER,
        Role.OFFICER,
    ]
    assert standing("2026-11-20 09:00").of(Role.HEAD).key == "overdue_1"
    assert standing("2026-11-03 09:00").of(Role.HEAD) is None


def test_the_ladder_ends_with_the_known_days_and_says_so():
    calendar = plain(last=date(2026, 11, 27))
    end = due("2026-11-23 09:00", calendar=calendar)
    assert end == at("2026-11-26 17:00")
    moments = plan(at("2026-11-23 09:00"), end, "hard", calendar)
    assert said(moments)[-1] == "27/11 08:00 head overdue_1"
    assert latest(moments, at("2026-11-27 09:00"), end, calendar).next_at is None
    assert latest(moments, at("2027-03-01 09:00"), end, calendar).of(Role.OFFICER).key == "overdue_n/1"


def test_every_step_has_its_own_template_and_a_key_short_enough_to_store():
    assert len({step.template for step in LADDER}) == len({step.name for step in LADDER}) == len(LADDER)
    assert all(len(f"{step.name}/99999") <= 32 for step in LADDER)
    assert [step.name for step in LADDER if not (messages_folder() / f"{step.template}.txt").is_file()] == []


@given(
    received=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(LOCAL)),  # noqa: DTZ001
    late=st.timedeltas(timedelta(0), timedelta(9)),
    klass=st.sampled_from(["simple", "hard"]),
    convention=st.sampled_from(["A", "A17", "B"]),
    days=st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 20)), max_size=6),
    halves=st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 20)), max_size=6),
)
@EXAMPLES
def test_moments_are_working_time_in_order_and_never_before_the_part_was_assigned(
    received, late, klass, convention, days, halves
):
    calendar = CALENDAR.with_days("random", [*map(off, days), *(worked(day, MORNING) for day in halves)])
    end = count(received, RULE, klass, calendar, convention).due
    moments = plan(received, end, klass, calendar, assigned=received + late)
    officer = [moment for moment in moments if moment.step.role is Role.OFFICER]
    assert all(calendar.is_working_time(moment.at) for moment in moments)
    assert moments[0].step.name in ("assigned", "overdue_1")
    assert len({moment.at for moment in officer}) == len(officer)
    assert [m.at for m in moments] == sorted(m.at for m in moments)
    order = [step.name for step in LADDER]
    assert [m.step.name for m in officer] == sorted((m.step.name for m in officer), key=order.index)
    assert all(moment.at < end for moment in officer if moment.step.name != "assigned" and klass == "hard")
