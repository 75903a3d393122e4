"""Jinja, HTML and SQL in everything a business can send come out literally everywhere; nothing is evaluated."""

import html
import json
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import col, select

from tests.journeys.stage import APP, OA, Person, Stage, finish
from tests.rooms import outbox_rows
from zalobot import app
from zalobot.store.models import Attachment

HOSTILE = {
    "jinja": "{{ 7191*3 }} {% for x in range(3) %}{{ 7191*3 }}{% endfor %} {# gone? #} {{ han }} {{ ''.__class__ }}",
    "html": "<script>alert(7191)</script><img src=x onerror=alert(1)> &lt;b&gt; \"'> <!-- gone? -->",
    "sql": "'; DROP TABLE ticket; -- ' OR 1=1) UNION SELECT code FROM ticket; :name %s ? $1",
    "formats": "{0} {name!r:>10} %(x)s %d ${7191*3} $(id) `id` #{7191*3} \\n \\u0041 ---",
}
NEVER = ("21573", "class 'str'")


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    made = Stage(database_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


def folded(text: str) -> str:
    return " ".join(text.split())


def is_told(name: str, stage: Stage) -> dict[str, object]:
    """`user_submit_info`: the name a person has in Zalo."""
    return {
        "app_id": APP,
        "event_name": "user_submit_info",
        "sender": {"id": "lan"},
        "recipient": {"id": OA},
        "timestamp": str(int(stage.now.timestamp() * 1000)),
        "info": {"name": name},
    }


def sends_file(person: Person, name: str) -> list[str]:
    payload = {"url": "https://f.zdn.vn/a.pdf", "name": name, "size": "1", "type": "pdf"}
    return person._sends({"attachments": [{"type": "file", "payload": payload}]}, "user_send_file", 1)


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_text_comes_out_literally_on_every_phone_and_page(stage: Stage, kind: str) -> None:
    words = HOSTILE[kind]
    officer, lan = stage.officer("officer", "SXD"), stage.person("lan")
    stage.hear(is_told(f"Công ty {words}"[:200], stage))
    lan.agrees()
    lan.says(f"Giấy phép xây dựng chưa có: {words}")
    sends_file(lan, f"{words}.pdf")
    finish(lan, agencies="Sở Xây dựng", until="tên doanh nghiệp, mã số thuế")
    officer.pushes()
    who, company = f"Lan {words[:60]} 0912000345", f"Công ty {words}"[:200].strip()
    (confirm,) = lan.says(who)
    assert folded(f"Giấy phép xây dựng chưa có: {words}") in folded(confirm)
    lan.says("sửa công khai")
    (asked,) = lan.says("2")
    if named := "tên doanh nghiệp sẽ được nêu công khai" in asked:  # nothing of who writes was taken for a name
        lan.says(company)
    (made,) = lan.says("gửi")
    code = stage.tickets()[0].code
    assert code in made
    (push,) = officer.pushes()
    assert folded(words) in folded(push)
    officer.says(f"Nhận {code}/1")
    officer.says(f"Trả lời {code}/1")
    officer.says(f"Đã xem xét, kết quả: {words}")
    lan.pushes()
    officer.says("1")
    assert any(folded(words) in folded(text) for text in lan.pushes())
    lan.says(f"Chưa được giải quyết {code}/1")
    lan.says(f"Không đúng: {words}")
    ticket = stage.tickets()[0]
    assert ticket.description == f"Giấy phép xây dựng chưa có: {words}"
    assert ticket.business_name
    assert ticket.business_name == company if named else ticket.business_name in who
    files = stage.store.read_now(lambda s: list(s.exec(select(Attachment.name).order_by(col(Attachment.id)))))
    assert files == [f"{words}.pdf"]
    assert [
        never for never in NEVER if never in json.dumps([row.body for row in stage.store.read_now(outbox_rows)])
    ] == []
    await _on_the_pages(stage, code, words)


async def _on_the_pages(stage: Stage, code: str, words: str) -> None:
    site = app.build(stage.settings, now=lambda: stage.now, workers=False)
    async with TestServer(site) as server, aiohttp.ClientSession() as http:
        pages = {}
        for path in (
            f"/hoi-dap/{code}",
            "/hoi-dap",
            "/",
            f"/hoi-dap?q={quote(words)}",
            f"/hoi-dap/{quote(words, safe='')}",
        ):
            async with http.get(f"{str(server.make_url('')).rstrip('/')}{path}") as answer:
                pages[path] = (answer.status, await answer.text())
    page = pages[f"/hoi-dap/{code}"][1]
    assert folded(words) in folded(html.unescape(page))
    for path, (status, text) in pages.items():
        assert status in (200, 404), path
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert [never for never in NEVER if never in text] == [], path


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_as_a_command_or_a_code_is_only_words(stage: Stage, kind: str) -> None:
    lan = stage.person("lan")
    lan.agrees()
    for said in (HOSTILE[kind], f"tra cứu {HOSTILE[kind]}", f"QN-2611-00001 {HOSTILE[kind]}", f"CB-{HOSTILE[kind]}"):
        assert len(lan.says(said)) == 1
        lan.says("huỷ")
    assert stage.tickets() == []
    assert [
        never for never in NEVER if never in json.dumps([row.body for row in stage.store.read_now(outbox_rows)])
    ] == []


@pytest.mark.parametrize("length", [5_000, 5_001, 20_000])
def test_a_long_text_is_taken_or_refused_in_words(stage: Stage, length: int) -> None:
    lan = stage.person("lan")
    lan.agrees()
    text = ("Hồ sơ xin phép xây dựng chưa có kết quả. " * 600)[:length].strip()
    heard = lan.says(text)
    assert heard
    assert all(len(one) <= 2000 for one in heard)
    lan.says("menu")


def test_a_text_in_nfd_is_understood_and_kept_in_nfc(stage: Stage) -> None:
    lan = stage.person("lan")
    for line in ("xin chào", "đồng ý", "Công ty chúng tôi xin phép xây dựng tại Hạ Long", "bỏ qua", "gửi"):
        assert len(lan.says(unicodedata.normalize("NFD", line))) == 1
    assert [ticket.description for ticket in stage.tickets()] == ["Công ty chúng tôi xin phép xây dựng tại Hạ Long"]
