"""The open data over HTTP on both engines, at 10:20 on Thu 26/11/2026; every answer is held against openapi.json."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import event, select

from tests.web import sample
from tests.web.conftest import application
from tests.web.described import SITE, Reader, reading
from tests.web.sample import HOSTILE, PRIVATE, PartSample, add_ticket
from zalobot.services import SERVICES
from zalobot.store import models
from zalobot.store.database import Store
from zalobot.store.models import Tier

ALL = ["53", "52", "51", "50", "46", "45", "44", "42", "40", "31"]
SECRET = (*PRIVATE, "không được đưa ra đây", "replies", "person_id", "description", "Bị ép nộp", "Câu trả lời riêng",
          "Câu hỏi riêng", "Lý do riêng")  # fmt: skip


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Reader]:
    """The site with the sample week, and a reader of its data."""
    store.run_now(sample.a_week)
    async with reading(application(store)) as reader:
        yield reader


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that the read engine runs meanwhile."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement != "BEGIN":
            said.append(statement)

    event.listen(store._read_engine, "before_cursor_execute", hear)
    yield said
    event.remove(store._read_engine, "before_cursor_execute", hear)


async def following(api: Reader, address: str) -> Any:
    """The page a `next` leads to."""
    assert address.startswith(SITE)
    return await api.get(address.removeprefix(SITE))


async def test_a_ticket_says_everything_the_public_page_says(api: Reader) -> None:
    found = await api.get("/api/v1/tickets/QN-2611-00042")
    first, second = found.pop("parts")
    history = found.pop("history")
    assert found == {
        "code": "QN-2611-00042",
        "self": f"{SITE}/api/v1/tickets/QN-2611-00042",
        "page": f"{SITE}/hoi-dap/QN-2611-00042",
        "publicity": "no_name",
        "state": "partly_answered",
        "class": "hard",
        "topic": {"code": "xay-dung", "name": "Thẩm định thiết kế"},
        "field": {"code": "build", "name": "Xây dựng, PCCC"},
        "title": sample.WAREHOUSE,
        "text": sample.WAREHOUSE_TEXT,
        "business": None,
        "rule_version": "3",
        "received_at": "2026-11-23T09:00:00+07:00",
        "answered_at": None,
        "closed_at": None,
        "merged_into": None,
        "late": False,
    }
    (receipt,) = first.pop("receipts")
    assert first == {
        "code": "QN-2611-00042/1",
        "number": 1,
        "agency": {"code": "SXD", "name": "Sở Xây dựng"},
        "state": "accepted",
        "class": "hard",
        "clock": 1,
        "received_at": "2026-11-23T09:00:00+07:00",
        "clock_started_at": "2026-11-23T09:00:00+07:00",
        "first_due_at": "2026-11-27T17:00:00+07:00",
        "due_at": "2026-11-27T17:00:00+07:00",
        "late": False,
        "explained_at": None,
        "new_date": None,
        "accepted_at": "2026-11-23T14:10:00+07:00",
        "paused_at": None,
        "question": None,
        "declined": None,
        "answered_at": None,
        "in_time": None,
        "answer": None,
        "verdict": None,
        "verdict_at": None,
        "closed_at": None,
        "hand_overs": 1,
        "moves": [
            {
                "at": "2026-11-23T14:10:00+07:00",
                "kind": "transferred",
                "from": {"code": "BQLKKT", "name": "Ban Quản lý Khu kinh tế"},
                "to": {"code": "SXD", "name": "Sở Xây dựng"},
            }
        ],
        "idle_seconds": 3600 * 2.5 + 60 * 70,  # 09:00 to 11:30, 13:00 to 14:10
    }
    assert (second["answered_at"], second["in_time"]) == ("2026-11-26T08:47:00+07:00", True)
    assert second["answer"] == {"text": sample.POLICE_ANSWER, **sample.POLICE_FACTS}
    assert (receipt["clock"], receipt["struck_at"], receipt["struck_reason"]) == (1, None, None)
    assert [(line["at"][11:16], line["kind"], line["part"]) for line in history] == [
        ("09:00", "received", None), ("09:00", "assigned", 1), ("09:00", "assigned", 2), ("09:51", "accepted", 2),
        ("10:35", "declined", 1), ("14:10", "transferred", 1), ("08:47", "answered", 2),
    ]  # fmt: skip
    assert [line["facts"] for line in history[1:5]] == [
        {"told": True}, {"told": True}, {}, {"to": {"code": "SXD", "name": "Sở Xây dựng"}},
    ]  # fmt: skip


async def test_a_receipt_is_given_whole(api: Reader) -> None:
    found = await api.get("/api/v1/tickets/QN-2611-00042")
    assert found["parts"][0]["receipts"][0]["receipt"] == {
        "received": "2026-11-23T09:00:00+07:00",
        "klass": "hard",
        "amount": 3,
        "day0": "2026-11-23",
        "counted": [
            {"date": "2026-11-25", "number": 1},
            {"date": "2026-11-26", "number": 2},
            {"date": "2026-11-27", "number": 3},
        ],
        "skipped": [
            {
                "date": "2026-11-24",
                "name": "Ngày Văn hóa Việt Nam",
                "source": sample.CULTURE_DAY.source,
                "kind": sample.CULTURE_DAY.kind,
            }
        ],
        "spans": [],
        "waits": [],
        "due": "2026-11-27T17:00:00+07:00",
        "rule_version": "3",
        "calendar_version": "2026.7",
        "convention": "A17",
        "law": sample.LAW,
        "decision": sample.RULE.decision,
    }


async def test_a_struck_receipt_stays_with_its_reason(api: Reader) -> None:
    found = await api.get("/api/v1/tickets/QN-2611-00044")
    receipts = found["parts"][0]["receipts"]
    assert [(one["struck_at"], one["struck_reason"]) for one in receipts] == [
        ("2026-11-26T10:00:00+07:00", "thêm ngày nghỉ 27/11"),
        (None, None),
    ]


async def test_a_simple_ticket_gives_its_hours(api: Reader) -> None:
    found = await api.get("/api/v1/tickets/QN-2611-00050")
    assert found["parts"][0]["receipts"][0]["receipt"]["spans"] == [
        {"start": "2026-11-25T14:00:00+07:00", "end": "2026-11-25T17:00:00+07:00"},
        {"start": "2026-11-26T07:30:00+07:00", "end": "2026-11-26T08:30:00+07:00"},
    ]


async def test_a_sealed_ticket_gives_agency_topic_times_and_state_only(api: Reader) -> None:
    found = await api.get("/api/v1/tickets/QN-2611-00046")
    assert (found["publicity"], found["title"], found["text"], found["business"]) == ("sealed", None, None, None)
    hidden = [(part["answer"], part["question"], part["verdict"]) for part in found["parts"]]
    assert hidden == [(None, None, None), (None, None, None)]
    assert found["parts"][1]["declined"] == {"to": {"code": "STC", "name": "Sở Tài chính"}, "reason": None}
    assert [line["facts"] for line in found["history"]] == [{}, {"to": {"code": "STC", "name": "Sở Tài chính"}}]
    assert found["parts"][0]["answered_at"] == "2026-11-26T08:00:00+07:00"


async def test_the_verdict_on_a_sealed_ticket_is_nobodys_business(api: Reader, store: Store) -> None:
    said = ("2026-11-26 10:00", "verdict_given", "STC", 1, {"verdict": "generic"})
    part = PartSample("STC", "reopened", {"verdict": "generic", "verdict_at": sample.NOW, "clock": 2})
    store.run_now(add_ticket, 60, "x", "2026-11-25 09:00", part, tier=Tier.SEALED, events=(said,))
    sealed = await api.get("/api/v1/tickets/QN-2611-00060")
    store.run_now(add_ticket, 61, "x", "2026-11-25 09:00", part, tier=Tier.NO_NAME, events=(said,))
    told = await api.get("/api/v1/tickets/QN-2611-00061")
    assert [(one["parts"][0]["verdict"], one["history"][0]["facts"].get("verdict")) for one in (sealed, told)] == [
        (None, None),
        ("generic", "generic"),
    ]


async def test_history_gives_known_facts_and_nothing_else(api: Reader, store: Store) -> None:
    data = {
        "former": "CA", "to": "STC", "why": "Đã che", "reason": "chưa che", "klass": "hard", "clock": 2, "late": True,
        "role": "head", "told": 0, "before": "2026-11-27T17:00:00+07:00", "due": "2026-11-30T10:00:00Z",
        "calendar": "2026.8", "day": "2026-12-01", "until": "2026-11-27T17:00:00+07:00", "into": "QN-2611-00042",
        "merged_from": "QN-2611-00040", "split_from": 1, "number": 2, "missing": ["basis", 7], "replies": [PRIVATE[1]],
        "told_whom": PRIVATE[2], "verdict": "generic", "text": {"a": 1},
    }  # fmt: skip
    said = ("2026-11-26 10:00", "decided", "STC", 1, data)
    store.run_now(add_ticket, 60, "x", "2026-11-25 09:00", PartSample("STC"), events=(said,))
    store.run_now(add_ticket, 61, "x", "2026-11-25 09:00", PartSample("STC"), events=(said,), tier=Tier.SEALED)
    open_, sealed = [await api.get(f"/api/v1/tickets/QN-2611-000{number}") for number in (60, 61)]
    facts = open_["history"][0]["facts"]
    assert facts == {
        "from": {"code": "CA", "name": "Công an tỉnh"}, "to": {"code": "STC", "name": "Sở Tài chính"},
        "reason": "Đã che", "verdict": "generic", "class": "hard", "clock": 2, "late": True, "told_role": "head",
        "told": False, "due_before": "2026-11-27T17:00:00+07:00", "due": "2026-11-30T17:00:00+07:00",
        "calendar_version": "2026.8", "new_date": "2026-12-01", "until": "2026-11-27T17:00:00+07:00",
        "into": "QN-2611-00042", "merged_from": "QN-2611-00040", "split_from": 1, "refusals": 2, "missing": ["basis"],
    }  # fmt: skip
    assert set(facts) - set(sealed["history"][0]["facts"]) == {"verdict", "reason", "missing"}
    assert [move["kind"] for move in open_["parts"][0]["moves"]] == ["decided"]


async def test_a_reason_is_told_without_the_details_of_a_person(api: Reader, store: Store) -> None:
    raw = "Việc của Sở Tài chính, hỏi số 0912 345 678."
    said = ("2026-11-26 10:00", "declined", "CA", 1, {"to": "STC", "reason": raw})
    part = PartSample("CA", "declined", {"declined_to": "STC", "declined_reason": raw})
    store.run_now(add_ticket, 60, "x", "2026-11-25 09:00", part, events=(said,))
    found = await api.get("/api/v1/tickets/QN-2611-00060")
    assert found["parts"][0]["declined"]["reason"] == "Việc của Sở Tài chính, hỏi số [SĐT]."
    assert found["history"][0]["facts"] == {"to": {"code": "STC", "name": "Sở Tài chính"}}
    async with api.http.get(f"{api.address}/hoi-dap/QN-2611-00060") as page:
        assert (
            'hỏi số <span class="mask">số điện thoại</span>'
            in (await page.text()).replace("\xa0", " ").split("Diễn biến")[0]
        )


async def test_an_entry_that_is_not_public_is_not_told(api: Reader, store: Store) -> None:
    entries = models.TicketEvent.__table__
    of_it = select(entries).where(entries.c.ticket_code == "QN-2611-00042")

    def another(session: Any, *, public: bool) -> None:
        rows = session.execute(of_it).all()
        row = {**rows[0]._asdict(), "seq": rows[0].seq + 1000 + len(rows), "kind": "reminded", "public": public}
        session.execute(entries.insert(), row)

    before = len((await api.get("/api/v1/tickets/QN-2611-00042"))["history"])
    store.run_now(another, public=False)
    assert len((await api.get("/api/v1/tickets/QN-2611-00042"))["history"]) == before
    store.run_now(another, public=True)
    assert len((await api.get("/api/v1/tickets/QN-2611-00042"))["history"]) == before + 1


async def test_a_late_part_tells_the_day_its_head_promised(api: Reader, store: Store) -> None:
    told = {"explained_at": sample.at("2026-11-26 09:00"), "new_date": date(2026, 11, 30)}
    restarted = told | {"clock": 2, "clock_started_at": sample.at("2026-11-26 10:00")}
    parts = (PartSample("STC", columns=told), PartSample("CA", "reopened", restarted))
    store.run_now(add_ticket, 60, "x", "2026-11-18 09:00", *parts)
    found = (await api.get("/api/v1/tickets/QN-2611-00060"))["parts"]
    assert [(part["late"], part["explained_at"], part["new_date"]) for part in found] == [
        (True, "2026-11-26T09:00:00+07:00", "2026-11-30"),
        (True, None, None),
    ]


async def test_the_name_of_a_business_is_given_only_where_it_agreed(api: Reader) -> None:
    named, unnamed = [await api.get(f"/api/v1/tickets/QN-2611-{code}") for code in ("00040", "00031")]
    assert (named["business"], unnamed["business"]) == ("Công ty Kho vận Kín", None)


async def test_nothing_private_is_given(api: Reader) -> None:
    for path in ("tickets", "agencies", *(f"tickets/QN-2611-{int(number):05d}" for number in ALL)):
        reply = await api.ask(f"/api/v1/{path}")
        surface = reply.body.decode() + str(reply.headers)
        assert [text for text in SECRET if text in surface] == [], path


async def test_hostile_text_is_only_text(api: Reader) -> None:
    reply = await api.ask("/api/v1/tickets/QN-2611-00052")
    found = reply.json
    answer = found["parts"][0]["answer"]
    assert [found["title"], found["text"], found["business"], answer["text"], answer["conclusion"]] == [HOSTILE] * 5
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_longest_ticket_of_every_state_is_described(api: Reader, store: Store) -> None:
    store.run_now(sample.the_longest)
    found = await api.get("/api/v1/tickets/QN-2611-99999")
    assert [part["state"] for part in found["parts"]] == ["answered", "paused", "declined", "reopened", "withdrawn"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ALL),
        ({"agency": "SNNMT"}, ["45", "31"]),
        ({"agency": "SNNMT", "late": "true"}, ["31"]),
        ({"agency": "SNNMT", "late": "false"}, ["45"]),
        ({"late": "true"}, ["31"]),
        ({"field": "land"}, ["45", "31"]),
        ({"topic": "ho-tro"}, ["51", "50", "46", "44"]),
        ({"field": "land", "topic": "ho-tro"}, []),
        ({"state": "partly_answered"}, ["46", "42"]),
        ({"class": "simple"}, ["51", "50"]),
        ({"received_from": "2026-11-26"}, ["53", "52", "51"]),
        ({"received_to": "2026-11-18"}, ["40", "31"]),
        ({"received_from": "2026-11-18", "received_to": "2026-11-23"}, ["42", "40", "31"]),
        ({"received_from": "2026-11-18T14:00:00+07:00", "received_to": "2026-11-23T09:00:00+07:00"}, ["40"]),
        ({"received_from": "2026-11-18T07:00:00Z", "received_to": "2026-11-23T02:00:01Z"}, ["42", "40"]),
        ({"agency": "", "state": "", "cursor": ""}, ALL),
    ],
)
async def test_a_list_is_newest_first_and_can_be_narrowed(api: Reader, query: dict[str, str], codes: list[str]) -> None:
    assert await api.codes(**query) == codes


async def test_250_tickets_are_read_once_each_while_new_ones_arrive(api: Reader, store: Store) -> None:
    def many(session: Any) -> list[str]:
        return [add_ticket(session, n, "x", "2026-11-26 10:19", PartSample("SXD")) for n in range(101, 351)]

    before = [f"QN-2611-{int(code):05d}" for code in ALL]
    old = [*reversed(store.run_now(many)), *before]
    page, read, arrived = await api.get("/api/v1/tickets", limit="17"), [], 1000
    while True:
        read += [ticket["code"] for ticket in page["tickets"]]
        store.run_now(add_ticket, arrived, "mới", "2026-11-26 10:20", PartSample("SXD"))
        arrived += 1
        if page["next"] is None:
            break
        page = await following(api, page["next"])
    assert read == old
    assert arrived == 1000 + 16  # 260 tickets by 17


async def test_the_next_page_keeps_the_filter(api: Reader) -> None:
    reply = await api.ask("/api/v1/tickets", topic="ho-tro", limit="3")
    assert [one["code"][-2:] for one in reply.json["tickets"]] == ["51", "50", "46"]
    assert reply.headers["Link"] == f'<{reply.json["next"]}>; rel="next"'
    last = await following(api, reply.json["next"])
    assert ([one["code"][-2:] for one in last["tickets"]], last["next"]) == (["44"], None)


async def test_a_full_last_page_has_no_next(api: Reader) -> None:
    found = await api.get("/api/v1/tickets", limit="10")
    assert (len(found["tickets"]), found["next"]) == (10, None)


async def test_agencies_give_counts_and_the_share_in_time_with_its_interval(api: Reader, store: Store) -> None:
    def five(session: Any) -> None:
        for number in range(80, 85):
            done = {"answered_at": sample.at("2026-11-20 10:00" if number < 84 else "2026-11-25 10:00"), "answer": "x"}
            add_ticket(session, number, "x", "2026-11-18 09:00", PartSample("STC", "answered", done), state="answered")

    store.run_now(five)
    found = {agency["code"]: agency for agency in (await api.get("/api/v1/agencies"))["agencies"]}
    assert list(found) == ["SXD", "CA", "SNNMT", "STC", "BQLKKT"]
    assert found["SNNMT"] == {
        "code": "SNNMT", "name": "Sở Nông nghiệp và Môi trường", "short": "Sở Nông nghiệp và Môi trường", "group": "so",
        "former": [], "open": 2, "paused": 1, "due_today": 0, "late": 1, "answered": 0,
        "on_time": {"hits": 0, "of": 1, "percent": None, "low": None, "high": None},
    }  # fmt: skip
    assert (found["STC"]["open"], found["STC"]["due_today"], found["STC"]["answered"]) == (1, 1, 7)
    assert found["STC"]["on_time"] == {"hits": 4, "of": 5, "percent": 80, "low": 38, "high": 96}
    assert found["CA"]["on_time"] == {"hits": 0, "of": 0, "percent": None, "low": None, "high": None}


async def test_agencies_add_up_to_the_first_page(api: Reader) -> None:
    found = (await api.get("/api/v1/agencies"))["agencies"]
    sums = [sum(agency[key] for agency in found) for key in ("open", "due_today", "late")]
    shares = [sum(agency["on_time"][key] for agency in found) for key in ("hits", "of")]
    assert (sums, shares) == ([6, 1, 1], [1, 2])


async def test_an_agency_the_province_no_longer_names_is_still_told(store: Store) -> None:
    store.run_now(sample.a_week)
    app = application(store)
    few = {code: agency for code, agency in sample.province().agencies.items() if code != "CA"}
    services = app[SERVICES]
    app[SERVICES] = type(services)(
        services.settings, store, services.coordination, sample.province(agencies=few), services.now
    )
    async with reading(app) as api:
        last = (await api.get("/api/v1/agencies"))["agencies"][-1]
        part = (await api.get("/api/v1/tickets/QN-2611-00042"))["parts"][1]
    assert (last["code"], last["name"], last["open"]) == ("CA", "CA", 1)
    assert part["agency"] == {"code": "CA", "name": "CA"}


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/tickets?limit=100", 2),
        ("/api/v1/tickets?limit=100&agency=SXD&late=false&field=build&received_from=2026-11-01", 2),
        ("/api/v1/tickets/QN-2611-00042", 5),
        ("/api/v1/agencies", 2),
        ("/api/v1/openapi.json", 0),
    ],
)
async def test_an_answer_takes_as_many_queries_for_a_hundred_tickets_as_for_one(
    api: Reader, store: Store, path: str, most: int
) -> None:
    def many(session: Any) -> None:
        for number in range(200, 300):
            add_ticket(session, number, "x", "2026-11-26 10:19", PartSample("SXD"), PartSample("CA"))

    await api.get(path)  # published figures are read once in five minutes
    with counted(store) as few:
        await api.get(path)
    store.run_now(many)
    with counted(store) as said:
        await api.get(path)
    assert len(few) == len(said) <= most


@pytest.mark.slow
async def test_a_page_of_fifty_among_ten_thousand_is_quick(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """How long pages take on SQLite is printed; a busy machine is no failure."""
    store = Store(sqlite_url)
    store.run_now(sample.a_week)

    def many(session: Any) -> None:
        """Ten thousand copies of one ticket of one part."""
        session.flush()
        for model, key in ((models.Ticket, "id"), (models.Part, "ticket_id")):
            row = session.execute(select(model.__table__).where(getattr(model, key) == first)).one()._asdict()
            copies = [
                row
                | {"id": f"{row['id'][:20]}{n:06d}", "code": f"X-{n}{row['code'][13:]}", key: f"{first[:20]}{n:06d}"}
                for n in range(10_000)
            ]
            session.execute(model.__table__.insert(), copies)

    def ticket_id(session: Any) -> str:
        add_ticket(session, 90, "x" * 80, "2026-11-20 09:00", PartSample("STC"), public_text="y" * 800)
        return str(session.execute(select(models.Ticket.id).where(models.Ticket.code == "QN-2611-00090")).scalar_one())

    first = store.run_now(ticket_id)
    store.run_now(many)
    async with TestServer(application(store)) as server, aiohttp.ClientSession() as http:
        for path in ("tickets", "tickets?late=true", "tickets?agency=BQLKKT", "tickets/QN-2611-00042", "agencies"):
            took = []
            for _ in range(20):
                began = time.perf_counter()
                async with http.get(f"{server.make_url('/api/v1/')}{path}") as answer:
                    assert (answer.status, bool(await answer.read())) == (200, True)
                took.append(1000 * (time.perf_counter() - began))
            with capsys.disabled():
                print(f"\n  /api/v1/{path}: median {sorted(took)[10]:.1f} ms, worst {max(took):.1f} ms", end="")
    await store.close()
