"""Who there is in the year, and what each means to do next."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from zalobot.store.ids import new_id
from zalobot.store.models import Officer, Role


@dataclass(frozen=True)
class Act:
    """Something somebody means to do."""

    what: str
    code: str = ""
    who: str = ""
    more: tuple[str, ...] = ()


Next = list[tuple[datetime, Act]]


@dataclass(frozen=True)
class Staff:
    """A member of staff as the world knows them."""

    id: str
    person_id: str
    agency: str
    role: Role


@dataclass(frozen=True)
class Away:
    """Somebody is away for these days, somebody else is told; noted at an instant."""

    noted: datetime
    officer: str
    deputy: str
    first: date
    last: date


@dataclass
class World:
    """Who there is. `staff` are those at work; `ever` everybody who was (person → who), for the observer."""

    chance: random.Random
    staff: dict[str, Staff] = field(default_factory=dict)
    ever: dict[str, Staff] = field(default_factory=dict)
    left: dict[str, datetime] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    latest: dict[str, str] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    numbers: int = 0

    def of(self, role: Role, agency: str | None = None) -> list[Staff]:
        """Those at work in a role, of an agency or of all."""
        return [one for one in self.staff.values() if one.role is role and agency in (None, one.agency)]

    def somebody(self, agency: str) -> Staff | None:
        """Who takes up an agency's work: an officer, its head, or (not always) a coordinator."""
        pool = self.of(Role.OFFICER, agency) or self.of(Role.HEAD, agency)
        if not pool and self.chance.random() < 0.6:
            pool = self.of(Role.COORDINATOR)
        return self.chance.choice(pool) if pool else None

    def hire(self, session: Session, agency: str, role: Role, now: datetime) -> Staff:
        """Somebody new, already linked."""
        self.numbers += 1
        number = self.numbers
        made = Staff(new_id(), f"staff-{number}", agency, role)
        session.add(
            Officer(
                id=made.id,
                agency=agency,
                name=f"Nguyễn Văn {number}",
                role=role,
                person_id=made.person_id,
                linked_at=now,
                created_at=now,
            )
        )
        return made

    def welcome(self, made: Staff) -> None:
        """They are there."""
        self.staff[made.id] = self.ever[made.person_id] = made
