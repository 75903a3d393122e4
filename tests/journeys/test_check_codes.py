"""What is pushed, to a business or to staff, ends with a code under which the same words are found. Both engines."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlmodel import col, select

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.outbox import check_codes
from zalobot.store.models import Officer, Role
from zalobot.tickets import merging
from zalobot.workdays import LOCAL

LINE = re.compile(r"\n\nKiểm tra tin này tại http://localhost:8080/xac-thuc, mã ([0-9A-Z-]+)\.")


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    made = Stage(database_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


def codes_of(person: Person, words: str) -> list[str]:
    told = [text for text in person.pushes() if words in text]
    found = [match[1] for text in told if (match := LINE.search(text))]
    assert len(found) == len(told) > 0, told
    return found


def test_each_push_has_its_own_code_and_is_found_by_it_once_it_left(stage: Stage) -> None:
    officer, lan = stage.officer("ha", "SXD"), stage.person("lan")
    code = report(lan, WAREHOUSE)
    lan.pushes()
    officer.says(f"Nhận {code}/1")
    accepted = codes_of(lan, f"{code}/1")
    stage.until(datetime(2026, 11, 30, 8, 5, tzinfo=LOCAL))  # due on Friday, nobody answered
    late = codes_of(lan, "quá hạn")
    assert (len(accepted), len(late), len({*accepted, *late})) == (1, 2, 3)
    for each in (*accepted, *late):
        found = stage.store.read_now(check_codes.left, check_codes.proper(each))
        assert found.ticket_id == stage.tickets()[0].id


def test_staff_are_pushed_with_a_code_and_a_digest_of_many_parts_has_one(stage: Stage) -> None:
    ha = stage.officer("ha", "SXD")
    for name in ("lan", "minh", "hoa"):
        report(stage.person(name), WAREHOUSE)
    assert len(stage.tickets()) == 3
    new = codes_of(ha, "Phần việc mới")
    stage.until(datetime(2026, 11, 30, 8, 5, tzinfo=LOCAL))
    (morning,) = [text for text in ha.pushes() if text.startswith("Việc sáng 30/11/2026")]
    assert all(f"{ticket.code}/1" in morning for ticket in stage.tickets())
    (digest,) = LINE.findall(morning)
    assert morning.endswith(f"{digest}.")
    found = stage.store.read_now(check_codes.left, digest)
    assert (len({*new, digest}), found.text, found.template) == (4, morning, "reminders/digest_officer")


def test_an_answer_in_a_chat_of_staff_has_no_code_but_the_one_that_lets_them_in(stage: Stage) -> None:
    ha = stage.officer("ha", "SXD")
    assert not LINE.search("".join(ha.says("việc của tôi")))
    (link,) = codes_of_text(ha.says("mở web"))
    found = stage.store.read_now(check_codes.left, link)
    assert (found.template, "dùng một lần" in found.text) == ("officer/open_web", True)


def codes_of_text(texts: list[str]) -> list[str]:
    return LINE.findall("".join(texts))


def test_a_merged_ticket_is_told_with_a_code(stage: Stage) -> None:
    stage.officer("kim", "VPUBND", Role.COORDINATOR)
    lan, minh = stage.person("lan"), stage.person("minh")
    first, second = report(lan, WAREHOUSE), report(minh, WAREHOUSE)
    lan.pushes()
    minh.pushes()
    kim = stage.store.read_now(lambda s: s.exec(select(Officer).where(col(Officer.person_id) == "kim")).one())
    stage.store.run_now(merging.merge, second, first, "Cùng một vụ việc.", kim, stage.now)
    stage.send()
    assert len(codes_of(minh, first)) == 1
