"""Entries are written with the change they tell of, numbered over the whole installation, at the price of one lock."""

import threading
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, col, select

from tests.journeys.stage import MONDAY, Stage, report
from zalobot.ledger import reading
from zalobot.store.database import Store, forget_later_rows, savepoint_held, write_later_rows
from zalobot.store.models import EventKind, LedgerSalt, Ticket, TicketEvent
from zalobot.store.queries import stories
from zalobot.tickets import opening
from zalobot.tickets.opening import Draft
from zalobot.tickets.record import SYSTEM, record

TEXT = "Hồ sơ thẩm định thiết kế kho hàng bị trả lại ba lần"

WHY = {"reason": "Cần hỏi ông Bí, 0912 345 678", "why": "Cần hỏi [HỌ TÊN], [SĐT]"}


def entries(session: Session) -> list[TicketEvent]:
    return list(session.exec(select(TicketEvent).order_by(col(TicketEvent.seq))))


def open_one(session: Session, person: str = "p") -> Ticket:
    draft = Draft(person, TEXT, "xay_dung", ("SXD",), contact="0912 345 678", business_name="Công ty Kín")
    return opening.open_ticket(session, draft, MONDAY).ticket


def test_a_talk_leaves_a_chain_that_holds(stage: Stage) -> None:
    code = report(stage.person("business"), TEXT)
    stage.person("officer").says(f"Nhận {code}/1")
    stage.person("officer").says(f"Hỏi thêm {code}/1")
    stage.person("officer").says("Quý doanh nghiệp cho biết số hồ sơ?")
    stage.person("officer").says("1")
    made = stage.store.read_now(entries)
    assert [entry.seq for entry in made] == list(range(1, len(made) + 1))
    assert [str(entry.kind) for entry in made][:2] == ["received", "assigned"]
    assert "question_asked" in [str(entry.kind) for entry in made]
    assert stage.store.read_now(reading.verify) is None


def test_an_entry_holds_no_word_of_a_person_and_no_name_of_one(stage: Stage) -> None:
    stage.store.run_now(open_one, "8888777766665555")
    (received, _) = stage.store.read_now(entries)
    assert sorted(received.commitments) == ["actor", "business_name", "contact", "description"]
    said = received.model_dump_json()
    for personal in (TEXT, "0912 345 678", "Công ty Kín", "8888777766665555"):
        assert personal not in said
        assert stage.store.read_now(
            lambda s, it=personal: s.exec(select(LedgerSalt.seq).where(LedgerSalt.text == it)).first()
        )


def test_the_head_is_read_once_and_written_once_in_a_transaction(stage: Stage) -> None:
    stage.store.run_now(open_one)
    said: list[str] = []
    engine = stage.store._write_engine
    event.listen(engine, "before_cursor_execute", lambda *a: said.append(a[2]) if "ledger_head" in a[2] else None)

    def three(session: Session) -> None:
        for person in "abc":
            open_one(session, person)

    stage.store.run_now(three)
    assert [statement.split()[0] for statement in said] == ["SELECT", "UPDATE"]
    assert len(stage.store.read_now(entries)) == 8


def test_what_a_savepoint_undoes_leaves_no_gap(stage: Stage) -> None:
    def one_kept_one_undone_one_kept(session: Session) -> None:
        for person, fails in (("a", False), ("b", True), ("c", False)):
            savepoint = session.begin_nested()
            open_one(session, person)
            write_later_rows(session)
            if fails:
                savepoint.rollback()
                forget_later_rows(session)
            else:
                savepoint.commit()
                savepoint_held(session)

    stage.store.run_now(one_kept_one_undone_one_kept)
    assert [entry.seq for entry in stage.store.read_now(entries)] == [1, 2, 3, 4]
    assert stage.store.read_now(reading.verify) is None


def test_a_verb_that_fails_leaves_nothing(stage: Stage) -> None:
    def fails(session: Session) -> None:
        open_one(session)
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        stage.store.run_now(fails)
    assert stage.store.read_now(entries) == []
    stage.store.run_now(open_one)
    assert stage.store.read_now(reading.verify) is None


def test_the_public_reason_is_shown_and_the_entry_holds_neither_it_nor_the_private_one(stage: Stage) -> None:
    def give(session: Session) -> str:
        ticket = open_one(session)
        record(session, ticket, EventKind.CLASS_CHANGED, SYSTEM, MONDAY, **WHY, klass="hard")
        return ticket.code

    code = stage.store.run_now(give)
    story = stage.store.read_now(stories.story, code)
    assert story is not None
    assert [line.data.get("why") for line in story.events] == [None, None, WHY["why"]]
    assert [line for line in story.events if "reason" in line.data] == []
    assert stage.store.read_now(entries)[-1].data == {"klass": "hard"}


def many(url: str, info: dict[str, Any], worker: str, times: int, failures: list[BaseException]) -> None:
    store = Store(url, info=dict(info))
    try:
        for number in range(times):
            ticket = store.run_now(open_one, f"{worker}-{number}")

            def touch(session: Session, code: str = ticket.code) -> None:
                again = session.execute(select(Ticket).where(col(Ticket.code) == code).with_for_update()).scalar_one()
                for _ in range(3):
                    record(session, again, EventKind.REMINDED, SYSTEM, MONDAY, public=False)

            store.run_now(touch)
    except BaseException as error:
        failures.append(error)
    finally:
        store.close_now()


def test_the_chain_holds_under_workers_that_write_at_once(stage: Stage) -> None:
    failures: list[BaseException] = []
    arguments = [(stage.url, stage.store.info, name, 25, failures) for name in "abcd"]
    workers = [threading.Thread(target=many, args=given) for given in arguments]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert len(stage.store.read_now(entries)) == 4 * 25 * 5
    assert stage.store.read_now(reading.verify) is None
    mixed = stage.store.read_now(lambda s: s.execute(text("SELECT ticket_code FROM ticket_event ORDER BY seq")).all())
    assert len({code for (code,) in mixed}) == 100
