"""The templates of a pack: what is wrong is named by file and key."""

from pathlib import Path

import pytest

from zalobot.channel_policy import policy
from zalobot.pack import Notes
from zalobot.pack_templates import MessageTemplate, read_templates

GOOD = """
[[template]]
key = "k"
tag = 1
stands_for = ["status/answered"]
price_uid = 560
price_phone = 800
title = "Hồ sơ đã có trả lời"
text = "Hồ sơ <ma>"
parameters = [{ name = "ma", type = "code", value = "ma_ho_so" }]
"""


def read(folder: Path, text: str) -> tuple[tuple[MessageTemplate, ...], list[str]]:
    (folder / "zbs.toml").write_text(text, encoding="utf-8")
    notes = Notes()
    return read_templates(folder, policy().template_lengths, notes), notes.problems


def test_a_template_is_read_with_zalos_limits_for_its_parameters(tmp_path: Path) -> None:
    (template,), problems = read(tmp_path, GOOD)
    assert problems == []
    (parameter,) = template.parameters
    assert (parameter.most, parameter.least, parameter.required, parameter.may_be_cut) == (30, 1, True, False)


def test_a_pack_needs_no_templates(tmp_path: Path) -> None:
    notes = Notes()
    assert read_templates(tmp_path, policy().template_lengths, notes) == ()
    assert notes.problems == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("tag = 1", "tag = 7", "zbs.toml: template: k: tag: must be 1 (transaction)"),
        ('type = "code"', 'type = "codes"', "must be one of name, phone"),
        ('value = "ma_ho_so"', 'value = "ma_ho_so", most = 31', "least and most must lie between 1 and 30"),
        ("Hồ sơ <ma>", "Hồ sơ", "is a parameter that the text does not name"),
        ('key = "k"', 'kei = "k"', "kei: is not known here"),
        ('["status/answered"]', '["status/answered", "status/answered"]', "status/answered is there twice"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, before: str, after: str, problem: str) -> None:
    assert any(problem in found for found in read(tmp_path, GOOD.replace(before, after))[1])
