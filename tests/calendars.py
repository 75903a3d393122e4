"""Working calendars for tests: the plain office week, and Vietnam 2025–2027 as the sample data has it."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from zalobot.workdays import LOCAL, Day, DayKind, Shift, WorkCalendar

DATA = Path(__file__).parent / "data"
SHIFTS = (Shift.parse("07:30-11:30"), Shift.parse("13:00-17:00"))
MORNING = SHIFTS[:1]
WEEK = (SHIFTS,) * 5 + ((), ())
_KINDS = {"swap_off": DayKind.SWAP_OFF, "compensatory": DayKind.COMPENSATORY}


def at(text: str) -> datetime:
    """A local instant: "2026-02-12 15:10"."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def plain(*days: Day, first: date = date(2025, 1, 1), last: date = date(2027, 12, 31)) -> WorkCalendar:
    """Mondays to Fridays, and the days named."""
    return WorkCalendar("plain", WEEK, days, first, last)


def off(day: date, kind: DayKind = DayKind.HOLIDAY, name: str = "nghỉ") -> Day:
    return Day(day, (), kind, name, "văn bản")


def worked(day: date, shifts: tuple[Shift, ...] = SHIFTS) -> Day:
    kind = DayKind.MAKEUP if shifts == SHIFTS else DayKind.HALF
    return Day(day, shifts, kind, "làm bù", "văn bản")


def lines(name: str) -> list[dict[str, Any]]:
    """The rows of a .jsonl sample file."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def vietnam(tet_2027: str = "option_1") -> WorkCalendar:
    """The sample calendar under one of the two proposals for Tết 2027."""
    data = json.loads((DATA / "calendar.json").read_text(encoding="utf-8"))
    days = [off(date.fromisoformat(d["date"]), _KINDS.get(d["kind"], DayKind.HOLIDAY), d["name"]) for d in data["off"]]
    days += [worked(date.fromisoformat(d["date"])) for d in data["working_weekend_days"]]
    days += [off(date.fromisoformat(d), name="Tết Nguyên đán Đinh Mùi") for d in data["tet_2027"][tet_2027]]
    return WorkCalendar("sample", WEEK, tuple(days), date(2025, 1, 1), date(2028, 1, 7))
