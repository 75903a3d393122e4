"""Two matters in one report: the second gets a ticket of its own, and no clock is reset. On both engines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.errors import IllegalTransition, Refused
from zalobot.ledger.erasing import erase_person
from zalobot.ledger.reading import verify
from zalobot.store.models import EventKind, LedgerSalt, Officer, PartState, Role, TicketEvent, TicketState
from zalobot.store.queries import stories
from zalobot.tickets import splitting, working
from zalobot.web.public_view import ticket_page
from zalobot.workdays import LOCAL

CODE = "QN-2611-00001"
TAX = "Ngoài ra bên tôi còn chờ một khoản từ quý II, chưa có kết quả."  # too vague to be proposed to the tax office
REASON = "Hoàn thuế là việc khác, do Thuế tỉnh trả lời."


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """`lan` reported at 09:00 on Monday; `kim` coordinates, `thu` is of the tax office."""
    made = Stage(database_url)
    report(made.person("lan"), f"{WAREHOUSE} {TAX}")
    for name, agency, role in (("kim", "VPUBND", Role.COORDINATOR), ("thu", "THUE", Role.OFFICER)):
        made.officer(name, agency, role).pushes()
    made.person("lan").pushes()
    yield made
    assert made.failures() == []
    made.store.close_now()


def kim(stage: Stage) -> Officer:
    return stage.store.read_now(lambda s: s.exec(select(Officer).where(col(Officer.person_id) == "kim")).one())


def split(stage: Stage, agencies: tuple[str, ...] = ("THUE",), **more: Any) -> None:
    given = {"text": TAX, "topic": "thue", "reason": REASON, **more}
    text, topic, reason = given.pop("text"), given.pop("topic"), given.pop("reason")
    by = given.pop("officer", None) or kim(stage)
    stage.store.run_now(splitting.split, CODE, text, topic, agencies, reason, by, stage.now, **given)
    stage.send()


def events(session: Session, kind: EventKind) -> list[dict[str, Any]]:
    rows = session.exec(select(TicketEvent).where(col(TicketEvent.kind) == kind).order_by(col(TicketEvent.seq)))
    return [row.data for row in rows]


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=LOCAL)


def test_the_second_matter_gets_a_ticket_whose_clock_began_with_the_first(stage: Stage) -> None:
    stage.until(at(25, 9))  # two days later
    stage.person("lan").pushes()
    split(stage)
    first, second = stage.tickets()
    assert (second.description, second.person_id, second.tier) == (TAX, "lan", first.tier)
    assert (second.received_at, second.rule_version) == (first.received_at, first.rule_version)
    (tax,) = [part for part in stage.parts() if part.ticket_id == second.id]
    old = next(part for part in stage.parts() if part.ticket_id == first.id)
    assert (tax.agency, tax.received_at, tax.due_at) == ("THUE", old.received_at, old.due_at)
    assert second.confirmed_at is not None
    (told,) = stage.person("lan").pushes()
    assert f"hồ sơ {CODE} nêu hai việc" in told
    assert REASON in told
    assert f"Phần việc mới {tax.code}" in stage.person("thu").pushes()[0]


def test_both_histories_say_it_and_the_chain_holds(stage: Stage) -> None:
    stage.until(at(25, 9))
    split(stage)
    old, new = stage.store.read_now(events, EventKind.SPLIT)
    assert (old["split_off"], new["split_ticket"]) == ("QN-2611-00002", CODE)
    story = stage.store.read_now(stories.story, "QN-2611-00002")
    assert story is not None
    lines = ticket_page(story, stage.now, stage.province).lines
    assert [line.kind for line in lines if not line.off][:3] == ["received", "split", "assigned"]
    assert lines[0].at == stage.tickets()[0].received_at
    assert next(line for line in lines if line.kind == "split").reason == REASON
    assert stage.store.read_now(verify) is None


def test_a_part_whose_matter_goes_along_takes_its_pauses_with_it(stage: Stage) -> None:
    police = next(part for part in stage.parts() if part.agency == "CAT")
    stage.officer("cong-an", "CAT")
    cong_an = stage.store.read_now(lambda s: s.exec(select(Officer).where(col(Officer.person_id) == "cong-an")).one())
    stage.store.run_now(working.ask_business, police.code, "Kho có mấy lối thoát nạn?", cong_an, stage.now)
    stage.until(at(25, 9))
    stage.store.run_now(working.reply, police.code, "lan", "Có hai lối.", stage.now)
    moved = next(part for part in stage.parts() if part.id == police.id).due_at
    assert moved is not None
    assert police.due_at is not None
    assert moved > police.due_at
    split(stage, ("CAT",), topic="thue", moving=[police.number])
    ended, new = (part for part in stage.parts() if part.agency == "CAT")
    assert (ended.state, ended.remind_at) == (PartState.MERGED, None)
    assert (new.due_at, new.received_at) == (moved, police.received_at)
    assert [ticket.state for ticket in stage.tickets()] == [TicketState.ASSIGNED, TicketState.ASSIGNED]


@pytest.mark.parametrize(
    ("reason", "given"),
    [
        ("nothing_to_split", {"text": " "}),
        ("nothing_to_split", {"topic": "khong-co"}),
        ("nothing_to_split", {"agencies": ()}),
        ("nothing_to_split", {"moving": [1, 2], "agencies": ("SXD", "CAT")}),
        ("nothing_to_split", {"moving": [2], "agencies": ("THUE",)}),
        ("no_such_agency", {"agencies": ("ABC",)}),
        ("reason_missing", {"reason": ""}),
        ("stale_ticket", {"seen": 99}),
    ],
)
def test_what_cannot_be_split_is_refused_and_nothing_changes(stage: Stage, reason: str, given: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=reason):
        split(stage, **given)
    assert len(stage.tickets()) == 1
    assert [part.state for part in stage.parts()] == [PartState.WAITING] * 2


def test_only_a_coordinator_splits_and_only_what_is_open_goes_along(stage: Stage) -> None:
    thu = stage.store.read_now(lambda s: s.exec(select(Officer).where(col(Officer.person_id) == "thu")).one())
    with pytest.raises(Refused, match="not_allowed"):
        split(stage, officer=thu)
    stage.officer("cong-an", "CAT")
    stage.person("cong-an").says(f"Trả lời {CODE}/2")
    stage.person("cong-an").says("Được. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ 1022.")
    stage.person("cong-an").says("gửi")
    with pytest.raises(IllegalTransition):
        split(stage, ("CAT",), moving=[2])
    assert len(stage.tickets()) == 1


def test_erasing_the_person_erases_the_words_of_both(stage: Stage) -> None:
    split(stage)
    stage.store.run_now(erase_person, "lan", stage.now)
    left = stage.store.read_now(lambda s: [row.text for row in s.exec(select(LedgerSalt))])
    assert [text for text in left if "hoàn thuế giá trị" in text] == []
    assert [ticket.description for ticket in stage.tickets()] == ["", ""]
    assert stage.store.read_now(verify) is None
