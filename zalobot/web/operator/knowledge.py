"""The knowledge base: what may be answered at once, whose it is, on which source it rests, until when it may be shown.

The one rule: what is past its review stands first, for nobody is shown it until somebody has looked at it again.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.knowledge import editing, keeping
from zalobot.pack_knowledge import KnownAnswer
from zalobot.services import SERVICES
from zalobot.store.models import KnowledgeEntry, KnowledgeState
from zalobot.vietnamese import plain
from zalobot.web.access import Row
from zalobot.web.acting import onwards, refused
from zalobot.web.filters import local
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import act, perform, typed

PATH = f"{shell.PATH}/kho-cau-hoi"
FIELDS = ("topic", "agency", "answer", "source", "review")
SOON = timedelta(days=30)
YEAR = timedelta(days=365)


class Standing(StrEnum):
    """Where an entry stands with its review."""

    PAST = "past"
    SOON = "soon"
    WELL = "well"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the list. `shown` counts judged showings, `right` those that fitted."""

    entry: KnowledgeEntry
    standing: Standing
    shown: int
    right: int


async def show(request: web.Request) -> web.Response:
    """The entries, those past their review first."""
    services = request.app[SERVICES]
    today = local(services.now()).date()
    entries, liked = await services.store.read(_read)
    asked, narrowed = request.query.get("q", "").strip()[:80], request.query.get("loc", "")
    items = sorted(
        (Item(entry, standing(entry, today), *liked.get(entry.key, (0, 0))) for entry in entries),
        key=lambda item: (list(Standing).index(item.standing), item.entry.review, item.entry.key),
    )
    wanted = plain(asked).split()
    things: dict[str, Any] = {
        "items": [one for one in items if _fits(one, narrowed, wanted)][:300],
        "counts": {str(one): sum(item.standing is one for item in items) for one in Standing},
        "narrowed": narrowed,
        "asked": asked,
        "names": services.province.agencies,
        "topics": services.province.topics,
    }
    return await shell.html(request, "knowledge", "knowledge", **things)


async def fresh(request: web.Request) -> web.Response:
    """The form of a new entry."""
    return await _form(request, None, {}, "")


async def one(request: web.Request) -> web.Response:
    """An entry with its form and its history."""
    return await _found(request, {}, "")


async def add(request: web.Request) -> web.StreamResponse:
    """Keep a new one."""
    values = await _values(request)
    try:
        key = await perform(request, editing.add, _answer("", values))
    except Refused as refusal:
        return await _form(request, None, values, refused(refusal), status=409)
    return onwards(request, f"{PATH}/{key}", Flash("ok", "luu"))


async def save(request: web.Request) -> web.StreamResponse:
    """Change one."""
    values = await _values(request)
    try:
        await perform(request, editing.save, _answer(_key(request), values), _seen(values))
    except Refused as refusal:
        return await _found(request, values, refused(refusal), status=409)
    return onwards(request, f"{PATH}/{_key(request)}", Flash("ok", "luu"))


async def look_again(request: web.Request) -> web.StreamResponse:
    """It still holds, until the day of the next review."""
    values = await typed(request, "review", "seen")
    words = (_key(request), _day(values["review"]), _seen(values))
    return await act(request, editing.look_again, *words, done="ra-soat", back=PATH)


async def retire(request: web.Request) -> web.StreamResponse:
    """Show it to nobody any more."""
    seen = _seen(await typed(request, "seen"))
    return await act(request, editing.retire, _key(request), seen, done="bo-muc", back=PATH)


def standing(entry: KnowledgeEntry, today: date) -> Standing:
    """Where an entry stands on that day."""
    if entry.state is KnowledgeState.RETIRED:
        return Standing.RETIRED
    if entry.review < today:
        return Standing.PAST
    return Standing.SOON if entry.review - today <= SOON else Standing.WELL


async def _found(request: web.Request, values: dict[str, str], refusal: str, *, status: int = 200) -> web.Response:
    found = await request.app[SERVICES].store.read(_one, _key(request))
    if found is None:
        return await shell.html(request, "gone", "knowledge", status=404, back=PATH)
    return await _form(request, found, values, refusal, status=status)


async def _form(
    request: web.Request,
    found: tuple[KnowledgeEntry, list[tuple[int, object, str, str]]] | None,
    values: dict[str, str],
    refusal: str,
    *,
    status: int = 200,
) -> web.Response:
    services = request.app[SERVICES]
    today = local(services.now()).date()
    entry, versions = found or (None, [])
    things: dict[str, Any] = {
        "entry": entry,
        "versions": versions,
        "standing": standing(entry, today) if entry else "",
        "topics": list(services.province.topics.values()),
        "agencies": list(services.province.working_agencies.values()),
        "next_review": today + YEAR,
        "values": values,
        "refusal": refusal,
    }
    return await shell.html(request, "knowledge_entry", "knowledge", status=status, **things)


def _read(session: Session) -> tuple[list[KnowledgeEntry], dict[str, tuple[int, int]]]:
    return keeping.entries(session), editing.liked(session)


def _one(session: Session, key: str) -> tuple[KnowledgeEntry, list[tuple[int, object, str, str]]] | None:
    entry = keeping.find(session, key)
    return (entry, list(editing.versions(session, entry))) if entry else None


async def _values(request: web.Request) -> dict[str, str]:
    return await typed(request, *FIELDS, "questions", "seen", most=8000)


def _answer(key: str, values: dict[str, str]) -> KnownAnswer:
    return KnownAnswer(
        key,
        values["topic"],
        values["agency"],
        tuple(values["questions"].splitlines()),
        values["answer"].replace("\r\n", "\n"),
        values["source"],
        _day(values["review"]),
    )


def _day(text: str) -> date:
    """A day as a form says it; one long gone where it says none, which is then refused in words."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _seen(values: dict[str, str]) -> int:
    return int(values["seen"]) if values["seen"].isdecimal() and len(values["seen"]) < 9 else 0


def _fits(item: Item, narrowed: str, wanted: list[str]) -> bool:
    if narrowed in set(Standing) and item.standing != narrowed:
        return False
    if not narrowed and item.standing is Standing.RETIRED:
        return False
    text = plain(" ".join((*item.entry.questions, item.entry.answer, item.entry.source)))
    return all(word in text for word in wanted)


def _key(request: web.Request) -> str:
    return str(request.match_info["key"])


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("GET", f"{PATH}/moi", shell.ROLES, fresh),
    Row("POST", PATH, shell.ROLES, add),
    Row("GET", f"{PATH}/{{key}}", shell.ROLES, one),
    Row("POST", f"{PATH}/{{key}}", shell.ROLES, save),
    Row("POST", f"{PATH}/{{key}}/ra-soat", shell.ROLES, look_again),
    Row("POST", f"{PATH}/{{key}}/bo", shell.ROLES, retire),
)
