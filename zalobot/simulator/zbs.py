"""ZBS template messages by phone number, and what can be looked up about templates (§5, business.openapi.zalo.me).

The one rule: here GETs have ordinary query parameters, not `data`, and errors have the codes of §7.3.
"""

import hashlib
import re
from datetime import datetime, time
from typing import Any

from aiohttp import web

from .envelope import METADATA, endpoint, posted
from .faults import Where
from .payloads import millis
from .rules import Draft, Refusal
from .sending import note_unsent, put
from .stage import Stage
from .templates import STATUS_NUMBERS, Status, Template
from .week import LOCAL
from .world import Message

TRACKING_LIMIT = 48
NIGHT = (time(22), time(6))
_PHONE = re.compile(r"\+?84\d{9,10}")


async def _by_phone(request: web.Request, stage: Stage) -> Any:
    body = await posted(request)
    phone = body.get("phone")
    if not isinstance(phone, str) or not _PHONE.fullmatch(phone):
        raise Refusal(-108, "Phone number is invalid")
    wanted = phone.removeprefix("+")
    return _send(body, stage, wanted, lambda person: person.phone == wanted)


async def _by_hash(request: web.Request, stage: Stage) -> Any:
    body = await posted(request)
    wanted = str(body.get("hash_phone"))
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise Refusal(-108, "Phone number is invalid")
    found = {person.id for person in stage.world.people.values() if _hashed(person.phone) == wanted}
    return _send(body, stage, wanted, lambda person: person.id in found)


def _hashed(phone: str) -> str:
    return hashlib.sha256(phone.encode()).hexdigest()


def _send(body: dict[str, Any], stage: Stage, number: str, fits: Any) -> Any:
    now = stage.now()
    template = sendable(stage, str(body.get("template_id")))
    text, tracking = template.rendered(body.get("template_data")), str(body.get("tracking_id", ""))
    if len(tracking) > TRACKING_LIMIT:
        raise Refusal(-132, "Parameter is invalid: tracking_id")
    if is_night(now) and stage.account.night_rule:
        raise Refusal(-133, "Template cannot be sent at night, 22:00 to 06:00")
    person = next((one for one in stage.world.people.values() if one.phone and fits(one)), None)
    if person is None:
        raise Refusal(-118, "Zalo account does not exist or is disabled")
    if person.refuses_templates:
        note_unsent(stage, person, text, person.refuses_templates)
        raise Refusal(person.refuses_templates, "User cannot receive this message")
    if body.get("mode") == "development" and not person.admin:
        raise Refusal(-127, "Test template can only be sent to admin")
    if not stage.account.templates.left(now):
        raise Refusal(-144, "OA has exceeded its daily quota")
    _pay(stage, template.price_phone)
    stage.account.templates.take(now)
    message = put(stage, Draft(person, "template", text), tracking_id=tracking, phone=number)
    return {"msg_id": message.id, "sent_time": millis(now), "sending_mode": str(body.get("sending_mode", "1")),
            "quota": quota(stage, now)}  # fmt: skip


def _pay(stage: Stage, price: int) -> None:
    stage.account.charge(price, Refusal(-136, "ZBS account is required"), Refusal(-137, "ZBS account was not charged"))


def sendable(stage: Stage, template_id: str) -> Template:
    """The template, if it exists and is approved and of good quality."""
    template = stage.templates.get(template_id)
    if template is None:
        raise Refusal(-109, "Template id is invalid")
    if template.status is not Status.ENABLE:
        raise Refusal(-146 if template.quality == "LOW" else -131, "Template is not approved")
    return template


def is_night(now: datetime) -> bool:
    """Whether it is between 22:00 and 06:00 in Vietnam."""
    local = now.astimezone(LOCAL).time()
    return local >= NIGHT[0] or local < NIGHT[1]


def quota(stage: Stage, now: datetime) -> dict[str, str]:
    """What may still be sent today."""
    allowance = stage.account.templates
    return {"dailyQuota": str(allowance.limit), "remainingQuota": str(allowance.left(now))}


async def _status(request: web.Request, stage: Stage) -> Any:
    message: Message | None = stage.world.message(request.query.get("message_id", ""))
    if message is None or message.kind != "template":
        raise Refusal(-107, "Message id is invalid")
    at = message.delivered_at
    return {"delivery_time": millis(at) if at else "", "status": 1 if at else 0, "message": "" if at else "pushed"}


async def _quota(_request: web.Request, stage: Stage) -> Any:
    return {**quota(stage, stage.now()), "dailyQuotaPromotion": "0", "remainingQuotaPromotion": "0"}


async def _tags(_request: web.Request, _stage: Stage) -> Any:
    return ["TRANSACTION", "CUSTOMER_CARE"]


async def _quality(_request: web.Request, stage: Stage) -> Any:
    worst = "LOW" if any(one.quality == "LOW" for one in stage.templates.values()) else "HIGH"
    return {"oaCurrentQuality": worst, "oa7dayQuality": worst}


async def _templates(request: web.Request, stage: Stage) -> Any:
    query = request.query
    try:
        offset, limit = int(query.get("offset", "0")), int(query.get("limit", "100"))
    except ValueError:
        raise Refusal(-132, "Parameter is invalid: offset") from None
    if not 1 <= limit <= 100:
        raise Refusal(-132, "Parameter is invalid: limit")
    wanted = query.get("status")
    fitting = [one for one in stage.templates.values() if wanted in (None, str(STATUS_NUMBERS[one.status]))]
    request[METADATA] = {"total": len(fitting)}
    return [
        {"templateId": one.id, "templateName": one.name, "status": one.status, "templateQuality": one.quality,
         "createdTime": 0}
        for one in fitting[offset : offset + limit]
    ]  # fmt: skip


async def _info(request: web.Request, stage: Stage) -> Any:
    return _asked(request, stage).info()


async def _sample(request: web.Request, stage: Stage) -> Any:
    return {param.name: param.name[: param.max_length] for param in _asked(request, stage).params}


def _asked(request: web.Request, stage: Stage) -> Template:
    template = stage.templates.get(request.query.get("template_id", ""))
    if template is None:
        raise Refusal(-109, "Template id is invalid")
    return template


def add_routes(app: web.Application) -> None:
    """The endpoints of ZBS."""
    router = app.router
    router.add_post("/message/template", endpoint(_by_phone, Where.ZBS))
    router.add_post("/message/template/hashphone", endpoint(_by_hash, Where.ZBS))
    for path, call in (
        ("/message/status", _status), ("/message/quota", _quota), ("/message/template-tag", _tags),
        ("/quality", _quality), ("/template/all", _templates), ("/template/info/v2", _info),
        ("/template/sample-data", _sample),
    ):  # fmt: skip
        router.add_get(path, endpoint(call, Where.ZBS))
