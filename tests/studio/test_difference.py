"""What changed from one text to another."""

from hypothesis import given
from hypothesis import strategies as st

from zalobot.studio.difference import Line, between

LINES = st.lists(st.text("ab {}%\u1ea3", max_size=12), max_size=8).map("\n".join)


def test_nothing_changed() -> None:
    assert between("a\nb\n", "a\nb\n") == []


def test_the_words_that_changed_are_marked_within_their_line() -> None:
    found = between("Hạn trả lời: {{ ngay_han }}.", "Hạn trả lời: {{ gio_han }} {{ ngay_han }}.")
    assert [line.kind for line in found] == ["gone", "new"]
    assert [piece for piece, changed in found[1].pieces if changed] == ["{{ gio_han }} "]


def test_lines_with_nothing_in_common_are_shown_whole() -> None:
    assert between("Xin chào.", "123") == [
        Line("gone", (("Xin chào.", False),)),
        Line("new", (("123", False),)),
    ]


def test_far_from_a_change_lines_are_left_out() -> None:
    before = "\n".join("abcdefgh")
    assert [line.kind for line in between(before, before.replace("e", "x"))] == [
        *("skipped", "same", "gone", "new", "same", "skipped")
    ]


@given(LINES, LINES)
def test_no_word_is_lost(before: str, after: str) -> None:
    """What went and what came, each in order, are lines of the one and of the other text."""
    found = between(before, after)
    old, new = before.rstrip().split("\n"), after.rstrip().split("\n")
    gone = [line.text for line in found if line.kind == "gone"]
    come = [line.text for line in found if line.kind == "new"]
    assert _within(gone, old)
    assert _within(come, new)
    assert len(old) - len(gone) == len(new) - len(come) or old == new


def _within(some: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(one in rest for one in some)
