"""What the bot may look up and upload: people, chats, quota, the OA itself, assets.

The one rule: answers have the fields the platform's notes name (§4.7 to §4.9), as strings where Zalo has strings.
"""

import json
import secrets
from typing import Any

from aiohttp import web

from .envelope import asked, endpoint, posted
from .faults import Where
from .payloads import by_app, millis
from .rules import Refusal, check_reachable, check_upload, invalid, known_person, too_much
from .stage import Stage
from .week import LOCAL
from .world import By, File, Message, Person

MAX_COUNT = 10
MAX_LIST = 50
_TYPES = {"image": "photo", "ask_info": "template", "list": "template"}


async def _detail(request: web.Request, stage: Stage) -> Any:
    person = known_person(stage.world, asked(request).get("user_id"))
    if stage.account.hides_strangers and not person.following:
        raise Refusal(-213, "User has not followed OA")
    last = stage.last_interaction(person)
    return {
        "user_id": person.id, "user_id_by_app": by_app(person.id), "user_external_id": "",
        "display_name": person.name, "user_alias": person.name, "is_sensitive": False,
        "user_last_interaction_date": f"{last.astimezone(LOCAL):%d/%m/%Y}" if last else "",
        "user_is_follower": person.following, "avatar": "", "avatars": {"120": "", "240": ""}, "dynamic_param": "",
        "tags_and_notes_info": {"notes": [], "tag_names": []}, "shared_info": person.shared,
    }  # fmt: skip


async def _people(request: web.Request, stage: Stage) -> Any:
    offset, count = _page(asked(request), MAX_LIST)
    people = list(stage.world.people)
    users = [{"user_id": person_id} for person_id in people[offset : offset + count]]
    return {"total": len(people), "count": len(users), "offset": offset, "users": users}


async def _recent(request: web.Request, stage: Stage) -> Any:
    offset, count = _page(asked(request), MAX_COUNT)
    last = sorted((chat[-1] for chat in stage.world.chats()), key=lambda m: m.at, reverse=True)
    return [_item(message, stage) for message in last[offset : offset + count]]


async def _conversation(request: web.Request, stage: Stage) -> Any:
    query = asked(request)
    person = known_person(stage.world, str(query.get("user_id")))
    offset, count = _page(query, MAX_COUNT)
    newest_first = stage.world.chat(person.id)[::-1]
    return [_item(message, stage) for message in newest_first[offset : offset + count]]


def _page(query: dict[str, Any], limit: int) -> tuple[int, int]:
    try:
        offset, count = int(query.get("offset", 0)), int(query.get("count", limit))
    except (TypeError, ValueError):
        raise invalid("count") from None
    if count > limit:
        raise too_much("count")
    if offset < 0 or count < 1:
        raise invalid("offset" if offset < 0 else "count")
    return offset, count


def _item(message: Message, stage: Stage) -> dict[str, Any]:
    """One entry of a chat: `src` 1 came from the person, 0 went to the person."""
    person = stage.world.people[message.person_id]
    sides = [(person.id, person.name), (stage.settings.oa_id, stage.settings.oa_name)]
    (from_id, from_name), (to_id, to_name) = sides if message.by is By.PERSON else sides[::-1]
    item: dict[str, Any] = {
        "src": 1 if message.by is By.PERSON else 0, "time": int(millis(message.at)),
        "type": _TYPES.get(message.kind, message.kind), "message": message.text, "message_id": message.id,
        "from_id": from_id, "to_id": to_id, "from_display_name": from_name, "to_display_name": to_name,
        "from_avatar": "", "to_avatar": "",
    }  # fmt: skip
    if message.place:
        item["location"] = json.dumps(dict(zip(("latitude", "longitude"), message.place, strict=True)))
    if url := message.image or (message.file.url if message.file else ""):
        item |= {"url": url, "thumb": url}
    return item


async def _oa(_request: web.Request, stage: Stage) -> Any:
    settings, account = stage.settings, stage.account
    followers = sum(person.following for person in stage.world.people.values())
    through = account.valid_through
    return {
        "oa_id": settings.oa_id, "name": settings.oa_name, "description": "", "oa_alias": "",
        "is_verified": account.verified, "oa_type": account.oa_type, "cate_name": "", "num_follower": followers,
        "avatar": "", "cover": "", "package_name": account.package.name,
        "package_valid_through_date": f"{through:%d/%m/%Y}" if through else "", "package_auto_renew_date": "",
        "linked_ZCA": "ZBS" if account.linked else "",
    }  # fmt: skip


async def _quota(request: web.Request, stage: Stage) -> Any:
    body = await posted(request)
    if "user_id" not in body:
        return _assets(body, stage)
    person = known_person(stage.world, body["user_id"])
    last = stage.last_interaction(person)
    return {
        "last_interaction": int(millis(last)) if last else 0, "cs_reply": _reply_quota(person, stage),
        "promotion": {"daily_remain": 0, "daily_total": 0, "monthly_remain": 0, "monthly_total": 0},
    }  # fmt: skip


def _assets(body: dict[str, Any], stage: Stage) -> list[dict[str, Any]]:
    """What the package still pays for this month."""
    if body.get("quota_owner") not in {"OA", "APP"}:
        raise invalid("quota_owner")
    if body.get("product_type") not in {"cs", "transaction"}:
        raise invalid("product_type")
    paid = stage.account.paid
    if not paid.limit or (body["quota_owner"], body["product_type"]) != ("OA", "cs"):
        return []
    return [{"asset_id": f"{stage.account.package.key}-cs", "product_type": "cs", "quota_type": "sub_quota",
             "valid_through": "", "total": paid.limit, "remain": paid.left(stage.now())}]  # fmt: skip


def _reply_quota(person: Person, stage: Stage) -> dict[str, int]:
    try:
        check_reachable(person, stage.last_interaction(person), stage.now())
    except Refusal:
        return {"remain": 0, "total": 8}
    return {"remain": 8, "total": 8}


async def _upload(request: web.Request, stage: Stage) -> Any:
    family = request.match_info["family"]
    if not request.content_type.startswith("multipart/"):
        raise invalid("file")
    field = (await request.post()).get("file")
    if not isinstance(field, web.FileField):
        raise invalid("file")
    data = field.file.read()
    kind = check_upload(family, field.filename, data)
    if not stage.account.uploads.take(stage.now()):
        raise Refusal(-211, "Out of quota: upload")
    asset_id = secrets.token_urlsafe(24)
    url = f"{stage.base_url}/media/{asset_id}.{kind}"
    stage.world.files[asset_id] = File(asset_id, field.filename, kind, data, stage.now(), url, family)
    stage.world.note(stage.now(), "upload", family=family, bytes=len(data))
    return {"token" if family == "file" else "attachment_id": asset_id}


def add_routes(app: web.Application) -> None:
    """The look-up and upload endpoints."""
    router = app.router
    router.add_get("/v3.0/oa/user/detail", endpoint(_detail))
    router.add_get("/v3.0/oa/user/getlist", endpoint(_people))
    router.add_get("/v2.0/oa/listrecentchat", endpoint(_recent))
    router.add_get("/v2.0/oa/conversation", endpoint(_conversation))
    router.add_get("/v2.0/oa/getoa", endpoint(_oa))
    router.add_post("/v3.0/oa/quota/message", endpoint(_quota))
    router.add_post("/v2.0/oa/upload/{family:image|gif|file}", endpoint(_upload, Where.UPLOADS))
