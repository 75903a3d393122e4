"""Somebody with the rights of the database's owner takes the triggers off: what he did is named all the same."""

import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.journeys.stage import Stage, report
from zalobot.ledger import reading

OFF = {
    "sqlite": tuple(
        f"DROP TRIGGER {table}_no_{act}" for table in ("ticket_event", "ledger_day") for act in ("update", "delete")
    ),
    "postgresql": ("ALTER TABLE ticket_event DISABLE TRIGGER USER",),
}
DONE = (
    ("UPDATE ticket_event SET agency = 'ABC' WHERE seq = 2", "entry 2: changed"),
    ("UPDATE ticket_event SET at = '2020-01-01 00:00:00' WHERE seq = 1", "entry 1: changed"),
    ("UPDATE ticket_event SET kind = 'nonsense' WHERE seq = 3", "entry 3: changed"),
    ("DELETE FROM ticket_event WHERE seq = 2", "entry 2: missing"),
    ("DELETE FROM ticket_event WHERE seq >= 3", "entry 3: truncated"),
    ("DELETE FROM ticket_event", "entry 1: truncated"),
    ("UPDATE ledger_head SET seq = 2", "entry 3: inserted"),
    ("UPDATE ledger_head SET hash = '0'", "entry 4: changed"),
    ("UPDATE ledger_salt SET text = 'Khác' WHERE seq = 1 AND name = 'description'", "entry 1: changed: the words kept"),
    ("UPDATE ticket SET description = 'Khác'", "entry 1: changed: the description that is shown"),
    ("UPDATE part SET answer = 'Khác'", "entry 4: changed: the answer that is shown"),
)


@pytest.mark.parametrize(("done", "named"), DONE)
def test_what_was_done_to_the_database_is_named(stage: Stage, done: str, named: str) -> None:
    code = report(stage.person("business"), "Hồ sơ thẩm định thiết kế kho hàng bị trả lại ba lần")
    for said in (f"Nhận {code}/1", f"Trả lời {code}/1", "Được. Nộp tại Trung tâm hành chính công tỉnh.", "1"):
        stage.person("officer").says(said)
    assert stage.parts()[0].answer
    assert stage.store.read_now(reading.verify) is None

    def spoil(session: Session) -> None:
        for statement in (*OFF["sqlite" if stage.store.sqlite else "postgresql"], done):
            session.execute(text(statement))

    stage.store.run_now(spoil)
    assert str(stage.store.read_now(reading.verify)).startswith(named)
