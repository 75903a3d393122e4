"""Whatever anybody types comes out as the text it is, on every page, in every file, for everybody."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from xml.etree import ElementTree

import pytest

from tests.web.security import filling
from tests.web.security.place import PART, Answer, Place, asked
from tests.web.security.test_ways import stays
from tests.web.security.walking import MARK, Page, probe, roles_to_walk, row_of
from zalobot import reference
from zalobot.figures import files
from zalobot.store.models import AccountRole
from zalobot.web.leader.workbook import workbook

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = (
    "/", "/hoi-dap", "/hoi-dap/QN-2611-00042", "/hoi-dap/QN-2611-00052", "/hoi-dap?q=" + MARK, "/co-quan",
    "/co-quan/SXD", "/du-lieu", "/hoi-dap?hoi=thue+dat+tang", "/dang-nhap",
)  # fmt: skip
LED_TO = (
    f"/can-bo/{PART}", "/dieu-hanh/QN-2611-00042", "/dieu-phoi?ma=QN-2611-00042", f"/van-hanh/truc/{filling.PERSON}",
    "/van-hanh/loi-nhan/welcome/menu", "/van-hanh/loi-nhan/lich-su/welcome/menu",
)  # fmt: skip
AWAY = ("ve", "ke", "back", "next", "loc", "url", "path")  # fields that might lead on
ENDING = re.compile(r"/dang-xuat|/tai-khoan/phien|/dang-nhap.*|.*/dung|/van-hanh/tai-khoan/.*")  # end sessions


class Walk:
    """What was seen of pages: which of them, what in them would run, and which probes came out as text."""

    def __init__(self) -> None:
        self.live: list[tuple[str, str]] = []
        self.labels: set[str] = set()
        self.faults: list[str] = []
        self.visits: Counter[str] = Counter()

    def see(self, answer: Answer, path: str) -> Page | None:
        """Look at an answer; a page gives what it leads to."""
        self.visits[path.partition("?")[0]] += 1
        if answer.status >= 500:
            self.faults.append(path)
        self.labels |= set(re.findall(rf"{MARK}-([\w./:-]+?)-&#34;", answer.text))
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            return None
        page = Page(answer.text, f"http://127.0.0.1{path}")
        self.live += [(path, one) for one in page.live]
        return page


async def fill_forms(place: Place) -> Walk:
    """Walk the consoles as each role, and send every form that is on the way once, with a probe in each field."""
    walk, sent = Walk(), set()
    for role in AccountRole:
        if role is AccountRole.ADMIN:
            continue
        for page, path in await _pages(place, walk, role):
            for form in page.forms:
                row = row_of(form.action, "POST")
                if row is None or row.path in sent or ENDING.fullmatch(row.path) or role not in row.roles:
                    continue
                sent.add(row.path)
                fields = (
                    form.fields
                    | {"du_thieu": "1", "chac": "1", "phien_ban": ""}
                    | dict.fromkeys(AWAY, "//evil.example")
                )
                action = form.action.removeprefix("http://127.0.0.1")
                answer = await place.people[role].ask("POST", action, data=fields)
                walk.see(answer, f"{action} from {path}")
                assert stays(answer), (action, answer.way)
    walk.visits.update(dict.fromkeys(sent, 1))
    return walk


async def _pages(place: Place, walk: Walk, role: AccountRole) -> list[tuple[Page, str]]:
    """Every page that this role is led to, once for each kind."""
    who, todo, known = place.people[role], [*LED_TO, *(row.path for row in asked() if "{" not in row.path)], set()
    found = []
    while todo:
        path = todo.pop(0)
        row = row_of(path, "GET")
        if row is None or role not in list(roles_to_walk(row)) or (key := (row.path, "?" in path)) in known:
            continue
        known.add(key)
        page = walk.see(await who.get(path), path)
        if page is not None:
            found.append((page, path))
            links = [
                link.removeprefix("http://127.0.0.1") for link in page.links if link.startswith("http://127.0.0.1")
            ]
            todo += [link.partition("#")[0] for link in links if "QN-2611-00042" in link or "{" in _pattern(link)]
    return found


def _pattern(link: str) -> str:
    row = row_of(link, "GET")
    return row.path if row else ""


async def test_words_of_business_and_staff_are_only_words_on_every_page(place: Place) -> None:
    place.store.run_now(filling.left_behind)
    forms = await fill_forms(place)
    assert (forms.live, forms.faults) == ([], [])
    assert len([path for path in forms.visits if "{" in path]) >= 12, "forms with an address of their own were sent"
    filled = place.store.run_now(filling.hostile)
    await place.store.read(reference.refresh)
    walk = Walk()
    for role in AccountRole:
        await _pages(place, walk, role)
    for path in PUBLIC:
        walk.see(await place.nobody.get(path), path)
    assert (walk.live, walk.faults) == ([], [])
    for label in ("ticket.title", "ticket.public_text", "part.public_answer", "part_note.text", "saved_answer.title",
                  "agency.name", "officer.name", "account.full_name", "attachment.name", "conversation.display_name",
                  "ticket.description", "part.question"):  # fmt: skip
        assert label in walk.labels, f"{label} is shown nowhere, so nothing is proven of it"
    assert len(filled) > 30
    assert len(walk.labels) > 30


async def test_words_are_only_words_for_programs(place: Place) -> None:
    """After the test before: everything is full of probes."""
    for path in ("/api/v1/tickets", "/api/v1/tickets/QN-2611-00042", "/api/v1/agencies", "/du-lieu/co-quan.json"):
        answer = await place.nobody.get(path)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert MARK in json.dumps(json.loads(answer.body)), path
    for path in ("/du-lieu/tra-loi.atom", "/sitemap.xml"):
        answer = await place.nobody.get(path)
        tree = ElementTree.fromstring(answer.body)
        assert not [one for one in tree.iter() if MARK in one.tag or any(MARK in name for name in one.attrib)]
        assert not [one for one in tree.iter() if one.tag.endswith(("script", "img"))]
        assert "{http://www.w3.org/1999/xhtml}" not in {one.tag.partition("}")[0] + "}" for one in tree.iter()}
    feed = ElementTree.fromstring((await place.nobody.get("/du-lieu/tra-loi.atom")).body)
    assert MARK in "".join(feed.itertext())


async def test_a_stream_names_tickets_and_says_nothing_else(place: Place) -> None:
    """`/song` carries codes, whatever the tickets are called."""
    who = place.people[AccountRole.COORDINATOR]
    cookies = {"phien": who.token}
    async with place.http.get(place.address + "/song", cookies=cookies) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert stream.headers["X-Content-Type-Options"] == "nosniff"


FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://evil.example")',
    "{=1+1}",
    "=cmd|' /C'!A0",
)


def cells(book: bytes) -> tuple[list[str], set[str]]:
    """The texts of a workbook, and what its cells are made of beside values."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheets = [ElementTree.fromstring(parts.read(name)) for name in parts.namelist() if "worksheets/sheet" in name]
        shared = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        assert not [name for name in parts.namelist() if "rels" in name and "evil" in parts.read(name).decode()]
    kinds = {node.tag.partition("}")[2] for sheet in sheets for node in sheet.iter()}
    return ["".join(one.itertext()) for one in shared], kinds & {"f", "hyperlink", "hyperlinks"}


async def test_a_spreadsheet_runs_nothing_of_what_somebody_wrote() -> None:
    texts, made_of = cells(workbook([("x", ["a"], [(text,) for text in FORMULAS])]))
    assert made_of == set()
    assert {text.strip() for text in FORMULAS} <= {text.strip() for text in texts}
    for text in FORMULAS:
        made = files._csv(["a", "b"], [{"a": text, "b": 'x"\r\n=1'}]).decode("utf-8-sig")
        row = list(csv.reader(io.StringIO(made, newline="")))[1]
        assert row[0].startswith(("'", "{")), text


async def test_the_workbook_of_a_leader_has_no_formula_and_no_link(place: Place) -> None:
    place.store.run_now(filling.hostile)
    await place.store.read(reference.refresh)
    answer = await place.people[AccountRole.LEADER].get("/dieu-hanh/so-lieu.xlsx")
    assert answer.status == 200
    texts, made_of = cells(answer.body)
    assert made_of == set()
    assert any(MARK in text for text in texts)


async def test_what_runs_is_seen() -> None:
    """The walker finds each of the probes where they are not escaped: else the tests before would prove nothing."""
    for text in (f"<p>{probe('x')}", f'<a href="{probe("x")}">', f"<textarea>{probe('x')}", "<a href='java\nscript:1'>",
                 "<p onclick=x>", "<p style=x>", "<script>1</script>", "<iframe>", "<base href=x>"):  # fmt: skip
        assert Page(text, "http://127.0.0.1/").live, text
    for text in ("<p>&lt;script&gt;</p>", f'<p title="{MARK}">', '<script src="/static/x.js"></script>'):
        assert Page(text, "http://127.0.0.1/").live == [], text
