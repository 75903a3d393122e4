"""Every way out of a pause gives the same arithmetic: the due time moves by exactly the working time waited."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from tests.calendars import at
from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.receipt import Receipt
from zalobot.store.models import DeadlineReceipt, Officer, Role
from zalobot.tickets import adding, handing, merging, silence, splitting, working

RECEIVED, ASKED = at("2026-11-06 09:00"), at("2026-11-09 10:00")  # a Friday; Monday: due on Wednesday 11/11, 17:00
CODE = "QN-2611-00001/1"
Way = Callable[[Session, Stage, datetime], object]


@pytest.fixture
def waiting(database_url: str) -> Iterator[Stage]:
    """A part of Sở Xây dựng that waits for the business since Monday 10:00, a second ticket of the same matter."""
    stage = Stage(database_url, now=RECEIVED)
    stage.officer("ha", "SXD")
    stage.officer("kim", "VPUBND", Role.COORDINATOR)
    report(stage.person("lan"), WAREHOUSE)
    report(stage.person("bao"), WAREHOUSE)
    assert stage.parts()[0].due_at == at("2026-11-11 17:00")
    stage.now = ASKED
    stage.store.run_now(
        lambda session: working.ask_business(session, CODE, "Xin gửi bản vẽ mặt bằng.", who(session, "ha"), ASKED)
    )
    yield stage
    stage.store.close_now()


def who(session: Session, name: str) -> Officer:
    return session.exec(select(Officer).where(col(Officer.person_id) == name)).one()


def reply(session: Session, stage: Stage, now: datetime) -> object:
    return working.reply(session, CODE, "lan", "Đã gửi bản vẽ.", now)


def answer(session: Session, stage: Stage, now: datetime) -> object:
    return working.answer(
        session, CODE, "Được. Theo Điều 16. Nộp tại Trung tâm. Liên hệ 1022.", who(session, "ha"), now
    )


def decline(session: Session, stage: Stage, now: datetime) -> object:
    return handing.decline(session, CODE, "SYT", "Không thuộc thẩm quyền của Sở.", who(session, "ha"), now)


def withdraw(session: Session, stage: Stage, now: datetime) -> object:
    return adding.withdraw(session, CODE, "lan", now)


def merge(session: Session, stage: Stage, now: datetime) -> object:
    return merging.merge(session, "QN-2611-00001", "QN-2611-00002", "Trùng nội dung.", who(session, "kim"), now)


def split(session: Session, stage: Stage, now: datetime) -> object:
    topic = stage.tickets()[0].topic
    return splitting.split(
        session,
        "QN-2611-00001",
        "Xin thẩm định kho.",
        topic,
        ["SXD"],
        "Hai việc.",
        who(session, "kim"),
        now,
        moving=[1],
    )


WAYS = (reply, answer, decline, withdraw, merge, split)


def held(stage: Stage) -> tuple[datetime | None, Receipt]:
    """The due time of the part, and how its newest receipt says it was counted."""
    part = stage.parts()[0]
    query = select(DeadlineReceipt).where(DeadlineReceipt.part_id == part.id).order_by(col(DeadlineReceipt.id))
    return part.due_at, Receipt.from_json(stage.store.read_now(lambda s: list(s.exec(query)))[-1].data)


@pytest.mark.parametrize("way", WAYS)
def test_paused_from_monday_10_00_to_wednesday_10_00_it_is_due_sixteen_working_hours_later(
    waiting: Stage, way: Way
) -> None:
    waiting.store.run_now(way, waiting, at("2026-11-11 10:00"))
    due, receipt = held(waiting)
    assert due == receipt.due == at("2026-11-13 17:00")
    (pause,) = receipt.waits
    assert (pause.start, pause.end, pause.working.total_seconds() / 3600) == (ASKED, at("2026-11-11 10:00"), 16)


def test_the_end_of_the_wait_counts_as_a_reply_at_that_instant_however_late_the_clock_looks(waiting: Stage) -> None:
    ends = at("2026-11-12 17:00")  # the third working day after Monday
    assert waiting.parts()[0].wait_until == ends
    waiting.store.run_now(silence.end_pauses, at("2026-11-16 09:00"))
    due, receipt = held(waiting)
    assert due == receipt.due == at("2026-11-17 14:30")  # Wednesday 17:00 and 29 and a half working hours
    (pause,) = receipt.waits
    assert (pause.start, pause.end, pause.working.total_seconds() / 3600) == (ASKED, ends, 29.5)


def test_the_ticket_that_takes_a_waiting_part_over_by_a_split_has_the_same_due_time(waiting: Stage) -> None:
    waiting.store.run_now(split, waiting, at("2026-11-11 10:00"))
    born = [part for part in waiting.parts() if part.code.startswith("QN-2611-00003")]
    assert [part.due_at for part in born] == [at("2026-11-13 17:00")]
