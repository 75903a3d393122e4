"""An event that Zalo sent, read from the raw bytes of the webhook.

The one rule: who is who is found by matching ids against our own OA id, never by the event's name: receipts are called
`user_received_message` and their sender is the OA.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from zalobot.errors import BadEvent, InvalidSignature
from zalobot.zalo import signature
from zalobot.zalo.attachments import Attachment, attachments_of
from zalobot.zalo.kinds import Kind, kind_of
from zalobot.zalo.reading import clean, decode, dict_of, text_of
from zalobot.zalo.signature import Formula, Keys

__all__ = ["Attachment", "Event", "Kind"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST = 1_420_070_400_000  # 2015-01-01: the samples behind the console's Test button are shorter numbers
_MENTION = re.compile(r"\[@\w+\]\s*")
_LONGEST_NAME, _LONGEST_ID, _LONGEST_KEY = 64, 64, 190  # what the columns hold
_OWN_ID = {Kind.MESSAGE, Kind.ECHO, Kind.RECEIPT_DELIVERED, Kind.RECEIPT_SEEN, Kind.GROUP, Kind.ANONYMOUS}


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `person_id` is "" where nobody is named; `at` is when it happened; `key` is equal for repeats.

    `signed_with` is the secret that proved it, `mentions_us` whether somebody in a group called the account by name.
    """

    name: str
    kind: Kind
    app_id: str
    oa_id: str
    person_id: str
    at: datetime
    key: str
    message_id: str = ""
    message_ids: tuple[str, ...] = ()
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    quote_id: str = ""
    admin_id: str = ""
    group_id: str = ""
    mentions_us: bool = False
    signed_with: str = field(default="", repr=False)
    info: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, body: bytes, oa_id: str, received: datetime) -> Self:
        """Read an event without asking for its signature; raises BadEvent when it is none.

        `oa_id` is our own OA; `received` stands in for a timestamp that is absent or absurd.
        """
        return cls._read(_load(body), body, oa_id, received)

    @classmethod
    def from_http(cls, body: bytes, header: str | None, *, keys: Keys, received: datetime) -> Self:
        """Read an event that must prove its origin; raises InvalidSignature.

        Raises BadEvent where Zalo did sign it but it is no event.
        """
        try:
            raw = _load(body)
        except BadEvent as problem:  # what cannot be read cannot prove anything
            raise InvalidSignature("unreadable") from problem
        if text_of(raw.get("app_id")) != keys.app_id:
            raise InvalidSignature("other_app")
        fit = signature.fitting(header, body, text_of(raw.get("timestamp")), keys)
        if fit is None:
            raise InvalidSignature("mismatch" if header else "unsigned")
        if fit.formula is not Formula.DOCUMENTED:
            raise InvalidSignature(fit.formula)
        return cls._read(raw, body, keys.oa_id, received, fit.secret)

    @classmethod
    def _read(cls, raw: dict[str, Any], body: bytes, ours: str, received: datetime, signed_with: str = "") -> Self:
        name = raw.get("event_name")
        if type(name) is not str or not 0 < len(name) <= _LONGEST_NAME:
            raise BadEvent("no event_name")
        kind = kind_of(name)
        message = dict_of(raw.get("message"))
        sender, recipient = dict_of(raw.get("sender")), dict_of(raw.get("recipient"))
        oa_id, person_id = _parties(raw, text_of(sender.get("id")), text_of(recipient.get("id")), ours, kind)
        if kind is Kind.MESSAGE and oa_id and text_of(sender.get("id")) == oa_id:
            kind = Kind.ECHO  # said by the OA, whatever it is called: it must never start a turn
        message_id = text_of(message.get("msg_id")) or text_of(message.get("message_id")) or text_of(raw.get("msg_id"))
        if kind is Kind.RECEIPT_DELIVERED and ("delivery_time" in message or "tracking_id" in message):
            person_id = ""  # a receipt of a template sent by phone: the recipient is a number or its hash
        if len(person_id) > _LONGEST_ID or kind is Kind.ANONYMOUS:
            person_id = ""  # a visitor's id is gone with the visit: nothing is kept under it
        return cls(
            name=name,
            kind=kind,
            app_id=text_of(raw.get("app_id")),
            oa_id=oa_id,
            person_id=person_id,
            at=_happened(raw, message, received),
            key=_key(name, kind, message_id, text_of(raw.get("timestamp")), person_id, body),
            message_id=message_id,
            message_ids=_ids(message, message_id),
            text=_text(message.get("text"), kind) if message else "",
            attachments=attachments_of(name, message) if message else (),
            quote_id=text_of(message.get("quote_msg_id")) or text_of(message.get("quote_message_id")),
            admin_id=text_of(sender.get("admin_id")),
            group_id=_group(raw, recipient) if kind is Kind.GROUP else "",
            mentions_us=kind is Kind.GROUP and bool(ours) and f"[@{ours}]" in text_of(message.get("text")),
            signed_with=signed_with,
            info=_info(raw, message, kind),
            raw=raw,
        )


def _load(body: bytes) -> dict[str, Any]:
    try:
        raw = decode(body.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise BadEvent("not UTF-8") from problem
    if type(raw) is not dict:
        raise BadEvent("not a JSON object")
    return raw


def _parties(raw: dict[str, Any], sender: str, recipient: str, ours: str, kind: Kind) -> tuple[str, str]:
    """Our OA's id and the person's. An event of somebody else's OA names no person."""
    stated = text_of(raw.get("oa_id")) or text_of(raw.get("oaId"))
    if stated and stated != ours:
        return stated, ""
    if kind is Kind.GROUP:
        return stated or (ours if sender == ours else ""), "" if sender == ours else sender
    if sender == ours and ours:
        return ours, recipient
    if recipient == ours and ours:
        return ours, sender
    if stated:
        return stated, sender or recipient or _subject(raw)
    return ("", "") if sender or recipient else (ours, _subject(raw))


def _subject(raw: dict[str, Any]) -> str:
    """The person of an event that has no sender and no recipient."""
    follower, data = dict_of(raw.get("follower")), dict_of(raw.get("data"))
    return text_of(follower.get("id")) or text_of(raw.get("user_id")) or text_of(data.get("user_id"))


def _happened(raw: dict[str, Any], message: dict[str, Any], received: datetime) -> datetime:
    """When it happened: a receipt by phone has a time of its own, one client was seen to write `message.time`."""
    stamped = raw.get("timestamp", message.get("time"))
    return _at(message.get("delivery_time"), _at(stamped, received, received), received)


def _at(timestamp: object, otherwise: datetime, received: datetime) -> datetime:
    digits = text_of(timestamp)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        return otherwise
    if int(digits) < _OLDEST:
        return otherwise
    at = _EPOCH + timedelta(milliseconds=int(digits))
    return at if at <= received + timedelta(days=1) else otherwise


def _key(name: str, kind: Kind, message_id: str, timestamp: str, person_id: str, body: bytes) -> str:
    """Equal for every delivery of one event (platform facts 1.2); a repeat has the same body.

    A reaction names the message it is about, so two reactions differ by their time only.
    """
    if message_id and kind in _OWN_ID:
        key = f"{message_id}:{name}"
    elif timestamp and person_id and kind is not Kind.UNKNOWN:
        key = f"{name}:{timestamp}:{person_id}"
    else:
        key = f"{name}:{timestamp}:{hashlib.sha256(body).hexdigest()[:24]}"
    return key if len(key) <= _LONGEST_KEY else f"{name}:{hashlib.sha256(key.encode()).hexdigest()}"


def _ids(message: dict[str, Any], message_id: str) -> tuple[str, ...]:
    listed = message.get("msg_ids")
    if isinstance(listed, list):
        ids = tuple(filter(None, map(text_of, listed)))
        return ids if not message_id or message_id in ids else (message_id, *ids)
    return (message_id,) if message_id else ()


def _text(value: object, kind: Kind) -> str:
    """The words; a button's payload `{"content": …}` comes back as an object or as one inside a string."""
    if type(value) is str and value.startswith("{") and '"content"' in value:
        try:
            value = decode(value)
        except BadEvent:
            return clean(value)
        inner = dict_of(value).get("content")
        value = inner if type(inner) is str else json.dumps(value, ensure_ascii=False)
    elif isinstance(value, dict):
        value = value.get("content")
    text = clean(value)
    return _MENTION.sub("", text).strip() if kind is Kind.GROUP else text


def _group(raw: dict[str, Any], recipient: dict[str, Any]) -> str:
    return text_of(raw.get("group_id")) or text_of(recipient.get("id"))


def _info(raw: dict[str, Any], message: dict[str, Any], kind: Kind) -> dict[str, str]:
    """What a person told about themselves, in one shape for the form before and after the merger of provinces."""
    if kind is Kind.REACTION:
        return {"icon": text_of(message.get("react_icon"))}
    given = dict_of(raw.get("info"))
    if kind is not Kind.PROFILE or not given:
        return {}
    full = dict_of(given.get("full_address"))
    found = {
        "name": given.get("name"),
        "phone": given.get("phone"),
        "birthday": given.get("user_dob"),
        "gender": given.get("gender"),
        "address": given.get("address") or full.get("user_address"),
        "ward": given.get("ward") or full.get("user_ward"),
        "district": given.get("district"),
        "city": given.get("city") or full.get("user_city"),
    }
    return {name: words for name, value in found.items() if (words := clean(value))}
