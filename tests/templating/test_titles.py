"""Every message has a plain Vietnamese name and a place in the conversation."""

import re

from zalobot.message_contexts import CONTEXTS
from zalobot.templating import titles


def test_every_message_is_named_and_placed_once() -> None:
    placed = [name for group in titles.groups(CONTEXTS) for name in group.names]
    assert [name for name in CONTEXTS if titles.title(name) == name] == [], "name it in templates/message_names.toml"
    assert sorted(set(CONTEXTS)) == sorted(placed)
    assert sorted(placed) == sorted(set(placed))


def test_nothing_is_named_that_is_not_there() -> None:
    assert sorted(set(titles._titles()) - set(CONTEXTS)) == []


def test_no_name_is_a_file_name_or_said_twice_in_a_group() -> None:
    for group in titles.groups(CONTEXTS):
        names = [titles.title(name) for name in group.names]
        assert len(names) == len(set(names)), group.title
        assert [name for name in names if re.search(r"[/_]", name) or not name[0].isupper()] == []
        assert group.when


def test_a_refusal_is_called_by_its_question() -> None:
    assert titles.title("report_issue/description.too_short") == "Hỏi nội dung: còn ngắn"
    assert titles.title("report_issue/sent") == "Đã tiếp nhận"
    assert titles.title("nowhere/nothing") == "nowhere/nothing"
    first, *_, last = titles.groups(["status/accepted", "welcome/hello", "report_issue/files.more", "new/one"])
    assert first.names == ("welcome/hello",)
    assert last.names == ("new/one",)
