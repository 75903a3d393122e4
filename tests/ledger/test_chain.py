"""How an entry is hashed is fixed for good: what was exported once must verify for ever."""

import hashlib
import json
from datetime import datetime, timedelta, timezone

from zalobot.ledger import chain

VALUES = {
    "at": datetime(2026, 11, 23, 9, 0, 0, 42, tzinfo=timezone(timedelta(hours=7))),
    "kind": "answered",
    "ticket_code": "QN-2611-00042",
    "part_number": 2,
    "actor_role": "officer",
    "agency": "CA",
    "public": True,
    "data": {"late": False, "clock": 1, "to": "Sở Xây dựng"},
    "commitments": {"answer": "ab"},
}
WRITTEN = (
    '{"agency":"CA","at":"2026-11-23T02:00:00.000042Z","commitments":{"answer":"ab"},"data":{"clock":1,"late":false,'
    '"to":"Sở Xây dựng"},"kind":"answered","part":2,"prev_hash":"00","public":true,"role":"officer","seq":7,'
    '"ticket":"QN-2611-00042"}'
)


def test_an_entry_is_written_in_one_way_and_hashed_as_it_is_written() -> None:
    body = chain.body(7, "00", VALUES)
    assert chain.canonical(body) == WRITTEN
    assert chain.digest(body) == hashlib.sha256(WRITTEN.encode()).hexdigest()
    assert chain.digest(json.loads(WRITTEN)) == chain.digest(body)


def test_a_commitment_can_be_checked_with_the_salt_and_the_words() -> None:
    salt = "00112233445566778899aabbccddeeff"
    said = hashlib.sha256(bytes.fromhex(salt) + "Được. Nộp ở xã.".encode()).hexdigest()
    assert chain.commitment(salt, "Được. Nộp ở xã.") == said


def test_no_salt_is_drawn_twice() -> None:
    salts = [chain.new_salt() for _ in range(1000)]
    assert len(set(salts)) == 1000
    assert {len(salt) for salt in salts} == {32}


def test_two_installations_begin_differently() -> None:
    assert chain.genesis("A") != chain.genesis("B")
