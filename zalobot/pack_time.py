"""The working days and the rules of a province pack: `calendar.toml`, `rules.toml` and the hours of `province.toml`.

The one rule: a day that is not what the week says has a name and a document, or it is no day.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from zalobot.deadlines import Convention, RuleVersion
from zalobot.pack import Entry
from zalobot.workdays import Day, DayKind, Season, Shift, Shifts, Week, WorkCalendar

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OFF_KINDS = (DayKind.HOLIDAY, DayKind.COMPENSATORY, DayKind.OFF)
_NEVER = date(1, 1, 1)


def read_calendar(entry: Entry, about: Entry) -> WorkCalendar | None:
    """The calendar of the hours in `about` and the days in `entry`; None, its reasons noted, if it makes no sense."""
    entry.only("version", "first", "last", "source", "off", "swap", "half", "work")
    seasons = [_season(hours) for hours in about.entries("hours", "from")]
    if not seasons:
        about.notes.add(about.where, "hours is missing: at least one [[hours]] is needed")
        return None
    before = len(entry.notes.problems)
    version, first, last = entry.text("version"), entry.day("first"), entry.day("last")
    if seasons[0].starts > first > _NEVER:
        about.notes.add(f"{about.where}: hours", f"the first begins after {first}, the first known day")
    named = list(_days(entry, seasons))
    if len(entry.notes.problems) > before:
        return None
    try:
        return WorkCalendar(
            version, seasons[0].week, tuple(sorted(named, key=_by_date)), first, last, tuple(seasons[1:])
        )
    except ValueError as error:
        for problem in str(error).split("; "):
            entry.notes.add(entry.where, problem)
        return None


def read_days(entry: Entry, calendar: WorkCalendar) -> Iterator[Day]:
    """The days named in `entry`, for a calendar that exists: its hours are those of days worked instead of others."""
    return _days(entry, [Season(_NEVER, calendar.week), *calendar.seasons])


def read_rules(entry: Entry) -> tuple[RuleVersion, ...]:
    """The versions of the rules, oldest first."""
    entry.only("rule")
    rules = tuple(_rule(rule) for rule in entry.entries("rule", "version"))
    if not rules:
        entry.notes.add(entry.where, "rule is missing: at least one [[rule]] is needed")
    if len({rule.version for rule in rules}) < len(rules):
        entry.notes.add(entry.where, "two rules have the same version")
    return tuple(sorted(rules, key=lambda rule: rule.effective_from))


def _by_date(day: Day) -> date:
    return day.date


def _season(entry: Entry) -> Season:
    entry.only("from", "season", "source", "week")
    hours = Entry(f"{entry.where}: week", entry.get("week", dict), entry.notes)
    hours.only(*_WEEKDAYS)
    week: Week = tuple(_shifts(hours, day) for day in _WEEKDAYS)
    return Season(entry.day("from"), week)


def _shifts(entry: Entry, key: str) -> Shifts:
    shifts = []
    for text in entry.texts(key, ()):
        try:
            shifts.append(Shift.parse(text))
        except ValueError:
            entry.notes.add(f"{entry.where}: {key}", f"{text!r} is no shift: write 07:30-11:30")
    return tuple(shifts)


def _days(entry: Entry, seasons: list[Season]) -> Iterator[Day]:
    for off in entry.entries("off", "date"):
        yield from _off(off)
    for swap in entry.entries("swap", "off"):
        yield from _swap(swap, seasons)
    for half in entry.entries("half", "date"):
        half.only("date", "shifts", "name", "source", "provisional")
        yield _day(half, half.day("date"), DayKind.HALF, _shifts(half, "shifts"))
    for work in entry.entries("work", "date"):
        work.only("date", "name", "source", "provisional")
        yield _day(work, work.day("date"), DayKind.MAKEUP, _usual(work.day("date"), seasons))


def _off(entry: Entry) -> Iterator[Day]:
    entry.only("date", "from", "to", "name", "kind", "source", "provisional")
    kind = entry.text("kind", DayKind.HOLIDAY)
    if kind not in _OFF_KINDS:
        entry.notes.add(f"{entry.where}: kind", f"must be one of {', '.join(_OFF_KINDS)}, not {kind}")
        return
    if "date" in entry.values:
        first = last = entry.day("date")
    else:
        first, last = entry.day("from"), entry.day("to")
    if last < first or (last - first).days > 31:
        entry.notes.add(entry.where, f"from {first} to {last} is no run of days off")
        return
    for number in range((last - first).days + 1):
        yield _day(entry, first + timedelta(number), DayKind(kind))


def _swap(entry: Entry, seasons: list[Season]) -> Iterator[Day]:
    entry.only("off", "work", "name", "work_name", "source", "provisional")
    yield _day(entry, entry.day("off"), DayKind.SWAP_OFF)
    worked = entry.day("work")
    yield _day(entry, worked, DayKind.MAKEUP, _usual(worked, seasons), name="work_name")


def _day(entry: Entry, on: date, kind: DayKind, shifts: Shifts = (), name: str = "name") -> Day:
    source, provisional = entry.text("source"), entry.get("provisional", bool, False)
    return Day(on, shifts, kind, entry.text(name), source, provisional)


def _usual(on: date, seasons: list[Season]) -> Shifts:
    """The hours of the first worked day of the week in that season: what a made-up Saturday is worked."""
    weeks = [season.week for season in seasons if season.starts <= on] or [seasons[0].week]
    return next((shifts for shifts in weeks[-1] if shifts), ())


def _rule(entry: Entry) -> RuleVersion:
    numbers = ("simple_hours", "hard_days", "triage_hours", "dispute_hours", "wait_days", "explain_days", "close_days")
    entry.only("version", "decision", "effective_from", "decided_on", "convention", "law", *numbers)
    amounts = {key: entry.get(key, int) for key in numbers}
    for key, amount in amounts.items():
        if key in entry.values and amount < 1:
            entry.notes.add(f"{entry.where}: {key}", "must be at least 1")
    convention = entry.text("convention")
    if convention and convention not in list(Convention):
        entry.notes.add(f"{entry.where}: convention", f"must be one of {', '.join(Convention)}, not {convention}")
    return RuleVersion(
        version=entry.text("version"),
        decision=entry.text("decision"),
        effective_from=entry.day("effective_from"),
        convention=Convention(convention) if convention in list(Convention) else Convention.A17,
        law=entry.text("law"),
        decided_on=entry.day("decided_on") if "decided_on" in entry.values else None,
        **amounts,
    )
