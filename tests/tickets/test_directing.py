"""A direction reaches the head and the officer, moves no clock, is no answer, and its words stay inside."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.errors import Refused
from zalobot.ledger.reading import verify
from zalobot.store.models import EventKind, Officer, Role, Ticket, TicketEvent
from zalobot.tickets import directing, working

CODE = "QN-2611-00001/1"
WORDS = "Trả lời dứt điểm trước 16 giờ thứ Năm, báo cáo kết quả."


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """`lan` reported; the part's agency has a head and two officers, of whom `ha` took it up; `chu` leads."""
    made = Stage(database_url)
    report(made.person("lan"), WAREHOUSE)
    agency = made.parts()[0].agency
    for name, role in (("truong", Role.HEAD), ("ha", Role.OFFICER), ("minh", Role.OFFICER)):
        made.officer(name, agency, role)
    made.officer("chu", "VPUBND", Role.LEADER)
    made.store.run_now(working.accept, CODE, staff(made, "ha"), made.now)
    made.send()
    for name in ("lan", "truong", "ha", "minh", "chu"):
        made.person(name).pushes()
    yield made
    assert made.store.read_now(verify) is None
    made.store.close_now()


def staff(stage: Stage, name: str) -> Officer:
    return stage.store.read_now(lambda s: s.exec(select(Officer).where(col(Officer.person_id) == name)).one())


def direct(stage: Stage, by: str = "chu", words: str = WORDS) -> None:
    stage.store.run_now(directing.direct, CODE, words, staff(stage, by), stage.now)
    stage.send()


def test_the_head_and_who_holds_it_are_told_and_nothing_else_changes(stage: Stage) -> None:
    before = stage.parts()[0]
    direct(stage)
    told = {name: len(stage.person(name).pushes()) for name in ("truong", "ha", "minh", "lan", "chu")}
    assert told == {"truong": 1, "ha": 1, "minh": 0, "lan": 0, "chu": 0}
    after = stage.parts()[0]
    assert (after.state, after.due_at, after.answered_at) == (before.state, before.due_at, None)


def test_that_there_was_one_is_public_and_its_words_are_kept_inside(stage: Stage) -> None:
    direct(stage)

    def read(session: Session) -> tuple[TicketEvent, tuple[directing.Direction, ...]]:
        event = session.exec(select(TicketEvent).where(col(TicketEvent.kind) == EventKind.DIRECTED)).one()
        return event, directing.of_ticket(session, session.exec(select(Ticket)).one().id)

    event, kept = stage.store.read_now(read)
    assert (event.public, event.actor_role, event.data) == (True, "leader", {"told": 2})
    assert [(one.part_number, one.role, one.text) for one in kept] == [(1, "leader", WORDS)]


def test_a_head_directs_the_own_agency_and_is_not_told_of_it(stage: Stage) -> None:
    direct(stage, "truong")
    assert (len(stage.person("truong").pushes()), len(stage.person("ha").pushes())) == (0, 1)


@pytest.mark.parametrize(("by", "words", "reason"), [("ha", WORDS, "not_allowed"), ("chu", "  ", "reason_missing")])
def test_who_is_no_leader_and_who_says_nothing_is_refused(stage: Stage, by: str, words: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        direct(stage, by, words)
    assert refused.value.reason == reason


def test_what_is_answered_is_not_directed_any_more(stage: Stage) -> None:
    stage.store.run_now(working.answer, CODE, "Được. Theo Điều 16.", staff(stage, "ha"), stage.now)
    with pytest.raises(Refused) as refused:
        direct(stage)
    assert refused.value.reason == "already_answered"
