"""The OA sends: consultation messages, reactions, templates by user id.

The one rule: checked whole, then delivered whole. What can get lost afterwards is only the answer, and that by request.
"""

from typing import Any

from aiohttp import web

from .envelope import endpoint, posted
from .faults import Where
from .payloads import millis
from .rules import REACTIONS, Draft, Refusal, check_reachable, invalid, known_person, read_message
from .stage import Stage
from .world import By, Message


async def _consultation(request: web.Request, stage: Stage) -> Any:
    if stage.faults.v2_only:
        raise Refusal(-235, "This API does not support this type of OA")
    return _send(await posted(request), stage)


async def _v2(request: web.Request, stage: Stage) -> Any:
    body = await posted(request)
    if "sender_action" in body:
        return _react(body, stage)
    if not stage.faults.v2_only:
        raise Refusal(-240, "MessageV2 API has been shut down")
    return _send(body, stage)


async def _template(request: web.Request, stage: Stage) -> Any:
    body = await posted(request)
    person = known_person(stage.world, body.get("user_id"))
    needed, given = stage.settings.templates.get(str(body.get("template_id"))), body.get("template_data")
    if needed is None:
        raise invalid("template_id")
    if not isinstance(given, dict) or any(not isinstance(given.get(name), str) for name in needed):
        raise invalid("template_data")
    if person.refuses:
        raise Refusal(person.refuses, "User cannot receive this message")
    text = "\n".join(f"{name}: {given[name]}" for name in needed)
    return _deliver(Draft(person, "template", text), stage)


def _send(body: dict[str, Any], stage: Stage) -> Any:
    recipient = body.get("recipient")
    person = known_person(stage.world, recipient.get("user_id") if isinstance(recipient, dict) else None)
    now = stage.now()
    try:
        draft = read_message(body, person, stage.world, now)
        if draft.buttons and stage.faults.no_buttons:
            raise invalid("attachment")
        check_reachable(person, stage.last_interaction(person), now)
    except Refusal as refusal:
        content = body.get("message")
        text = str(content.get("text", "")) if isinstance(content, dict) else ""
        stage.world.refused.append(Message("", person.id, By.OA, now, text=text, refused=refusal.code))
        refusal.person_id = person.id
        raise
    return _deliver(draft, stage)


def _deliver(draft: Draft, stage: Stage) -> Any:
    message = put(stage, draft)
    return {
        "message_id": message.id, "user_id": draft.person.id, "sent_time": millis(message.at),
        "quota": {"quota_type": "reply", "owner_type": "OA", "owner_id": stage.settings.oa_id},
    }  # fmt: skip


def put(stage: Stage, draft: Draft, by: By = By.OA, admin_id: str = "") -> Message:
    """Let a message appear on the person's phone, with its echo and its receipt on their way to the bot."""
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
    if stage.settings.echo or by is By.STAFF:
        stage.deliverer.emit(stage.deliverer.sign(draft.person.id, stage.payloads.echo(message, admin_id)))
    if stage.settings.receipts:
        stage.deliverer.emit(stage.deliverer.sign(draft.person.id, stage.payloads.received(message, now)))
    return message


def _react(body: dict[str, Any], stage: Stage) -> Any:
    recipient, action = body.get("recipient"), body["sender_action"]
    person = known_person(stage.world, recipient.get("user_id") if isinstance(recipient, dict) else None)
    if not isinstance(action, dict) or action.get("react_icon") not in REACTIONS:
        raise invalid("react_icon")
    message = stage.world.message(str(action.get("react_message_id")))
    if message is None or message.person_id != person.id:
        raise invalid("react_message_id")
    message.reaction = "" if action["react_icon"] == "/-remove" else action["react_icon"]
    stage.world.note(stage.now(), "reacted", person.id, icon=action["react_icon"])
    return {"message_id": message.id, "user_id": person.id}


def add_routes(app: web.Application) -> None:
    """The sending endpoints."""
    app.router.add_post("/v3.0/oa/message/cs", endpoint(_consultation, Where.SENDS))
    app.router.add_post("/v2.0/oa/message", endpoint(_v2, Where.SENDS))
    app.router.add_post("/v3.0/oa/message/template", endpoint(_template, Where.SENDS))
