"""The shipped messages: no problem in any, every flow has its words, and every one sounds like an office."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import zalobot
from zalobot.errors import ZalobotError
from zalobot.flows.engine import Flow
from zalobot.ladder import LADDER
from zalobot.message_contexts import CONTEXTS
from zalobot.paths import messages_folder
from zalobot.placeholders import PLACEHOLDERS
from zalobot.store.models import EventKind
from zalobot.templating import Wording, check_all
from zalobot.templating.language import compiled
from zalobot.vietnamese import nfc

CHANNEL = SimpleNamespace(oa_name="Doanh nghiệp Quảng Ninh", name="tỉnh Quảng Ninh", prefix="QN")
WORDING = Wording(messages_folder(), PLACEHOLDERS, CONTEXTS, always={"channel": CHANNEL})


def test_no_message_has_a_problem() -> None:
    assert check_all(WORDING) == []
    assert check_all(Wording(messages_folder(), PLACEHOLDERS, CONTEXTS)) == []


def test_every_placeholder_is_named_once() -> None:
    names = [placeholder.name for placeholder in PLACEHOLDERS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", WORDING.names)
def test_it_reads_like_an_office(name: str) -> None:
    text = WORDING.preview(WORDING.source(name)).text
    assert nfc(text) == text
    assert "!" not in text
    assert not re.search(r"\b((?<!của )mình|ad|shop|bạn|nhé|ạ|ơi)\b", text, re.I)
    assert "  " not in text
    assert " ." not in text
    assert " ," not in text


@pytest.mark.parametrize(
    "name", [n for n in WORDING.names if n.split("/")[0] not in ("list", "counted", "events", "lint")]
)
def test_it_is_a_whole_sentence(name: str) -> None:
    body = WORDING.preview(WORDING.source(name)).text
    assert body[0].isupper() or body[0].isdigit()
    assert re.search(r"[.?:\"]$|\d$|\n\d\. [^\n]+$|\nhttps://\S+$", body.strip()), body


@pytest.mark.parametrize("name", [n for n in WORDING.names if n.startswith(("officer", "reminders/"))])
def test_officers_are_not_spoken_to_as_businesses(name: str) -> None:
    assert "Quý doanh nghiệp" not in WORDING.source(name)


def test_buttons_carry_what_a_person_would_type() -> None:
    assigned = WORDING.preview(WORDING.source("officer/assigned"))
    assert assigned.buttons == (
        ("1. Nhận xử lý", "Nhận QN-2611-00042/1"),
        ("2. Trả lời", "Trả lời QN-2611-00042/1"),
        ("3. Không thuộc thẩm quyền", "Không thuộc thẩm quyền QN-2611-00042/1"),
        ("4. Hỏi thêm doanh nghiệp", "Hỏi thêm QN-2611-00042/1"),
        ("Mở trên web", "https://kenh.example.vn/can-bo/QN-2611-00042/1"),
    )
    assert assigned.text.endswith("Gõ 1 Nhận xử lý, 2 Trả lời, 3 Không thuộc thẩm quyền, 4 Hỏi thêm doanh nghiệp.")


def test_every_kind_of_event_has_its_line() -> None:
    assert {kind.value for kind in EventKind} <= {name.removeprefix("events/") for name in WORDING.names}


def test_every_step_of_the_ladder_has_its_words() -> None:
    assert {step.template for step in LADDER} <= set(WORDING.names)


def _flows() -> Iterator[tuple[str, Flow]]:
    try:
        from zalobot.flows import FLOWS
        from zalobot.province import load

        province = load("quang-ninh")
    except (ImportError, FileNotFoundError, ZalobotError):
        return
    for name, make in FLOWS.items():
        yield name, make(province)


@pytest.mark.parametrize(("name", "flow"), list(_flows()) or [("", None)])
def test_every_step_of_every_flow_has_its_words(name: str, flow: Flow | None) -> None:
    if flow is None:
        pytest.skip("the flows are not there yet")
    assert flow.name == name
    assert sorted(set(_needed(flow)) - set(WORDING.names)) == []


def _needed(flow: Flow) -> Iterator[str]:
    """The question of each step, each reason its `read` can give, and "more" where files add up."""
    for step in flow.steps:
        yield f"{flow.name}/{step.name}"
        if step.takes_files:
            yield f"{flow.name}/{step.name}.more"
        yield from (f"{flow.name}/{step.name}.{reason}" for reason in _reasons(step))


def _reasons(step: Any) -> set[str]:
    return set(re.findall(r'Rejected\("(\w+)"', inspect.getsource(type(step).read)))


def test_every_placeholder_is_used_or_offered_somewhere() -> None:
    """One that no message may use is a word operators are shown for nothing."""
    given = {thing for things in CONTEXTS.values() for thing in things}
    assert {placeholder.needs for placeholder in PLACEHOLDERS} - given == set()


def test_no_message_asks_two_things_at_once() -> None:
    for name in WORDING.names:
        body = WORDING.preview(WORDING.source(name)).text
        assert body.count("?") <= 1, name


def test_every_template_compiles() -> None:
    assert all(compiled(WORDING.source(name)) for name in WORDING.names)


def test_every_message_the_code_names_is_there() -> None:
    """Every text in the code that begins like a folder of messages is a message."""
    folders = sorted({name.split("/")[0] for name in WORDING.names})
    literal = re.compile(rf'"((?:{"|".join(folders)})/[a-z_.]+)"')
    named = {name for path in _sources() for name in literal.findall(path.read_text(encoding="utf-8"))}
    assert sorted(named - set(WORDING.names)) == []


def test_every_refusal_has_its_words() -> None:
    raised = re.compile(r'(?:Refused|IllegalTransition|StaleTicket|PastHorizon)\(\s*"(\w+)"')
    reasons = {reason for path in _sources() for reason in raised.findall(path.read_text(encoding="utf-8"))}
    assert sorted(f"refused/{reason}" for reason in reasons if f"refused/{reason}" not in WORDING.names) == []


def _sources() -> list[Path]:
    return [path for path in Path(zalobot.__file__).parent.rglob("*.py") if "simulator" not in path.parts]
