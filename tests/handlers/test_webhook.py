"""Zalo's door over real HTTP: a 200 means that the event is on disk, and nothing that comes in can hurt."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from sqlmodel import Session

from tests import services
from tests.rooms import APP, NOW, OA, SECRET, inbox_rows, incoming, text_event
from zalobot import app, troubles
from zalobot.config import Settings
from zalobot.handlers.webhook import BODY_LIMIT, Keeper
from zalobot.inbox import Incoming
from zalobot.services import SERVICES, Services
from zalobot.store.database import Store
from zalobot.zalo import signature
from zalobot.zalo.events import Event

NEXT = "the next secret"


@dataclass
class Door:
    """The service's webhook, and what is in its inbox."""

    url: str
    services: Services
    http: aiohttp.ClientSession

    @property
    def store(self) -> Store:
        return self.services.store

    async def post(
        self, body: bytes | dict[str, Any], *, header: str | None = None, signed: bool = True, retry: str = ""
    ) -> int:
        """The status of the answer. A dict is written as Zalo writes it; the signature is right unless one is given."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        if header is None and signed:
            header = f"mac={mac(raw)}"
        headers = {"X-ZEvent-Signature": header} if header is not None else {}
        if retry:
            headers["num_retry"] = retry
        async with self.http.post(self.url, data=raw, headers=headers) as answer:
            return answer.status

    def kept(self) -> list[str]:
        """The bodies in the inbox, in the order they came."""
        return [row.body for row in self.store.read_now(inbox_rows)]

    def people(self) -> list[str]:
        return [row.person_id for row in self.store.read_now(inbox_rows)]


def mac(raw: bytes, secret: str = SECRET, app_id: str = APP) -> str:
    """The right signature of a body, whatever is wrong with the body."""
    try:
        timestamp = str(json.loads(raw).get("timestamp", ""))
    except (ValueError, AttributeError, RecursionError):
        timestamp = ""
    return signature.mac(app_id, raw, timestamp, secret)


def settings(url: str) -> Settings:
    return replace(
        Settings(),
        database_url=url,
        secret_key="tests only",
        zalo_app_id=APP,
        zalo_app_secret="an app secret",
        zalo_oa_id=OA,
        zalo_oa_secret=f"{NEXT}, {SECRET}",
    )


@asynccontextmanager
async def opened(given: Settings, now: datetime = NOW) -> AsyncIterator[Door]:
    """A service of its own with these settings."""
    made = app.build(given, now=lambda: now, workers=False)
    async with TestServer(made) as server, aiohttp.ClientSession() as http:
        yield Door(str(server.make_url("/zalo/webhook")), made[SERVICES], http)


def prove(url: str, *secrets: str) -> None:
    """These secrets have proven good in a former life."""
    store = Store(url)
    for secret in secrets:
        store.run_now(troubles.prove, signature.fingerprint(secret), NOW)
    store.close_now()


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    """A service whose secrets have both proven good."""
    prove(database_url, SECRET, NEXT)
    async with opened(settings(database_url)) as door:
        yield door


async def test_a_signed_event_is_on_disk_when_it_is_answered(door: Door) -> None:
    body = text_event("246845883529197922", "xin chào")
    assert await door.post(body) == 200
    assert [json.loads(kept) for kept in door.kept()] == [body]


async def test_during_a_rotation_both_secrets_are_good(door: Door) -> None:
    raw = json.dumps(text_event("lan", "xin chào")).encode()
    assert await door.post(raw, header=f"mac={mac(raw, NEXT)}") == 200
    assert len(door.kept()) == 1


RAW = json.dumps(text_event("lan", "xin chào", message_id="m")).encode()
FORGED = {
    "wrong": f"mac={'0' * 64}",
    "empty": "",
    "no hex": "mac=đây",
    "of another secret": f"mac={mac(RAW, 'another secret')}",
    "of another app": f"mac={mac(RAW, SECRET, '1')}",
    "of other bytes": f"mac={mac(RAW + b' ')}",
    "an HMAC": f"mac={hmac.new(SECRET.encode(), RAW, hashlib.sha256).hexdigest()}",
    "an HMAC of the whole": f"mac={hmac.new(SECRET.encode(), APP.encode() + RAW, hashlib.sha256).hexdigest()}",
    "without the timestamp": f"mac={signature.mac(APP, RAW, '', SECRET)}",
}


@pytest.mark.parametrize(
    "header", [pytest.param(header.encode().decode("latin-1"), id=name) for name, header in FORGED.items()]
)
async def test_a_forged_event_is_refused_and_not_kept(door: Door, header: str) -> None:
    assert await door.post(RAW, header=header) == 401
    assert door.kept() == []
    assert await door.post(RAW) == 200  # it was the signature


async def test_an_unsigned_event_is_refused_and_not_kept(door: Door) -> None:
    assert await door.post(RAW, signed=False) == 401
    assert door.kept() == []


async def test_an_event_for_another_app_is_refused(door: Door) -> None:
    raw = json.dumps({**text_event("lan", "1"), "app_id": "1"}).encode()
    assert await door.post(raw, header=f"mac={mac(raw, SECRET, '1')}") == 401
    assert door.kept() == []


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 1_000_000])
async def test_a_body_over_the_limit_is_refused(door: Door, size: int) -> None:
    assert await door.post(b"x" * size) == 413
    assert await door.post(text_event("lan", "x" * size)) == 413
    assert door.kept() == []


async def test_a_body_just_within_the_limit_is_kept(door: Door) -> None:
    body = text_event("lan", "")
    body["message"]["text"] = "x" * (BODY_LIMIT - len(json.dumps(body)))
    assert await door.post(body) == 200
    assert len(door.kept()) == 1


NO_EVENTS = {
    "cut short": b'{"event_name": "user_send_text", "app_id": "',
    "no JSON": b"<xml/>",
    "a list": b"[1, 2]",
    "a number": b"7",
    "null": b"null",
    "not UTF-8": b'{"app_id": "\xff\xfe"}',
    "a NUL byte in a text": RAW.replace(b"xin ", b"xin\x00 "),
    "very deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a huge number": b'{"app_id": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw in NO_EVENTS.items()])
async def test_what_is_no_event_is_refused_and_not_kept(door: Door, raw: bytes) -> None:
    assert await door.post(raw) == 401
    assert door.kept() == []
    assert await door.post(RAW) == 200


async def test_a_signed_body_without_a_name_is_no_event_and_no_reason_to_complain(door: Door) -> None:
    assert await door.post({"app_id": APP, "timestamp": "1"}) == 200
    assert door.kept() == []


@pytest.mark.parametrize(
    "body",
    [
        {"event_name": "something_zalo_invents_next_year", "what": {"ever": [1, None, True, 1.5e300]}},
        {"event_name": "change_oa_daily_quota", "oaId": OA, "quota": {"prev_value": 1, "new_value": 2}},
        {"event_name": "user_send_text", "sender": "nobody", "recipient": [], "message": "no object"},
        {"event_name": "user_send_text", "sender": {"id": {"id": 1}}, "message": {"text": None, "msg_id": ["m"]}},
        {"event_name": "follow", "follower": {"id": "lan"}, "oa_id": "another account"},
        {"event_name": "user_send_text", "sender": {"id": "x" * 500}, "message": {"msg_id": "y" * 5_000}},
    ],
    ids=["unknown", "camel case", "no objects", "odd types", "another account", "long ids"],
)
async def test_every_signed_event_is_kept_whatever_is_in_it(door: Door, body: dict[str, Any]) -> None:
    assert await door.post({"app_id": APP, "timestamp": "1795402800000", **body}) == 200
    assert len(door.kept()) == 1


@pytest.mark.parametrize("raw", [b"{}", b"", b" {}\n"])
async def test_the_consoles_probe_is_answered(door: Door, raw: bytes) -> None:
    assert await door.post(raw, signed=False) == 200
    assert door.kept() == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_somebody_is_there(door: Door, method: str) -> None:
    async with door.http.request(method, door.url) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("person", ["9007199254740993", 9007199254740993])
async def test_an_id_no_double_holds_keeps_all_its_digits(door: Door, person: str | int) -> None:
    body = text_event("x", "xin chào")
    body["sender"]["id"] = person
    assert await door.post(body) == 200
    assert door.people() == ["9007199254740993"]


@pytest.mark.parametrize(
    ("escaped", "read"),
    [
        (r"xin\u0000 ch\u00e0o", "xin\ufffd chào"),
        (r"n\u1eeda \ud83d", "nửa \ufffd"),
        (r"tr\u00f2n \ud83d\ude42", "tròn 🙂"),
        (r"Ha\u0323 Long", "Hạ Long"),
    ],
    ids=["NUL", "half a pair", "a whole pair", "NFD"],
)
async def test_odd_characters_are_kept_as_they_came_and_read_as_words(door: Door, escaped: str, read: str) -> None:
    raw = json.dumps(text_event("lan", "WORDS")).replace("WORDS", escaped).encode()
    assert await door.post(raw) == 200
    (kept,) = door.kept()
    assert kept == raw.decode()
    assert Event.parse(kept.encode(), OA, NOW).text == read


async def test_a_text_of_five_thousand_letters_is_kept_whole(door: Door) -> None:
    assert await door.post(text_event("lan", "ắ" * 5_000)) == 200
    assert Event.parse(door.kept()[0].encode(), OA, NOW).text == "ắ" * 5_000


async def test_a_body_may_come_in_as_many_pieces_as_the_network_likes(door: Door) -> None:
    raw = json.dumps(text_event("lan", "Xin chào, công ty chúng tôi"), ensure_ascii=False).encode()
    address = aiohttp.client.URL(door.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    head = (
        f"POST {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(raw)}\r\n"
        f"X-ZEvent-Signature: mac={mac(raw)}\r\nConnection: close\r\n\r\n"
    )
    for piece in [head[:20].encode(), head[20:].encode(), *(raw[at : at + 7] for at in range(0, len(raw), 7))]:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.002)
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert [kept.encode() for kept in door.kept()] == [raw]


async def test_deliveries_of_one_event_at_the_same_time_are_one_event(door: Door) -> None:
    raw = json.dumps(text_event("lan", "1")).encode()
    statuses = await asyncio.gather(
        *(door.post(raw) for _ in range(30)), *(door.post(text_event("huy", "1")) for _ in range(30))
    )
    assert statuses == [200] * 60
    assert sorted(door.people()) == ["huy"] * 30 + ["lan"]


async def test_while_the_event_cannot_be_stored_the_answer_is_503_and_a_retry_saves_it(door: Door) -> None:
    def rename(session: Session, old: str, new: str) -> None:
        session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    door.store.run_now(rename, "inbox", "gone")
    assert [await door.post(RAW), await door.post(RAW)] == [503, 503]
    door.store.run_now(rename, "gone", "inbox")
    assert door.kept() == []
    assert await door.post(RAW) == 200
    assert door.kept() == [RAW.decode()]


@pytest.mark.postgres
async def test_while_the_server_is_gone_the_answer_is_503_and_a_retry_saves_it(postgres_url: str) -> None:
    async with opened(settings(postgres_url)) as door:
        assert await door.post(text_event("lan", "before")) == 200
        with services.away(postgres_url):
            assert await door.post(RAW) == 503
        assert await door.post(RAW) == 200
        services.disconnect(postgres_url)  # every connection is lost, the server is there
        assert await door.post(text_event("lan", "after")) == 200
        assert len(door.kept()) == 3


async def test_a_row_that_cannot_be_stored_costs_the_others_nothing(door: Door) -> None:
    """They were to be committed together."""
    keeper = Keeper(door.services)
    good = [incoming(text_event("lan", word)) for word in ("1", "2")]
    bad: Incoming = replace(incoming(text_event("lan", "3")), body=None)  # type: ignore[arg-type]
    hands = [asyncio.create_task(keeper.keep(event)) for event in (good[0], bad, good[1])]
    await asyncio.sleep(0)
    running = asyncio.create_task(keeper.run())
    results = await asyncio.gather(*hands, return_exceptions=True)
    running.cancel()
    assert [type(result).__name__ for result in results] == ["NoneType", "IntegrityError", "NoneType"]
    assert door.kept() == [event.body for event in good]


async def test_before_the_secret_is_known_events_are_dropped_aloud(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The console shows it only after the address was saved, and saving needs a 200."""
    async with opened(replace(settings(database_url), zalo_oa_secret="")) as door:
        assert [await door.post(RAW, signed=False), await door.post(RAW), await door.post(b"{}")] == [200] * 3
        assert door.kept() == []
        assert reasons(door) == {"no_secret": 1}  # once a minute
    assert "ZALOBOT_ZALO_OA_SECRET" in caplog.text


def reasons(door: Door) -> dict[str, int]:
    """What is written down of events that were dropped."""
    return {trouble.reason: trouble.number for trouble in door.store.read_now(troubles.noted, NOW)}


async def test_until_a_secret_has_proven_good_what_does_not_fit_is_dropped_aloud(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A 401 for a mistyped secret would have Zalo unsubscribe the app."""
    async with opened(replace(settings(database_url), zalo_oa_secret=SECRET)) as door:
        assert await door.post(RAW, header=f"mac={'0' * 64}") == 200
        assert await door.post(b"<xml/>") == 200
        assert (door.kept(), reasons(door)) == ([], {"mismatch": 1, "unreadable": 1})
        assert "is not the OA Secret Key" in caplog.text
        assert await door.post(RAW) == 200
        assert await door.post(RAW, header=f"mac={'0' * 64}") == 401
        assert len(door.kept()) == 1
    async with opened(replace(settings(database_url), zalo_oa_secret=SECRET)) as door:  # after a restart
        assert await door.post(RAW, header=f"mac={'0' * 64}") == 401


async def test_a_secret_just_entered_for_a_rotation_makes_the_door_careful_again(database_url: str) -> None:
    """It may be mistyped, and Zalo signs with the true one already."""
    prove(database_url, SECRET)
    async with opened(settings(database_url)) as door:
        assert await door.post(RAW, header=f"mac={mac(RAW, 'the true one')}") == 200
        assert await door.post(RAW, header=f"mac={mac(RAW, NEXT)}") == 200
        assert await door.post(RAW, header=f"mac={mac(RAW, 'another')}") == 401
        assert len(door.kept()) == 1


CLAIMED = {"the OA's id": mac(RAW, SECRET, OA), "the app's secret": mac(RAW, "an app secret")}


@pytest.mark.parametrize("made", CLAIMED.values(), ids=CLAIMED)
async def test_a_formula_claimed_elsewhere_is_named_and_proves_nothing(
    database_url: str, made: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(settings(database_url)) as door:
        assert await door.post(RAW, header=f"mac={made}") == 200
        assert door.kept() == []
    assert "Zalo signs with the" in caplog.text


@pytest.mark.parametrize("mode", ["log_only", "off"])
async def test_in_a_mode_that_does_not_enforce_unproven_events_of_our_app_are_taken_in(
    database_url: str, mode: str
) -> None:
    prove(database_url, SECRET, NEXT)
    async with opened(replace(settings(database_url), zalo_signature_mode=mode)) as door:
        assert await door.post(RAW, header=f"mac={'0' * 64}") == 200
        assert await door.post(text_event("huy", "1"), signed=False) == 200
        assert await door.post({**text_event("lan", "2"), "app_id": "1"}, signed=False) == 200
        assert await door.post(b"<xml/>", signed=False) == 200
        assert door.people() == ["lan", "huy"]


async def counted(door: Door) -> dict[str, float]:
    """The numbers about the webhook on the page for machines."""
    async with door.http.get(door.url.replace("/zalo/webhook", "/metrics")) as answer:
        lines = (await answer.text()).splitlines()
    return {line.split()[0]: float(line.split()[1]) for line in lines if line.startswith("zalobot_")}


async def test_what_fitted_and_how_often_zalo_tried_are_counted(door: Door) -> None:
    before = await counted(door)
    await door.post(RAW)
    await door.post(RAW, retry="3")
    await door.post(RAW, retry="1000")
    await door.post(RAW, header=f"mac={'0' * 64}")
    after = await counted(door)
    added = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert added['zalobot_signatures_total{result="app_id+oa_secret"}'] == 3
    assert added['zalobot_signatures_total{result="mismatch"}'] == 1
    assert added["zalobot_duplicate_events_total"] == 2
    assert [added[f'zalobot_deliveries_total{{num_retry="{retry}"}}'] for retry in (0, 3, 9)] == [1, 1, 1]


async def test_which_of_zalo_s_tries_was_kept_is_recorded(door: Door) -> None:
    assert [await door.post(RAW, retry="2"), await door.post(RAW, retry="3")] == [200, 200]
    assert await door.post(text_event("huy", "1")) == 200
    assert await door.post(text_event("huy", "2"), retry="đây") == 200
    assert [row.num_retry for row in door.store.read_now(inbox_rows)] == [2, 0, 0]


@pytest.mark.parametrize("hours", [0, 2, 12, 23])
async def test_a_retry_of_zalo_is_never_taken_for_a_replay(door: Door, hours: int) -> None:
    assert await door.post(text_event("huy", "1")) == 200
    assert await door.post(text_event("lan", "1", at=NOW - timedelta(hours=hours)), retry="5") == 200
    assert door.people() == ["huy", "lan"]


async def test_an_event_a_day_older_than_the_newest_is_a_replay(door: Door) -> None:
    old = text_event("lan", "1", at=NOW - timedelta(hours=25))
    assert await door.post(old) == 200
    assert door.people() == ["lan"]  # nothing newer is known: it may be our clock that is wrong
    assert await door.post(text_event("huy", "2")) == 200
    assert await door.post(text_event("lan", "3", at=NOW - timedelta(hours=25))) == 200
    assert (door.people(), reasons(door)) == (["lan", "huy"], {"replay": 1})


@pytest.mark.parametrize("days", [-400, -2, 2, 400])
async def test_a_clock_that_is_wrong_either_way_costs_no_event(database_url: str, days: int) -> None:
    async with opened(settings(database_url), NOW + timedelta(days=days)) as door:
        for minute in range(3):
            assert await door.post(text_event("lan", "1", at=NOW + timedelta(minutes=minute))) == 200
        assert len(door.kept()) == 3


async def test_what_people_in_a_group_say_to_each_other_is_not_kept(door: Door) -> None:
    talk = {**text_event("lan", "cho hỏi"), "event_name": "user_send_group_text", "oa_id": OA, "recipient": {"id": "g"}}
    called = {**talk, "message": {"msg_id": "m2", "text": f"[@{OA}] cho hỏi"}}
    assert [await door.post(talk), await door.post(called)] == [200, 200]
    assert [json.loads(body)["message"]["msg_id"] for body in door.kept()] == ["m2"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "nonsense"])
async def test_a_body_that_is_not_in_the_encoding_it_claims_is_no_fault_of_ours(door: Door, encoding: str) -> None:
    headers = {"X-ZEvent-Signature": f"mac={mac(RAW)}", "Content-Encoding": encoding}
    async with door.http.post(door.url, data=RAW, headers=headers) as answer:
        assert answer.status < 500
