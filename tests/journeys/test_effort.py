"""How much a business has to write: measured by the scripted person of `tests.journeys.effort`."""

from collections.abc import Iterator

import pytest

from tests.journeys.effort import Effort, matters, measured
from tests.journeys.stage import Stage


@pytest.fixture
def stage(sqlite_url: str) -> Iterator[Stage]:
    """A bot on SQLite: what is counted is messages."""
    made = Stage(sqlite_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


def test_four_messages_open_a_complete_ticket(stage: Stage) -> None:
    """The promise, for whoever writes for the first time and has said what it is."""
    found = measured(stage, matters())
    assert found.without == ()
    assert found.middle <= 4
    assert max(count or 0 for count in found.messages) <= 6
    written = {text for ticket in stage.tickets() for text in [ticket.description]}
    assert written == {text.strip() for text in matters()}
    named = [ticket for ticket in stage.tickets() if ticket.business]
    assert {ticket.business["tax_code"] for ticket in named} == {"5701880016"}
    assert len(named) > len(matters()) / 2


def test_who_writes_is_only_confirmed_the_second_time(stage: Stage) -> None:
    first, second = matters()[:2]
    measured(stage, [first])
    lan = stage.person("person-0")
    assert [lan.says(words)[-1] for words in (second, "việc mới", "đúng", "gửi")][-1].startswith("Đã tiếp nhận")
    assert len(stage.tickets()) == 2


def test_what_opens_no_ticket_is_counted_as_such() -> None:
    found = Effort((3, None, 5), ("cảm ơn",))
    assert (found.middle, round(found.opened, 2)) == (4, 0.67)
