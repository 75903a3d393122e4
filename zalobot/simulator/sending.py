"""The OA sends: consultation messages, reactions, templates by user id (by phone: `zbs`).

The one rule: checked whole, then delivered whole. What can get lost afterwards is only the answer, and that by request.
"""

from typing import Any

from aiohttp import web

from .account import SendApi
from .envelope import endpoint, posted
from .faults import Where
from .payloads import millis
from .rules import REACTIONS, Draft, Refusal, check_reachable, invalid, known_person, read_message, too_much
from .stage import Stage
from .templates import Status
from .world import By, Message, Person

MAX_REACTIONS = 50  # on one message


async def _consultation(request: web.Request, stage: Stage) -> Any:
    if stage.account.send_api is not SendApi.V3:
        raise Refusal(-235, "This API does not support this type of OA")
    return _send(await posted(request), stage)


async def _v2(request: web.Request, stage: Stage) -> Any:
    body = await posted(request)
    if "sender_action" in body:
        return _react(body, stage)
    if stage.account.send_api is SendApi.NONE:
        raise Refusal(-235, "This API does not support this type of OA")
    if stage.account.send_api is SendApi.V3:
        raise Refusal(-240, "MessageV2 API has been shut down")
    return _send(body, stage)


async def _template(request: web.Request, stage: Stage) -> Any:
    """A ZBS template to a user id: no window, but the person must have met the OA."""
    body = await posted(request)
    person = known_person(stage.world, body.get("user_id"))
    template = stage.templates.get(str(body.get("template_id")))
    if template is None:
        raise invalid("template_id")
    if not template.by_uid:
        raise Refusal(-249, "Template does not support send via UID")
    if template.status is not Status.ENABLE:
        raise Refusal(-131, "Template is not approved")
    text = template.rendered(body.get("template_data"))
    try:
        _check_met(person, stage)
        stage.account.charge(
            template.price_uid,
            Refusal(-320, "App must connect Zalo Cloud Account"),
            Refusal(-321, "Zalo Cloud Account out of money"),
        )
    except Refusal as refusal:
        note_unsent(stage, person, text, refusal.code)
        refusal.person_id = person.id
        raise
    return _sent(put(stage, Draft(person, "template", text)), stage, "purchase_quota")


def _check_met(person: Person, stage: Stage) -> None:
    if person.refuses:
        raise Refusal(person.refuses, "User cannot receive this message")
    if stage.last_interaction(person) is None:
        raise Refusal(-232, "User has not interacted with the OA, or last interaction expired")


def _send(body: dict[str, Any], stage: Stage) -> Any:
    recipient = body.get("recipient")
    person = known_person(stage.world, recipient.get("user_id") if isinstance(recipient, dict) else None)
    now, last = stage.now(), stage.last_interaction(person)
    try:
        draft = read_message(body, person, stage.world, now)
        if (draft.buttons or draft.elements) and stage.faults.no_buttons:
            raise invalid("attachment")
        quota = stage.account.charge_consultation(check_reachable(person, last, now), now)
    except Refusal as refusal:
        content = body.get("message")
        note_unsent(stage, person, str(content.get("text", "")) if isinstance(content, dict) else "", refusal.code)
        refusal.person_id = person.id
        raise
    return _sent(put(stage, draft), stage, quota)


def note_unsent(stage: Stage, person: Person, text: str, code: int) -> None:
    """Remember a message that was refused."""
    stage.world.refused.append(Message("", person.id, By.OA, stage.now(), text=text, refused=code))


def _sent(message: Message, stage: Stage, quota: str) -> Any:
    """What the bot is told; without a quota the message was paid with money."""
    data = {"message_id": message.id, "user_id": message.person_id, "sent_time": millis(message.at)}
    if not quota:
        return data
    of = {"quota_type": quota, "owner_type": "OA", "owner_id": stage.settings.oa_id}
    if quota == "sub_quota":
        paid = stage.account.paid
        of |= {"remain": str(paid.left(stage.now())), "total": str(paid.limit)}
    return data | {"quota": of}


def put(
    stage: Stage, draft: Draft, by: By = By.OA, admin_id: str = "", *, phone: str = "", tracking_id: str = ""
) -> Message:
    """Let a message appear on the person's phone, with its echo and its receipt on their way to the bot.

    phone: the number a template message was sent to: such a message has no echo, and a receipt of its own shape.
    """
    world, now = stage.world, stage.now()
    message = Message(
        world.new_message_id(), draft.person.id, by, now, draft.kind, draft.text, draft.buttons, draft.image,
        draft.file, draft.elements, draft.quote_id, delivered_at=now,
    )  # fmt: skip
    for earlier in reversed(world.chat(draft.person.id)):
        if earlier.by is not By.PERSON:
            break  # what stands before an answer was marked by that answer
        earlier.seen_at = now
    world.sent += 1
    world.add_message(message)
    world.note(now, "sent", draft.person.id, shape=draft.kind, buttons=len(draft.buttons), message=message.id, by=by)
    deliverer, payloads = stage.deliverer, stage.payloads
    if phone:
        deliverer.emit(
            deliverer.sign(draft.person.id, payloads.template_received(message, phone, tracking_id), zbs=True)
        )
        return message
    if stage.settings.echo or by is By.STAFF:
        deliverer.emit(deliverer.sign(draft.person.id, payloads.echo(message, admin_id)))
    if stage.settings.receipts:
        deliverer.emit(deliverer.sign(draft.person.id, payloads.received(message, now)))
    return message


def _react(body: dict[str, Any], stage: Stage) -> Any:
    recipient, action = body.get("recipient"), body["sender_action"]
    person = known_person(stage.world, recipient.get("user_id") if isinstance(recipient, dict) else None)
    if not isinstance(action, dict) or action.get("react_icon") not in REACTIONS:
        raise invalid("react_icon")
    message = stage.world.message(str(action.get("react_message_id")))
    if message is None or message.person_id != person.id:
        raise invalid("react_message_id")
    message.reactions += 1
    if message.reactions > MAX_REACTIONS:
        raise too_much("react_message_id")
    message.reaction = "" if action["react_icon"] == "/-remove" else action["react_icon"]
    stage.world.note(stage.now(), "reacted", person.id, icon=action["react_icon"])
    return {"message_id": message.id, "user_id": person.id}


def add_routes(app: web.Application) -> None:
    """The sending endpoints."""
    app.router.add_post("/v3.0/oa/message/cs", endpoint(_consultation, Where.SENDS))
    app.router.add_post("/v2.0/oa/message", endpoint(_v2, Where.SENDS))
    app.router.add_post("/v3.0/oa/message/template", endpoint(_template, Where.SENDS))
