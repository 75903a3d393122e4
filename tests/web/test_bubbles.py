"""A chat lies on a telephone as Zalo shows it, and a page shows what an operator typed literally."""

import re
from datetime import UTC, datetime, timedelta

from zalobot.operating.transcripts import Line, Side
from zalobot.simulator import page as simulator
from zalobot.templating import Rendered
from zalobot.web import bubbles, pages
from zalobot.web.bubbles import Bubble, laid_out

NOW = datetime(2026, 11, 26, 3, 20, tzinfo=UTC)  # 10:20, a Thursday
DRAWING = '{% from "_macros/phone.html" import phone %}{{ phone(laid, "Doanh nghiệp", "10:20") }}'


def drawn(*bubbles: Bubble) -> str:
    return pages.environment().from_string(DRAWING).render(laid=laid_out(bubbles, NOW))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def test_runs_belong_together_and_days_are_said() -> None:
    said = (
        Bubble("a", ago(days=3)),
        Bubble("b", ago(days=1), me=True),
        Bubble("c", ago(minutes=40)),
        Bubble("d", ago(minutes=39)),
        Bubble("e", ago(minutes=2)),
        Bubble("f", ago(minutes=1), me=True, state="seen"),
        Bubble("g", NOW, by_hand=True),
    )
    laid = laid_out(said, NOW)
    assert [thing.day for thing in laid] == ["other", "yesterday", "today", "", "same", "", ""]
    assert [thing.first for thing in laid] == [True, True, True, False, True, True, True]
    assert [thing.last for thing in laid] == [True, True, False, True, True, True, True]
    assert [thing.mark for thing in laid] == ["", "", "", "", "", "seen", ""]
    page = drawn(*said)
    assert "Thứ\N{NO-BREAK SPACE}Hai 23/11, 10:20" in page
    assert "Hôm qua, 10:20" in page
    assert page.count("Đã xem") == 1
    assert page.count("Cán bộ trả lời từ hộp thư") == 1


def test_buttons_are_rows_and_links_lead_out() -> None:
    said = Rendered(
        "Xem https://kenh.example.vn/a.",
        (("1. Tra cứu", "Tra cứu"), ("Xem", "https://x.vn/"), ("Gọi", "tel:114")),
        "",
        "",
    )
    page = drawn(bubbles.of(said))
    assert '<span class="zb">1. Tra cứu</span>' in page
    assert '<a class="zb" href="https://x.vn/" target="_blank" rel="noopener"><span>Xem</span>' in page
    assert '<a class="zb" href="tel:114"><span>Gọi</span></a>' in page
    assert '<a href="https://kenh.example.vn/a" target="_blank" rel="noopener">https://kenh.example.vn/a</a>.' in page


def test_a_list_a_picture_and_a_file_are_drawn() -> None:
    listed = drawn(Bubble("", elements=(("Lịch", ""), ("Sở Xây dựng", "17h00"))))
    assert '<div class="zl-b">Lịch</div>' in listed
    assert '<span class="zl-t">Sở Xây dựng</span><small>17h00</small>' in listed
    assert 'src="/media/1"' in drawn(Bubble("", image="/media/1"))
    assert '<span class="zfile-n">ban-ve.pdf</span><small>12 KB</small>' in drawn(
        Bubble("", file=("/tep/1", "ban-ve.pdf", "12 KB"))
    )


def test_the_live_chat_is_drawn_of_the_same_parts() -> None:
    said = (
        Line(ago(days=1), Side.PERSON, "xin chào"),
        Line(NOW, Side.BOT, "Quý doanh nghiệp cần gì?", buttons=("1. Tra cứu",)),
    )
    drawing = '{% from "_macros/chat.html" import chat %}{{ chat(lines, "Lan") }}'
    page = pages.environment().from_string(drawing).render(lines=said)
    one = drawn(Bubble("Quý doanh nghiệp cần gì?", NOW, buttons=(("1. Tra cứu", "x"),)))
    for piece in ('<span class="zb">1. Tra cứu</span>', '<div class="bub bub-x"><p>', '<p class="chat-d"><span>'):
        assert piece in page
        assert piece in one


def test_the_simulator_clones_what_pages_are_drawn_of() -> None:
    page = simulator.drawn()
    there = set(re.findall(r'data-part="(\w+)"', page))
    script = (simulator.HERE / "chat.js").read_text(encoding="utf-8")
    called = re.findall(r"(?:part|filled)\(([^,)]*)", script)
    wanted = {name for call in called for name in re.findall(r'"([a-z_]+)"', call)}
    assert {"oa", "pill", "banner", "row", "picture", "paper", "button", "way_out"} <= wanted <= there
    rendered = "".join(drawn(Bubble("a", NOW, buttons=(("Xem", "https://x.vn/"),))).split())
    head = re.search(r'<div class="ph-h">.*?</small>', page, re.S)
    assert head
    assert "".join(head[0].replace('<b class="ph-oa"></b>', '<b class="ph-oa">Doanh nghiệp</b>').split()) in rendered


def test_what_is_typed_stays_text() -> None:
    hostile = '<script>alert(1)</script>{{ x }}" onclick="x'
    page = drawn(Bubble(hostile, NOW, buttons=((hostile, hostile),), elements=((hostile, hostile),)))
    assert "<script>" not in page
    assert "onclick=&#34;" in page
    assert 'onclick="' not in page
