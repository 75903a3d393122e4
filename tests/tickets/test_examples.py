"""What a coordinator decided is proposed for the next matter that says nearly the same. On both engines."""

from collections.abc import Iterator

import pytest

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.ledger.erasing import erase_person
from zalobot.store.models import Role
from zalobot.tickets.examples import examples

CODE = "QN-2611-00001/1"


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A warehouse of `lan` was claimed by nobody; the coordinator gave it to the economic zone's authority."""
    made = Stage(database_url)
    report(made.person("lan"), WAREHOUSE)
    kim = made.officer("kim", "VPUBND", Role.COORDINATOR)
    for person, owner in ((made.officer("ha", "SXD"), "ban quản lý khu kinh tế"), (_zone(made), "sở xây dựng")):
        person.says(f"Không thuộc thẩm quyền {CODE}")
        person.says(owner)
        person.says("Việc này không thuộc chức năng của chúng tôi.")
    kim.says(f"Quyết định {CODE}")
    kim.says("ban kkt")
    kim.says("Kho nằm trong khu kinh tế cửa khẩu Móng Cái.")
    yield made
    assert made.failures() == []
    made.store.close_now()


def _zone(stage: Stage) -> Person:
    return stage.officer("khu", "BQLKKT")


def leads(stage: Stage, person: str, text: str) -> str:
    report(stage.person(person), text)
    last = stage.tickets()[-1]
    return next(part.agency for part in stage.parts() if part.ticket_id == last.id)


def test_the_next_matter_that_says_nearly_the_same_is_proposed_to_the_agency_decided_on(stage: Stage) -> None:
    (example,) = stage.store.read_now(examples)
    assert (example.text, example.agencies[0]) == (stage.tickets()[0].public_text, "BQLKKT")
    assert leads(stage, "minh", WAREHOUSE.replace("tôi", "chúng tôi")) == "BQLKKT"
    stage.restart()
    assert leads(stage, "huy", WAREHOUSE) == "BQLKKT"


def test_a_matter_that_only_shares_some_words_goes_its_usual_way(stage: Stage) -> None:
    text = "Công ty xin cấp giấy phép xây dựng nhà xưởng ở Hạ Long, nộp từ tháng trước chưa có trả lời."
    assert leads(stage, "minh", text) == "SXD"


def test_what_was_learnt_of_an_erased_person_is_forgotten_by_every_process(stage: Stage) -> None:
    stage.store.run_now(erase_person, "lan", stage.now)
    assert stage.store.read_now(examples) == []
    stage.later(minutes=5)  # any duty of a process takes up what changed
    assert leads(stage, "minh", WAREHOUSE) == "SXD"
