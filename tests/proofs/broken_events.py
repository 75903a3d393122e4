"""Inputs that no Zalo ever sent, each made again from its number.

Real events with a few fields replaced, dropped, doubled or renamed, their bytes flipped, cut, repeated or put into
another encoding, nesting without end, and plain noise.
"""

import json
import random
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from zalobot.zalo import signature
from zalobot.zalo.kinds import KINDS

OA, APP, SECRET = "388613280878808645", "360846524940903967", "a webhook secret"
_FILES = sorted((Path(__file__).parents[1] / "zalo" / "samples").glob("*.json"))
SAMPLES = [path.read_bytes().replace(b"1732345678901", b"1795402800000") for path in _FILES]
NAMES = [*KINDS, "user_send_group_text", "anonymous_send_file", "oa_send_group_gif", "user_click_button", "", "x" * 65]

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, -0.0, 2**63, 10**40, 10**4000, "", " ", "0", "null", "NaN", "1e999"),
    *("\0", "a\0b", "\ud800", "\udfff\ud800", "\ufffe", "\u202e", "\u0301" * 40, "ạ" * 3000, "x" * 100_000, "9" * 5000),
    *(
        OA,
        APP,
        "[@" + OA + "]",
        '{"content":"A"}',
        '{"content":' * 50,
        '{"content":NaN}',
        "${7*7}",
        "'; DROP TABLE inbox",
    ),
    *([], {}, [[]], [None], [{}], {"": None}, {"id": {"id": OA}}, [1, "2", {"3": [4]}], {"content": {"content": 1}}),
    *({"latitude": "1e400", "longitude": []}, {"latitude": "nan", "longitude": "inf"}, float("nan"), float("inf")),
    *(
        [{"type": "image", "payload": None}],
        [{"type": {}, "payload": []}],
        [{"type": "link", "payload": {"url": 7}}] * 90,
    ),
    *("1732345678901", "9999999999999999", "-1732345678901", "１７３２３４５６７８９０１", "²", "1795402800000"),
)


def made(number: int, seed: int) -> bytes:
    """The input of this number: the same one again and again."""
    chance = random.Random(f"{seed}:{number}")
    body = chance.choice(SAMPLES).replace(b"96d3cdf3af150460909", b"m%d" % number)
    kind = chance.random()
    if kind < 0.70:
        body = _structured(body, chance)
    elif kind < 0.72:
        return chance.randbytes(chance.randrange(400))
    elif kind < 0.74:
        return _deep(chance)
    return _bytes(body, chance) if chance.random() < 0.35 else body


def _structured(body: bytes, chance: random.Random) -> bytes:
    event: Any = json.loads(body)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        _change(event, chance)
    if chance.random() < 0.3:
        event["event_name"] = chance.choice(NAMES)
    text = json.dumps(event, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.05 and "{" in text:  # a key twice
        text = text.replace("{", '{"message":{"text":"twice"},"sender":7,', 1)
    return text.encode("utf-8", "surrogatepass")


def _change(event: dict[str, Any], chance: random.Random) -> None:
    at: Any = event
    while True:
        keys: Sequence[Any] = list(at) if isinstance(at, dict) else range(len(at))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(at[key], dict | list) and at[key] and chance.random() < 0.7:
            at = at[key]
            continue
        break
    way = chance.random()
    if way < 0.7 or isinstance(at, list):
        at[key] = deepcopy(chance.choice(_ODD))
    elif way < 0.8:
        del at[key]
    elif way < 0.9:
        at[chance.choice(("msg_id", "id", "admin_id", "oa_id", "oaId", "user_id", "delivery_time", "é\0"))] = at.pop(
            key
        )
    else:
        at[key] = chance.choice((str, lambda value: [value], lambda value: {"id": value}, lambda value: {key: value}))(
            at[key]
        )


def _deep(chance: random.Random) -> bytes:
    depth = chance.choice((10, 200, 900, 1100, 5000, 100_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'[{"message":', b"}]")))
    inner = opening * depth + b"1" + (closing * depth if chance.random() < 0.7 else b"")
    if chance.random() < 0.5:
        return inner
    place = chance.choice((b"message", b"sender", b"x", b"info"))
    return b'{"event_name":"user_send_text","app_id":"' + APP.encode() + b'","' + place + b'":' + inner + b"}"


def _bytes(body: bytes, chance: random.Random) -> bytes:
    way = chance.randrange(7)
    at = chance.randrange(len(body) + 1) if body else 0
    if way == 0:
        return body[:at]
    if way == 1:
        return body[:at] + chance.randbytes(chance.randrange(1, 9)) + body[at:]
    if way == 2:
        flipped = bytearray(body)
        for _ in range(chance.randrange(1, 6)):
            if flipped:
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    if way == 3:
        return body * chance.randrange(2, 5)
    if way == 4:
        encoding = chance.choice(("utf-16", "utf-8-sig", "utf-32", "latin-1"))
        return body.decode("utf-8", "replace").encode(encoding, "replace")
    if way == 5:
        return body.replace(b'"', chance.choice((b"'", b"", b'\\"')), chance.randrange(1, 4))
    return chance.choice((b" ", b"\n", b"\0", b"\xef\xbb\xbf")) + body + chance.choice((b"", b"\0", b"}", b"null"))


def signed(body: bytes, chance: random.Random) -> tuple[str | None, bool]:
    """A header for the body, and whether it is a right one."""
    way = chance.random()
    if way < 0.2:
        return None, False
    if way < 0.4:
        odd = ("", "mac=", "mac=đ", "\ud800", "mac=" + "0" * 64, "mac=" + "0" * 63, "sha256=1", "m" * 9000, "mac=\0")
        return chance.choice(odd), False
    try:
        timestamp = str(json.loads(body).get("timestamp", ""))
    except Exception:  # whatever is wrong with it: the header is then of no use
        timestamp = ""
    mac = signature.mac(APP, body, timestamp, SECRET)
    return chance.choice((f"mac={mac}", f"MAC = {mac.upper()}", mac)), True
