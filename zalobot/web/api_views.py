"""Tickets and agencies as plain data for the JSON interface.

The one rule: every key is named here, one by one; a sealed ticket gives agency, topic, times and state, and no words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zalobot.province import Province
from zalobot.receipt import Receipt
from zalobot.store.models import PartState, Tier
from zalobot.store.queries.figures import WINDOW, AgencyFigures
from zalobot.store.queries.public import OPEN_PART
from zalobot.store.queries.public_rows import (
    ANSWER_FACTS,
    PublicEvent,
    PublicPart,
    PublicReceipt,
    PublicTicket,
    Story,
)
from zalobot.web.filters import local
from zalobot.web.public_view import agency_name
from zalobot.web.share import Share

_RUNNING = tuple(state for state in OPEN_PART if state is not PartState.PAUSED)

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every value needs besides its rows: the instant, the province, where the site is."""

    now: datetime
    province: Province
    site: str

    def agency(self, code: str) -> Data | None:
        """An agency by code and name; None for no agency."""
        return {"code": code, "name": agency_name(self.province, code)} if code else None


def ticket(row: PublicTicket, scene: Scene) -> Data:
    """A ticket with its parts, as it stands in a list."""
    parts = [part(one, row, scene) for one in row.parts]
    return {
        "code": row.code,
        "self": f"{scene.site}/api/v1/tickets/{row.code}",
        "page": f"{scene.site}/hoi-dap/{row.code}",
        "publicity": row.tier,
        "state": row.state,
        "class": row.klass,
        **_subject(row, scene.province),
        "title": row.title or None,
        "text": row.text or None,
        "business": row.business_name or None,
        "rule_version": row.rule_version,
        "received_at": iso(row.received_at),
        "answered_at": iso(row.answered_at),
        "closed_at": iso(row.closed_at),
        "late": any(one["late"] for one in parts),
        "parts": parts,
    }


def whole(story: Story, scene: Scene) -> Data:
    """A ticket with how its due times were counted, who handed what over, and its history."""
    sealed = story.ticket.tier == Tier.SEALED
    history = [event(one, scene, sealed=sealed) for one in story.events]
    out = ticket(story.ticket, scene)
    for shown, row in zip(out["parts"], story.ticket.parts, strict=True):
        shown["receipts"] = [receipt(one) for one in story.receipts if one.part_id == row.id]
        moves = [one for one in history if one["kind"] == "transferred" and one["part"] == row.number]
        shown["moves"] = [{"at": one["at"], "from": one["from"], "to": one["agency"]} for one in moves]
    return out | {"history": history}


def part(row: PublicPart, of: PublicTicket, scene: Scene) -> Data:
    """A part with its clock, its answer and what the business said of it."""
    sealed, due = of.tier == Tier.SEALED, row.due_at
    running = row.state in _RUNNING and row.answered_at is None
    return {
        "code": f"{of.code}/{row.number}",
        "number": row.number,
        "agency": scene.agency(row.agency),
        "state": row.state,
        "class": row.klass,
        "clock": row.clock,
        "received_at": iso(row.received_at),
        "clock_started_at": iso(row.clock_started_at),
        "first_due_at": iso(row.first_due_at),
        "due_at": iso(due),
        "late": running and due is not None and due < scene.now,
        "accepted_at": iso(row.accepted_at),
        "paused_at": iso(row.paused_at),
        "question": row.question or None,
        "declined": _declined(row, scene),
        "answered_at": iso(row.answered_at),
        "in_time": row.answered_at <= due if row.answered_at and due else None,
        "answer": _answer(row),
        "verdict": None if sealed else row.verdict or None,
        "verdict_at": iso(row.verdict_at),
        "closed_at": iso(row.closed_at),
        "hand_overs": row.hand_overs,
    }


def receipt(row: PublicReceipt) -> Data:
    """How a due time was counted, in force or struck through."""
    return {
        "clock": row.clock,
        "made_at": iso(row.made_at),
        "struck_at": iso(row.struck_at),
        "struck_reason": row.struck_reason or None,
        "receipt": Receipt.from_json(row.data).to_json(),
    }


def event(row: PublicEvent, scene: Scene, *, sealed: bool) -> Data:
    """A line of the public history. A sealed ticket's says who and when, not why."""
    data = row.data
    return {
        "at": iso(row.at),
        "kind": row.kind,
        "part": row.part_number,
        "role": row.actor_role,
        "agency": scene.agency(row.agency),
        "from": scene.agency(_text(data, "former")),
        "to": scene.agency(_text(data, "to")),
        "class": _text(data, "klass") or None,
        "clock": data["clock"] if isinstance(data.get("clock"), int) else None,
        "late": data["late"] if isinstance(data.get("late"), bool) else None,
        "told_role": _text(data, "role") or None,
        "told": bool(data["told"]) if "told" in data else None,
        "reason": None if sealed else _text(data, "reason") or None,
        "verdict": None if sealed else _text(data, "verdict") or None,
    }


def agencies(counted: Mapping[str, AgencyFigures], province: Province) -> Data:
    """Every agency with its figures, in the order of the province; one it no longer names comes last, if it has any."""
    codes = [*province.agencies, *sorted(code for code in counted if code not in province.agencies)]
    found = [_agency(code, counted.get(code, AgencyFigures()), province) for code in codes]
    return {"window_days": WINDOW.days, "agencies": found}


def iso(at: datetime | None) -> str | None:
    """An instant to the last digit that is kept, with +07:00."""
    return local(at).isoformat() if at else None


def _agency(code: str, counted: AgencyFigures, province: Province) -> Data:
    known, share = province.agencies.get(code), Share(counted.in_time, counted.recent)
    return {
        "code": code,
        "name": agency_name(province, code),
        "short": known.short if known else code,
        "group": known.group or None if known else None,
        "former": list(known.former) if known else [],
        "open": counted.open,
        "paused": counted.paused,
        "due_today": counted.today,
        "late": counted.late,
        "answered": counted.answered,
        "on_time": {
            "hits": share.hits,
            "of": share.of,
            "percent": share.percent if share.enough else None,
            "low": share.low if share.enough else None,
            "high": share.high if share.enough else None,
        },
    }


def _subject(row: PublicTicket, province: Province) -> Data:
    topic = province.topics.get(row.topic)
    field = topic.field if topic else ""
    name = dict(province.fields).get(field, field)
    return {
        "topic": {"code": row.topic, "name": topic.name if topic else row.topic},
        "field": {"code": field, "name": name} if field else None,
    }


def _answer(row: PublicPart) -> Data | None:
    if not row.answer:
        return None
    return {"text": row.answer, **{key: row.facts.get(key) for key in ANSWER_FACTS}}


def _declined(row: PublicPart, scene: Scene) -> Data | None:
    if row.state != PartState.DECLINED:
        return None
    return {"to": scene.agency(row.declined_to), "reason": row.declined_reason or None}


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
