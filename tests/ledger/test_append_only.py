"""The database itself refuses to change or delete entries and daily heads; words and salts may go."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from tests.journeys.stage import Stage
from tests.ledger.test_writing import open_one
from zalobot.ledger import days, reading

REFUSED = (
    "UPDATE ticket_event SET agency = 'ABC'",
    "UPDATE ticket_event SET public = public",
    "DELETE FROM ticket_event",
    "DELETE FROM ticket_event WHERE seq = 2",
    "UPDATE ledger_day SET hash = '0'",
    "DELETE FROM ledger_day",
)
ONLY = {
    "sqlite": (
        "INSERT OR REPLACE INTO ticket_event SELECT * FROM ticket_event WHERE seq = 1",
        "REPLACE INTO ledger_day SELECT * FROM ledger_day",
    ),
    "postgresql": ("TRUNCATE ticket_event", "TRUNCATE ledger_day", "TRUNCATE ticket_event CASCADE"),
}


@pytest.fixture
def filled(stage: Stage) -> Stage:
    stage.store.run_now(open_one)
    assert stage.store.run_now(days.close_days, stage.now + timedelta(days=1)) == 1
    return stage


def test_no_statement_changes_or_deletes(filled: Stage) -> None:
    engine = "sqlite" if filled.store.sqlite else "postgresql"
    for statement in (*REFUSED, *ONLY[engine]):
        with pytest.raises(DatabaseError, match="append-only"):
            filled.store.run_now(lambda session, it=statement: session.execute(text(it)))
    assert filled.store.read_now(reading.verify) is None


def test_words_and_salts_may_be_deleted_and_the_chain_holds(filled: Stage) -> None:
    def forget(session: Session) -> int:
        return session.execute(text("DELETE FROM ledger_salt")).rowcount  # type: ignore[attr-defined, no-any-return]

    assert filled.store.run_now(forget) > 0
    assert filled.store.read_now(reading.verify) is None
