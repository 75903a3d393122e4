"""Nothing unsafe, broken or too long is saved, and each refusal names its line."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.templating.conftest import PLACEHOLDERS, TICKET
from zalobot.templating import Finding, Kind, Wording, check, check_all, lost, mended


def findings(wording: Wording, source: str, *things: str) -> tuple[Finding, ...]:
    """What is found in the words of `say`, which is given these things."""
    wording.contexts["say"] = things or ("channel", "draft", "ticket")
    return check(source, "say", wording=wording)


def codes(wording: Wording, source: str, *things: str) -> list[tuple[int, str, str]]:
    return [(finding.line, finding.code, finding.detail) for finding in findings(wording, source, *things)]


@pytest.mark.parametrize(
    "source",
    [
        "Đã nhận {{ ma_ho_so }}.",
        "{% if link %}Xem {{ link }}{% else %}Chưa công khai{% endif %}",
        "{% if not link and ma_ho_so == 'x' %}A{% elif link %}B{% endif %}",
        "{{ ma_ho_so|upper }}",
        "{# ghi chú #}A\n---\nXem -> xem {{ ma_ho_so }}",
        "Tỉnh {{ ten_tinh }}",
        "A 114\n---\nGọi 114 -> tel:114\nXem -> {{ link }}",
    ],
)
def test_ordinary_words_have_no_problems(wording: Wording, source: str) -> None:
    assert findings(wording, source) == ()


@pytest.mark.parametrize(
    "expression",
    [
        "{{ '%1000000000s' % 'a' }}",
        "{{ 'a' * 100000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ ma_ho_so.__class__ }}",
        "{{ ma_ho_so.upper() }}",
        "{{ ma_ho_so['x'] }}",
        "{{ ''.join(ma_ho_so) }}",
        "{{ ma_ho_so|format(1) }}",
        "{{ ma_ho_so|attr('x') }}",
        "{{ range(10) }}",
        "{{ [1] }}",
        "{{ {'a': 1} }}",
        "{{ 1 }}",
        "{{ ma_ho_so ~ ma_ho_so }}",
        "{{ ma_ho_so is defined }}",
        "{{ ma_ho_so > link }}",
        "{% for x in ma_ho_so %}{% endfor %}",
        "{% set x = 'a' %}",
        "{% include 'say.txt' %}",
        "{% macro x() %}{% endmacro %}",
        "{% raw %}a{% endraw %}{% block x %}{% endblock %}",
        "{% filter upper %}a{% endfilter %}",
    ],
)
def test_what_the_language_has_not_is_refused_with_its_line(wording: Wording, expression: str) -> None:
    [finding] = findings(wording, f"Dòng một\nDòng hai {expression}")
    assert (finding.line, finding.kind) == (2, Kind.STOP)
    assert finding.code in ("unsafe", "syntax")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("A\nB {{ ma_ho_so", 2),
        ("A\n{% if ma_ho_so %}\nB", 3),
        ("A\nB }}\nC", 2),
        ("A {{ }}", 1),
        ("A\n---\nX -> {% endif %}", 3),
        ("A { { ma_ho_so } }", 1),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_line(wording: Wording, source: str, line: int) -> None:
    assert [(finding.line, finding.code) for finding in findings(wording, source)] == [(line, "syntax")]


def test_depth_is_refused_not_suffered(wording: Wording) -> None:
    assert codes(wording, "{{ " + "(" * 3000 + "a" + ")" * 3000 + " }}") == [(1, "syntax", "too deep")]
    assert codes(wording, "{% if " + "not " * 1900 + "a %}{% endif %}") == [(1, "syntax", "too deep")]
    assert codes(wording, "x" * 9000) == [(1, "source_too_long", "")]


def test_an_unknown_placeholder_is_named_with_the_nearest(wording: Wording) -> None:
    [finding] = findings(wording, "A\n{{ ma_hoso }}")
    assert finding == Finding(2, 4, Kind.STOP, "unknown_placeholder", ("ma_hoso",), "ma_ho_so")
    assert mended("A\n{{ ma_hoso }}", finding) == "A\n{{ ma_ho_so }}"
    assert mended("A\nB", finding) == "A\nB"


def test_a_placeholder_of_another_message_is_refused(wording: Wording) -> None:
    assert codes(wording, "{{ ma_phan_viec }}") == [(1, "not_here", "ma_phan_viec")]
    assert codes(wording, "{{ ma_phan_viec }}", "part", "draft") == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A\n---\nXem", [(3, "missing_arrow", "Xem")]),
        ("A\n---\n -> x", [(3, "empty_button", "x")]),
        ("A\n---\nX -> ", [(3, "empty_button", "X")]),
        ("A\n---\nX -> javascript:alert(1)", [(3, "bad_link", "javascript:alert(1)")]),
        ("A\n---\n", [(3, "no_buttons", "")]),
        ("---\nX -> x", [(1, "empty", "")]),
        ("A\n---\n" + "".join(f"X{n} -> x\n" for n in range(6)), [(8, "too_many_buttons", "6")]),
        ("A\n---\n" + "X" * 101 + " -> x", [(3, "title_too_long", "1. " + "X" * 101)]),
        ("A\n---\nX -> " + "x" * 1001, [(3, "payload_too_long", "1. X")]),
        ("Xin chào 🎉", [(1, "emoji", "🎉")]),
        ("x" * 701, [(1, "long", "701")]),
        ("x" * 2001, [(1, "too_long", "2001")]),
        ("{{ noi_dung }}" + "x" * 200, [(1, "too_long", "2100")]),
        ("{% if noi_dung %}a{% else %}" + "x" * 2001 + "{% endif %}", [(1, "too_long", "2001")]),
    ],
)
def test_limits_of_zalo_are_kept(wording: Wording, source: str, expected: list[tuple[int, str, str]]) -> None:
    assert codes(wording, source) == expected


def test_a_placeholder_that_disappeared_is_named() -> None:
    assert lost("{{ ma_ho_so }} {{ link }}", "{{ ma_ho_so }}") == ("link",)
    assert lost("{{ ma_ho_so }}", "{% if ma_ho_so %}a{% endif %}") == ()


def test_checking_a_folder_names_every_line(wording: Wording) -> None:
    assert check_all(wording) == []
    wording.put("say", "A\n{{ ma_hoso }}")
    wording.put("extra", "A")
    wording.contexts["gone"] = ()
    assert check_all(wording) == [
        "extra.txt: not declared in message_contexts",
        "gone.txt: missing",
        "say.txt:2: stop unknown_placeholder: ma_hoso",
    ]
    wording.put("lint/unknown_placeholder", "Dòng {{ dong }}: không có ô này.")
    wording.contexts["lint/unknown_placeholder"] = ("problem",)
    assert check_all(wording)[-1] == "say.txt:2: stop unknown_placeholder: Dòng 2: không có ô này."


PIECES = (
    *("{{", "}}", "{%", "%}", "{#", "#}", " if ", " else ", " endif ", "ma_ho_so", "link", "noi_dung", "\n", "\n---\n"),
    *("->", " ", "a", "|upper", "not ", "'x'", "==", "-", "+", "tel:1", "https://x", "{{ ma_ho_so }}", "{% endif %}"),
    *("{% if link %}", "{% else %}", "(", ")", ".", "\\", "%s", "{", "}"),
)


@given(source=st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_passes_can_be_said(source: str) -> None:
    """Lint never fails, and what it lets through renders with any values, without a brace left over."""
    wording = Wording(Path("nowhere"), PLACEHOLDERS, {"say": ("ticket",)}, always={"channel": TICKET})
    if any(finding.kind is Kind.STOP for finding in findings(wording, source, "ticket")):
        return
    wording.put("say", source)
    for ticket in (
        TICKET,
        SimpleNamespace(code="", text="", link=""),
        SimpleNamespace(code="{{", text="%}", link="->"),
    ):
        rendered = wording.render("say", ticket=ticket)
        assert len(rendered.buttons) <= 5
        assert all(title and payload for title, payload in rendered.buttons)
    assert "{{" not in wording.render("say", ticket=TICKET).text
