"""How `/api/v1` behaves towards programs: mistakes in words, tags, sharing, and a description that is true."""

import gzip
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from jsonschema import Draft202012Validator
from yarl import URL

from tests.web import sample
from tests.web.conftest import application
from tests.web.described import SITE, Reader, reading
from tests.web.sample import PartSample, add_ticket
from zalobot.store.database import Store
from zalobot.web.api_params import NAMES
from zalobot.web.api_schema import WORDS, openapi


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine is enough here: what differs between them is tried in test_api."""
    return sqlite_url


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Reader]:
    """The site with the sample week, and a reader of its data."""
    store.run_now(sample.a_week)
    async with reading(application(store)) as reader:
        yield reader


@pytest.mark.parametrize("typed", ["qn-2611-42", "QN261100042", "2611%2042", "QN-2611-00042%2F1"])
async def test_a_code_is_found_however_it_is_typed(api: Reader, typed: str) -> None:
    async with api.http.get(URL(f"{api.address}/api/v1/tickets/{typed}", encoded=True)) as answer:
        assert (answer.status, (await answer.json())["code"]) == (200, "QN-2611-00042")


async def test_a_plus_that_was_not_escaped_is_understood(api: Reader) -> None:
    found = await api.get("/api/v1/tickets?received_from=2026-11-26T10:00:00+07:00")
    assert [ticket["code"] for ticket in found["tickets"]] == ["QN-2611-00053"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("limit=0", ["limit"]),
        ("limit=101", ["limit"]),
        ("limit=-1", ["limit"]),
        ("limit=%D9%A3", ["limit"]),
        ("limit=1e1", ["limit"]),
        ("state=late", ["state"]),
        ("class=HARD", ["class"]),
        ("late=1", ["late"]),
        ("agency=%27%3B%20DROP%20TABLE%20ticket%3B--", ["agency"]),
        ("agency=%00", ["agency"]),
        ("topic=x&field=y", ["field", "topic"]),
        ("received_from=26/11/2026", ["received_from"]),
        ("received_from=2026-02-30", ["received_from"]),
        ("received_to=9999-12-31", ["received_to"]),
        ("received_from=0001-01-01T00:00:00%2B07:00", ["received_from"]),
        ("received_from=2026-11-26T08:00:00", ["received_from"]),
        ("cursor=x", ["cursor"]),
        ("cursor=QN-2611-00042", ["cursor"]),
        ("cursor=" + "A" * 36, ["cursor"]),
        ("cursor=%C3%A9" + "A" * 35, ["cursor"]),
        ("state=closed&state=closed", ["state"]),
        ("stat=closed&limit=5000", ["stat", "limit"]),
        ("%3Cscript%3E=1", ["<script>"]),
    ],
)
async def test_parameters_that_cannot_be_used_are_named(api: Reader, query: str, names: list[str]) -> None:
    reply = await api.ask(f"/api/v1/tickets?{query}")
    assert (reply.status, reply.json["type"]) == (400, "urn:zalobot:problem:bad-parameters")
    assert [one["parameter"] for one in reply.json["errors"]] == names
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/v1/agencies", "/api/v1/tickets/QN-2611-00042", "/api/v1/openapi.json"])
async def test_an_address_without_parameters_refuses_them(api: Reader, path: str) -> None:
    reply = await api.ask(f"{path}?limit=5")
    assert (reply.status, [one["parameter"] for one in reply.json["errors"]]) == (400, ["limit"])


@pytest.mark.parametrize("code", ["QN-2611-99998", "abc", "%00", "%FF%FE", "<b>", "QN-2611-00042x", "9" * 200])
async def test_an_unknown_code_is_a_problem_in_words(api: Reader, code: str) -> None:
    async with api.http.get(URL(f"{api.address}/api/v1/tickets/{code}", encoded=True)) as answer:
        found, kind = json.loads(await answer.read()), answer.headers["Content-Type"]
    api.described.validate({"$ref": "#/components/schemas/Problem"}, found)
    assert (found["status"], found["type"]) == (404, "urn:zalobot:problem:no-ticket")
    assert (found["title"], kind) == ("Không có hồ sơ này", "application/problem+json; charset=utf-8")


@pytest.mark.parametrize("path", ["/api/", "/api/v1", "/api/v2/tickets", "/api/v1/tickets/a/b"])
async def test_an_unknown_address_is_a_problem_too(api: Reader, path: str) -> None:
    async with api.http.get(api.address + path) as answer:
        assert (answer.status, json.loads(await answer.read())["type"]) == (404, "urn:zalobot:problem:not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/tickets", "/api/v1/tickets/QN-2611-00042", "/api/v1/agencies"])
async def test_nothing_can_be_written(api: Reader, method: str, path: str) -> None:
    async with api.http.request(method, api.address + path, json={"state": "closed"}) as answer:
        found = json.loads(await answer.read())
        assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    api.described.validate({"$ref": "#/components/schemas/Problem"}, found)
    assert found["detail"] == "Địa chỉ này chỉ nhận GET và HEAD."


async def test_a_fault_has_a_number_to_quote_and_tells_nothing_else(
    api: Reader, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store._readers.shutdown()
    reply = await api.ask("/api/v1/tickets")
    assert (reply.status, reply.json["title"]) == (500, "Máy chủ gặp lỗi")
    assert f"fault {reply.json['detail'][-5:-1]} at GET /api/v1/tickets" in caplog.text
    assert "RuntimeError" not in reply.body.decode()


PATHS = ["/api/v1/tickets", "/api/v1/tickets/QN-2611-00042", "/api/v1/agencies", "/api/v1/openapi.json"]


@pytest.mark.parametrize("path", PATHS)
async def test_what_did_not_change_is_not_sent_again(api: Reader, path: str) -> None:
    tag = (await api.ask(path)).headers["ETag"]
    same = [tag, tag.removeprefix("W/"), f'"x", {tag}', "*"]
    statuses = [(await api.ask(path, headers={"If-None-Match": one})).status for one in [*same, '"x"', "nonsense"]]
    assert statuses == [304, 304, 304, 304, 200, 200]


async def test_a_change_has_another_tag(api: Reader, store: Store) -> None:
    before = (await api.ask("/api/v1/tickets")).headers["ETag"]
    store.run_now(add_ticket, 70, "mới", "2026-11-26 10:20", PartSample("SXD"))
    after = await api.ask("/api/v1/tickets", headers={"If-None-Match": before})
    assert (after.status, after.headers["ETag"] == before) == (200, False)


@pytest.mark.parametrize("path", PATHS)
async def test_head_gives_the_same_headers_and_no_body(api: Reader, path: str) -> None:
    whole = await api.ask(path, headers={"Accept-Encoding": "identity"})
    async with api.http.head(api.address + path, headers={"Accept-Encoding": "identity"}) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
        kept = ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Access-Control-Allow-Origin")
        assert [answer.headers[name] for name in kept] == [whole.headers[name] for name in kept]


@pytest.mark.parametrize("path", [*PATHS, "/api/v1/tickets/none", "/api/v1/tickets?limit=x"])
async def test_every_site_may_read(api: Reader, path: str) -> None:
    reply = await api.ask(path, headers={"Origin": "https://elsewhere.example"})
    shared = ("Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy")
    assert [reply.headers[name] for name in shared] == ["*", "cross-origin"]
    assert "Set-Cookie" not in reply.headers


async def test_a_browser_may_ask_with_the_tag_it_has(api: Reader) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    async with api.http.options(api.address + PATHS[0], headers=asked) as answer:
        assert (answer.status, answer.headers["Access-Control-Allow-Headers"]) == (204, "If-None-Match")
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"


async def test_a_page_for_people_is_not_shared(api: Reader) -> None:
    async with api.http.get(api.address + "/hoi-dap") as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-site"


async def test_a_body_is_squeezed_for_who_can_read_that(api: Reader) -> None:
    raw = aiohttp.ClientSession(auto_decompress=False)
    async with raw, raw.get(api.address + PATHS[0], headers={"Accept-Encoding": "gzip"}) as squeezed:
        body, told = await squeezed.read(), squeezed.headers
    plain = await api.ask(PATHS[0], headers={"Accept-Encoding": "identity"})
    assert (gzip.decompress(body), len(body) < len(plain.body) / 3) == (plain.body, True)
    assert (told["Content-Encoding"], told["ETag"]) == ("gzip", plain.headers["ETag"])


async def test_the_description_is_served_with_the_address_of_the_site(api: Reader) -> None:
    found = await api.get("/api/v1/openapi.json")
    assert (found["openapi"], found["servers"]) == ("3.1.0", [{"url": SITE}])


async def test_every_route_is_described_and_nothing_else(store: Store) -> None:
    app = application(store)
    routes = [(route.method, resource.canonical) for resource in app.router.resources() for route in resource]
    served = {(method, path) for method, path in routes if path.startswith("/api/")}
    document = openapi(SITE)["paths"]
    assert served == {(method, path) for path in document for method in ("GET", "HEAD")}
    assert [set(operations) for operations in document.values()] == [{"get"}] * len(document)


def test_every_parameter_is_described() -> None:
    parameters = openapi(SITE)["paths"]["/api/v1/tickets"]["get"]["parameters"]
    assert [one["name"] for one in parameters if "name" in one] == list(NAMES)


def test_every_part_of_the_description_is_sound_and_used() -> None:
    document = openapi(SITE)
    text, shapes = json.dumps(document), document["components"]["schemas"]
    for shape in shapes.values():
        Draft202012Validator.check_schema(shape)
        assert shape["type"] == "integer" or shape["description"]
    for group, named in document["components"].items():
        assert [name for name in named if f'"#/components/{group}/{name}"' not in text] == []
    assert [name for name in WORDS if not shapes[name]["enum"]] == []


async def test_the_page_of_a_ticket_leads_to_its_data(api: Reader) -> None:
    async with api.http.get(api.address + "/hoi-dap/QN-2611-00042") as answer:
        page = await answer.text()
    link = page.split('type="application/json">Dữ liệu JSON')[0].rsplit('href="', 1)[1].split('"')[0]
    assert (await api.get(link))["code"] == "QN-2611-00042"
