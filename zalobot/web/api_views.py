"""Tickets and agencies as plain data for the JSON interface.

The one rule: every key is named here, one by one; a sealed ticket gives agency, topic, times and state, and no words.
"""

from collections.abc import Mapping

from zalobot.errors import PastHorizon
from zalobot.figures.board import Published
from zalobot.figures.parts import DAYS
from zalobot.province import Province
from zalobot.receipt import Receipt
from zalobot.store.models import PartState
from zalobot.store.queries.figures import AgencyFigures
from zalobot.store.queries.public import OPEN_PART
from zalobot.store.queries.public_rows import (
    ANSWER_FACTS,
    PublicPart,
    PublicReceipt,
    PublicTicket,
    Story,
)
from zalobot.tickets.handing import idle_hours
from zalobot.web import api_history
from zalobot.web.api_history import Data, Scene, iso
from zalobot.web.public_view import agency_name, masked

_RUNNING = tuple(state for state in OPEN_PART if state is not PartState.PAUSED)


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
        "merged_into": row.merged_into or None,
        "late": any(one["late"] for one in parts),
        "parts": parts,
    }


def whole(story: Story, scene: Scene) -> Data:
    """A ticket with how its due times were counted, who handed what over, and its history."""
    history = api_history.history(story, scene)
    out = ticket(story.ticket, scene)
    for shown, row in zip(out["parts"], story.ticket.parts, strict=True):
        shown["receipts"] = [receipt(one) for one in story.receipts if one.part_id == row.id]
        shown["moves"] = api_history.moves(history, row.number)
        shown["idle_seconds"] = _idle(row, story, scene)
    return out | {"history": history}


def part(row: PublicPart, of: PublicTicket, scene: Scene) -> Data:
    """A part with its clock, its answer and what the business said of it."""
    due = row.due_at
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
        **_explained(row),
        "accepted_at": iso(row.accepted_at),
        "paused_at": iso(row.paused_at),
        "question": masked(of, row.question) or None,
        "declined": _declined(of, row, scene),
        "answered_at": iso(row.answered_at),
        "in_time": row.answered_at <= due if row.answered_at and due else None,
        "answer": _answer(row),
        "verdict": row.verdict or None,
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


def agencies(
    counted: Mapping[str, AgencyFigures], answers: Mapping[str, int], published: Published, province: Province
) -> Data:
    """Every agency with its figures, in the order of the province; one it no longer names comes last, if it has any."""
    unknown = {code for code in (*counted, *answers, *published.of) if code not in province.agencies}
    codes = [*province.agencies, *sorted(unknown)]
    found = [
        _agency(code, counted.get(code, AgencyFigures()), answers.get(code, 0), published, province) for code in codes
    ]
    return {"window_days": DAYS, "agencies": found}


def _agency(code: str, counted: AgencyFigures, answered: int, published: Published, province: Province) -> Data:
    known, share = province.agencies.get(code), published.share(code)
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
        "answered": answered,
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


def _idle(row: PublicPart, story: Story, scene: Scene) -> int | None:
    """The working time in which nobody was at work on the part; None past the calendar's horizon."""
    try:
        return int(idle_hours(row, story.events, scene.province.calendar, scene.now).total_seconds())
    except PastHorizon:
        return None


def _explained(row: PublicPart) -> Data:
    """When the head gave a reason for the lateness of the clock that runs, and for which day an answer is promised."""
    at = row.explained_at if row.explained_at and row.explained_at >= row.clock_started_at else None
    return {"explained_at": iso(at), "new_date": row.new_date.isoformat() if at and row.new_date else None}


def _declined(of: PublicTicket, row: PublicPart, scene: Scene) -> Data | None:
    if row.state != PartState.DECLINED:
        return None
    return {"to": scene.agency(row.declined_to), "reason": masked(of, row.declined_reason) or None}
