"""What waits for a second person, and what there was: released or sent back by somebody else than its author.

The one rule: what is released is what was on the screen; a version is named by its key, and does not change while it
waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from aiohttp import web
from sqlmodel import Session

from zalobot import languages, reference
from zalobot.errors import Refused
from zalobot.languages import DEFAULT
from zalobot.services import SERVICES
from zalobot.store.models import Account, WordingOrigin, WordingVersion
from zalobot.studio import difference, history, releasing, telling, versions
from zalobot.studio.difference import Line
from zalobot.studio.history import Entry
from zalobot.templating import Wording, titles
from zalobot.web.access import WHO, Row
from zalobot.web.acting import onwards, refused
from zalobot.web.bubbles import Laid
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell, wording_view
from zalobot.web.operator.acts import perform
from zalobot.web.operator.wording import ACT, NAME, PATH

WAITING: Final = f"{PATH}/cho-duyet"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version with what it would change and how it would look. `foreign`: hosts of others that it leads to."""

    entry: Entry
    changed: tuple[Line, ...]
    laid: tuple[Laid, ...]
    stops: int
    foreign: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bunch:
    """What is released together: one version, or all of one import (`batch`). `mine`: this person wrote it."""

    batch: str
    mine: bool
    items: tuple[Waiting, ...]


async def waiting(request: web.Request) -> web.StreamResponse:
    """Everything that waits, the oldest first, with what it changes."""
    return await _waiting(request)


async def release(request: web.Request) -> web.StreamResponse:
    """Say it so from now on."""
    return await _decide(request, releasing.release, await _field(request, "ban"), done="phat-hanh")


async def release_batch(request: web.Request) -> web.StreamResponse:
    """Say all of an import so from now on."""
    return await _decide(request, releasing.release_batch, await _field(request, "lan"), done="phat-hanh")


async def send_back(request: web.Request) -> web.StreamResponse:
    """Not so, and why."""
    words = (await _field(request, "ban"), await _field(request, "loi", 500))
    return await _decide(request, releasing.send_back, *words, done="khong-phat-hanh")


async def past(request: web.Request) -> web.StreamResponse:
    """Every version of a message, the newest first, each with what it changed."""
    name, language = request.match_info["name"], request.query.get("ngon-ngu", DEFAULT)[:8]
    services = request.app[SERVICES]
    try:
        entries, used, shipped = await services.store.read(_past, name, language)
    except Refused:
        raise web.HTTPNotFound from None
    changed = {one.id: difference.between(one.before, one.text) for one in entries}
    things: dict[str, Any] = {"message": name, "language": language, "entries": entries, "changed": changed, "act": ACT}
    return await shell.html(request, "wording_history", "wording", used=used, shipped=shipped, **things)


async def take_up(request: web.Request) -> web.StreamResponse:
    """Put the words of an old version into one's draft."""
    key = await _field(request, "ban")
    try:
        version: WordingVersion = await perform(request, _load, key)
    except Refused as refusal:
        return onwards(request, PATH, Flash("late", text=refused(refusal)))
    return onwards(request, telling.address(version.name, version.language), Flash("ok", "ban-cu"))


async def _decide(request: web.Request, verb: Any, *words: str, done: str) -> web.StreamResponse:
    try:
        await perform(request, verb, *words)
    except Refused as refusal:
        return await _waiting(request, refused(refusal), status=409)
    await request.app[SERVICES].coordination.publish(reference.TOPIC)
    return onwards(request, WAITING, Flash("ok", done))


async def _waiting(request: web.Request, refusal: str = "", *, status: int = 200) -> web.StreamResponse:
    services, me = request.app[SERVICES], request[WHO].account
    bunches = await services.store.read(_bunches, me, services.now())
    named = {one: str(languages.words(one)["language"]["name"]) for one in languages.every()}
    latest = await services.store.read(history.latest)
    seconds = await services.store.read(releasing.seconds, me.id)
    things: dict[str, Any] = {"bunches": bunches, "latest": latest, "refusal": refusal, "languages": named, "act": ACT}
    things["seconds"] = seconds
    return await shell.html(request, "wording_waiting", "wording", status=status, **things)


def _bunches(session: Session, me: Account, now: datetime) -> list[Bunch]:
    entries = history.waiting(session)
    first = {entry.batch or entry.id: place for place, entry in reversed(list(enumerate(entries)))}
    ordered = sorted(entries, key=lambda entry: first[entry.batch or entry.id])
    together = groupby(ordered, key=lambda entry: entry.batch or entry.id)
    return [_bunch(session, list(some), me, now) for _, some in together]


def _bunch(session: Session, entries: Sequence[Entry], me: Account, now: datetime) -> Bunch:
    words = versions.together_with(session, {(one.language, one.name): one.text for one in entries})
    items = tuple(_item(one, words, now) for one in entries)
    return Bunch(entries[0].batch or "", entries[0].author_id == me.id, items)


def _item(one: Entry, words: Wording, now: datetime) -> Waiting:
    found = versions.findings(one.text, one.name, one.language, one.before, words)
    return Waiting(
        entry=one,
        changed=tuple(difference.between(one.before, one.text)),
        laid=wording_view.laid_out(one.text, one.name, one.language, words, now),
        stops=len(versions.stops(found)),
        foreign=tuple(finding.detail for finding in found if finding.code == "foreign_link"),
    )


def _past(session: Session, name: str, language: str) -> tuple[list[Entry], str, str]:
    used = versions.in_use(session, name, language)
    return history.of(session, name, language), used.version, versions.words_of(session).shipped[language][name].source


def _load(session: Session, key: str, now: Any, *, by: Account) -> WordingVersion:
    version = session.get(WordingVersion, key)
    if version is None or version.number is None:
        raise Refused("no_such_message", message=titles.title(""))
    versions.load(session, version.name, version.language, WordingOrigin.TYPED, version.text, now, by=by)
    return version


async def _field(request: web.Request, name: str, most: int = 26) -> str:
    return str((await request.post()).get(name, "")).strip()[:most]


ROWS = (
    Row("GET", WAITING, shell.ROLES, waiting),
    Row("GET", f"{PATH}/lich-su/{NAME}", shell.ROLES, past),
    Row("POST", f"{ACT}/phat-hanh", shell.ROLES, release),
    Row("POST", f"{ACT}/phat-hanh-ca", shell.ROLES, release_batch),
    Row("POST", f"{ACT}/tra-lai", shell.ROLES, send_back),
    Row("POST", f"{ACT}/dung-lai", shell.ROLES, take_up),
)
