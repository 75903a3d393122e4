"""The open data: files that open in a spreadsheet, a feed, a list of pages; and the published table made again."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session

from tests.calendars import at
from tests.web import sample
from tests.web.conftest import Town, application
from tests.web.sample import HOSTILE, PRIVATE, PartSample, add_ticket
from tests.web.test_agencies import a_month
from tests.web.test_public_pages import words
from zalobot.figures import files
from zalobot.figures.parts import CountedPart
from zalobot.figures.words import columns
from zalobot.services import SERVICES
from zalobot.store.database import Store
from zalobot.web import data
from zalobot.web.unchanged import REMEMBERED, Since

FILES = ["phan-viec.csv", "phan-viec.json", "co-quan.csv", "co-quan.json", "tra-loi.atom"]
ATOM = "{http://www.w3.org/2005/Atom}"


async def raw(town: Town, path: str) -> bytes:
    async with town.http.get(town.address + path) as answer:
        assert answer.status == 200
        return await answer.read()


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


async def test_the_published_table_is_made_again_from_the_open_data_byte_for_byte(town: Town, tmp_path: Path) -> None:
    town.write(a_month)
    (tmp_path / "phan-viec.json").write_bytes(await raw(town, "/du-lieu/phan-viec.json"))
    published = await raw(town, "/du-lieu/co-quan.csv")
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "zalobot", "figures", "phan-viec.json"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "PYTHONPATH": root}, capture_output=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, published)
    table = {row["agency"]: row for row in rows(published)}
    assert (table["SXD"]["due"], table["SXD"]["in_time"], table["SXD"]["percent"]) == ("9", "7", "78")
    assert (table["SNNMT"]["percent"], table["STC"]["passed_on"]) == ("", "1")


async def test_a_part_changed_in_the_file_changes_the_table(town: Town, tmp_path: Path) -> None:
    town.write(a_month)
    found = json.loads(await raw(town, "/du-lieu/phan-viec.json"))
    next(part for part in found["parts"] if part["answered_at"])["answered_at"] = None
    (tmp_path / "x.json").write_text(json.dumps(found), encoding="utf-8")
    assert files.recomputed(tmp_path / "x.json") != await raw(town, "/du-lieu/co-quan.csv")


@pytest.mark.parametrize("text", ["", "[]", '{"parts": [{}]}', '{"parts": 3}', '{"parts": [], "agencies": []}'])
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(files.ConfigError, match=r"x\.json is not a file of parts"):
        files.recomputed(tmp_path / "x.json")


async def test_csv_and_json_hold_the_same_parts_and_every_column_is_explained(town: Town) -> None:
    town.write(a_month)
    sheet = rows(await raw(town, "/du-lieu/phan-viec.csv"))
    data = json.loads(await raw(town, "/du-lieu/phan-viec.json"))
    assert [row["code"] for row in sheet] == [part["code"] for part in data["parts"]]
    assert list(sheet[0]) == list(data["parts"][0]) == list(columns()["parts"])
    assert list(rows(await raw(town, "/du-lieu/co-quan.csv"))[0]) == list(columns()["agencies"])
    page = words(await town.get("/du-lieu"))
    assert [text for text in (*columns()["parts"].values(), *columns()["agencies"].values()) if text not in page] == []


async def test_a_spreadsheet_reads_vietnamese_and_runs_nothing(town: Town) -> None:
    assert (await raw(town, "/du-lieu/co-quan.csv")).startswith(b"\xef\xbb\xbfagency,name,")
    due = at("2026-11-20 17:00")
    bad = [CountedPart(f"{sign}1", "A", "t", "hard", 1, due, due, None, None, None, "", ()) for sign in "=+-@\t\r"]
    assert [row["code"][0] for row in rows(files.parts_csv(bad))] == ["'"] * 6


async def test_every_instant_in_a_file_carries_its_offset(town: Town) -> None:
    for name in FILES:
        body = (await raw(town, f"/du-lieu/{name}")).decode()
        stamps = re.findall(r"\d{4}-\d\d-\d\dT[^\s,\"<]*", body)
        assert [stamp for stamp in stamps if not stamp.endswith("+07:00")] == [], name


@pytest.mark.parametrize("name", FILES)
async def test_private_words_are_in_no_file(town: Town, name: str) -> None:
    body = (await raw(town, f"/du-lieu/{name}")).decode()
    assert [one for one in (*PRIVATE, "Bị ép nộp", "Câu trả lời riêng", "Lý do riêng") if one in body] == []


async def test_the_feed_has_the_latest_answer_first_and_hostile_text_stays_text(town: Town) -> None:
    def strange(session: Session) -> None:
        done = {"answered_at": at("2026-11-26 10:10"), "answer": "vạch\x0b lạ ]]> &amp;"}
        add_ticket(session, 90, "x\x1b", "2026-11-26 09:00", PartSample("SXD", "answered", done), state="answered")

    town.write(strange)
    feed = ElementTree.fromstring(await raw(town, "/du-lieu/tra-loi.atom"))
    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}id", "").endswith("/hoi-dap/QN-2611-00090#phan-1")
    assert entries[0].findtext(f"{ATOM}content") == "Vạch lạ ]]> &amp;"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-26T10:10:00+07:00"
    assert HOSTILE.split()[0] in [entry.findtext(f"{ATOM}title", "").split()[0] for entry in entries]


async def test_the_feed_is_leafed_through_to_the_oldest_answer_and_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, home = "/du-lieu/tra-loi.atom", "https://kenh.example.vn"
    whole = (await leaf(town, first))[0]
    assert len(whole) > 3
    monkeypatch.setattr(data, "_ANSWERS", 2)
    entries, links = await leaf(town, first)
    assert links["self"] == links["first"] == home + first
    assert not {"prev", "previous"} & links.keys()
    seen, path = list(entries), first
    while "next" in links:
        before, path = path, links["next"].removeprefix(home)
        entries, links = await leaf(town, path)
        seen += entries
        assert (links["self"], links["first"]) == (home + path, home + first)
        assert links["prev"] == links["previous"]
        newer, _ = await leaf(town, links["prev"].removeprefix(home))
        assert newer == (await leaf(town, before))[0]
    assert seen == whole
    for wrong in ("x", "20261124T000000000000Z", "1.QN", "20269924T000000000000Z.QN-2611-00042/1"):
        await town.get(f"{first}?truoc={wrong}", 404)


async def leaf(town: Town, path: str) -> tuple[list[str], dict[str, str]]:
    """The entries of a page of the feed, and its links by their relation."""
    page = ElementTree.fromstring(await raw(town, path))
    assert page.findtext(f"{ATOM}id") == "https://kenh.example.vn/du-lieu/tra-loi.atom"
    links = {link.get("rel", ""): link.get("href", "") for link in page.findall(f"{ATOM}link")}
    return [entry.findtext(f"{ATOM}id", "") for entry in page.findall(f"{ATOM}entry")], links


async def places(town: Town, path: str) -> list[str]:
    found = ElementTree.fromstring(await raw(town, path))
    return [place.text or "" for place in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


async def test_search_engines_are_told_every_page_and_no_sealed_ticket(town: Town) -> None:
    lists = await places(town, "/sitemap.xml")
    assert lists == [f"https://kenh.example.vn/sitemap-{name}.xml" for name in ("trang", "1")]
    listed = [place for one in lists for place in await places(town, one.removeprefix("https://kenh.example.vn"))]
    assert "https://kenh.example.vn/co-quan/SXD" in listed
    assert "https://kenh.example.vn/hoi-dap/QN-2611-00042" in listed
    assert "https://kenh.example.vn/hoi-dap/QN-2611-00046" not in listed
    for place in listed:
        await town.get(place.removeprefix("https://kenh.example.vn"))
    assert "Sitemap: https://kenh.example.vn/sitemap.xml" in await town.get("/robots.txt")


async def test_no_ticket_is_left_out_of_the_lists_however_many_there_are(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await places(town, "/sitemap-1.xml")
    monkeypatch.setattr(data, "LISTED", 2)
    lists = (await places(town, "/sitemap.xml"))[1:]
    sheets = [await places(town, one.removeprefix("https://kenh.example.vn")) for one in lists]
    assert [place for sheet in sheets for place in sheet] == whole
    assert (len(lists), {len(sheet) for sheet in sheets[:-1]}) == (-(-len(whole) // 2), {2})
    await town.get(f"/sitemap-{len(lists) + 1}.xml", 404)


KEPT = ("/", "/hoi-dap", "/hoi-dap/QN-2611-00042", "/co-quan", "/co-quan/SXD", "/du-lieu", "/xac-thuc", "/sitemap.xml",
        "/du-lieu/so-cai/dau-so.json", *(f"/du-lieu/{name}" for name in FILES))  # fmt: skip


@pytest.mark.parametrize("path", KEPT)
async def test_what_somebody_has_is_not_sent_again_until_it_differs(town: Town, path: str) -> None:
    async with town.http.get(town.address + path) as first:
        name, body = first.headers["ETag"], await first.read()
    async with town.http.get(town.address + path, headers={"If-None-Match": f'"x", W/{name}'}) as again:
        assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", name)
        assert again.headers["Cache-Control"] == "no-cache"
        assert "Content-Security-Policy" in again.headers
    other = {"Cookie": "giao_dien=dark"} if path in KEPT[:7] else {"If-None-Match": '"y"'}
    async with town.http.get(town.address + path, headers={"If-None-Match": '"y"', **other}) as changed:
        assert changed.status == 200
        assert (await changed.read() == body) is (path not in KEPT[:7])
    assert (first.headers.get("Vary") == "Cookie") is (path in KEPT[:7])


BY_TIME = ("/sitemap.xml", "/du-lieu/so-cai/dau-so.json", *(f"/du-lieu/{name}" for name in FILES))


async def test_who_asks_a_file_by_time_is_spared_what_did_not_change_since(sqlite_url: str) -> None:
    store, clock = Store(sqlite_url), [sample.NOW]
    store.run_now(sample.a_week)
    app = application(store)
    app[SERVICES] = replace(app[SERVICES], now=lambda: clock[0])
    async with TestClient(TestServer(app)) as reader:

        async def asked(path: str, **headers: str) -> tuple[int, str | None]:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            async with reader.get(path, headers=named) as answer:
                return answer.status, answer.headers.get("Last-Modified")

        fresh = [await asked(path) for path in BY_TIME]
        assert set(fresh) == {(200, None)}, "the second in which it may have been otherwise is not over"
        clock[0] += timedelta(seconds=1)
        since = "Thu, 26 Nov 2026 03:20:00 GMT"
        for path in BY_TIME:
            assert await asked(path) == (200, since)
            assert await asked(path, If_Modified_Since=since) == (304, since)
            assert await asked(path, If_Modified_Since="Thu, 26 Nov 2026 03:19:59 GMT") == (200, since)
            assert await asked(path, If_Modified_Since="nonsense") == (200, since)
            assert await asked(path, If_Modified_Since=since, If_None_Match='"x"') == (200, since), (
                "what goes before when"
            )
    await store.close()


def test_a_file_that_changed_is_as_old_as_its_change() -> None:
    since, now = Since(), at("2026-11-26 10:00") + timedelta(milliseconds=400)
    assert since.of("/a", "1", now) is None
    assert since.of("/a", "1", now + timedelta(seconds=2)) == at("2026-11-26 10:00")
    assert since.of("/a", "2", now + timedelta(seconds=3)) is None
    assert since.of("/a", "2", now + timedelta(minutes=9)) == at("2026-11-26 10:00") + timedelta(seconds=3)
    for other in range(REMEMBERED):
        since.of(f"/{other}", "1", now)
    assert since.of("/a", "2", now + timedelta(minutes=10)) is None


async def test_what_is_for_one_person_is_never_named(town: Town) -> None:
    async with town.http.get(town.address + "/dang-nhap") as page:
        assert (page.headers["Cache-Control"], "ETag" in page.headers) == ("no-store", False)


async def test_a_shared_link_shows_title_and_summary(town: Town) -> None:
    page = await town.get("/hoi-dap/QN-2611-00042")
    assert '<meta property="og:title" content="QN-2611-00042: Kho hàng ở Móng Cái 2' in page
    assert '<meta property="og:url" content="https://kenh.example.vn/hoi-dap/QN-2611-00042">' in page
    assert re.search(r'<meta name="description" content="[^"]{40,}">', page)
