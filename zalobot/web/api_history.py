"""The public history of a ticket as plain data, and what one reads out of it.

The one rule: of an event's data only the facts named here are given, each only where the event has it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zalobot.province import Province
from zalobot.store.queries.public_rows import PublicEvent, Story
from zalobot.web.filters import local
from zalobot.web.public_view import agency_name

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


def iso(at: datetime | None) -> str | None:
    """An instant to the last digit that is kept, with +07:00."""
    return local(at).isoformat() if at else None


def history(story: Story, scene: Scene) -> list[Data]:
    """The lines, oldest first. Of a sealed ticket the events come without what was said and judged."""
    return [_event(one, scene) for one in story.events]


def moves(lines: Iterable[Data], number: int) -> list[Data]:
    """How a part went from one agency to another, oldest first."""
    of_part = [line for line in lines if line["part"] == number and "from" in line["facts"]]
    found = [
        {
            "at": line["at"],
            "kind": line["kind"],
            "from": line["facts"]["from"],
            "to": line["facts"].get("to", line["agency"]),
        }
        for line in of_part
    ]
    return [move for move in found if move["from"] != move["to"]]


def _event(row: PublicEvent, scene: Scene) -> Data:
    facts = _facts(row.data, scene)
    if row.kind in _WORDS and "reason" in facts:
        facts[_WORDS[row.kind]] = facts.pop("reason")
    return {
        "seq": row.seq,
        "hash": row.hash,
        "at": iso(row.at),
        "kind": row.kind,
        "part": row.part_number,
        "role": row.actor_role,
        "agency": scene.agency(row.agency),
        "facts": facts,
    }


def _facts(data: Mapping[str, Any], scene: Scene) -> Data:
    """Of a reason only `why`: masked for everybody when it was written, and not written of a sealed ticket."""
    agencies = {shown: scene.agency(_text(data, key)) for shown, key in _AGENCIES.items()}
    plain = {shown: read(data, key) for shown, (key, read) in _PLAIN.items()}
    said = {"told": bool(data["told"])} if "told" in data else {}
    return _there(plain) | _there(agencies) | said


def _there(facts: Data) -> Data:
    return {shown: value for shown, value in facts.items() if value not in (None, "", [])}


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _number(data: Mapping[str, Any], key: str) -> int | None:
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _truth(data: Mapping[str, Any], key: str) -> bool | None:
    value = data.get(key)
    return value if isinstance(value, bool) else None


def _instant(data: Mapping[str, Any], key: str) -> str | None:
    text = _text(data, key)
    return iso(datetime.fromisoformat(text)) if text else None


def _words(data: Mapping[str, Any], key: str) -> list[str]:
    value = data.get(key)
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


_AGENCIES = {"from": "former", "to": "to"}
_WORDS = {"question_asked": "question", "business_replied": "reply"}  # what `why` holds there is no reason
_PLAIN: dict[str, tuple[str, Callable[[Mapping[str, Any], str], Any]]] = {
    "reason": ("why", _text),
    "verdict": ("verdict", _text),
    "class": ("klass", _text),
    "clock": ("clock", _number),
    "late": ("late", _truth),
    "told_role": ("role", _text),
    "due_before": ("before", _instant),
    "due": ("due", _instant),
    "calendar_version": ("calendar", _text),
    "new_date": ("day", _text),
    "until": ("until", _instant),
    "into": ("into", _text),
    "merged_from": ("merged_from", _text),
    "split_from": ("split_from", _number),
    "received_at": ("received", _instant),
    "split_off": ("split_off", _text),
    "split_ticket": ("split_ticket", _text),
    "path": ("path", _text),
    "refusals": ("number", _number),
    "missing": ("missing", _words),
}
