"""Reading JSON that others wrote: tolerant of types, strict about what a database can keep.

The one rule: ids are text, whatever they arrive as; they are larger than a double holds.
"""

import json
import math
import re
import unicodedata
from typing import Any

from zalobot.errors import BadEvent

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # legal in JSON, refused by databases


def decode(text: str) -> Any:
    """The value of a JSON text, with nothing in it that no database keeps; raises BadEvent when it is none."""
    try:
        value = _JSON.decode(text)
        return _storable(value) if "\\u" in text else value
    except (ValueError, RecursionError) as problem:
        raise BadEvent("not JSON") from problem


def text_of(value: object) -> str:
    """A JSON value as text: ids and phone numbers may arrive as numbers."""
    if type(value) is str:
        return value
    return str(value) if type(value) is int else ""


def clean(value: object) -> str:
    """Words of a person, in NFC."""
    text = text_of(value)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def dict_of(value: object) -> dict[str, Any]:
    """The value when it is a JSON object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None


_JSON = json.JSONDecoder(parse_float=_finite, parse_constant=lambda _: None)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return _UNSTORABLE.sub("\ufffd", value)
        case dict():
            return {_storable(key): _storable(inner) for key, inner in value.items()}
        case list():
            return [_storable(inner) for inner in value]
    return value
