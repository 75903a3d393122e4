"""An officer is away and a deputy is told in their place, and for whom."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.errors import Refused
from zalobot.store.models import Officer, ReminderEntry, Role
from zalobot.tickets import absences
from zalobot.workdays import LOCAL

FIRST, LAST = date(2026, 11, 25), date(2026, 11, 26)


@pytest.fixture
def stage(database_url: str):  # type: ignore[no-untyped-def]
    made = Stage(database_url)
    yield made
    made.store.close_now()


def jump(stage: Stage, day: int, hour: int, minute: int = 0) -> None:
    """The clock is at this local instant of November, and every sweep runs once."""
    stage.now = datetime(2026, 11, day, hour, minute, tzinfo=LOCAL) - timedelta(seconds=1)
    stage.later(seconds=1)


def key(stage: Stage, name: str) -> str:
    officer: Officer = stage.store.read_now(absences.officer_named, name)
    return officer.id


def away(stage: Stage, name: str, deputy: str, first: date = FIRST, last: date = LAST) -> None:
    stage.store.run_now(absences.set_absence, key(stage, name), key(stage, deputy), first, last, stage.now)


@pytest.fixture
def two(stage: Stage) -> tuple[Person, Person]:
    """Two people of one agency: officer Hà and head Thu, who is told only where no officer is."""
    return stage.officer("ha", "SXD"), stage.officer("thu", "SXD", Role.HEAD)


def test_an_assignment_goes_to_the_deputy_and_says_for_whom(stage: Stage, two: tuple[Person, Person]) -> None:
    ha, thu = two
    away(stage, "ha", "thu")
    jump(stage, 25, 10)
    ha.pushes()
    thu.pushes()
    report(stage.person("lan"), WAREHOUSE)
    assert ha.pushes() == []
    (told,) = thu.pushes()
    assert told.startswith("Nhận thay ha.\n\n")
    assert "QN-2611-00001/1" in told
    jump(stage, 27, 10)
    ha.pushes()
    report(stage.person("minh"), WAREHOUSE)
    assert [text for text in ha.pushes() if "QN-2611-00002/1" in text] != []


def test_reminders_and_digests_go_to_the_deputy_meanwhile(stage: Stage, two: tuple[Person, Person]) -> None:
    ha, thu = two
    report(stage.person("lan"), WAREHOUSE)
    ha.says("Nhận QN-2611-00001/1")
    away(stage, "ha", "thu")
    ha.pushes()
    jump(stage, 26, 16, 56)
    assert ha.pushes() == []
    assert any(text.startswith("Nhận thay ha.\n\nSắp đến hạn") for text in thu.pushes())
    jump(stage, 27, 8)
    assert "QN-2611-00001/1" in ha.pushes()[0]


def test_who_comes_back_is_not_told_what_the_deputy_was(stage: Stage, two: tuple[Person, Person]) -> None:
    ha, _ = two
    report(stage.person("lan"), WAREHOUSE)
    away(stage, "ha", "thu")
    jump(stage, 26, 16, 56)

    def of_the_officer(session: Session) -> list[tuple[str, str | None]]:
        query = select(ReminderEntry).where(col(ReminderEntry.step) == "day_before")
        return sorted((row.officer_id, row.outbox_id) for row in session.exec(query) if row.part_id)

    rows = dict(stage.store.read_now(of_the_officer))
    assert rows[key(stage, "ha")] is None
    assert rows[key(stage, "thu")] is not None
    stage.store.run_now(absences.end_absence, key(stage, "ha"), stage.now)
    ha.pushes()
    jump(stage, 26, 16, 57)
    assert ha.pushes() == []


def test_a_deputy_who_is_told_anyway_is_told_once_in_their_own_name(stage: Stage) -> None:
    ha, minh = stage.officer("ha", "SXD"), stage.officer("minh", "SXD")
    away(stage, "ha", "minh", date(2026, 11, 23))
    ha.pushes()
    minh.pushes()
    report(stage.person("lan"), WAREHOUSE)
    (told,) = minh.pushes()
    assert not told.startswith("Nhận thay")
    assert ha.pushes() == []


def test_the_deputy_s_deputy_is_told_and_a_ring_is_none(stage: Stage) -> None:
    for name in ("a", "b", "c"):
        stage.officer(name, "SXD")
    away(stage, "a", "b")
    away(stage, "b", "c")
    now = datetime(2026, 11, 25, 10, tzinfo=LOCAL)
    found = stage.store.read_now(absences.deputies, now)
    assert {absent: deputy.name for absent, deputy in found.items()} == {key(stage, "a"): "c", key(stage, "b"): "c"}
    away(stage, "c", "a")
    assert stage.store.read_now(absences.deputies, now) == {}


def test_a_deputy_who_cannot_be_told_changes_nothing(stage: Stage) -> None:
    from zalobot import officers

    ha = stage.officer("ha", "SXD")
    stage.store.run_now(officers.issue_link_code, agency="SXD", name="moi", role=Role.OFFICER, now=stage.now)
    away(stage, "ha", "moi", date(2026, 11, 23))
    ha.pushes()
    report(stage.person("lan"), WAREHOUSE)
    assert len(ha.pushes()) == 1


def test_it_can_be_ended_and_is_replaced_by_a_later_word(stage: Stage, two: tuple[Person, Person]) -> None:
    stage.officer("khac", "SXD")
    away(stage, "ha", "thu")
    away(stage, "ha", "khac")
    now = datetime(2026, 11, 25, 10, tzinfo=LOCAL)
    assert [deputy.name for deputy in stage.store.read_now(absences.deputies, now).values()] == ["khac"]
    assert stage.store.run_now(absences.end_absence, key(stage, "ha"), now)
    assert stage.store.read_now(absences.deputies, now) == {}
    assert not stage.store.run_now(absences.end_absence, key(stage, "ha"), now)


@pytest.mark.parametrize(
    ("officer", "deputy", "first", "last", "reason"),
    [
        ("ha", "ha", FIRST, LAST, "deputy_elsewhere"),
        ("ha", "la", FIRST, LAST, "deputy_elsewhere"),
        ("ha", "thu", LAST, FIRST, "absence_backwards"),
        ("ha", "thu", date(2026, 11, 1), date(2026, 11, 2), "absence_backwards"),
        ("ai", "thu", FIRST, LAST, "no_such_officer"),
    ],
)
def test_what_makes_no_sense_is_refused(
    stage: Stage, two: tuple[Person, Person], officer: str, deputy: str, first: date, last: date, reason: str
) -> None:
    stage.officer("la", "THUE")
    with pytest.raises(Refused) as refused:
        away(stage, officer, deputy, first, last)
    assert refused.value.reason == reason


def test_a_name_that_two_share_is_refused(stage: Stage) -> None:
    from zalobot import officers

    for agency in ("SXD", "THUE"):
        stage.store.run_now(officers.issue_link_code, agency=agency, name="Hà", role=Role.OFFICER, now=stage.now)
    with pytest.raises(Refused) as refused:
        key(stage, "Hà")
    assert refused.value.reason == "officer_unclear"
