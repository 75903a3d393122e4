"""What reached nobody is listed with its reason, and only an operator moves it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session

from tests.channels.office import Office, office
from zalobot.channels import undelivered
from zalobot.errors import Refused
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import Channel, OutboxMessage, OutboxState
from zalobot.store.queries import operating

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

CS, MAIL = Channel.CS, Channel.MAIL
WITHOUT_TEMPLATES = (Channel.ZBS_UID, Channel.ZBS_PHONE)


async def silent(here: Office, contact: str = "") -> str:
    """A message to somebody whom nothing reaches; its key."""
    lan = here.business(contact=contact)
    here.later(days=10)
    key = here.say(lan, "Trả lời")
    await here.relay.drain()
    return key


async def test_the_list_says_what_was_tried_and_why_nothing_is_left(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        here.box.refuse = "550 no such user"
        key = await silent(here, "lan@congty.example.vn")
        (one,) = here.store.read_now(undelivered.listed)
        assert (one.id, one.state, one.ticket) == (key, OutboxState.WAITING, "QN-2611-00001")
        assert [(tried.channel, tried.code) for tried in one.tried] == [(MAIL, 550)]
        assert one.reason.endswith("zbs_phone: not_set_up, mail: refused")


async def test_nothing_in_the_list_is_tried_again_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        here.box.refuse = "550 no such user"
        await silent(here, "lan@congty.example.vn")
        here.box.refuse = ""
        for _ in range(3):
            here.later(days=1)
            await here.relay.settle_unknown()
            await here.relay.drain()
        assert (here.attempts(), here.box.letters) == ([(MAIL, 550)], [])


async def test_an_operator_has_it_tried_again_by_what_had_refused_it(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        here.box.refuse = "550 no such user"
        key = await silent(here, "lan@congty.example.vn")
        here.box.refuse = ""
        here.later(hours=1)
        here.store.run_now(undelivered.retry, key, here.clock.now())
        await here.relay.drain()
        assert here.fates() == [(OutboxState.SENT, MAIL)]
        assert here.attempts() == [(MAIL, 550), (MAIL, 0)]
        assert here.store.read_now(undelivered.listed) == []


async def test_what_was_settled_otherwise_is_off_the_list_and_waits_no_longer(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=(*WITHOUT_TEMPLATES, MAIL)) as here:
        key = await silent(here)
        here.store.run_now(undelivered.resolve, key, "called on the phone", here.clock.now())
        (row,) = here.rows()
        assert (row.state, row.error) == (OutboxState.RESOLVED, "2026-12-03: called on the phone")
        lan = next(iter(here.simulator.stage.world.people.values()))
        await here.hears(lan, "xin chào")
        await here.relay.drain()
        assert "Trả lời" not in here.phone(lan)
        with pytest.raises(Refused, match="no_undelivered_message"):
            here.store.run_now(undelivered.retry, key, here.clock.now())


async def test_what_may_have_arrived_is_said_again_only_by_who_says_so(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        key = here.say(here.business(), "Trả lời")
        here.store.run_now(mark_unclear, key)
        with pytest.raises(Refused, match="may_have_arrived"):
            here.store.run_now(undelivered.retry, key, here.clock.now())
        await here.relay.drain()
        assert here.fates() == [(OutboxState.UNCLEAR, CS)]

        def all_the_same(session: Session) -> None:
            undelivered.retry(session, key, here.clock.now(), even_if_arrived=True)

        here.store.run_now(all_the_same)
        await here.relay.drain()
        assert here.fates() == [(OutboxState.SENT, CS)]


async def test_of_two_operators_who_retry_one_message_the_second_is_told(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        here.box.refuse = "550 no such user"
        key = await silent(here, "lan@congty.example.vn")
        here.store.run_now(undelivered.retry, key, here.clock.now())
        with pytest.raises(Refused, match="no_undelivered_message"):
            here.store.run_now(undelivered.retry, key, here.clock.now())
        with pytest.raises(Refused, match="no_undelivered_message"):
            here.store.run_now(undelivered.resolve, key, "called", here.clock.now())


def mark_unclear(session: Session, key: str) -> None:
    row = session.get_one(OutboxMessage, key)
    row.state, row.error = OutboxState.UNCLEAR, "3 attempts, none to be seen"


def many(session: Session, number: int, state: OutboxState, **more: object) -> list[str]:
    rows = [
        {"id": new_id(), "person_id": f"p{i}", "priority": 1, "template": "status/answered", "template_version": "1",
         "language": "vi", "body": {"text": f"Tin {i}"}, "state": state, "not_before": NOON, "created_at": NOON,
         "attempts": 1, "channel": CS, "doubts": 0, **more}
        for i in range(number)
    ]  # fmt: skip
    session.execute(OutboxMessage.__table__.insert(), rows)  # type: ignore[attr-defined]
    return [str(row["id"]) for row in rows]


async def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    failed = store.run_now(many, 7, OutboxState.FAILED)
    store.run_now(many, 3, OutboxState.UNCLEAR)
    found: list[str] = []

    def page(session: Session) -> list[str]:
        last = found[-1] if found else ""
        return [one.id for one in undelivered.page(session, OutboxState.FAILED, after=last, limit=3)]

    while ids := store.read_now(page):
        found += ids
    assert found == failed


def test_the_list_is_read_along_an_index_however_long_it_is(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    asked: list[tuple[str, tuple[object, ...]]] = []

    def plans(session: Session) -> list[str]:
        def note(*told: object) -> None:
            asked.append((str(told[2]), told[3]))  # type: ignore[arg-type]

        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", note)
        undelivered.page(session, OutboxState.FAILED, after="0")
        operating.wanting(session, NOON.date(), NOON)
        event.remove(bind, "before_cursor_execute", note)
        connection = session.connection()
        of = [one for one in asked if "FROM outbox" in one[0] or "FROM inbox" in one[0]]
        return [
            " ".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))
            for statement, given in of
        ]

    found = store.read_now(plans)
    store.close_now()
    assert [("ix_outbox_listed" in plan or "ix_inbox_failed" in plan) for plan in found] == [True] * 5
    assert [plan for plan in found if "TEMP B-TREE" in plan] == []
