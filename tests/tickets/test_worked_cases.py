"""Every worked case as it is kept: opened in a database, read back, on both engines, wherever the server stands."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.calendars import lines, vietnam
from tests.journeys.stage import Stage
from zalobot import reference
from zalobot.receipt import Receipt, last_day
from zalobot.rules import Convention, Klass
from zalobot.store.models import DeadlineReceipt, Part, Ticket
from zalobot.tickets import opening

EXPECTED = {Convention.A: "due_exclusive", Convention.A17: "due_a17", Convention.B: "due_b"}
CASES = lines("sla_cases.jsonl")
TABLES = {"due": vietnam("option_1"), "tet2027_option2": vietnam("option_2")}


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def server_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same promise wherever the server stands."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def open_all(session: Session, table: str, convention: Convention) -> None:
    """A hard ticket for each case, `person_id` its number, under this table and convention."""
    here = reference.current(session)
    rules = tuple(replace(rule, convention=convention, effective_from=date(2025, 1, 1)) for rule in here.rules)
    session.info[reference.PROVINCE] = replace(here, calendar=TABLES[table], rules=rules)
    topic = next(topic for topic in here.topics.values() if topic.klass == Klass.HARD)
    for case in CASES:
        draft = opening.Draft(f"{table}/{convention}/{case['id']}", "Hỏi về thủ tục.", topic.code, (topic.lead,))
        opening.open_ticket(session, draft, datetime.fromisoformat(case["received"]))


def kept(session: Session) -> dict[str, tuple[datetime, Receipt]]:
    """What the rows say, by case: the part's due time and the receipt."""
    query = select(Ticket.person_id, Part.due_at, DeadlineReceipt.data).where(
        col(Part.ticket_id) == col(Ticket.id), col(DeadlineReceipt.part_id) == col(Part.id)
    )
    return {person: (due, Receipt.from_json(data)) for person, due, data in session.exec(query)}


def test_every_worked_case_is_kept_as_it_is_promised(database_url: str, server_zone: str) -> None:
    stage = Stage(database_url)
    for table in TABLES:
        for convention in Convention:
            stage.store.run_now(open_all, table, convention)
    stage.restart()
    found = stage.store.read_now(kept)
    assert len(found) == 47 * 2 * 3
    for (table, convention, case), expected in wanted():
        due, receipt = found[f"{table}/{convention}/{case}"]
        where = f"case {case}, {table}, convention {convention}, server in {server_zone}"
        assert due == receipt.due == datetime.fromisoformat(expected[EXPECTED[convention]]), where
        if convention is not Convention.B:
            assert last_day(due) == date.fromisoformat(expected["due_date"]), where
    stage.store.close_now()


def wanted() -> Iterator[tuple[tuple[str, Convention, Any], dict[str, Any]]]:
    """Each case under each table that says something of it, and each convention."""
    for row in CASES:
        for table in TABLES:
            expected = row if table == "due" else row.get(table)
            for convention in Convention:
                if expected is not None:
                    yield (table, convention, row["id"]), expected
