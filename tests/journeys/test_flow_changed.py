"""A newer release changes the flow while people are in the middle of it: no word of theirs is lost, nobody is stuck."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from tests.journeys.stage import Person, Stage
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import flows
from zalobot.flows import report_issue
from zalobot.flows.choices import Choice
from zalobot.flows.engine import Flow, Step
from zalobot.flows.steps import Confirm
from zalobot.flows.words import called
from zalobot.province import Province
from zalobot.store.models import Conversation, Tier

WHO = "Công ty TNHH Hải Long, 5701880016, kho bãi, phường Móng Cái 2, chị Lan 0912 345 678"
Release = Callable[[Callable[[tuple[Step, ...]], tuple[Step, ...]]], None]


@pytest.fixture
def release(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Release]:
    """Stops the service and starts the release in which the report has these steps instead."""

    def newer(change: Callable[[tuple[Step, ...]], tuple[Step, ...]]) -> None:
        def changed(province: Province) -> Flow:
            return replace(report_issue.flow(province), steps=change(report_issue.flow(province).steps))

        monkeypatch.setitem(flows.FLOWS, report_issue.NAME, changed)
        flows.named.cache_clear()
        stage.restart()

    yield newer
    monkeypatch.undo()
    flows.named.cache_clear()


def without(*names: str) -> Callable[[tuple[Step, ...]], tuple[Step, ...]]:
    """The steps but for these, which nobody can change any more either."""

    def fewer(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        *others, confirm = (step for step in steps if step.name not in names)
        assert isinstance(confirm, Confirm)
        change = {word: step for word, step in confirm.change.items() if step not in names}
        return (*others, replace(confirm, change=change))

    return fewer


@pytest.fixture
def lan(stage: Stage) -> Person:
    """Somebody who has described a matter and is asked who they are."""
    person = stage.person("lan")
    person.agrees()
    assert "tên doanh nghiệp, mã số thuế" in person.says(WAREHOUSE)[0]
    return person


def answers(stage: Stage) -> Mapping[str, object]:
    return stage.store.read_now(lambda session: session.get_one(Conversation, "lan")).answers


def test_a_question_added_before_the_open_one_is_asked_next(stage: Stage, release: Release, lan: Person) -> None:
    """Its words are there already: it is the question whether the business is still the same, asked of everybody."""
    lan.sends_photo()

    def with_another(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        at = next(number for number, step in enumerate(steps) if step.name == "still")
        return (*steps[:at], Choice(name="still", options=called("still")), *steps[at + 1 :])

    release(with_another)
    assert "Quý doanh nghiệp vẫn là" in lan.says(WHO)[0] or "phản ánh này có phải" in lan.texts()[0]
    assert answers(stage)["description"] == WAREHOUSE
    lan.says("đơn vị khác")
    assert "xem lại" in lan.says(WHO)[0]
    lan.says("gửi")
    (ticket,) = stage.tickets()
    assert ticket.description == WAREHOUSE
    assert ticket.business["tax_code"] == "5701880016"


def test_a_question_added_at_the_end_is_asked_before_sending(stage: Stage, release: Release, lan: Person) -> None:
    lan.says(WHO)

    def with_publicity(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(
            Choice(name="publicity", options=called("publicity")) if s.name == "publicity" else s for s in steps
        )

    release(with_publicity)
    assert "hình thức nào" in lan.says("gửi")[0] or "số của một hình thức" in lan.texts()[0]
    assert stage.tickets() == []
    assert "Công ty TNHH Hải Long" in lan.says("1")[0]
    lan.says("gửi")
    assert [ticket.description for ticket in stage.tickets()] == [WAREHOUSE]


def test_the_open_question_is_gone_and_what_answers_it_is_not_lost(stage: Stage, release: Release, lan: Person) -> None:
    release(without("who", "business"))
    said = "Liên hệ chị Lan, kho rộng 500 m2 nằm cạnh đường quốc lộ, trả hồ sơ lần cuối ngày 12/11"
    assert "xem lại" in lan.says(said)[0]
    lan.says("gửi")
    (ticket,) = stage.tickets()
    assert ticket.description == f"{WAREHOUSE}\n{said}"


def test_an_answered_question_that_is_gone_changes_nothing(stage: Stage, release: Release, lan: Person) -> None:
    for words in ("bỏ qua", "sửa lĩnh vực", "1"):
        lan.says(words)
    release(without("field"))
    assert "Đã tiếp nhận" in lan.says("gửi")[0]
    assert [ticket.description for ticket in stage.tickets()] == [WAREHOUSE]


def test_a_renamed_option_is_chosen_anew_and_nothing_else_is_asked(stage: Stage, release: Release, lan: Person) -> None:
    for words in (WHO, "sửa công khai", "3"):
        lan.says(words)
    assert answers(stage)["publicity"] == Tier.SEALED

    def renamed(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        options = {"public": "Nêu tên", "no_name": "Ẩn tên"}
        return tuple(
            Choice(name="publicity", options=options, optional=True) if step.name == "publicity" else step
            for step in steps
        )

    release(renamed)
    assert "1. Nêu tên\n2. Ẩn tên" in lan.says("gửi")[0]
    assert stage.tickets() == []
    assert "xem lại" in lan.says("Ẩn tên")[0]
    lan.says("gửi")
    (ticket,) = stage.tickets()
    assert (ticket.description, ticket.tier, ticket.business["tax_code"]) == (WAREHOUSE, Tier.NO_NAME, "5701880016")


def test_a_relabelled_option_keeps_what_was_chosen(stage: Stage, release: Release, lan: Person) -> None:
    for words in (WHO, "sửa công khai", "3"):
        lan.says(words)
    labels = {"no_name": "Ẩn tên", "public": "Nêu tên", "sealed": "Kín"}
    release(
        lambda steps: tuple(
            Choice(name="publicity", options=labels, optional=True) if step.name == "publicity" else step
            for step in steps
        )
    )
    assert "Đã tiếp nhận" in lan.says("gửi")[0]
    assert stage.tickets()[0].tier is Tier.SEALED
