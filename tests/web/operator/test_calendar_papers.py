"""Decisions behind the calendar as files: attached with a change or later, open to everybody who reads a receipt."""

import io
import re
from pathlib import Path
from urllib.parse import unquote

import aiohttp
from PIL import Image
from sqlmodel import Session, select

from tests.web import sample
from tests.web.operators import HOME, seated
from tests.web.test_coordinator import here
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser
from zalobot import reference, withdrawals
from zalobot.calendars import papers
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import AccountRole, AdminEvent, Attachment, AttachmentState, CalendarPaper, Ticket

PATH = f"{HOME}/lich/van-ban"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
STORM = {"ngay": "2026-11-27", "den": "", "loai": "off", "gio": "", "ly_do": "Bão số 15", "van_ban": "CĐ 21/CĐ-UBND"}
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture(colour: str = "red", kind: str = "png") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(made, kind)
    return made.getvalue()


async def send(who: Browser, path: str, *files: tuple[str, bytes], **typed: str) -> str:
    """The form of the page with files."""
    form = aiohttp.FormData(who.hidden | typed, quote_fields=False)  # as browsers do
    for name, data in files:
        form.add_field("tep", io.BytesIO(data), filename=name, content_type="application/pdf")
    async with who.http.post(who.address + path, data=form) as answer:
        return await who._take(answer)


async def storm(who: Browser, *files: tuple[str, bytes]) -> str:
    """A day off is entered, with these files as its document."""
    await who.get(f"{HOME}/lich?{'&'.join(f'{name}={value}' for name, value in STORM.items())}")
    return await send(who, f"{HOME}/lich", *files, doi_chieu="1")


def kept(store: Store) -> list[CalendarPaper]:
    return store.read_now(lambda s: list(s.exec(select(CalendarPaper).order_by(CalendarPaper.id))))


async def read(address: str, key: str) -> tuple[int, bytes, dict[str, str]]:
    """What somebody gets who is not signed in."""
    async with aiohttp.ClientSession() as http, http.get(f"{address}/van-ban/{key}") as answer:
        return answer.status, await answer.read(), dict(answer.headers)


async def test_a_decision_attached_to_a_change_is_opened_from_every_place_that_names_the_day(
    store: Store, address: str, huy: Browser
) -> None:
    assert "Đã áp dụng" in words(await storm(huy, ("Công điện 21.pdf", PDF)))
    [row] = kept(store)
    assert (row.source, row.name, row.content_type) == ("CĐ 21/CĐ-UBND", "Công điện 21.pdf", "application/pdf")
    link = f'href="/van-ban/{row.id}"'
    pages = [f"{HOME}/lich", f"{HOME}/lich?ngay=2026-11-27", f"{HOME}/lich/cac-ban", PATH]
    assert {path: link in await huy.get(path) for path in pages} == dict.fromkeys(pages, True)
    codes = store.read_now(lambda s: list(s.exec(select(Ticket.code))))
    assert [code for code in codes if link in await huy.get(f"/hoi-dap/{code}")] != [], "no receipt leads to it"
    status, data, headers = await read(address, row.id)
    assert (status, data) == (200, PDF)
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''C%C3%B4ng%20%C4%91i%E1%BB%87n%2021.pdf"
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_scanned_pages_are_attached_later_to_a_document_of_the_pack(
    store: Store, address: str, huy: Browser
) -> None:
    await huy.get(PATH)
    source = re.search(r'name="van_ban" value="([^"]+)"', huy.page)
    assert source
    pages = [(f"trang {colour}.png", picture(colour)) for colour in ("red", "blue")]
    assert "Đã đính kèm" in words(await send(huy, PATH, *pages, van_ban=source[1]))
    await send(huy, PATH, pages[0], van_ban=source[1])
    assert [row.name for row in kept(store)] == ["trang red.png", "trang blue.png"], "the same page twice is one"
    _, _, headers = await read(address, kept(store)[0].id)
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"].startswith("inline")


async def test_what_is_no_decision_is_refused_by_its_content_and_the_change_is_not_made(
    store: Store, huy: Browser
) -> None:
    for name, data, told in (
        ("a.pdf", HTML, "Chỉ nhận tệp PDF hoặc ảnh"),
        ("a.png", SVG, "Chỉ nhận tệp PDF hoặc ảnh"),
        ("a.pdf", b"PK\x03\x04", "Chỉ nhận tệp PDF hoặc ảnh"),
        ("a.gif", picture(kind="gif"), "Chỉ nhận tệp PDF hoặc ảnh"),
        ("a.pdf", b"", "không quá 10 MB"),
        ("a.pdf", PDF + b"0" * papers.LIMIT, "không quá 10 MB"),
    ):
        assert told in words(await storm(huy, (name, data))), data[:20]
        assert (huy.status, kept(store)) == (409, []), data[:20]
    assert "Bão số 15" not in await huy.get(f"{HOME}/lich")


async def test_a_name_means_no_harm(store: Store, address: str, huy: Browser) -> None:
    await storm(huy, ('"><script>alert(1)</script>\u202egpj.exe', PDF))
    [row] = kept(store)
    for path in (f"{HOME}/lich", PATH):
        assert "<script>alert" not in await huy.get(path)
    _, _, headers = await read(address, row.id)
    assert unquote(headers["Content-Disposition"].partition("''")[2]) == "script>gpj.exe"


async def test_a_file_that_was_the_wrong_one_is_gone_for_everybody(
    store: Store, address: str, huy: Browser, files: Path
) -> None:
    await storm(huy, ("nhầm.pdf", PDF))
    [row] = kept(store)
    await huy.get(PATH)
    await huy.post(f"{PATH}/{row.id}/bo")
    assert "Đã bỏ tệp" in words(huy.page)
    assert (await read(address, row.id))[0] == 404
    assert f"/van-ban/{row.id}" not in await huy.get(f"{HOME}/lich")
    assert store.run_now(withdrawals.sweep, BlobStore(files)) == 1
    assert not BlobStore(files).has(row.sha256)
    await huy.post(f"{PATH}/{row.id}/bo")
    assert "Tệp này không còn" in words(huy.page)
    kinds = store.read_now(lambda s: [one.kind for one in s.exec(select(AdminEvent).order_by(AdminEvent.seq))])  # type: ignore[arg-type]
    assert [kind for kind in kinds if "paper" in kind] == ["calendar_paper_added", "calendar_paper_removed"]


async def test_a_decision_that_somebody_had_sent_too_outlives_them(store: Store, huy: Browser, files: Path) -> None:
    """A business sends the very file; when their data is erased the decision stays, and the other way round."""
    await storm(huy, ("a.pdf", PDF), ("b.pdf", PDF + b"\n"))
    first, second = kept(store)

    def sent(session: Session) -> None:
        for person, row in (("lan", first), ("nam", second)):
            session.add(
                Attachment(
                    id=new_id(), person_id=person, kind="file", url="https://f.zdn.vn/a", sha256=row.sha256,
                    state=AttachmentState.KEPT, try_at=sample.NOW, created_at=sample.NOW,
                )
            )  # fmt: skip

    store.run_now(sent)
    store.run_now(withdrawals.withdraw, "lan", sample.NOW, sample.NOW)
    await huy.get(PATH)
    await huy.post(f"{PATH}/{second.id}/bo")
    store.run_now(withdrawals.sweep, BlobStore(files))
    assert [BlobStore(files).has(row.sha256) for row in (first, second)] == [True, True]


async def test_a_document_has_ten_files_and_a_stranger_has_none(store: Store, address: str, huy: Browser) -> None:
    await storm(huy, *((f"{n}.pdf", PDF + b"\n" * n) for n in range(papers.MOST)))
    await huy.get(PATH)
    await send(huy, PATH, ("11.pdf", PDF + b"%"), van_ban="CĐ 21/CĐ-UBND")
    assert "nhiều nhất 10 tệp" in words(huy.page)
    await send(huy, PATH, ("x.pdf", PDF + b"%"), van_ban="Quyết định không có")
    assert "Không ngày nào của lịch ghi văn bản này" in words(huy.page)
    assert len(kept(store)) == papers.MOST
    leader = await seated(store, address, "sep", AccountRole.LEADER)
    await leader.get(PATH)
    assert leader.status == 403
    await leader.http.close()


async def test_another_process_knows_the_file_after_one_look(store: Store, sqlite_url: str, huy: Browser) -> None:
    other = Store(sqlite_url)
    other.read_now(reference.open_for, here(), other.info)
    await storm(huy, ("a.pdf", PDF))
    assert other.info[reference.PROVINCE].papers == {}
    other.read_now(reference.refresh)
    assert [one.name for one in other.info[reference.PROVINCE].papers["CĐ 21/CĐ-UBND"]] == ["a.pdf"]
    await other.close()
