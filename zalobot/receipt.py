"""The deadline receipt: how a due time was counted, as a value that explains itself.

The one rule: it holds all that is needed to check it, so an old receipt stays true whatever calendar or rule comes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from zalobot.rules import Convention, Klass
from zalobot.workdays import LOCAL, DayKind


@dataclass(frozen=True, slots=True)
class Counted:
    """A working day that counts, 1 to N."""

    date: date
    number: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that does not count, and why. The weekly rest days have no name."""

    date: date
    name: str = ""
    source: str = ""
    kind: DayKind = DayKind.OFF


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of working time that a simple part was counted through."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """From `start` to `end` the business was asked for more: `working` of it was working time and moved the due."""

    start: datetime
    end: datetime
    working: timedelta


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a due time was counted, in full: nothing else is needed to explain or to check it.

    Instants are UTC, days are local. `amount` is hours for a simple part, days for a hard one; only a simple one has
    `spans`, only a hard one `counted`. Under convention A `due` is the midnight that ends the last day (exclusive).
    """

    received: datetime
    klass: Klass
    amount: int
    day0: date
    counted: tuple[Counted, ...]
    skipped: tuple[Skipped, ...]
    due: datetime
    rule_version: str
    calendar_version: str
    convention: Convention
    law: str
    decision: str = ""
    spans: tuple[Span, ...] = ()
    waits: tuple[Wait, ...] = ()

    @property
    def due_date(self) -> date:
        """The last local day on which an answer is in time."""
        return last_day(self.due)

    @property
    def until_midnight(self) -> bool:
        """Is the promise the end of a day (hết ngày) rather than an hour of it?"""
        return self.due.astimezone(LOCAL).time() == time()

    def to_json(self) -> dict[str, Any]:
        """Plain data, instants with +07:00, from which `from_json` makes an equal receipt."""
        return {
            "received": _local(self.received),
            "klass": str(self.klass),
            "amount": self.amount,
            "day0": self.day0.isoformat(),
            "counted": [{"date": c.date.isoformat(), "number": c.number} for c in self.counted],
            "skipped": [
                {"date": s.date.isoformat(), "name": s.name, "source": s.source, "kind": str(s.kind)}
                for s in self.skipped
            ],
            "spans": [{"start": _local(s.start), "end": _local(s.end)} for s in self.spans],
            "waits": [
                {"start": _local(w.start), "end": _local(w.end), "seconds": w.working.total_seconds()}
                for w in self.waits
            ],
            "due": _local(self.due),
            "rule_version": self.rule_version,
            "calendar_version": self.calendar_version,
            "convention": str(self.convention),
            "law": self.law,
            "decision": self.decision,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Receipt":
        """The receipt `to_json` wrote. Raises KeyError or ValueError when it is none."""
        return cls(
            received=_utc(data["received"]),
            klass=Klass(data["klass"]),
            amount=data["amount"],
            day0=date.fromisoformat(data["day0"]),
            counted=tuple(Counted(date.fromisoformat(c["date"]), c["number"]) for c in data["counted"]),
            skipped=tuple(_skipped(s) for s in data["skipped"]),
            due=_utc(data["due"]),
            rule_version=data["rule_version"],
            calendar_version=data["calendar_version"],
            convention=Convention(data["convention"]),
            law=data["law"],
            decision=data.get("decision", ""),
            spans=tuple(Span(_utc(s["start"]), _utc(s["end"])) for s in data.get("spans", ())),
            waits=tuple(
                Wait(_utc(w["start"]), _utc(w["end"]), timedelta(seconds=w["seconds"])) for w in data.get("waits", ())
            ),
        )


def last_day(due: datetime) -> date:
    """The local day an exclusive due instant still belongs to: midnight belongs to the day it ends."""
    return (due.astimezone(LOCAL) - timedelta(microseconds=1)).date()


def _skipped(data: dict[str, Any]) -> Skipped:
    kind = DayKind(data.get("kind", DayKind.OFF))
    return Skipped(date.fromisoformat(data["date"]), data["name"], data["source"], kind)


def _local(instant: datetime) -> str:
    return instant.astimezone(LOCAL).isoformat()


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
