"""Zalo's door over real HTTP: a 200 means that the event is on disk, and nothing that comes in can hurt."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from sqlmodel import Session

from tests import services
from tests.rooms import APP, NOW, OA, SECRET, inbox_rows, incoming, text_event
from zalobot import app
from zalobot.config import Settings
from zalobot.handlers.webhook import BODY_LIMIT, Keeper
from zalobot.inbox import Incoming
from zalobot.services import SERVICES, Services
from zalobot.store.database import Store
from zalobot.zalo import signature
from zalobot.zalo.events import Event


@dataclass
class Door:
    """The service's webhook, and what is in its inbox."""

    url: str
    services: Services
    http: aiohttp.ClientSession

    @property
    def store(self) -> Store:
        return self.services.store

    async def post(self, body: bytes | dict[str, Any], *, header: str | None = None, signed: bool = True) -> int:
        """The status of the answer. A dict is written as Zalo writes it; the signature is right unless one is given."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        if header is None and signed:
            header = f"mac={mac(raw)}"
        headers = {"X-ZEvent-Signature": header} if header is not None else {}
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
        zalo_oa_secret=f"the next secret, {SECRET}",
    )


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    made = app.build(settings(database_url), now=lambda: NOW, workers=False)
    async with TestServer(made) as server, aiohttp.ClientSession() as http:
        yield Door(str(server.make_url("/zalo/webhook")), made[SERVICES], http)


async def test_a_signed_event_is_on_disk_when_it_is_answered(door: Door) -> None:
    body = text_event("246845883529197922", "xin chào")
    assert await door.post(body) == 200
    assert [json.loads(kept) for kept in door.kept()] == [body]


async def test_during_a_rotation_both_secrets_are_good(door: Door) -> None:
    raw = json.dumps(text_event("lan", "xin chào")).encode()
    assert await door.post(raw, header=f"mac={mac(raw, 'the next secret')}") == 200
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
async def test_what_is_no_event_is_answered_in_the_fours_and_not_kept(door: Door, raw: bytes) -> None:
    assert await door.post(raw) in (400, 401)
    assert door.kept() == []
    assert await door.post(RAW) == 200


async def test_a_signed_body_without_a_name_is_no_event(door: Door) -> None:
    assert await door.post({"app_id": APP, "timestamp": "1"}) == 400
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
    made = app.build(settings(postgres_url), now=lambda: NOW, workers=False)
    async with TestServer(made) as server, aiohttp.ClientSession() as http:
        door = Door(str(server.make_url("/zalo/webhook")), made[SERVICES], http)
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
    made = app.build(replace(settings(database_url), zalo_oa_secret=""), now=lambda: NOW, workers=False)
    async with TestServer(made) as server, aiohttp.ClientSession() as http:
        door = Door(str(server.make_url("/zalo/webhook")), made[SERVICES], http)
        assert await door.post(RAW) == 200
        assert door.kept() == []
    assert "ZALOBOT_ZALO_OA_SECRET" in caplog.text
