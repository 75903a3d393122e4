"""A person withdraws (Zalo's `user_withdraw`): everything of them goes, and nothing of it comes back."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from tests.journeys.stage import APP, OA, Stage, report
from tests.ledger.test_erasing import MARK, PERSON, a_whole_story, everything
from zalobot import inbox, withdrawals
from zalobot.handlers.dispatch import dispatcher
from zalobot.inbox import Incoming
from zalobot.ledger import erasing, reading
from zalobot.store import models
from zalobot.store.blobs import BlobStore
from zalobot.store.models import Attachment, AttachmentState, Conversation, Officer
from zalobot.zalo.events import Event


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A bot with an officer, on each engine in turn."""
    made = Stage(database_url)
    made.officer("officer", "SXD")
    yield made
    made.store.close_now()


def event(name: str, at: datetime, person: str = PERSON, **more: Any) -> dict[str, Any]:
    return {"app_id": APP, "event_name": name, "timestamp": str(int(at.timestamp() * 1000)), **more}


def withdraws(stage: Stage, person: str = PERSON, at: datetime | None = None) -> dict[str, Any]:
    body = event("user_withdraw", at or stage.now, oa_id=OA, user_id=person, user_id_by_app="1")
    stage.hear(body)
    return body


def text(stage: Stage, words: str, at: datetime, message_id: str) -> dict[str, Any]:
    message = {"text": words, "msg_id": message_id}
    return event("user_send_text", at, sender={"id": PERSON}, recipient={"id": OA}, message=message)


def left(stage: Stage) -> list[str]:
    """What still leads to the person, but for a row to lock."""
    found = stage.store.read_now(everything)
    return [word for word in (MARK, PERSON, "0912345678") if word in found]


def test_nothing_of_a_person_is_left_and_the_ledger_holds(stage: Stage) -> None:
    a_whole_story(stage)
    reaction = event("user_reacted_message", stage.now, sender={"id": PERSON}, recipient={"id": OA})
    stage.hear({**reaction, "message": {"msg_id": "m", "react_icon": "/-heart"}})
    assert left(stage) == [MARK, PERSON, "0912345678"]
    stage.person(PERSON).pushes()
    withdraws(stage)
    assert left(stage) == []
    assert stage.store.read_now(reading.verify) is None
    assert stage.person(PERSON).pushes() == []
    assert stage.failures() == []


def test_every_table_that_names_a_person_is_thought_of() -> None:
    """A new one belongs into `erasing._THEIRS`, or needs a line of its own there and here."""
    naming = {table.name for table in models.metadata.sorted_tables if "person_id" in table.columns}
    one_by_one = {"account", "inbox", "outbox", "ticket", "attachment", "officer"}
    assert naming - one_by_one == {str(table.__tablename__) for table in erasing._THEIRS}


def test_it_may_come_any_number_of_times(stage: Stage) -> None:
    a_whole_story(stage)
    body = withdraws(stage)
    stage.hear(body)
    stage.later(minutes=5)
    stage.hear(body)
    assert (left(stage), stage.failures()) == ([], [])
    assert stage.store.read_now(reading.verify) is None


def test_what_was_said_before_and_is_delivered_late_is_forgotten_again(stage: Stage) -> None:
    person = stage.person(PERSON)
    person.agrees()
    said = text(stage, f"{MARK} chờ thẩm định", stage.now, "late")
    withdraws(stage, at=stage.now + timedelta(seconds=5))
    person.pushes()
    stage.hear(said)
    assert (left(stage), person.pushes(), stage.failures()) == ([], [], [])
    follow = event("follow", stage.now, oa_id=OA, follower={"id": PERSON})
    stage.hear(follow)
    assert (left(stage), person.pushes(), stage.failures()) == ([], [], [])


def test_what_they_say_afterwards_is_a_new_beginning(stage: Stage) -> None:
    person = stage.person(PERSON)
    report(person, f"{MARK} chờ thẩm định thiết kế")
    withdraws(stage)
    stage.later(minutes=1)
    (asked,) = person.says("xin chào")
    assert "đồng ý" in asked.lower()  # to the terms, as if never met
    assert stage.failures() == []


def test_what_came_in_together_is_kept_apart_by_its_time(stage: Stage) -> None:
    """Before, the withdrawal, and after, in one round of the inbox and in the wrong order."""
    person = stage.person(PERSON)
    person.agrees()
    stage.now += timedelta(seconds=30)
    bodies = [
        text(stage, "xin chào", stage.now, "after"),
        text(stage, f"{MARK} chờ thẩm định", stage.now - timedelta(seconds=20), "before"),
        event("user_withdraw", stage.now - timedelta(seconds=10), oa_id=OA, user_id=PERSON),
    ]
    kept = []
    for body in bodies:
        raw = json.dumps(body, ensure_ascii=False)
        read = Event.parse(raw.encode(), OA, stage.now)
        kept.append(Incoming(read.key, read.person_id, read.name, read.at, stage.now, raw))
    stage.store.run_now(inbox.keep, kept)
    person.pushes()
    stage.work()
    assert left(stage) == [PERSON]
    assert len(person.pushes()) == 1
    assert stage.failures() == []


def test_an_officer_who_withdraws_is_unlinked_and_their_answers_stay(stage: Stage) -> None:
    code = report(stage.person(PERSON), f"{MARK} chờ thẩm định thiết kế")
    for said in (f"Nhận {code}/1", f"Trả lời {code}/1", "Được. Nộp hồ sơ song song.", "1"):
        stage.person("officer").says(said)
    withdraws(stage, "officer")

    def linked(session: Session) -> list[str | None]:
        return list(session.exec(select(Officer.person_id)))

    assert stage.store.read_now(linked) == [None]
    assert "Nộp hồ sơ song song" in stage.store.read_now(everything)
    assert stage.failures() == []


def test_their_files_leave_the_disk(stage: Stage, tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "files")
    names = [blobs.put(b"mine"), blobs.put(b"ours")]
    a_whole_story(stage)
    stage.person("other").agrees()
    stage.person("other").sends_photo()

    def fetched(session: Session) -> None:
        for file in session.exec(select(Attachment).order_by(col(Attachment.id))):
            file.state, file.sha256 = AttachmentState.KEPT, names[file.person_id == "other"]
            session.add(file)

    stage.store.run_now(fetched)
    withdraws(stage)
    assert [blobs.has(name) for name in names] == [True, True]
    assert stage.store.run_now(withdrawals.sweep, blobs) == 1
    assert [blobs.has(name) for name in names] == [False, True]
    assert stage.store.run_now(withdrawals.sweep, blobs) == 0


def test_somebody_whose_event_waits_is_not_forgotten_by_the_worker(stage: Stage) -> None:
    """An event that came in while the person was being erased finds no row of theirs to lock."""
    stage.person(PERSON).agrees()
    body = json.dumps(text(stage, "xin chào", stage.now + timedelta(seconds=1), "m"))
    read = Event.parse(body.encode(), OA, stage.now)
    stage.store.run_now(inbox.keep, [Incoming(read.key, PERSON, read.name, read.at, stage.now, body)])

    def lose(session: Session) -> None:
        session.execute(delete(Conversation))
        session.execute(delete(models.Person))

    stage.store.run_now(lose)
    handled = [stage.store.run_now(inbox.work, dispatcher(OA), stage.now).handled for _ in range(2)]
    assert sum(handled) == 1


def test_a_name_that_is_a_hash_leads_to_nobody_without_the_key(stage: Stage) -> None:
    stage.store.info[withdrawals.KEY] = "one"
    stage.store.run_now(withdrawals.withdraw, PERSON, stage.now, stage.now)
    assert stage.store.read_now(withdrawals.came_before, PERSON, stage.now) is True
    assert stage.store.read_now(withdrawals.came_before, PERSON, stage.now + timedelta(seconds=1)) is False
    stage.store.info[withdrawals.KEY] = "another"
    assert stage.store.read_now(withdrawals.came_before, PERSON, stage.now) is False
