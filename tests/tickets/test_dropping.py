"""A part that was no agency's concern is dropped, and what belongs elsewhere is turned away: both with a reason."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import reminders
from zalobot.errors import Refused
from zalobot.ledger.reading import verify
from zalobot.store.models import Officer, Part, PartState, Role, Ticket, TicketState, Tier
from zalobot.store.queries import stories
from zalobot.tickets import adding, dropping, triage, working
from zalobot.tickets.dropping import Path
from zalobot.web.public_view import ticket_page

CODE = "QN-2611-00001"
REASON = "Nội dung này không có phần nào của Thuế tỉnh."


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """`lan` reported; `kim` coordinates and gave the tax office (`thu`) a part, too."""
    made = Stage(database_url)
    report(made.person("lan"), WAREHOUSE)
    for name, agency, role in (("kim", "VPUBND", Role.COORDINATOR), ("thu", "THUE", Role.OFFICER)):
        made.officer(name, agency, role)
    made.store.run_now(triage.add_part, CODE, "THUE", staff(made, "kim"), made.now)
    made.send()
    for name in ("lan", "kim", "thu"):
        made.person(name).pushes()
    yield made
    assert made.failures() == []
    assert made.store.read_now(verify) is None
    made.store.close_now()


def staff(stage: Stage, name: str) -> Officer:
    return stage.store.read_now(lambda s: s.exec(select(Officer).where(col(Officer.person_id) == name)).one())


def ticket(stage: Stage) -> Ticket:
    return stage.store.read_now(lambda s: s.exec(select(Ticket)).one())


def last(stage: Stage) -> Part:
    return stage.parts()[-1]


def drop(stage: Stage, by: str = "kim", reason: str = REASON) -> None:
    stage.store.run_now(dropping.drop, last(stage).code, reason, staff(stage, by), stage.now)
    stage.send()


def turn_away(stage: Stage, path: Path, reason: str = "") -> None:
    stage.store.run_now(dropping.turn_away, CODE, path, reason, staff(stage, "kim"), stage.now)
    stage.send()


def history(stage: Stage) -> str:
    def read(session: Session) -> str:
        story = stories.story(session, CODE)
        assert story is not None
        return str(list(ticket_page(story, stage.now, stage.province).lines))

    return stage.store.read_now(read)


def test_a_dropped_part_is_told_to_agency_and_business_and_leaves_the_others_their_clock(stage: Stage) -> None:
    due = [part.due_at for part in stage.parts()]
    drop(stage)
    assert last(stage).state is PartState.DROPPED
    assert (last(stage).remind_at, [part.due_at for part in stage.parts()]) == (None, due)
    assert ticket(stage).state is TicketState.ASSIGNED
    assert [REASON in said for said in (*stage.person("lan").pushes(), *stage.person("thu").pushes())] == [True, True]


def refusal(stage: Stage, code: str, by: str = "kim", reason: str = REASON) -> str:
    with pytest.raises(Refused) as refused:
        stage.store.run_now(dropping.drop, code, reason, staff(stage, by), stage.now)
    return refused.value.reason


def test_what_is_taken_up_or_late_or_the_last_part_is_not_dropped_nor_anything_without_a_reason(stage: Stage) -> None:
    first, second, third = (part.code for part in stage.parts())
    assert refusal(stage, third, reason=" ") == "reason_missing"
    assert refusal(stage, third, by="thu") == "not_allowed"
    stage.store.run_now(working.accept, third, staff(stage, "thu"), stage.now)
    assert refusal(stage, third) == "not_droppable"
    stage.store.run_now(dropping.drop, second, REASON, staff(stage, "kim"), stage.now)
    stage.now += timedelta(days=9)
    assert refusal(stage, first) == "not_droppable"


def test_the_last_part_stays(stage: Stage) -> None:
    first, *others = (part.code for part in stage.parts())
    for code in others:
        stage.store.run_now(dropping.drop, code, REASON, staff(stage, "kim"), stage.now)
    assert refusal(stage, first) == "not_droppable"


def test_a_ticket_is_answered_when_all_that_was_not_dropped_is(stage: Stage) -> None:
    drop(stage)
    for part in stage.parts()[:-1]:
        stage.store.run_now(working.answer, part.code, "Được. Theo Điều 16.", staff(stage, "kim"), stage.now)
    assert ticket(stage).state is TicketState.ANSWERED


def test_a_matter_out_of_scope_ends_with_the_way_elsewhere_and_no_agency_is_reminded(stage: Stage) -> None:
    turn_away(stage, Path.CITIZEN, REASON)
    assert (ticket(stage).state, {part.state for part in stage.parts()}) == (
        TicketState.OUT_OF_SCOPE,
        {PartState.DROPPED},
    )
    (told,) = stage.person("lan").pushes()
    assert "1022" in told
    assert REASON in told
    assert len(stage.person("thu").pushes()) == 1
    stage.now += timedelta(days=4)
    assert stage.store.run_now(reminders.remind, stage.now) == 0


def test_a_denunciation_is_sealed_and_the_history_says_so_without_words(stage: Stage) -> None:
    turn_away(stage, Path.DENUNCIATION, "Người bị tố cáo là lãnh đạo.")
    assert (ticket(stage).state, ticket(stage).tier) == (TicketState.REFERRED, Tier.SEALED)
    assert "giữ bí mật người gửi" in stage.person("lan").pushes()[0]
    assert "path='denunciation'" in history(stage)
    assert "lãnh đạo" not in history(stage)


def test_a_matter_out_of_scope_needs_a_reason_and_an_answered_one_is_not_turned_away(stage: Stage) -> None:
    with pytest.raises(Refused) as refused:
        turn_away(stage, Path.CITIZEN)
    assert refused.value.reason == "reason_missing"
    stage.store.run_now(working.answer, last(stage).code, "Được. Theo Điều 16.", staff(stage, "thu"), stage.now)
    with pytest.raises(Refused) as refused:
        turn_away(stage, Path.CITIZEN, REASON)
    assert refused.value.reason == "already_answered"


def test_nothing_is_added_to_what_was_turned_away(stage: Stage) -> None:
    turn_away(stage, Path.CITIZEN, REASON)
    with pytest.raises(Refused) as refused:
        stage.store.run_now(adding.add, CODE, "lan", "Thêm một ý.", (), stage.now)
    assert refused.value.reason == "turned_away"
