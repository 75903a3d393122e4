"""The list of all tickets and its filter, as plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from zalobot.province import Province
from zalobot.store.models import Tier
from zalobot.store.queries.public_rows import STATES, Filter, PublicTicket, Sheet
from zalobot.web.meter import Look, Meter
from zalobot.web.public_view import agency_name, answered, part_meter

WORDS = 200  # characters of what is looked for
_URGENT = (Look.LATE, Look.TODAY, Look.SOON, Look.CALM, Look.WAIT, Look.NONE, Look.DONE_LATE, Look.DONE)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a list. `meter` is that of its most urgent part, None when no clock runs any more."""

    code: str
    title: str
    topic: str
    state: str
    sealed: bool
    received_at: datetime
    agencies: tuple[str, ...]
    answered: int
    parts: int
    meter: Meter | None

    @property
    def agency(self) -> str:
        """The agencies in one line."""
        return ", ".join(self.agencies)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the list asks for: filter and place, or the words looked for."""

    agency: str = ""
    field: str = ""
    state: str = ""
    before: str = ""
    after: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """What `public/list.html` shows. `missing` is a code somebody looked for in vain."""

    rows: tuple[Row, ...]
    total: int
    older: str
    newer: str
    asked: Asked
    agencies: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    sample_code: str
    missing: str = ""

    @property
    def words(self) -> str:
        """The words looked for; '' in the list of all."""
        return self.asked.words

    @property
    def agency(self) -> str:
        """The agency the list is narrowed to."""
        return self.asked.agency

    @property
    def field(self) -> str:
        """The field, or the one topic, that the list is narrowed to."""
        return self.asked.field

    @property
    def state(self) -> str:
        """The state the list is narrowed to."""
        return self.asked.state

    def link(self, *, state: str) -> str:
        """The same list narrowed to another state, from its newest ticket on."""
        return address(Asked(self.asked.agency, self.asked.field, state, words=self.asked.words))


def asked(query: Mapping[str, str], province: Province) -> Asked:
    """Read the address; what is not in the pack narrows nothing."""
    agency, field, state = query.get("cq", ""), query.get("lv", ""), query.get("tt", "")
    return Asked(
        agency=agency if agency in province.agencies else "",
        field=field if field in dict(province.fields) or field in province.topics else "",
        state=state if state in STATES else "",
        before=query.get("truoc", "")[:40],
        after=query.get("sau", "")[:40],
        words=query.get("hoi", "").strip()[:WORDS],
    )


def narrowing(wanted: Asked, province: Province) -> Filter:
    """The filter for the store: a field is its topics, and one topic alone is itself."""
    topics = tuple(code for code, topic in province.topics.items() if topic.field == wanted.field) or (wanted.field,)
    return Filter(wanted.agency, wanted.state, topics if wanted.field else ())


def list_page(found: Sheet, wanted: Asked, now: datetime, province: Province, *, missing: str = "") -> ListPage:
    """Build the list as it is at `now`."""
    return replace(
        blank(wanted, province),
        rows=rows(found.tickets, now, province),
        total=found.total,
        older=address(wanted, truoc=found.older) if found.older else "",
        newer=address(wanted, sau=found.newer) if found.newer else "",
        missing=missing,
    )


def blank(wanted: Asked, province: Province) -> ListPage:
    """What stands around a list: its filter and what it may be narrowed to."""
    return ListPage(
        rows=(),
        total=0,
        older="",
        newer="",
        asked=wanted,
        agencies=tuple((code, agency.name) for code, agency in province.agencies.items()),
        fields=(*province.fields, *_alone(wanted.field, province)),
        sample_code=sample_code(province),
    )


def _alone(code: str, province: Province) -> tuple[tuple[str, str], ...]:
    """The topic that the list is narrowed to, where that is no field: offered beside the fields, and chosen."""
    return () if not code or code in dict(province.fields) else ((code, province.topic_name(code)),)


def rows(tickets: Iterable[PublicTicket], now: datetime, province: Province) -> tuple[Row, ...]:
    """Each ticket as a row with the meter of its most urgent part."""
    return tuple(_row(ticket, now, province) for ticket in tickets)


def sample_code(province: Province) -> str:
    """What a code of this province looks like."""
    return f"{province.prefix}-2611-00042"


def address(wanted: Asked, **place: str) -> str:
    """The list's address for a filter and perhaps a place in it."""
    named = {"hoi": wanted.words, "cq": wanted.agency, "lv": wanted.field, "tt": wanted.state, **place}
    query = urlencode({key: value for key, value in named.items() if value})
    return "/hoi-dap" + (f"?{query}" if query else "")


def _row(ticket: PublicTicket, now: datetime, province: Province) -> Row:
    meters = [part_meter(part, None, now, province) for part in ticket.parts]
    running = [found for found in meters if found]
    return Row(
        code=ticket.code,
        title=ticket.title,
        topic=province.topic_name(ticket.topic),
        state=ticket.state,
        sealed=ticket.tier == Tier.SEALED,
        received_at=ticket.received_at,
        agencies=tuple(dict.fromkeys(agency_name(province, part.agency) for part in ticket.parts)),
        answered=answered(ticket),
        parts=len(ticket.parts),
        meter=min(running, key=lambda found: _URGENT.index(found.look)) if running else None,
    )
