"""Every state and every kind of event has its own words and shape; colour is only the third sign."""

import re

import pytest

from tests.calendars import at
from zalobot import paths
from zalobot.store.models import EventKind, PartState, TicketState, Verdict
from zalobot.web.history import Line
from zalobot.web.home_view import excerpt
from zalobot.web.meter import Look
from zalobot.web.pages import environment


def module(name: str) -> object:
    return environment().get_template(f"_macros/{name}.html").module


@pytest.mark.parametrize(
    ("macros", "table", "states"),
    [
        ("badge", "TICKET", TicketState),
        ("badge", "PART", PartState),
        ("badge", "VERDICT", Verdict),
        ("timeline", "VERDICTS", Verdict),
        ("due", "LOOKS", Look),
    ],
)
def test_every_state_has_its_words(macros: str, table: str, states: type) -> None:
    known = getattr(module(macros), table)
    assert [state for state in states if str(state) not in known] == []  # type: ignore[attr-defined]


def test_no_two_states_of_a_ticket_look_alike() -> None:
    words = [entry[2] for entry in module("badge").TICKET.values()]  # type: ignore[attr-defined]
    assert len(words) == len(set(words))


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = module("icons").PATHS  # type: ignore[attr-defined]
    badge, due = module("badge"), module("due")
    named = [entry[1] for table in (badge.TICKET, badge.PART) for entry in table.values()]  # type: ignore[attr-defined]
    named += [entry[0] for entry in due.LOOKS.values()]  # type: ignore[attr-defined]
    assert [name for name in named if name not in drawn] == []


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_kind_of_event_has_its_line(kind: EventKind) -> None:
    line = Line(kind, at("2026-11-26 10:00"), number=1, agency="Sở X", to="Sở Y", former="Sở Z", verdict="solved")
    said = str(module("timeline").words(line, True))  # type: ignore[attr-defined]
    assert "cập nhật hồ sơ" not in said
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("role", "told", "said"),
    [
        ("head", True, "Hệ thống báo thủ trưởng cơ quan: Sở X chưa trả lời."),
        ("leader", True, "Hệ thống báo lãnh đạo tỉnh: Sở X chưa trả lời."),
        ("leader", False, "Đến lúc báo lãnh đạo tỉnh (Sở X); chưa có người nhận tin."),
    ],
)
def test_history_says_who_was_told_and_whether_anybody_was(role: str, told: bool, said: str) -> None:
    line = Line("escalated", number=1, agency="Sở X", role=role, told=told)
    assert str(module("timeline").words(line, False)).strip() == said  # type: ignore[attr-defined]


def test_an_unknown_kind_is_still_told() -> None:
    said = str(module("timeline").words(Line("something_new", agency="Sở X"), False))  # type: ignore[attr-defined]
    assert said == "Sở X cập nhật hồ sơ."


def test_no_two_happenings_have_one_name() -> None:
    source = (paths.templates_folder() / "web/_macros/flashes.html").read_text(encoding="utf-8")
    names = re.findall(r'^  "([a-z-]+)": "', source, re.MULTILINE)
    assert len(names) > 40
    assert [name for name in names if names.count(name) > 1] == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("được. Hai việc\nNội dung: nộp song song", "Được. Hai việc. Nội dung: nộp song song"),
        ("Một câu bị\nngắt giữa dòng.", "Một câu bị ngắt giữa dòng."),
        ("Có:\n\nĐiều 16", "Có: Điều 16"),
        ("", ""),
        ("x" * 100 + " " + "y" * 100, "X" + "x" * 99 + "…"),
    ],
)
def test_the_beginning_of_an_answer_reads_as_sentences(answer: str, said: str) -> None:
    assert excerpt(answer) == said
