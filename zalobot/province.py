"""The province as data: who it is, its agencies, topics, places, working days and rules. A pack is a folder of files.

The one rule: no code names a province. Another one is another folder, given by name or by path.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from zalobot.channel_policy import policy
from zalobot.deadlines import Klass, RuleVersion
from zalobot.decided import NOTHING, Docket
from zalobot.errors import ConfigError
from zalobot.pack import Entry, Notes, read_list, read_toml
from zalobot.pack_knowledge import FILE as KNOWLEDGE
from zalobot.pack_knowledge import KnownAnswer, read_knowledge
from zalobot.pack_names import Names, called, everywhere, read_names
from zalobot.pack_templates import MessageTemplate, read_templates
from zalobot.pack_time import read_calendar, read_rules
from zalobot.topics import Index, guess, index_of
from zalobot.workdays import WorkCalendar

__all__ = ["Agency", "Contact", "Paper", "Province", "Succession", "Topic", "Unit", "available", "load"]

_PACKS = Path(__file__).resolve().parent / "provinces"


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency (cơ quan). `former` are bodies whose work it took over, `aliases` what people type for it.

    One with a `successor` has no work any more; it is kept to name what it did.
    """

    code: str
    name: str
    short: str
    aliases: tuple[str, ...]
    group: str
    former: tuple[str, ...] = ()
    note: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its lead agency and the usual others; inside a zone `zone_lead` leads, where there is one."""

    code: str
    name: str
    field: str
    lead: str
    others: tuple[str, ...]
    klass: Klass
    keywords: tuple[str, ...]
    zone_lead: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune-level unit (xã, phường, đặc khu) and the district it once belonged to."""

    code: str
    name: str
    full_name: str
    former: str
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A number to call."""

    code: str
    number: str
    name: str
    emergency: bool


@dataclass(frozen=True, slots=True)
class Succession:
    """From a day on the work of one agency is another's, by a decision (its number and date, as it is cited)."""

    old: str
    new: str
    on: date
    decision: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of a document of the calendar, which everybody may open; `id` is its key."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Province:
    """Everything the service knows of its province. `fields` are (code, name) in the order they are offered.

    `papers` are the files of the documents of the calendar, by the words its days name a document with.

    Two are equal only when they are one: there is one in a process, and flows are made for it once.
    """

    key: str
    name: str
    prefix: str
    oa_name: str
    operator: str
    agencies: Mapping[str, Agency]
    topics: Mapping[str, Topic]
    fields: tuple[tuple[str, str], ...]
    units: tuple[Unit, ...]
    contacts: tuple[Contact, ...]
    fallback_topic: str
    zone_words: tuple[str, ...]
    calendar: WorkCalendar
    rules: tuple[RuleVersion, ...]
    successions: tuple[Succession, ...] = ()
    message_templates: tuple[MessageTemplate, ...] = ()
    knowledge: tuple[KnownAnswer, ...] = ()
    docket: Docket = NOTHING
    names: Mapping[str, Names] = field(default_factory=dict)
    papers: Mapping[str, tuple[Paper, ...]] = field(default_factory=dict)
    _names: Index = field(init=False, repr=False, compare=False)
    _zones: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        working = self.working_agencies
        names = {code: (*self.agency_names(code), a.name, a.short, *a.former) for code, a in working.items()}
        put(self, "_names", index_of(names))
        put(self, "_zones", index_of({"zone": self.zone_words}))

    @property
    def working_agencies(self) -> Mapping[str, Agency]:
        """Those that have work: not the ones whose work went to another."""
        return {code: agency for code, agency in self.agencies.items() if not agency.successor}

    def holder_now(self, agency: str) -> str:
        """Who has the work of an agency today: itself, or whoever took over, and so on."""
        passed = {agency}
        while agency in self.agencies and (after := self.agencies[agency].successor) and after not in passed:
            agency = after
            passed.add(agency)
        return agency

    def agency_name(self, code: str) -> str:
        """What an agency is called in the language in use; "" for one that is not there."""
        agency = self.agencies.get(code)
        return called(self.names, "agencies", code, agency.name) if agency else ""

    def topic_name(self, code: str) -> str:
        """What a topic is called in the language in use; "" for one that is not there."""
        topic = self.topics.get(code)
        return called(self.names, "topics", code, topic.name) if topic else ""

    def field_names(self) -> dict[str, str]:
        """The fields in their order, by the names they have in the language in use."""
        return {code: called(self.names, "fields", code, name) for code, name in self.fields}

    @property
    def own_name(self) -> str:
        """What the province is called in the language in use."""
        return called(self.names, "province", "", self.name)

    def agency_names(self, code: str) -> tuple[str, ...]:
        """What else than by its name an agency is called: what people type for it, and in other languages."""
        return (*self.agencies[code].aliases, *everywhere(self.names, "agencies", code))

    def named(self, text: str) -> tuple[str, ...]:
        """The agencies a text names, by old or new name, likeliest first."""
        return tuple(found.code for found in guess(text, self._names))

    def named_in_order(self, text: str) -> list[str]:
        """The same in the order in which they are typed: who is named first is to lead."""
        place = {found.code: text.lower().find(found.words[0]) for found in guess(text, self._names)}
        return sorted(place, key=lambda code: place[code])

    def agencies_for(self, topic: str, text: str = "") -> tuple[str, ...]:
        """The agencies proposed for an issue: the topic's lead, then those of its usual others that the text names.

        In a zone the zone's authority leads where the topic has one, and the usual lead stays out unless it is named.
        """
        about = self.topics[topic]
        lead = about.zone_lead if about.zone_lead and guess(text, self._zones) else about.lead
        named = [code for code in self.named(text) if code in about.others or code == about.lead]
        return tuple(dict.fromkeys([lead, *named]))


def available() -> tuple[str, ...]:
    """The names of the packs that come with the service."""
    return tuple(sorted(folder.name for folder in _PACKS.iterdir() if folder.is_dir()))


def load(pack: str | Path) -> Province:
    """Read a pack by its name or its folder. Raises ConfigError with every problem at once, by file and key."""
    folder = _folder(pack)
    notes = Notes()
    province = _province(folder, notes)
    if notes.problems or province is None:
        raise ConfigError([f"{folder.name}/{problem}" for problem in notes.problems])
    return province


def _folder(pack: str | Path) -> Path:
    if isinstance(pack, str) and pack in available():
        return _PACKS / pack
    if (folder := Path(pack)).is_dir():
        return folder
    raise ConfigError([f"no province pack {str(pack)!r}: give a folder, or one of {', '.join(available())}"])


def _province(folder: Path, notes: Notes) -> Province | None:
    about = read_toml(folder, "province.toml", notes)
    about.only(
        "key", "name", "prefix", "oa_name", "operator", "fallback_topic", "zone_words", "hours", "contacts", "fields"
    )
    agencies = _agencies(read_list(folder, "agencies.json", "code", notes))
    fields = tuple((entry.text("code"), entry.text("name")) for entry in about.entries("fields", "code"))
    topics = _topics(read_list(folder, "topics.json", "code", notes), agencies, dict(fields), notes)
    units = tuple(_unit(entry) for entry in read_list(folder, "units.json", "code", notes, optional=True))
    contacts = tuple(_contact(entry) for entry in about.entries("contacts", "code"))
    calendar = read_calendar(read_toml(folder, "calendar.toml", notes), about)
    rules = read_rules(read_toml(folder, "rules.toml", notes))
    fallback = about.text("fallback_topic")
    if topics and fallback and fallback not in topics:
        notes.add("province.toml: fallback_topic", f"no topic {fallback} in topics.json")
    if not about.text("prefix").isalnum() and about.values.get("prefix"):
        notes.add("province.toml: prefix", "must be letters and digits")
    successions = _successions(folder, agencies, notes)
    message_templates = read_templates(folder, policy().template_lengths, notes)
    known = {"agencies": set(agencies), "topics": set(topics), "fields": set(dict(fields))}
    names = read_names(folder, known, notes)
    if calendar is None:
        return None
    return Province(
        key=about.text("key"),
        name=about.text("name"),
        prefix=about.text("prefix").upper(),
        oa_name=about.text("oa_name"),
        operator=about.text("operator"),
        agencies=agencies,
        topics=topics,
        fields=fields,
        units=units,
        contacts=contacts,
        fallback_topic=fallback,
        zone_words=about.texts("zone_words", ()),
        calendar=calendar,
        rules=rules,
        successions=successions,
        message_templates=message_templates,
        knowledge=_knowledge(folder, topics, agencies, notes),
        names=names,
    )


def _knowledge(
    folder: Path, topics: Mapping[str, Topic], agencies: Mapping[str, Agency], notes: Notes
) -> tuple[KnownAnswer, ...]:
    """What `knowledge.toml` answers, where there is one."""
    path = folder / KNOWLEDGE
    return read_knowledge(path, topics, agencies, notes) if path.exists() else ()


def _successions(folder: Path, agencies: Mapping[str, Agency], notes: Notes) -> tuple[Succession, ...]:
    """What `succession.toml` says, where there is one."""
    if not (folder / "succession.toml").exists():
        return ()
    entries = list(read_toml(folder, "succession.toml", notes).entries("succession", "from"))
    for entry in entries:
        entry.only("from", "to", "on", "decision")
        for key in ("from", "to"):
            if (code := entry.text(key)) and code not in agencies:
                notes.add(f"{entry.where}: {key}", f"no agency {code} in agencies.json")
    return tuple(Succession(e.text("from"), e.text("to"), e.day("on"), e.text("decision")) for e in entries)


def _agency(entry: Entry) -> Agency:
    entry.only("code", "name", "short", "group", "aliases", "former", "note")
    return Agency(
        code=entry.text("code"),
        name=entry.text("name"),
        short=entry.text("short"),
        aliases=entry.texts("aliases", ()),
        group=entry.text("group"),
        former=entry.texts("former", ()),
        note=entry.text("note", ""),
    )


def _agencies(entries: list[Entry]) -> dict[str, Agency]:
    agencies: dict[str, Agency] = {}
    for entry in entries:
        agency = _agency(entry)
        if agency.code in agencies:
            entry.notes.add(entry.where, "is there twice")
        agencies[agency.code] = agency
    return agencies


def _topics(
    entries: list[Entry], agencies: Mapping[str, Agency], fields: Mapping[str, str], notes: Notes
) -> dict[str, Topic]:
    topics: dict[str, Topic] = {}
    for entry in entries:
        topic = _topic(entry)
        if topic.code in topics:
            notes.add(entry.where, "is there twice")
        if topic.field and topic.field not in fields:
            notes.add(f"{entry.where}: field", f"no field {topic.field} in province.toml")
        asked = [("lead", topic.lead), ("zone_lead", topic.zone_lead), *(("others", code) for code in topic.others)]
        for key, code in asked:
            if code and code not in agencies:
                notes.add(f"{entry.where}: {key}", f"no agency {code} in agencies.json")
        topics[topic.code] = topic
    return topics


def _topic(entry: Entry) -> Topic:
    entry.only("code", "name", "field", "lead", "zone_lead", "others", "klass", "keywords")
    klass = entry.text("klass")
    if klass and klass not in list(Klass):
        entry.notes.add(f"{entry.where}: klass", f"must be {' or '.join(Klass)}, not {klass}")
    return Topic(
        code=entry.text("code"),
        name=entry.text("name"),
        field=entry.text("field"),
        lead=entry.text("lead"),
        others=entry.texts("others", ()),
        klass=Klass(klass) if klass in list(Klass) else Klass.HARD,
        keywords=entry.texts("keywords", ()),
        zone_lead=entry.text("zone_lead", ""),
    )


def _unit(entry: Entry) -> Unit:
    entry.only("code", "name", "full_name", "type", "old_district", "spelling_variants")
    variants = entry.texts("spelling_variants", ())
    return Unit(entry.text("code"), entry.text("name"), entry.text("full_name"), entry.text("old_district"), variants)


def _contact(entry: Entry) -> Contact:
    entry.only("code", "number", "name", "emergency")
    return Contact(entry.text("code"), entry.text("number"), entry.text("name"), entry.get("emergency", bool, False))
