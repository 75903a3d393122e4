"""How the service answers what no page of ours sends: other hosts, other methods, too much, too slowly."""

import asyncio
import re
from urllib.parse import urlsplit

import pytest

from tests.web.security.place import Place, asked, example, sent
from zalobot.calendars import papers
from zalobot.handlers.webhook import BODY_LIMIT
from zalobot.store.models import AccountRole
from zalobot.web.access import OPERATORS
from zalobot.web.guard import HEADERS
from zalobot.web.operator import calendar, calendar_papers
from zalobot.web.routes import CONSOLES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = ("/", "/hoi-dap", "/hoi-dap/QN-2611-00042", "/co-quan", "/du-lieu", "/xac-thuc", "/dang-nhap", "/nowhere")
EVIL = "evil.example"
TAKES_FILES = (calendar.PATH, calendar_papers.PATH)


async def test_a_page_of_a_console_is_kept_and_framed_by_nobody_and_looking_at_it_changes_nothing(place: Place) -> None:
    before = place.rows()
    link = {"Sec-Fetch-Site": "cross-site", "Referer": "https://evil.example/"}
    for row in asked():
        answer = await place.somebody_of(row).get(example(row), headers=link)
        assert answer.status in (200, 404), (row.path, answer.status)
        assert answer.status == 404 or answer.headers["Cache-Control"] == "no-store", row.path
        assert {name: answer.headers[name] for name in HEADERS if name != "Content-Security-Policy"} == {
            name: value for name, value in HEADERS.items() if name != "Content-Security-Policy"
        }, row.path
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy or "sandbox" in policy, row.path
    assert place.rows() == before


async def test_refusals_and_redirects_carry_the_same_headers(place: Place) -> None:
    officer = place.people[AccountRole.OFFICER]
    answers = [
        await officer.get("/van-hanh"),
        await place.nobody.get("/van-hanh"),
        await officer.ask("POST", "/can-bo/mau", data={}),
        await officer.ask("DELETE", "/can-bo"),
        *[await place.nobody.get(path) for path in PUBLIC],
    ]
    for answer in answers:
        assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_no_link_is_made_of_the_host_that_a_request_names(place: Place) -> None:
    officer = place.people[AccountRole.OFFICER]
    more = ("/sitemap.xml", "/robots.txt", "/du-lieu/tra-loi.atom", "/api/v1/tickets", "/api/v1/openapi.json")
    for headers in (
        {"Host": EVIL},
        {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "javascript", "Forwarded": f"host={EVIL}"},
    ):
        for who, path in [
            *((place.nobody, path) for path in (*PUBLIC, *more)),
            (officer, "/can-bo"),
            (officer, "/tai-khoan"),
        ]:
            answer = await who.get(path, headers=headers)
            assert EVIL not in answer.text, path
            assert EVIL not in str(answer.headers), path
        for path in ("/can-bo", "/tim", "/hoi-dap/2611-42", "/giao-dien?ve=/du-lieu"):
            assert not urlsplit((await place.nobody.get(path, headers=headers)).way).netloc, path


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "FOO"])
async def test_a_method_that_no_page_uses_does_nothing(place: Place, method: str) -> None:
    before = place.rows()
    for row in (*CONSOLES[:8], *sent()[::6]):
        who = place.somebody_of(row)
        headers = {"X-CSRF": who.csrf, "X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST"}
        answer = await who.ask(method, example(row), headers=headers)
        assert answer.status in (400, 404, 405), (row.path, answer.status)
        assert who.token not in answer.text, "TRACE echoes no cookie"
    assert place.rows() == before


async def test_a_method_in_a_field_or_a_header_is_no_method(place: Place) -> None:
    before, who = place.rows(), place.people[AccountRole.OFFICER]
    headers = {"X-HTTP-Method-Override": "POST", "X-CSRF": who.csrf}
    for row in sent():
        if AccountRole.OFFICER in row.roles:
            answer = await who.get(f"{example(row)}?_method=POST&csrf={who.csrf}&title=x&text=x", headers=headers)
            assert answer.status in (200, 404, 405)
    assert place.rows() == before


async def test_head_tells_what_get_would_and_brings_nothing(place: Place) -> None:
    for row in asked()[::3]:
        who, path = place.somebody_of(row), example(row)
        answer, whole = await who.ask("HEAD", path), await who.get(path)
        assert (answer.status, answer.body) == (whole.status, b""), row.path
        assert answer.headers["Content-Type"] == whole.headers["Content-Type"]


async def test_too_much_is_refused_before_it_is_read(place: Place) -> None:
    who, before = place.people[AccountRole.OFFICER], place.rows()
    much = b"csrf=" + who.csrf.encode() + b"&title=x&text=" + b"x" * BODY_LIMIT
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for someone, path in ((who, "/can-bo/mau"), (place.nobody, "/dang-nhap"), (place.nobody, "/zalo/webhook")):
        assert (await someone.ask("POST", path, data=much, headers=form)).status == 413, path
    for row in sent():
        most = row.most or BODY_LIMIT
        if row.path in TAKES_FILES:  # which go to the disk as they come
            assert row.roles <= OPERATORS
            assert most <= 3 * papers.LIMIT
            continue
        assert most <= 4_000_000, f"{row.path} reads more than anybody types"
    for path in ("/hoi-dap?q=" + "x" * 20_000, "/" + "x" * 20_000):
        assert (await place.nobody.get(path)).status in (400, 404, 414)
    assert (await place.nobody.get("/", headers={"X-Long": "x" * 20_000})).status in (400, 431)
    assert place.rows() == before


async def test_who_sends_slowly_keeps_nobody_waiting(place: Place) -> None:
    """Half a request each, from two hundred at once, some of them in the middle of a form of somebody signed in."""
    where, who = urlsplit(place.address), place.people[AccountRole.OFFICER]
    form = b"Content-Length: 1000\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ncsrf="
    cookie, token = b"Cookie: phien=" + who.token.encode() + b"\r\n", who.csrf.encode()
    heads = (
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /dang-nhap HTTP/1.1\r\nHost: x\r\n" + form,
        b"POST /can-bo/mau HTTP/1.1\r\nHost: x\r\n" + cookie + form + token,
        b'POST /zalo/webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a',
    )
    pairs = await asyncio.gather(*(asyncio.open_connection(where.hostname, where.port) for _ in range(200)))
    try:
        for number, (_, writer) in enumerate(pairs):
            writer.write(heads[number % len(heads)])
        await asyncio.sleep(0.1)
        async with asyncio.timeout(30):
            for one, path in ((place.nobody, "/"), (who, "/can-bo"), (who, "/tai-khoan")):
                assert (await one.get(path)).status == 200
            assert (await who.post("/can-bo/mau", title="Mẫu trả lời", text="Nộp tại 1022.")).status in (303, 422)
    finally:
        for _, writer in pairs:
            writer.close()


@pytest.mark.parametrize(
    "sent_as",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_a_request_that_two_servers_would_read_differently_is_refused(place: Place, sent_as: bytes) -> None:
    where = urlsplit(place.address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(sent_as)
    writer.write_eof()
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    assert re.match(rb"HTTP/1\.[01] 4\d\d", answer) or answer == b"", answer[:200]
    assert answer.count(b"HTTP/1.") <= 1


@pytest.mark.parametrize(
    "sent_as",
    [
        *(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            for path in ("/", "/static/zalobot.css")
        ),
        b"POST /zalo/webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"no HTTP at all\r\n\r\n",
    ],
    ids=["page", "asset", "webhook", "nonsense"],
)
async def test_no_answer_names_the_versions_it_runs_on(place: Place, sent_as: bytes) -> None:
    where = urlsplit(place.address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(sent_as)
    async with asyncio.timeout(10):
        head = (await reader.read()).partition(b"\r\n\r\n")[0]
    writer.close()
    assert re.findall(rb"(?im)^server: (.*?)\r?$", head) == [b"zalobot"]
    assert not re.search(rb"(?i)aiohttp|python", head)


async def test_an_address_is_one_line_of_the_log(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """A fault is written down with its address, and an address can hold a line end."""
    place.store.run_now(lambda session: session.connection().exec_driver_sql("ALTER TABLE agency RENAME TO gone"))
    try:
        answer = await place.people[AccountRole.OPERATOR].get("/van-hanh/co-quan/SXD%0a2026-11-26%20ERROR%20forged")
    finally:
        place.store.run_now(lambda session: session.connection().exec_driver_sql("ALTER TABLE gone RENAME TO agency"))
    assert answer.status == 500
    assert "OperationalError" not in answer.text
    (told,) = [record.getMessage() for record in caplog.records if record.getMessage().startswith("fault ")]
    assert "\n" not in told
