"""The button that keeps Zalo's window open: when, for whom, once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import province
from zalobot.channel_policy import Policy, policy
from zalobot.channels import keeping
from zalobot.tickets import absences
from zalobot.workdays import LOCAL

CALENDAR = province.load("quang-ninh").calendar
WEEK = timedelta(days=7) - timedelta(minutes=5)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("closes", "moment"),
    [
        (at(25, 15), at(25, 11)),
        (at(25, 9), at(24, 20, 30)),  # 05:00 would wake people up
        (at(25, 2), at(24, 20, 30)),
        (at(25, 23), at(25, 19)),
    ],
)
def test_a_business_gets_the_button_hours_before_and_by_day(closes: datetime, moment: datetime) -> None:
    assert keeping.moment(closes, policy()) == moment


@pytest.mark.parametrize(
    ("wrote", "now", "moment"),
    [
        # wrote on Monday 09:00: on Friday the window still reaches into Monday's first hour
        (at(16, 9), at(20, 14), None),
        # wrote on Friday 10:00: it closes on Friday, before the next working day
        (at(13, 10), at(20, 8), at(20, 8, 55)),
        # wrote on Saturday: it closes on Saturday, asked on Friday afternoon
        (at(14, 10), at(20, 8), at(20, 14)),
        (at(18, 10), at(20, 8), None),
        # before Tết (14 to 22 February 2026) a tap does not help: the window closes during the holiday all the same
        (at(8, 10, month=2), at(13, 14, month=2), None),
    ],
)
def test_staff_get_it_on_the_last_working_day_where_it_helps(
    wrote: datetime, now: datetime, moment: datetime | None
) -> None:
    assert keeping.moment_for_staff(wrote + WEEK, now, WEEK, CALENDAR) == moment


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    made = Stage(database_url)
    yield made
    made.store.close_now()


def keep(stage: Stage, rule: Policy | None = None) -> int:
    asked = stage.store.run_now(keeping.keep, stage.now, rule or policy())
    stage.send()
    return asked


def test_a_business_with_open_work_is_asked_once_for_each_window(stage: Stage) -> None:
    lan = stage.person("Lan")
    code = report(lan, WAREHOUSE)
    stage.now += timedelta(days=6)
    lan.pushes()
    assert keep(stage) == 0
    stage.now += timedelta(hours=21)
    assert keep(stage) == 1
    (text,) = lan.pushes()
    assert code in text
    assert keep(stage) == 0
    stage.now += timedelta(minutes=5)
    assert code in lan.says("1")[0]  # the button's typed twin opens the window anew
    stage.now += timedelta(days=6, hours=21)
    assert keep(stage) == 1


def test_where_nothing_is_paid_for_it_is_asked_within_the_free_hours(stage: Stage) -> None:
    lan = stage.person("Lan")
    report(lan, WAREHOUSE)
    stage.now += timedelta(hours=44)
    assert keep(stage, policy(may_pay=False)) == 1
    stage.now += timedelta(hours=2)
    assert keep(stage, policy(may_pay=False)) == 0


def test_who_has_nothing_open_is_left_alone(stage: Stage) -> None:
    lan = stage.person("Lan")
    lan.agrees()
    stage.now += timedelta(days=6, hours=21)
    assert keep(stage) == 0


def test_an_officer_is_asked_in_working_time_once_and_not_while_away(stage: Stage) -> None:
    ha, nam = stage.officer("Hà", "SXD"), stage.officer("Nam", "SXD")
    stage.now = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)  # Friday 17:00
    assert keep(stage) == 0
    # They wrote on Monday 09:00; on the next Monday at 08:00 an hour is left.
    stage.now = at(30, 8).astimezone(UTC)
    deputy, away = (stage.store.read_now(absences.officer_named, name).id for name in ("Hà", "Nam"))
    monday = at(30, 0).date()
    stage.store.run_now(absences.set_absence, away, deputy, monday, monday, stage.now)
    for person in (ha, nam):
        person.pushes()
    assert keep(stage) == 1
    assert len(ha.pushes()) == 1
    assert nam.pushes() == []
    stage.now += timedelta(minutes=5)
    assert keep(stage) == 0
