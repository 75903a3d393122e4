"""All messages on one page, found by where they come in the conversation, in a drawing, by words or by what is wrong.

The one rule: it only finds. A message is changed on its own page, `/van-hanh/loi-nhan/<name>` (`wording.py`).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from aiohttp import web

from zalobot import flows, languages, templating
from zalobot.flows.picture import Picture, picture
from zalobot.flows.report_issue import NAME as REPORT
from zalobot.province import Province
from zalobot.services import SERVICES
from zalobot.templating import titles
from zalobot.templating.looking import Found, Only, look, only
from zalobot.web.access import Row
from zalobot.web.operator import shell

PATH: Final = f"{shell.PATH}/loi-nhan"
MOST: Final = 50  # hits shown; whoever gets more types more


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, under the part of the conversation it comes in. `many`: more than are shown."""

    groups: tuple[tuple[str, tuple[Found, ...]], ...]
    count: int
    many: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows. `typed` was looked for, `which` is the kind that is shown; both "" for the whole tree."""

    typed: str
    which: str
    hits: Hits | None
    groups: tuple[titles.Group, ...]
    counts: dict[str, int]
    drawn: Picture
    flows: tuple[tuple[str, str], ...]
    languages: dict[str, str]


async def show(request: web.Request) -> web.Response:
    """The messages, or those that were looked for. 404 for a drawing or a kind that is not there."""
    typed, which = request.query.get("tim", "").strip(), request.query.get("loc", "")
    flow = request.query.get("so-do", REPORT)
    if flow not in flows.FLOWS or which not in ("", *Only):
        raise web.HTTPNotFound
    # On a thread: the first drawing of a conversation may have to learn the province first.
    page = await asyncio.to_thread(page_of, request.app[SERVICES].province, typed[:100], which, flow)
    return await shell.html(request, "texts", "wording", page=page, words=templating.words)


def page_of(province: Province, typed: str = "", which: str = "", flow: str = REPORT) -> Page:
    """What is to be shown of the words in use."""
    wording = templating.current()
    found = look(wording, typed) if typed else only(wording, Only(which)) if which else None
    return Page(
        typed=typed,
        which=which,
        hits=None if found is None else _hits(found, wording.names),
        groups=titles.groups(wording.names),
        counts={one.value: len({hit.name for hit in only(wording, one)}) for one in Only},
        drawn=drawing(province, flow, wording.names),
        flows=tuple((name, titles.flow(name)) for name in flows.FLOWS),
        languages={one: str(languages.words(one)["language"]["name"]) for one in wording.languages},
    )


@lru_cache(maxsize=64)
def drawing(province: Province, flow: str, names: tuple[str, ...]) -> Picture:
    """The drawing of a conversation. KeyError for one that is not there."""
    return picture(flows.FLOWS[flow](province), names)


def _hits(found: list[Found], names: Iterable[str]) -> Hits:
    """Grouped as the tree is; the groups stand in the order of their best hit."""
    place = {name: group.title for group in titles.groups(names) for name in group.names}
    under: dict[str, list[Found]] = {}
    for one in found[:MOST]:
        under.setdefault(place.get(one.name, ""), []).append(one)
    return Hits(tuple((title, tuple(some)) for title, some in under.items()), len(found), len(found) > MOST)


ROWS: Final = (Row("GET", PATH, shell.ROLES, show),)
