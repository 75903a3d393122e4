"""The calendar of working days: the year, a day or a run of days edited with its document, seen before it is done.

The one rule: nothing is applied that was not previewed from the same fields, under the version that was on the screen.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from zalobot import reference
from zalobot.calendars import DayChange, editing
from zalobot.calendars.editing import Preview
from zalobot.errors import Refused
from zalobot.services import SERVICES
from zalobot.web.access import Row
from zalobot.web.acting import onwards, refused
from zalobot.web.filters import local
from zalobot.web.flashes import Flash
from zalobot.web.operator import calendar_papers, calendar_view, shell
from zalobot.web.operator.acts import perform
from zalobot.workdays import DayKind, Shift, Shifts, WorkCalendar

PATH = f"{shell.PATH}/lich"
FIELDS = ("ngay", "den", "loai", "gio", "ly_do", "van_ban", "keo_dai")
KINDS = ("", "holiday", "swap_off", "off", "half", "makeup")  # "": as the week says
NAMED = frozenset(KINDS) - {""}
MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Edit:
    """What the form says: the changes, or which field is wrong (`fault`, a key of the template)."""

    values: dict[str, str]
    changes: tuple[DayChange, ...] = ()
    until: date | None = None
    fault: str = ""
    days: tuple[date, ...] = field(default=())

    @property
    def source(self) -> str:
        """The document of the change."""
        return self.values["van_ban"]


async def show(request: web.Request) -> web.Response:
    """The year; with a day in the address its form; with a kind and a document what the change would do."""
    edit = read(request.query, request.app[SERVICES].province.calendar)
    return await _page(request, edit, previewed="loai" in request.query or bool(edit.values["keo_dai"]))


async def apply(request: web.Request) -> web.StreamResponse:
    """Do what was previewed."""
    form = await request.post()
    values = {name: str(form.get(name, "")) for name in (*FIELDS, "phien_ban", "doi_chieu")}
    edit = read(values, request.app[SERVICES].province.calendar)
    if edit.fault or values["doi_chieu"] != "1":
        return await _page(request, edit, previewed=True, refusal="" if edit.fault else "unread", status=422)
    more: dict[str, Any] = {"seen": values["phien_ban"], "until": edit.until}
    try:
        files = await calendar_papers.sent(request, form.getall(calendar_papers.FIELD, []))
        done = await perform(request, editing.apply, edit.changes, edit.source, files=files, **more)
    except Refused as refusal:
        return await _page(request, edit, previewed=True, refusal=refused(refusal), status=409)
    await calendar_papers.keep(request, files)
    await request.app[SERVICES].coordination.publish(reference.TOPIC)
    way = f"{PATH}?nam={edit.days[0].year}" if edit.days else PATH
    return onwards(request, way, Flash("ok", "lich", code=done.version))


async def history(request: web.Request) -> web.Response:
    """The versions there were."""
    services = request.app[SERVICES]
    versions = await services.store.read(editing.versions)
    papers = services.province.papers
    return await shell.html(request, "calendar_versions", "calendar", versions=versions, papers=papers)


def read(given: object, calendar: WorkCalendar) -> Edit:
    """The form's fields as changes of days; a field that makes no sense is named."""
    values = {name: str(given.get(name, "")).strip()[:500] for name in FIELDS}  # type: ignore[attr-defined]
    try:
        until = date.fromisoformat(values["keo_dai"]) if values["keo_dai"] else None
        first = date.fromisoformat(values["ngay"]) if values["ngay"] else None
        last = date.fromisoformat(values["den"]) if values["den"] else first
    except ValueError:
        return Edit(values, fault="days")
    if first is None or last is None:
        return Edit(values, until=until, fault="" if until else "days")
    number = (last - first).days + 1
    if not 0 < number <= MOST_DAYS:
        return Edit(values, fault="days")
    days = tuple(first + timedelta(n) for n in range(number))
    kind = values["loai"]
    hours = shifts(values["gio"]) if kind == "half" else ()
    fault = "kind" if kind not in KINDS else "hours" if hours is None else ""
    if not fault and not values["van_ban"]:
        fault = "source"
    if not fault and kind in NAMED and not values["ly_do"]:
        fault = "name"
    worked = [day for day in days if len(days) == 1 or kind not in ("holiday", "off") or _usually_worked(calendar, day)]
    changes = tuple(
        DayChange(day, DayKind(kind) if kind else None, hours or (), values["ly_do"]) for day in worked if not fault
    )
    return Edit(values, changes, until, fault, days)


def shifts(typed: str) -> Shifts | None:
    """Hours as they are typed (`07:30-11:30, 13:00-15:00`); None where they are none."""
    try:
        found = tuple(Shift.parse(one) for one in typed.replace(";", ",").split(",") if one.strip())
    except ValueError:
        return None
    return found or None


def _usually_worked(calendar: WorkCalendar, day: date) -> bool:
    """In a run of days off, the rest days of the week stay what they are."""
    return not calendar.first <= day <= calendar.last or calendar.day(day).kind is not DayKind.WEEKEND


async def _page(
    request: web.Request, edit: Edit, *, previewed: bool, refusal: str = "", status: int = 200
) -> web.Response:
    services = request.app[SERVICES]
    calendar, now = services.province.calendar, services.now()
    today = local(now).date()
    preview: Preview | None = None
    if previewed and not edit.fault:
        try:
            preview = await services.store.read(editing.preview, edit.changes, edit.source, now, until=edit.until)
        except Refused as refusal_:
            refusal = refusal or refused(refusal_)
    asked = request.query.get("nam", "")
    shown = int(asked) if asked.isdecimal() and len(asked) == 4 else (edit.days[0] if edit.days else today).year
    shown = max(calendar.first.year, min(calendar.last.year, shown))
    day = edit.days[0] if edit.days and calendar.first <= edit.days[0] <= calendar.last else None
    things: dict[str, Any] = {
        "calendar": calendar,
        "year": shown,
        "months": calendar_view.year(calendar, shown, today, edit.days),
        "coming": calendar_view.to_come(calendar, today),
        "edit": edit,
        "day": calendar.day(day) if day else None,
        "previewed": previewed,
        "preview": preview,
        "refusal": refusal,
        "agencies": services.province.agencies,
        "papers": services.province.papers,
        "kinds": KINDS,
    }
    return await shell.html(request, "calendar", "calendar", status=status, **things)


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("GET", f"{PATH}/cac-ban", shell.ROLES, history),
    Row("POST", PATH, shell.ROLES, apply, calendar_papers.MOST),
)
