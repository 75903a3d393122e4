"""What Zalo refuses, and with which code (platform notes §4.2, §4.7, §6.1, §7.1).

The one rule: a refusal is raised here and nowhere else, before anything has happened; what passes comes out as a
`Draft` that needs no further look. Where the notes are silent the stricter reading is taken, so that a bot that
passes here does not depend on Zalo's leniency.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .world import Button, File, Person, World

TEXT_LIMIT = 2000
MAX_BUTTONS, TITLE_LIMIT, PAYLOAD_LIMIT = 5, 100, 1000
MAX_ELEMENTS = 5
WINDOW = timedelta(days=7)
QUOTE_AGE = timedelta(hours=48)
ASSET_LIFE = timedelta(days=7)
IMAGE_LIMIT, GIF_LIMIT, FILE_LIMIT = 1024 * 1024, 5 * 1024 * 1024, 5 * 1024 * 1024
FILE_TYPES = {"pdf", "doc", "docx", "csv"}
REACTIONS = {":>", "--b", ":-((", "/-strong", "/-heart", ":-h", ":o", "/-remove"}
_PHONE = re.compile(r"84\d{8,10}")
_WEB = re.compile(r"https?://\S+")


class Refusal(Exception):
    """Zalo says no: `code` and `message` go into the envelope, with HTTP 200. `person_id`: to whom it was, if known."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.person_id = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that may be delivered."""

    person: Person
    kind: str = "text"
    text: str = ""
    buttons: tuple[Button, ...] = ()
    image: str = ""
    file: File | None = None
    elements: tuple[dict[str, str], ...] = ()
    quote_id: str = ""


def invalid(name: str) -> Refusal:
    """-201 in Zalo's words."""
    return Refusal(-201, f"{name} is invalid!")


def too_much(what: str) -> Refusal:
    """-210: longer, bigger or more than allowed."""
    return Refusal(-210, f"Parameter exceeds allowable limit: {what}")


def units(text: str) -> int:
    """The length Zalo may count: code points or UTF-16 units, whichever is more."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def known_person(world: World, user_id: Any) -> Person:
    """The person behind an id (a string, as Zalo's ids are)."""
    person = world.people.get(user_id) if isinstance(user_id, str) else None
    if person is None:
        raise invalid("user_id")
    return person


def check_reachable(person: Person, last_interaction: datetime | None, now: datetime) -> datetime:
    """Whether a consultation message may go to this person now: 7 days after the last interaction it may not.

    Returns the last interaction.
    """
    if person.refuses:
        raise Refusal(person.refuses, "User cannot receive this message")
    if person.left:
        raise Refusal(-213, "User has not followed OA")
    if last_interaction is None or now - last_interaction >= WINDOW:
        raise Refusal(-230, "User has not interacted with the OA in the past 7 days")
    return last_interaction


def read_message(body: Any, person: Person, world: World, now: datetime) -> Draft:
    """Check the `message` of a consultation request and make it a draft."""
    message = body.get("message")
    if not isinstance(message, dict):
        raise invalid("message")
    text, attachment = message.get("text", ""), message.get("attachment")
    if not isinstance(text, str):
        raise invalid("text")
    if attachment is None and not text.strip():
        raise invalid("text")
    if units(text) > TEXT_LIMIT:
        raise too_much("text")
    quote = _quote(message.get("quote_message_id"), attachment, world, now)
    if attachment is None:
        return Draft(person, text=text, quote_id=quote)
    return _attached(attachment, text, person, world, now)


def _quote(quote: Any, attachment: Any, world: World, now: datetime) -> str:
    if quote is None:
        return ""
    known = world.message(quote) if isinstance(quote, str) else None
    if attachment is not None or known is None or now - known.at > QUOTE_AGE:
        raise invalid("quote_message_id")
    return known.id


def _attached(attachment: Any, text: str, person: Person, world: World, now: datetime) -> Draft:
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    if not isinstance(payload, dict):
        raise invalid("attachment")
    match attachment.get("type"), payload.get("template_type"):
        case "file", _:
            if text:
                raise invalid("message")
            return Draft(person, kind="file", file=asset(world, payload.get("token"), "file", now))
        case "template", "media":
            return _media(payload, text, person, world, now)
        case "template", "list":
            elements = tuple(_element(e, required=("title",)) for e in _listed(payload, "elements", MAX_ELEMENTS))
            return Draft(person, "list", text, read_buttons(payload.get("buttons")), elements=elements)
        case "template", "request_user_info":
            elements = tuple(_element(e, required=("title", "image_url")) for e in _listed(payload, "elements", 1))
            return Draft(person, "ask_info", text, elements=elements)
        case "template", None if text.strip():
            return Draft(person, text=text, buttons=read_buttons(payload.get("buttons"), required=True))
    raise invalid("attachment")


def _media(payload: dict[str, Any], text: str, person: Person, world: World, now: datetime) -> Draft:
    (element,) = _listed(payload, "elements", 1)
    kind = element.get("media_type")
    if kind not in {"image", "gif", "sticker"}:
        raise invalid("media_type")
    if kind == "gif" and not (element.get("width") and element.get("height")):
        raise invalid("width")
    url = element.get("url")
    if isinstance(url, str) and kind != "sticker":
        if not _WEB.fullmatch(url):
            raise invalid("url")
        return Draft(person, kind, text, image=url)
    if kind == "sticker":
        if not isinstance(element.get("attachment_id"), str) or not element["attachment_id"]:
            raise invalid("attachment_id")
        return Draft(person, kind, text, elements=({"id": element["attachment_id"]},))
    file = asset(world, element.get("attachment_id"), kind, now)
    return Draft(person, kind, text, image=file.url, file=file)


def asset(world: World, asset_id: Any, family: str, now: datetime) -> File:
    """An asset uploaded to this family; -201 when it never was, -100 when its 7 days are over."""
    file = world.files.get(asset_id) if isinstance(asset_id, str) else None
    if file is None or file.family != family:
        raise invalid("token" if family == "file" else "attachment_id")
    if now - file.at >= ASSET_LIFE:
        raise Refusal(-100, "attachment_id was expired")
    return file


def _listed(payload: dict[str, Any], name: str, limit: int) -> list[dict[str, Any]]:
    items = payload.get(name)
    if not isinstance(items, list) or not 1 <= len(items) <= limit or not all(isinstance(i, dict) for i in items):
        raise invalid(name)
    return items


def _element(element: dict[str, Any], required: tuple[str, ...]) -> dict[str, str]:
    if any(not isinstance(element.get(name), str) or not element[name] for name in required):
        raise invalid("elements")
    return {k: v for k, v in element.items() if isinstance(v, str)}


def read_buttons(raw: Any, *, required: bool = False) -> tuple[Button, ...]:
    """At most five buttons of the five known types, each complete."""
    if raw is None and not required:
        return ()
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_BUTTONS:
        raise invalid("buttons")
    return tuple(_button(one) for one in raw)


def _button(raw: Any) -> Button:
    if not isinstance(raw, dict):
        raise invalid("buttons")
    title, kind, payload = raw.get("title"), raw.get("type"), raw.get("payload")
    if not isinstance(title, str) or not title.strip() or units(title) > TITLE_LIMIT:
        raise invalid("title")
    match kind, payload:
        case "oa.query.show" | "oa.query.hide", str() if payload and units(payload) <= PAYLOAD_LIMIT:
            value = payload
        case "oa.open.url", {"url": str(url)} if _WEB.fullmatch(url):
            value = url
        case "oa.open.sms", {"content": str(), "phone_code": str(number)} if _PHONE.fullmatch(number):
            value = number
        case "oa.open.phone", {"phone_code": str(number)} if _PHONE.fullmatch(number):
            value = number
        case _:
            raise invalid("type" if kind not in _BUTTON_TYPES else "payload")
    return Button(title, kind, value)


_BUTTON_TYPES = {"oa.open.url", "oa.query.show", "oa.query.hide", "oa.open.sms", "oa.open.phone"}


def check_upload(family: str, name: str, data: bytes) -> str:
    """The type of an upload to `/upload/{image,gif,file}`; refused by size (-210), by content or by name (-201)."""
    ending = name.rpartition(".")[2].lower()
    limit = {"image": IMAGE_LIMIT, "gif": GIF_LIMIT, "file": FILE_LIMIT}[family]
    if len(data) > limit:
        raise too_much("file size")
    if family == "file":
        if not data or ending not in FILE_TYPES or (ending == "pdf" and not data.startswith(b"%PDF")):
            raise Refusal(-201, "file is invalid! We only support pdf, doc, docx and csv")
        return ending
    kind = picture_type(data)
    if family == "gif":
        if kind != "gif":
            raise Refusal(-201, "file is invalid! We only support gif")
    elif kind not in {"jpg", "png"} or ending not in {"jpg", "jpeg", "png"}:
        raise Refusal(-201, "file is invalid! We only support png and jpeg")
    return kind


def picture_type(data: bytes) -> str:
    """jpg, png, gif or "" by the first bytes."""
    for start, kind in ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif")):
        if data.startswith(start):
            return kind
    return ""
