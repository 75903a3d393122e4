"""A person is talked to from the console: taken over, said, given back; the bot silent meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.handlers.test_staff_between import staff_says
from tests.journeys.stage import OA, Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import attachments, withdrawals
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.operating import chats, transcripts
from zalobot.store.models import Account, AdminEvent, Attachment, Conversation, LiveChat
from zalobot.store.queries import chats as lists
from zalobot.tickets import adding, finding


def do(stage: Stage, verb: Any, *words: Any, by: Account, **more: Any) -> None:
    """One verb of an operator, and what it has said leaves."""

    def run(session: Session) -> None:
        verb(session, *words, stage.now, by=session.get_one(Account, by.id), **more)

    stage.store.run_now(run)
    stage.send()


def say(stage: Stage, person: Person, text: str, by: Account) -> list[str]:
    do(stage, chats.say, person.id, text, by=by, may_pay=True)
    return person.pushes()


def listed(stage: Stage) -> list[tuple[str, bool, str]]:
    rows = stage.store.read_now(lists.listed, stage.now)
    return [(row.person_id, row.asked_at is not None, row.holder) for row in rows]


def test_who_asks_for_a_human_is_listed_until_somebody_comes(stage: Stage, lan: Person, huy: Account) -> None:
    lan.says("gặp cán bộ")
    assert listed(stage) == [(lan.id, True, "")]
    do(stage, chats.take, lan.id, by=huy)
    assert listed(stage) == [(lan.id, False, "Phạm Quốc Huy")]
    do(stage, chats.give_back, lan.id, by=huy)
    assert listed(stage) == []


def test_who_waits_longest_stands_first(stage: Stage, lan: Person) -> None:
    nam = stage.person("42")
    nam.agrees()
    lan.says("gặp cán bộ")
    stage.later(minutes=3)
    nam.says("gặp cán bộ")
    stage.later(minutes=3)
    lan.says("gặp cán bộ")
    assert [key for key, _, _ in listed(stage)] == [lan.id, "42"]


def test_what_the_office_says_arrives_while_the_bot_is_silent(stage: Stage, lan: Person, huy: Account) -> None:
    do(stage, chats.take, lan.id, by=huy)
    assert lan.says("menu") == []
    assert say(stage, lan, "Chào chị, em nghe đây ạ", huy) == ["Chào chị, em nghe đây ạ"]
    assert lan.says("gửi phản ánh") == []
    do(stage, chats.give_back, lan.id, by=huy)
    (told,) = lan.pushes()
    assert told.startswith("Cán bộ đã kết thúc trao đổi")
    assert len(lan.says("menu")) == 1


def test_words_of_the_office_are_not_held_up_by_what_the_bot_keeps_back(
    stage: Stage, lan: Person, huy: Account
) -> None:
    code = report(lan, WAREHOUSE)
    lan.pushes()
    do(stage, chats.take, lan.id, by=huy)
    minh = stage.officer("Minh", "SXD")
    minh.says(f"nhận {code}/1")
    assert lan.pushes() == []
    assert say(stage, lan, "Em xem hồ sơ rồi ạ", huy) == ["Em xem hồ sơ rồi ạ"]


def test_words_of_the_office_stay_with_the_open_ticket(stage: Stage, lan: Person, huy: Account) -> None:
    code = report(lan, WAREHOUSE)
    do(stage, chats.take, lan.id, by=huy)
    say(stage, lan, "Anh gửi thêm bản vẽ", huy)

    def kept(session: Session) -> tuple[str, ...]:
        return adding.of_ticket(session, finding.locked(session, code)[0])

    assert stage.store.run_now(kept) == ("Cán bộ: Anh gửi thêm bản vẽ",)


def test_two_operators_do_not_answer_one_person_unawares(stage: Stage, lan: Person, huy: Account, mai: Account) -> None:
    do(stage, chats.take, lan.id, by=huy)
    with pytest.raises(Refused, match="chat_held"):
        do(stage, chats.take, lan.id, by=mai)
    with pytest.raises(Refused, match="chat_not_held"):
        say(stage, lan, "Chào anh", mai)
    do(stage, chats.take, lan.id, by=mai, from_colleague=True)
    assert listed(stage) == [(lan.id, False, "Lê Thị Mai")]
    with pytest.raises(Refused, match="chat_not_held"):
        say(stage, lan, "Anh ơi", huy)
    assert lan.pushes() == []


def test_a_silent_operator_loses_the_conversation_to_the_bot(stage: Stage, lan: Person, huy: Account) -> None:
    do(stage, chats.take, lan.id, by=huy)
    stage.later(minutes=29)
    say(stage, lan, "Anh chờ em", huy)
    stage.later(minutes=29)
    assert lan.says("menu") == []
    stage.later(minutes=2)
    assert len(lan.says("menu")) == 1
    with pytest.raises(Refused, match="chat_not_held"):
        say(stage, lan, "Anh còn đó không", huy)


def test_outside_zalos_window_nothing_is_taken_and_why_is_told(stage: Stage, lan: Person, huy: Account) -> None:
    stage.now += timedelta(days=3)
    do(stage, chats.take, lan.id, by=huy)

    def why(session: Session, may_pay: bool) -> tuple[str, str]:
        choice = chats.way(session, lan.id, stage.now, may_pay=may_pay)
        return str(choice.channel), str(choice.passed[0].why)

    assert stage.store.read_now(why, False) == ("wait", "window_closed")
    assert stage.store.read_now(why, True) == ("cs_paid", "window_closed")
    with pytest.raises(Refused, match="chat_closed"):
        do(stage, chats.say, lan.id, "Chào chị", by=huy, may_pay=False)
    stage.now += timedelta(days=5)
    with pytest.raises(Refused, match="chat_not_held"):
        say(stage, lan, "Chào chị", huy)


def test_words_that_are_none_or_too_many_are_refused(stage: Stage, lan: Person, huy: Account) -> None:
    do(stage, chats.take, lan.id, by=huy)
    for text, reason in (("  ", "chat_empty"), ("a" * 6001, "chat_too_long")):
        with pytest.raises(Refused, match=reason):
            say(stage, lan, text, huy)
    assert lan.pushes() == []


def test_who_was_reached_otherwise_waits_no_longer(stage: Stage, lan: Person, huy: Account) -> None:
    lan.says("gặp cán bộ")
    do(stage, chats.dismiss, lan.id, by=huy)
    assert listed(stage) == []
    with pytest.raises(Refused, match="chat_not_asked"):
        do(stage, chats.dismiss, lan.id, by=huy)


def test_an_answer_in_zalos_own_inbox_takes_them_off_the_list_of_those_who_wait(stage: Stage, lan: Person) -> None:
    lan.says("gặp cán bộ")
    staff_says(stage, lan, "Chào anh")
    assert listed(stage) == [(lan.id, False, "")]


def test_nobody_is_taken_over_who_was_never_heard_of(stage: Stage, huy: Account) -> None:
    with pytest.raises(Refused, match="no_such_person"):
        do(stage, chats.take, "77", by=huy)


def test_the_transcript_has_all_four_sides_in_order(stage: Stage, lan: Person, huy: Account) -> None:
    (asked,) = lan.says("gặp cán bộ")
    staff_says(stage, lan, "Chào anh")
    stage.later(minutes=1)
    do(stage, chats.take, lan.id, by=huy)
    say(stage, lan, "Em là Huy", huy)
    stage.later(minutes=1)
    lan.sends_photo()
    read = stage.store.read_now(transcripts.lines, lan.id, OA)
    told = [(str(line.side), line.text or line.files[0].kind) for line in read]
    assert told[-4:] == [("bot", asked), ("staff", "Chào anh"), ("office", "Em là Huy"), ("person", "image")]
    assert ("person", "gặp cán bộ") in told[:-4]


def test_what_happens_in_a_conversation_changes_its_mark(stage: Stage, lan: Person, huy: Account) -> None:
    def fetched(session: Session) -> None:
        (photo,) = session.exec(select(Attachment)).all()
        attachments.kept(session, photo.id, "a" * 64, "image/jpeg", 1)

    marks = [stage.store.read_now(transcripts.mark, lan.id)]
    for step in (
        lambda: lan.says("gặp cán bộ"),
        lambda: do(stage, chats.take, lan.id, by=huy),
        lambda: lan.says("alo"),
        lambda: say(stage, lan, "Em nghe", huy),
        lambda: lan.sends_photo(),
        lambda: stage.store.run_now(fetched),
        lambda: do(stage, chats.give_back, lan.id, by=huy),
    ):
        step()
        marks.append(stage.store.read_now(transcripts.mark, lan.id))
    assert len(set(marks)) == len(marks)
    assert stage.store.read_now(transcripts.mark, lan.id) == marks[-1]


def test_taking_over_and_giving_back_are_in_the_admin_chain_without_words(
    stage: Stage, lan: Person, huy: Account, mai: Account
) -> None:
    do(stage, chats.take, lan.id, by=huy)
    do(stage, chats.take, lan.id, by=huy)
    say(stage, lan, "Chào chị", huy)
    do(stage, chats.take, lan.id, by=mai, from_colleague=True)
    do(stage, chats.give_back, lan.id, by=mai)

    def noted(session: Session) -> list[tuple[str, dict[str, Any]]]:
        assert log.verify(session) is None
        rows = session.exec(select(AdminEvent).order_by(AdminEvent.seq))  # type: ignore[arg-type]
        return [(row.kind, row.data) for row in rows if row.kind.startswith("chat")]

    assert stage.store.read_now(noted) == [
        ("chat_taken", {"from_colleague": False}),
        ("chat_taken", {"from_colleague": True}),
        ("chat_given_back", {}),
    ]


def test_an_erased_person_is_in_no_list(stage: Stage, lan: Person) -> None:
    lan.says("gặp cán bộ")
    stage.store.run_now(withdrawals.withdraw, lan.id, stage.now, stage.now)

    def left(session: Session) -> tuple[int, int]:
        return len(session.exec(select(LiveChat)).all()), len(session.exec(select(Conversation)).all())

    assert stage.store.read_now(left) == (0, 0)
