"""Answers: adequate ones, those of one day in one push, and two officers at once. On both engines."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import outbox
from zalobot.errors import StaleTicket
from zalobot.outbox import Outcome
from zalobot.store.database import Store
from zalobot.store.models import Officer, OutboxState, PartState, Role, TicketEvent, TicketState
from zalobot.tickets import triage, working

CODE = "QN-2611-00001"
FULL = "Được nộp song song hai hồ sơ. Căn cứ Điều 16 Luật số 55/2024/QH15. Đề nghị doanh nghiệp nộp lại. Liên hệ 1022."
LABELLED = """Kết luận: có, được nộp song song.
Căn cứ: Điều 16 Luật số 55/2024/QH15
Bước tiếp theo: nộp tại quầy 7
Liên hệ: 1022"""


@pytest.fixture
def staff(stage: Stage) -> dict[str, Person]:
    """Officers of the two agencies and a coordinator; `lan` has a ticket of theirs."""
    made = {"ha": stage.officer("ha", "SXD"), "can": stage.officer("can", "CAT"), "yte": stage.officer("yte", "SYT")}
    stage.officer("kim", "VPUBND", Role.COORDINATOR)
    report(stage.person("lan"), WAREHOUSE)
    stage.person("lan").pushes()
    return made


def answer(person: Person, part: str, text: str = FULL) -> list[str]:
    person.says(f"Trả lời {part}")
    shown = person.says(text)
    person.says("gửi")
    return shown


def officer(stage: Stage, person: str) -> Officer:
    return stage.store.read_now(lambda s: s.exec(select(Officer).where(Officer.person_id == person)).one())


def test_what_is_missing_is_named_before_sending_and_sending_anyway_is_recorded(
    stage: Stage, staff: dict[str, Person]
) -> None:
    (shown,) = answer(staff["ha"], f"{CODE}/1", "Ghi nhận và nghiên cứu ý kiến của doanh nghiệp.")
    assert "chưa thấy nêu: kết luận" in shown
    assert "căn cứ (điều, số văn bản)" in shown
    assert "đầu mối liên hệ" in shown
    (event,) = stage.store.read_now(lambda s: list(s.exec(select(TicketEvent).where(TicketEvent.kind == "answered"))))
    assert event.data["missing"] == ["conclusion", "basis", "next_step", "contact"]
    assert stage.parts()[0].state is PartState.ANSWERED


def test_an_adequate_answer_is_not_remarked_on_and_its_labels_become_facts(
    stage: Stage, staff: dict[str, Person]
) -> None:
    (shown,) = answer(staff["ha"], f"{CODE}/1", LABELLED)
    assert "chưa thấy nêu" not in shown
    assert stage.parts()[0].answer_facts == {
        "conclusion": "có, được nộp song song.",
        "basis": "Điều 16 Luật số 55/2024/QH15",
        "next_step": "nộp tại quầy 7",
        "contact": "1022",
    }
    for said in (f"Không đúng câu hỏi {CODE}/1", "Tôi hỏi việc khác."):
        stage.person("lan").says(said)
    assert stage.parts()[0].state is PartState.REOPENED
    answer(staff["ha"], f"{CODE}/1", "Kết luận: không được.")
    assert stage.parts()[0].answer_facts == {"conclusion": "không được."}  # nothing of the answer before


def test_an_answer_like_many_before_is_pointed_out(stage: Stage, staff: dict[str, Person]) -> None:
    for number in range(3):
        code = report(stage.person(f"b{number}"), WAREHOUSE)
        (shown,) = answer(staff["ha"], f"{code}/1", FULL)
        assert "gần như trùng" not in shown
    (shown,) = answer(staff["ha"], f"{CODE}/1", FULL + " Trân trọng.")
    assert "gần như trùng với 3 trả lời gần đây" in shown
    events = stage.store.read_now(lambda s: list(s.exec(select(TicketEvent).where(TicketEvent.kind == "answered"))))
    assert sorted(event.data["alike"] for event in events) == [0, 0, 0, 3]


def test_answers_of_one_day_come_together_and_the_last_says_that_it_is_the_last(
    stage: Stage, staff: dict[str, Person]
) -> None:
    lan = stage.person("lan")
    stage.store.run_now(triage.add_part, CODE, "SYT", officer(stage, "kim"), stage.now)
    stage.send()
    lan.pushes()
    answer(staff["ha"], f"{CODE}/1", FULL + " (một)")
    (first,) = lan.pushes()
    assert "(một)" in first
    assert "đủ trả lời" not in first
    answer(staff["can"], f"{CODE}/2", FULL + " (hai)")
    stage.later(minutes=5)
    answer(staff["yte"], f"{CODE}/3", FULL + " (ba)")
    assert lan.pushes() == []
    assert stage.tickets()[0].state is TicketState.ANSWERED  # public at once
    stage.later(minutes=11)
    (together,) = lan.pushes()
    assert ("(hai)" in together, "(ba)" in together, "(một)" in together) == (True, True, False)
    assert "Hồ sơ đã có đủ trả lời của các cơ quan." in together
    stage.later(hours=1)
    assert lan.pushes() == []
    assert "(hai)" in lan.says("đánh giá QN-2611-00001/2")[0]
    assert "1. Đã giải quyết" in lan.buttons()
    assert "được đóng" in lan.says("1")[0]


def test_an_answer_of_another_day_is_pushed_at_once(stage: Stage, staff: dict[str, Person]) -> None:
    lan = stage.person("lan")
    answer(staff["ha"], f"{CODE}/1")
    lan.pushes()
    stage.until(datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    lan.pushes()
    answer(staff["can"], f"{CODE}/2")
    (only,) = lan.pushes()
    assert "Hồ sơ đã có đủ trả lời của các cơ quan." in only


def test_two_officers_take_a_part_up_at_once(stage: Stage, staff: dict[str, Person]) -> None:
    second = stage.officer("binh", "SXD")
    assert "đã nhận xử lý" in staff["ha"].says(f"Nhận {CODE}/1")[0]
    (told,) = second.says(f"Nhận {CODE}/1")
    assert "vừa được người khác cập nhật" in told
    assert "Sở Xây dựng nhận xử lý phần 1." in told
    assert stage.parts()[0].officer_id == officer(stage, "ha").id


def test_what_a_second_officer_wrote_is_kept_until_they_have_read_what_happened(
    stage: Stage, staff: dict[str, Person]
) -> None:
    second = stage.officer("binh", "SXD")
    second.says(f"Trả lời {CODE}/1")
    second.says(FULL)
    staff["ha"].says(f"Nhận {CODE}/1")
    (told,) = second.says("gửi")
    assert "Nội dung đã soạn được giữ lại" in told
    assert stage.parts()[0].state is PartState.ACCEPTED
    assert "đã được gửi" in second.says("gửi")[0]
    assert stage.parts()[0].answer == FULL


def test_who_answers_second_is_told_that_it_was_answered(stage: Stage, staff: dict[str, Person]) -> None:
    second = stage.officer("binh", "SXD")
    second.says(f"Trả lời {CODE}/1")
    second.says(FULL + " (hai)")
    answer(staff["ha"], f"{CODE}/1", FULL + " (một)")
    (told,) = second.says("gửi")
    assert "Sở Xây dựng trả lời phần 1" in told
    assert "giữ lại" not in told
    assert stage.parts()[0].answer == FULL + " (một)"
    assert "Hệ thống chưa hiểu" in second.says("gửi")[0]


def test_of_many_acting_at_the_same_instant_one_wins(stage: Stage, staff: dict[str, Person], database_url: str) -> None:
    """Real threads with a database connection each: whoever comes second has the new version and is told so."""
    people = [stage.officer(f"p{number}", "SXD") for number in range(4)]
    members = [officer(stage, person.id) for person in people]
    seen, barrier = stage.parts()[0].version, Barrier(len(members))
    won: list[str] = []
    told: list[StaleTicket] = []

    def act(member: Officer) -> None:
        own = Store(database_url, info=dict(stage.store.info))
        barrier.wait()
        try:
            own.run_now(working.answer, f"{CODE}/1", f"{FULL} {member.name}", member, stage.now, seen=seen)
            won.append(member.name)
        except StaleTicket as stale:
            told.append(stale)
        own.close_now()

    threads = [Thread(target=act, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(told)) == (1, 3)
    assert stage.parts()[0].answer == f"{FULL} {won[0]}"
    assert {tuple(stale.facts["changes"]) for stale in told} == {("09h00: Sở Xây dựng trả lời phần 1.",)}  # type: ignore[arg-type]
    answered = stage.store.read_now(lambda s: list(s.exec(select(TicketEvent).where(TicketEvent.kind == "answered"))))
    assert len(answered) == 1


def test_an_agency_that_cannot_be_reached_five_times_does_not_have_the_others_told_twice(
    stage: Stage, staff: dict[str, Person]
) -> None:
    """Three parts; the third agency's phone refuses five times: the others hear once, it hears at last, all see it."""
    people = {**staff}
    for person in people.values():
        person.pushes()
    code = report(stage.person("minh"), WAREHOUSE)
    stage.store.run_now(triage.add_part, code, "SYT", officer(stage, "kim"), stage.now)
    for _ in range(5):
        send_but(stage, people["yte"])
    stage.send()
    texts = {name: [text for text in person.pushes() if code in text] for name, person in people.items()}
    assert {name: len(found) for name, found in texts.items()} == {"ha": 1, "can": 1, "yte": 1}
    for name, number in (("ha", 1), ("can", 2), ("yte", 3)):
        assert f"{code}/{number}" in people[name].says("việc của tôi")[0]


def send_but(stage: Stage, unreachable: Person) -> None:
    """Send what is due; this person's phone cannot be reached. A minute passes."""
    outcomes = []
    for row in stage.store.run_now(outbox.claim, stage.now, 50):
        if row.person_id == unreachable.id:
            again = stage.now + timedelta(minutes=1)
            outcomes.append(Outcome(row.id, OutboxState.QUEUED, error="unreachable", not_before=again))
        else:
            stage.person(row.person_id).got.append(row.outgoing)
            outcomes.append(Outcome(row.id, OutboxState.SENT, f"sent-{row.id}"))
    stage.store.run_now(outbox.settle, outcomes, stage.now)
    stage.now += timedelta(minutes=1)
