"""The sample week as data: who is there, and what each of them does when. The words are in `week.toml`.

The one rule: an act is something a person could do on their phone. What the bot makes of it is the bot's business.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from zalobot.simulator.app import PersonSeed
from zalobot.simulator.app import Role as Side
from zalobot.store.models import Role
from zalobot.workdays import LOCAL

HERE = Path(__file__).parent
PAUSE = timedelta(seconds=40)  # between two acts of a story where no time is given
FIRST_ID = 4_817_203_650_917_420_000  # above 2^53, as Zalo's are
KINDS = ("follows", "says", "presses", "photo", "sees", "blocks")


@dataclass(frozen=True, slots=True)
class Figure:
    """A person of the week. `agency` and `role` are those of staff, who link their account by a one-time code."""

    key: str
    seed: PersonSeed
    agency: str = ""
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person does: one of `KINDS`. In a text `{code}` stands for the ticket of the story."""

    at: datetime
    who: str
    kind: str
    text: str = ""
    story: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A way into a console: as the member of staff `person_id`, or as somebody who has an account only."""

    title: str
    path: str
    person_id: str = ""
    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A message that an operator gave another first line; `second` released it, "": it still waits."""

    message: str
    by: str
    first: str
    why: str
    second: str = ""


@dataclass(frozen=True, slots=True)
class Stories:
    """A week: its people, their acts in the order of time, and the bot's pages worth a look (title, path).

    `newcomer` is a member of staff who is entered and not linked yet; `doors` lead into the consoles.
    """

    begins: datetime
    ends: datetime
    people: tuple[Figure, ...]
    acts: tuple[Act, ...]
    links: tuple[tuple[str, str], ...]
    newcomer: Figure | None = None
    doors: tuple[Door, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def staff(self) -> tuple[Figure, ...]:
        """Those who link an account of an agency."""
        return tuple(figure for figure in self.people if figure.role is not None)

    def person(self, key: str) -> str:
        """The Zalo id of a person."""
        return next(figure.seed.id for figure in self.people if figure.key == key)


def load(file: Path = HERE / "week.toml") -> Stories:
    """Read a week. KeyError or ValueError where it is not well formed."""
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    people = tuple(_figure(number, entry) for number, entry in enumerate(raw["person"]))
    known = {figure.key for figure in people}
    acts = [act for story in raw["story"] for act in _story(story, raw["begins"])]
    unknown = {act.who for act in acts} - known
    if unknown:
        raise ValueError(f"{file.name}: nobody is called {', '.join(sorted(unknown))}")
    links = tuple((title, path) for title, path in raw["links"].items())
    newcomer = _figure(len(people), {"key": "newcomer", **raw["newcomer"]}) if "newcomer" in raw else None
    ordered = tuple(sorted(acts, key=lambda act: act.at))
    ids = {figure.key: figure.seed.id for figure in people}
    doors = tuple(_door(entry, ids) for entry in raw.get("door", ()))
    proposals = tuple(Proposal(**entry) for entry in raw.get("proposal", ()))
    return Stories(raw["begins"], raw["ends"], people, ordered, links, newcomer, doors, proposals)


def without_stories(stories: Stories) -> Stories:
    """The last moment of the week with nothing having happened: the staff is there, nobody has written."""
    return replace(stories, begins=stories.ends, acts=(), proposals=())


def _figure(number: int, entry: dict[str, str]) -> Figure:
    role = Role(entry["role"]) if "role" in entry else None
    side = Side.BUSINESS if role is None else Side.OFFICER
    seed = PersonSeed(entry["name"], side, entry.get("note", ""), str(FIRST_ID + number * 7919))
    return Figure(entry["key"], seed, entry.get("agency", ""), role)


def _door(entry: dict[str, str], ids: Mapping[str, str]) -> Door:
    person = ids[entry["who"]] if "who" in entry else ""
    return Door(entry["title"], f"/demo/{entry['way']}", person, entry.get("name", ""), entry.get("role", ""))


def _story(story: dict[str, Any], begins: datetime) -> list[Act]:
    """The acts of a story; `at` is "day hour:minute" of the month the week begins in."""
    acts: list[Act] = []
    for entry in story["acts"]:
        at = _instant(entry["at"], begins) if "at" in entry else acts[-1].at + PAUSE
        (kind,) = [kind for kind in KINDS if kind in entry]
        acts.append(Act(at, entry.get("who", story["who"]), kind, str(entry[kind]), story["name"]))
    return acts


def _instant(text: str, begins: datetime) -> datetime:
    day, clock = text.split()
    hour, minute = clock.split(":")
    return begins.astimezone(LOCAL).replace(day=int(day), hour=int(hour), minute=int(minute), second=0, microsecond=0)
