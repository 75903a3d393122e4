"""The calendar edited on the console: the preview says what the change then does, and writes nothing itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.journeys.stage import Stage
from tests.operating.conftest import operator
from tests.test_calendars import DOCUMENT, STORM, opened, stage  # noqa: F401
from zalobot.calendars import editing
from zalobot.errors import Refused
from zalobot.store.models import Account, AdminEvent, CalendarVersion, OutboxMessage, Part, Role


def seen(stage: Stage) -> str:  # noqa: F811
    return stage.store.read_now(editing.versions)[0].version


def apply(stage: Stage, by: Account, version: str, *changes: Any, until: date | None = None) -> Any:  # noqa: F811
    def verb(session: Session) -> Any:
        account = session.get_one(Account, by.id)
        return editing.apply(session, changes, DOCUMENT, stage.now, by=account, seen=version, until=until)

    return stage.store.run_now(verb)


def test_the_preview_says_what_the_change_then_does(stage: Stage) -> None:  # noqa: F811
    huy = operator(stage, "Phạm Quốc Huy")
    stage.officer("Hà", "SXD", Role.OFFICER)
    opened(stage, agencies=("SXD", "SNNMT"))
    opened(stage, person="nam")
    told = stage.store.read_now(editing.preview, [STORM], DOCUMENT, stage.now)
    done = apply(stage, huy, seen(stage), STORM)
    assert (len(told.moves), told.told) == (done.moved, done.told) == (3, 3)
    assert (told.agencies, told.businesses, told.officers, told.overdue) == (2, 2, 1, 0)
    due = stage.store.read_now(lambda s: {part.code: part.due_at for part in s.exec(select(Part))})
    assert {one.code: one.due for one in told.moves} == due


def test_what_is_overdue_stays_and_is_counted_apart(stage: Stage) -> None:  # noqa: F811
    opened(stage)
    stage.now += timedelta(days=7)
    late = type(STORM)(stage.now.date(), STORM.kind, name="Nghỉ")
    told = stage.store.read_now(editing.preview, [late], DOCUMENT, stage.now)
    assert (told.moves, told.overdue) == ((), 1)


def test_a_preview_writes_nothing(stage: Stage) -> None:  # noqa: F811
    opened(stage)

    def count(session: Session) -> tuple[int, int, list[Any]]:
        parts = [part.due_at for part in session.exec(select(Part))]
        return len(session.exec(select(CalendarVersion)).all()), len(session.exec(select(OutboxMessage)).all()), parts

    before = stage.store.read_now(count)
    stage.store.run_now(editing.preview, [STORM], DOCUMENT, stage.now)
    assert stage.store.read_now(count) == before
    assert len(stage.store.read_now(editing.preview, [STORM], DOCUMENT, stage.now).moves) == 1


def test_of_two_operators_the_second_sees_the_new_calendar_first(stage: Stage) -> None:  # noqa: F811
    huy, version = operator(stage, "Phạm Quốc Huy"), seen(stage)
    apply(stage, huy, version, STORM)
    with pytest.raises(Refused, match="calendar_changed"):
        apply(stage, huy, version, until=date(2028, 12, 31))
    assert apply(stage, huy, seen(stage), until=date(2028, 12, 31)).moved == 0


def test_who_changed_it_stands_in_the_version_and_in_the_admin_chain(stage: Stage) -> None:  # noqa: F811
    huy = operator(stage, "Phạm Quốc Huy")
    opened(stage)
    done = apply(stage, huy, seen(stage), STORM)
    newest = stage.store.read_now(editing.versions)[0]
    assert (newest.version, newest.made_by, newest.source) == (done.version, "Phạm Quốc Huy", DOCUMENT)
    noted = stage.store.read_now(
        lambda s: s.exec(select(AdminEvent).where(AdminEvent.kind == "calendar_changed")).one()
    )
    assert (noted.account_id, noted.data) == (huy.id, {"version": done.version, "moved": 1, "told": done.told})
