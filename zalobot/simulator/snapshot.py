"""The state of the simulator as the page draws it: plain JSON without a word in any language.

The one rule: a snapshot is complete for the two phones shown; the page compares it with what it has drawn and changes
only the difference, so that scroll and typed text stay.
"""

from typing import Any

from .account import packages
from .faults import Rule
from .stage import Stage
from .switches import choices, states
from .world import By, LogEntry, Message, Person, Role

CHAT_LENGTH = 150
LOG_LENGTH = 120


def snapshot(stage: Stage, shown: dict[Role, str]) -> dict[str, Any]:
    """Everything the page needs; `shown` names the person on each phone (unknown: the first of that role)."""
    now, settings, world = stage.now(), stage.settings, stage.world
    return {
        "now": _ms(now),
        "week": settings.week.strip(now),
        "working": settings.week.is_working_time(now),
        "oa": settings.oa_name,
        "links": [{"title": title, "url": url} for title, url in settings.links],
        "unsubscribed": world.unsubscribed,
        "people": [_person(person, stage) for person in world.people.values()],
        "phones": {role: _phone(role, shown.get(role, ""), stage) for role in Role},
        "faults": states(stage),
        "choices": choices(stage),
        "rules": [_rule(rule) for rule in stage.faults.rules if not rule.over(now)],
        "account": _account(stage),
        "templates": [{"id": one.id, "name": one.name} for one in stage.templates.values()],
        "off": sorted(stage.console.off),
        "log": [_entry(entry, stage) for entry in list(world.log)[-LOG_LENGTH:]],
        "sent": world.sent,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "effect": rule.effect, "where": rule.where, "label": rule.label, "person": rule.person_id,
            "every": rule.every, "left": max(rule.count - rule.fired, 0), "code": rule.code, "fired": rule.fired,
            "until": _ms(rule.until) if rule.until else 0}  # fmt: skip


def _account(stage: Stage) -> dict[str, Any]:
    account, now = stage.account, stage.now()
    return {
        "packages": [
            {"key": one.key, "name": one.name, "api": one.api, "per_minute": one.per_minute}
            for one in packages().values()
        ],
        "paid": account.paid.left(now), "paid_of": account.paid.limit, "balance": account.balance,
        "spent": account.spent, "templates_left": account.templates.left(now),
    }  # fmt: skip


def _phone(role: Role, person_id: str, stage: Stage) -> dict[str, Any]:
    people = [person for person in stage.world.people.values() if person.role is role]
    person = next((p for p in people if p.id == person_id), people[0] if people else None)
    menu = [item.title for item in stage.settings.menus.get(role, ())]
    if person is None:
        return {"person": "", "menu": menu, "chat": []}
    chat = [m for m in stage.world.chat(person.id) if not m.hidden][-CHAT_LENGTH:]
    return {"person": person.id, "menu": menu, "chat": [_message(m) for m in chat]}


def _person(person: Person, stage: Stage) -> dict[str, Any]:
    unread = sum(m.seen_at is None for m in stage.world.chat(person.id) if m.by is not By.PERSON)
    return {"id": person.id, "name": person.name, "role": person.role, "note": person.note,
            "following": person.following, "unread": unread, "left": person.left,
            "heard": _ms(last) if (last := stage.last_interaction(person)) else 0}  # fmt: skip


def _message(message: Message) -> dict[str, Any]:
    file = message.file
    return {
        "id": message.id, "me": message.by is By.PERSON, "staff": message.by is By.STAFF, "at": _ms(message.at),
        "kind": message.kind, "text": message.text, "image": message.image,
        "buttons": [{"title": b.title, "type": b.type, "value": b.value} for b in message.buttons],
        "elements": list(message.elements), "reaction": message.reaction,
        "file": {"name": file.name, "size": len(file.data), "url": file.url} if file else None,
        "delivered": message.delivered_at is not None, "seen": message.seen_at is not None,
    }  # fmt: skip


def _entry(entry: LogEntry, stage: Stage) -> dict[str, Any]:
    person = stage.world.people.get(entry.person_id)
    name = person.name if person else ""
    out = {"seq": entry.seq, "at": _ms(entry.at), "kind": entry.kind, "to": name, **entry.facts}
    if message := stage.world.message(str(entry.facts.get("message", ""))):
        out |= {"delivered": message.delivered_at is not None, "seen": _ms(message.seen_at) if message.seen_at else 0}
    return out


def _ms(instant: Any) -> int:
    return int(instant.timestamp() * 1000)
