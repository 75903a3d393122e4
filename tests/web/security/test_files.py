"""Files: nothing outside the folders is handed down, and nothing that is handed down runs here."""

import re
from urllib.parse import quote, unquote

import aiohttp
import pytest
from sqlmodel import Session, select
from yarl import URL

from tests.archives import zipped
from tests.web import sample
from tests.web.security.place import Answer, Place, Who
from zalobot.store.blobs import BlobStore
from zalobot.store.ids import new_id
from zalobot.store.models import AccountRole, Attachment, AttachmentState, Ticket, WordingVersion
from zalobot.web.handed import SHOWN, named

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
GIF_JS = b"GIF89a/*\x00\x00*/=1;alert(1)"
KEPT_AS = (
    ("anh.jpg", "text/html", HTML), ("anh.jpg", "image/svg+xml", SVG), ("a.html", "text/html; charset=utf-7", HTML),
    ("a.js", "text/javascript", b"alert(1)"), ("a.gif", "image/gif", GIF_JS), ("a.png", "image/png", HTML),
    ("a.pdf", "application/pdf", b"%PDF-1.7"), ("a.xml", "application/xhtml+xml", HTML), ("a", "", HTML),
    ("a.jpg", "image/jpeg\r\nX-Evil: 1", HTML), ("a.mht", "multipart/related", HTML),
)  # fmt: skip
NAMES = (
    ("../../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/etc/passwd", "passwd"), ("", "tep"),
    ('a".html\r\nX-Evil: 1', 'a".htmlX-Evil: 1'), ("a;filename=b.exe", "a;filename=b.exe"), ("..", "tep"),
    ("\u202egpj.exe", "gpj.exe"), ("a\x00.jpg", "a.jpg"), ("Giấy phép (bản 1).pdf", "Giấy phép (bản 1).pdf"),
    ("a" * 300, "a" * 200), (".htaccess", "htaccess"), ("%2e%2e%2fx", "%2e%2e%2fx"), ("😀.jpg", "😀.jpg"),
)  # fmt: skip


def kept(place: Place, name: str, kind: str, data: bytes, *, sha256: str = "") -> str:
    """A file of the ticket; gives back its address."""
    folder = place.files

    def add(session: Session) -> str:
        ticket = session.exec(select(Ticket).where(Ticket.code == "QN-2611-00042")).one()
        row = Attachment(
            id=new_id(), person_id="x", ticket_id=ticket.id, kind="file", url="https://f.zdn.vn/a", name=name[:300],
            sha256=sha256 or BlobStore(folder).put(data), content_type=kind, state=AttachmentState.KEPT,
            try_at=sample.NOW, created_at=sample.NOW,
        )  # fmt: skip
        session.add(row)
        return f"/can-bo/tep/{row.id}"

    return place.store.run_now(add)


@pytest.mark.parametrize(("name", "kind", "data"), KEPT_AS)
async def test_a_file_of_a_business_is_never_a_page_of_ours(place: Place, name: str, kind: str, data: bytes) -> None:
    answer = await place.people[AccountRole.OFFICER].get(kept(place, name, kind, data))
    assert (answer.status, answer.body) == (200, data)
    told = answer.headers["Content-Type"]
    assert told in (*SHOWN, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("inline" if told in SHOWN else "attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(("name", "shown"), NAMES)
async def test_the_name_of_a_file_is_a_name_and_nothing_else(place: Place, name: str, shown: str) -> None:
    answer = await place.people[AccountRole.OFFICER].get(kept(place, name.replace("\0", ""), "application/pdf", b"x"))
    said = answer.headers["Content-Disposition"]
    found = re.fullmatch(r"attachment; filename\*=UTF-8''([A-Za-z0-9%!#$&+.^_`|~-]+)", said)
    assert found is not None, said
    assert unquote(found[1]) == shown == unquote(named(name))
    assert "X-Evil" not in answer.headers


async def test_a_file_is_for_the_agencies_of_its_ticket(place: Place) -> None:
    way = kept(place, "a.pdf", "application/pdf", b"x")
    stranger = place.enter("nguoi.la", AccountRole.OFFICER, "STC")
    answers = [(await who.get(way)).status for who in (stranger, place.people[AccountRole.LEADER], place.nobody)]
    assert answers == [404, 403, 303]
    assert (await place.people[AccountRole.COORDINATOR].get(way)).status == 200


@pytest.mark.parametrize("sha256", ["../../../../etc/passwd", "a" * 63, "A" * 64, "a" * 64, "/etc/passwd"])
async def test_a_row_that_names_no_file_of_ours_gives_none(place: Place, sha256: str) -> None:
    way = kept(place, "a", "image/png", b"", sha256=sha256)
    answer = await place.people[AccountRole.OFFICER].get(way)
    assert answer.status >= 400
    assert b"root:" not in answer.body


UP = ("..", "%2e%2e", "%2e.", ".%2e", "..%2f", "%2e%2e%2f", "..%5c", "%252e%252e", "%c0%ae%c0%ae", "....//", "..;")


async def raw(who: Who, path: str) -> Answer:
    """Ask for exactly this address: no client tidies it up."""
    async with who.http.get(URL(who.address + path, encoded=True), allow_redirects=False) as answer:
        return Answer(answer.status, answer.headers.copy(), await answer.read())


@pytest.mark.parametrize("up", UP)
async def test_nothing_outside_the_static_folder_is_served(place: Place, up: str) -> None:
    for way in (f"{up}/guard.py", f"vendor/{up}/{up}/guard.py", f"{up}/{up}/{up}/{up}/etc/passwd", f"/{up}/guard.py"):
        answer = await raw(place.nobody, f"/static/{way}")
        assert answer.status in (400, 404), way
        assert b"import" not in answer.body
        assert b"root:" not in answer.body


ARCHIVES = {
    "up": zipped({"../../../tmp/evil.txt": b"x"}),
    "absolute": zipped({"/tmp/evil.txt": b"x"}),
    "backslash": zipped({"..\\evil.txt": b"x"}),
    "another kind": zipped({"messages/welcome/menu.py": b"x"}),
    "known, then up": zipped({"messages/welcome/menu.txt": b"x", "messages/../../evil.txt": b"x"}),
    "a bomb": zipped({"messages/welcome/menu.txt": b"0" * 50_000_000}),
    "many": zipped({f"messages/{n}.txt": b"" for n in range(2500)}),
    "none": b"PK\x03\x04" + b"\0" * 100,
    "empty": b"",
}


@pytest.mark.parametrize("kind", ARCHIVES)
async def test_an_upload_of_words_writes_nothing_anywhere(place: Place, kind: str) -> None:
    who = place.people[AccountRole.OPERATOR]
    before = place.store.read_now(lambda session: len(session.exec(select(WordingVersion)).all()))
    form = aiohttp.FormData({"csrf": who.csrf, "ly_do": "thử xem sao"})
    form.add_field("tep", ARCHIVES[kind], filename="../../x.zip", content_type="application/zip")
    answer = await who.ask("POST", "/van-hanh/loi-nhan/tep", data=form)
    assert answer.status in (200, 413, 422)  # 200 only shows what is in it
    assert place.store.read_now(lambda session: len(session.exec(select(WordingVersion)).all())) == before


async def test_a_word_of_an_address_that_is_a_path_leads_nowhere(place: Place) -> None:
    who = place.people[AccountRole.OPERATOR]
    for up in ("../../etc/passwd", "..", "welcome/../../../etc/passwd", "x" * 3000, "a\r\nb"):
        for path in ("/van-hanh/loi-nhan/", "/van-hanh/tin-nhan/", "/van-hanh/truc/", "/van-hanh/co-quan/"):
            answer = await raw(Who(who.address, who.http), f"{path}{quote(up, safe='')}")
            assert answer.status in (303, 404)
            assert (await who.get(f"{path}{quote(up, safe='')}")).status in (200, 404)
