"""Words that people type without marks must not mean two things at once."""

import pytest

from zalobot.flows.words import words
from zalobot.handlers.commands import EVERYWHERE

ANSWERS = ("send", "skip", "done", "yes", "no", "agree", "disagree")


@pytest.mark.parametrize("command", sorted(EVERYWHERE))
def test_no_answer_is_a_command_once_its_marks_are_gone(command: str) -> None:
    """ "đúng" and "dừng" are both "dung": taking a yes for a cancel would throw a draft away."""
    assert {kind: words(kind) & words(command) for kind in ANSWERS} == {kind: frozenset() for kind in ANSWERS}
