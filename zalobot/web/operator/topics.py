"""Topics: who leads, which agencies are usual besides, the class a ticket is born with, the words people use."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from zalobot import reference
from zalobot.errors import Refused
from zalobot.operating import reference_rows
from zalobot.operating.reference_rows import TopicEdit
from zalobot.province import Topic
from zalobot.services import SERVICES
from zalobot.vietnamese import plain
from zalobot.web.access import Row
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import perform, typed
from zalobot.web.operator.agencies import lines

PATH = f"{shell.PATH}/linh-vuc"
FIELDS = ("name", "lead", "zone_lead", "klass", "keywords")


async def show(request: web.Request) -> web.Response:
    """All topics in their fields, or those that fit some words."""
    here, asked = request.app[SERVICES].province, request.query.get("q", "").strip()[:80]
    found = list(_fitting(here.topics.values(), asked))
    grouped = [(name, [one for one in found if one.field == code]) for code, name in here.fields]
    things: dict[str, Any] = {
        "groups": [group for group in grouped if group[1]],
        "asked": asked,
        "names": here.agencies,
    }
    return await shell.html(request, "topics", "people", number=len(found), **things)


async def one(request: web.Request) -> web.Response:
    """A topic with its form."""
    return await _page(request, {}, None, "")


async def edit(request: web.Request) -> web.StreamResponse:
    """Change it."""
    values = await typed(request, *FIELDS, "seen")
    others = tuple(str(one) for one in (await request.post()).getall("others", []))
    words = TopicEdit(
        values["name"], values["lead"], values["zone_lead"], others, values["klass"], lines(values["keywords"])
    )
    try:
        await perform(request, reference_rows.edit_topic, _code(request), words, values["seen"])
    except Refused as refusal:
        return await _page(request, values, others, refused(refusal), status=409)
    await request.app[SERVICES].coordination.publish(reference.TOPIC)
    return onwards(request, f"{PATH}/{_code(request)}", Flash("ok", "luu"))


async def _page(
    request: web.Request, values: dict[str, str], others: tuple[str, ...] | None, refusal: str, *, status: int = 200
) -> web.Response:
    services, code = request.app[SERVICES], _code(request)
    row = await services.store.read(reference_rows.topic, code)
    if row is None:
        return await shell.html(request, "gone", "people", status=404, back=PATH)
    things: dict[str, Any] = {
        "row": row,
        "seen": reference_rows.state(row),
        "agencies": list(services.province.working_agencies.values()),
        "others": row.others if others is None else others,
        "field": dict(services.province.fields).get(row.field, row.field),
        "values": values,
        "refusal": refusal,
    }
    return await shell.html(request, "topic", "people", status=status, **things)


def _fitting(topics: Iterable[Topic], asked: str) -> Iterable[Topic]:
    wanted = plain(asked).split()
    return (topic for topic in topics if all(word in plain(" ".join((topic.name, *topic.keywords))) for word in wanted))


def _code(request: web.Request) -> str:
    return str(request.match_info["code"])


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("GET", f"{PATH}/{{code}}", shell.ROLES, one),
    Row("POST", f"{PATH}/{{code}}", shell.ROLES, edit),
)
