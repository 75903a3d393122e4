"""Who joined a matter hears its outcome, whatever becomes of the ticket: answered, closed, merged, split, erased."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Person, Stage
from tests.journeys.test_at_once import CLOGGED, reported
from zalobot.store.models import Officer, Part, Role
from zalobot.tickets import merging, splitting

ANSWER = "Đã kiểm tra ngày 24/11, kho đạt yêu cầu. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ 1022."
OTHER = "Kho lạnh ở Móng Cái của chúng tôi chờ nghiệm thu PCCC hơn một tháng, không ai đến, gọi 0912 000 345"


@pytest.fixture
def an(stage: Stage) -> Person:
    """Who reported the first ticket, which `bình` has joined; `nga` coordinates, `ca` is of the police."""
    stage.officer("nga", "VPUBND", Role.COORDINATOR)
    stage.officer("ca", "CAT")
    code = reported(stage.person("an"), CLOGGED)
    join(stage, "bình", code)
    return stage.person("an")


def join(stage: Stage, name: str, code: str) -> Person:
    person = stage.person(name)
    person.agrees()
    assert "báo ngay tại đây" in person.says(f"tôi cũng gặp {code}")[0]
    person.pushes()
    return person


def answer(stage: Stage, code: str) -> None:
    officer = stage.person("ca")
    for words in (f"Trả lời {code}", ANSWER, "gửi"):
        officer.says(words)


def coordinates(stage: Stage, verb: Callable[[Session, Officer], object]) -> None:
    def act(session: Session) -> None:
        verb(session, session.exec(select(Officer).where(col(Officer.person_id) == "nga")).one())

    stage.store.run_now(act)
    stage.send()


def hears(person: Person, words: str) -> bool:
    return any(words in text for text in person.pushes())


def test_the_answer_reaches_everybody_who_joined_and_their_own_words_are_not_needed(stage: Stage, an: Person) -> None:
    chi = join(stage, "chi", "QN-2611-00001")
    answer(stage, "QN-2611-00001/1")
    assert [hears(person, "kho đạt yêu cầu") for person in (an, stage.person("bình"), chi)] == [True] * 3


def test_whoever_joined_reads_the_answer_as_everybody_may_and_is_not_asked_to_judge(stage: Stage) -> None:
    stage.officer("ca", "CAT")
    an = stage.person("an")
    join(stage, "bình", reported(an, OTHER))
    officer = stage.person("ca")
    for words in ("Trả lời QN-2611-00001", f"{ANSWER} Đã gọi số 0912.000.345.", "gửi"):
        officer.says(words)
    [own], [told] = an.pushes()[-1:], stage.person("bình").pushes()[-1:]
    assert [words in own for words in ("0912.000.345", "đã giải quyết được việc")] == [True, True]
    assert [words in told for words in ("gọi số [SĐT]", "Liên hệ 1022", "0912", "giải quyết được việc")] == [
        True, True, False, False,
    ]  # fmt: skip
    answer = stage.store.read_now(lambda session: session.exec(select(Part.answer, Part.public_answer)).one())
    assert ["0912" in copy for copy in answer] == [True, False]


def test_a_merged_ticket_takes_its_joiners_along(stage: Stage, an: Person) -> None:
    binh = stage.person("bình")
    dung = stage.person("dũng")
    dung.agrees()
    dung.says(OTHER)
    dung.says("Việc của tôi khác")
    dung.says("Công ty Bắc Luân")
    dung.says("gửi")
    coordinates(
        stage, lambda session, nga: merging.merge(session, "QN-2611-00001", "QN-2611-00002", "Trùng", nga, stage.now)
    )
    assert hears(binh, "gộp")
    second = stage.tickets()[1]
    assert (second.joined, set(second.followers)) == (["bình"], {"an", "bình"})
    chi = join(stage, "chi", "QN-2611-00001")  # the old code leads there
    answer(stage, "QN-2611-00002/1")
    assert [hears(person, "kho đạt yêu cầu") for person in (an, binh, chi, dung)] == [True] * 4
    assert "0912 000 345" not in "\n".join(message.text for message in binh.got)
    assert stage.tickets()[1].joined == ["bình", "chi"]


def test_who_joined_what_becomes_their_own_is_a_reporter(stage: Stage, an: Person) -> None:
    binh = stage.person("bình")
    binh.says(OTHER)
    binh.says("Công ty Bắc Luân")
    binh.says("gửi")
    assert len(stage.tickets()) == 2
    coordinates(
        stage, lambda session, nga: merging.merge(session, "QN-2611-00002", "QN-2611-00001", "Trùng", nga, stage.now)
    )
    assert stage.tickets()[0].joined == []
    answer(stage, "QN-2611-00001/1")
    assert hears(binh, "kho đạt yêu cầu")
    assert "QN-2611-00001/1" in binh.says("Đã giải quyết QN-2611-00001/1")[0]


def test_of_a_split_ticket_both_outcomes_are_told_and_no_private_words(stage: Stage) -> None:
    stage.officer("nga", "VPUBND", Role.COORDINATOR)
    stage.officer("ca", "CAT")
    stage.officer("thu", "THUE")
    more = "Ngoài ra bên tôi chờ hoàn thuế quý II, gọi chị Lan 0912 345 678."
    an = stage.person("an")
    code = reported(an, f"{CLOGGED}. {more}")
    binh = join(stage, "bình", code)
    an.pushes()
    coordinates(
        stage,
        lambda session, nga: splitting.split(session, code, more, "thue", ("THUE",), "Hai việc.", nga, stage.now),
    )
    (told,) = binh.pushes()
    assert "QN-2611-00002" in told
    assert "0912 345 678" not in told
    assert "0912 345 678" in an.pushes()[-1]
    assert stage.tickets()[1].joined == ["bình"]
    for words in ("Trả lời QN-2611-00002/1", "Đã hoàn thuế ngày 24/11 theo Điều 70. Liên hệ 1022.", "gửi"):
        stage.person("thu").says(words)
    assert hears(binh, "Đã hoàn thuế")
    answer(stage, f"{code}/1")
    assert hears(binh, "kho đạt yêu cầu")
    assert "do doanh nghiệp khác gửi" in binh.says("Đã giải quyết QN-2611-00002/1")[0]


def test_who_had_their_data_erased_hears_nothing_and_the_others_do(stage: Stage, an: Person) -> None:
    chi = join(stage, "chi", "QN-2611-00001")
    chi.says("xoá dữ liệu")
    chi.says("xóa hết")
    chi.pushes()
    assert (stage.tickets()[0].joined, stage.tickets()[0].followers) == (["bình"], ["bình"])
    answer(stage, "QN-2611-00001/1")
    assert chi.pushes() == []
    assert hears(stage.person("bình"), "kho đạt yêu cầu")
    assert hears(an, "kho đạt yêu cầu")


def test_the_outcome_is_told_though_whoever_reported_had_their_data_erased(stage: Stage, an: Person) -> None:
    an.says("xoá dữ liệu")
    an.says("xóa hết")
    an.pushes()
    answer(stage, "QN-2611-00001/1")
    assert an.pushes() == []
    assert hears(stage.person("bình"), "kho đạt yêu cầu")


def test_closing_by_silence_and_taking_back_are_told(stage: Stage, an: Person) -> None:
    binh = stage.person("bình")
    answer(stage, "QN-2611-00001/1")
    binh.pushes()
    stage.now += timedelta(days=60)
    stage.later(minutes=5)
    assert hears(binh, "QN-2611-00001")


def test_a_report_taken_back_is_told_to_who_joined(stage: Stage, an: Person) -> None:
    an.says("rút")
    an.says("1")
    assert hears(stage.person("bình"), "đã được doanh nghiệp gửi rút lại")
