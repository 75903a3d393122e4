"""The year itself: the clock jumps to the next instant at which somebody acts or something may be due.

The one rule: what people do goes into the database in batches, a savepoint each, as events do; then the jobs run, then
what may leave leaves.
"""

import heapq
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from tests.oracle import MIDNIGHT, MINUTE
from tests.proofs.year.machine import STEP, Crash, Machine
from tests.proofs.year.people import DOES, Act, Away, Next, World, enter_change
from tests.proofs.year.scenario import Scenario, reports
from tests.proofs.year.walls import Walls, local, shortened, utc
from zalobot import outbox, province
from zalobot.errors import ZalobotError
from zalobot.store.database import forget_later_rows, savepoint_held, write_later_rows
from zalobot.store.models import DeadlineReceipt, Role

Done = tuple[datetime, Act, Next, str]
AROUND = timedelta(minutes=10)  # before and after work the clock already goes in small steps
IDLE = timedelta(minutes=20)


@dataclass(frozen=True)
class SeenReceipt:
    """A receipt as it was when it was made."""

    part_id: str
    clock: int
    due: datetime
    made: datetime
    said: str


@dataclass
class Year:
    """Everything that is known of a year that was played."""

    machine: Machine
    world: World
    walls: Walls
    scenario: Scenario
    acted: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    receipts: dict[str, SeenReceipt] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    recounts: list[tuple[datetime, float]] = field(default_factory=list)


def play(url: str, scenario_of: Any, *, officers: int, tickets: int, seed: int, loud: bool = False) -> Year:
    """Play it from the first tick to the last."""
    chance = random.Random(seed)
    whole = province.load("quang-ninh").calendar
    scenario: Scenario = scenario_of(chance, {})
    calendar = shortened(whole, scenario.known_until)
    walls = Walls.of(calendar, scenario.begins)
    machine = Machine(url, scenario.begins, random.Random(seed + 1), calendar)
    year = Year(machine, World(chance), walls, scenario)
    machine.downs = list(scenario.downs)
    _employ(year, officers)
    acts = _Agenda(year)
    for at in reports(chance, scenario.begins, scenario.ends, tickets):
        acts.add(at, Act("report"))
    for number, change in enumerate(scenario.changes):
        acts.add(change.at, Act("calendar", more=(str(number),)))
    if scenario.succession:
        at, old, new = scenario.succession
        acts.add(at, Act("succeed", more=(old, new)))
    _house(year, acts)
    while (now := _next(year, acts, machine.now)) < scenario.ends:
        if now.month != machine.now.month and loud:
            print(f"{local(now):%Y-%m} begins: {dict(year.acted.most_common(6))}", flush=True)
        machine.now = now
        _step(year, acts)
    machine.now = scenario.ends
    return year


def _employ(year: Year, officers: int) -> None:
    """Most agencies have a head and officers; some a head only, some nobody who is linked."""
    chance, machine = year.world.chance, year.machine
    led = Counter(topic.lead for topic in machine.here.topics.values())
    agencies = sorted(machine.here.agencies, key=lambda code: (-led[code], code))[: max(6, officers // 5)]
    chance.shuffle(agencies)
    year.world.topics = [topic.code for topic in machine.here.topics.values() if topic.lead in agencies]
    nobody, head_only = agencies[: max(1, len(agencies) // 10)], agencies[-max(1, len(agencies) // 15) :]
    posts = [("VPUBND", Role.COORDINATOR)] * max(2, officers // 75) + [("VPUBND", Role.LEADER)] * 2
    staffed = [agency for agency in agencies if agency not in nobody]
    posts += [(agency, Role.HEAD) for agency in staffed]
    pool = [agency for agency in staffed if agency not in head_only]
    posts += [(pool[n % len(pool)], Role.OFFICER) for n in range(max(0, officers - len(posts)))]

    def hire(session: Session) -> list[Any]:
        return [year.world.hire(session, agency, role, machine.now) for agency, role in posts]

    for one in machine.store.run_now(hire):
        year.world.welcome(one)


def _house(year: Year, acts: "_Agenda") -> None:
    """People leave and are away."""
    chance, span = year.world.chance, year.scenario.ends - year.scenario.begins
    for _ in range(max(2, len(year.world.staff) // 12)):
        acts.add(year.scenario.begins + chance.random() * span, Act("leave"))
    for _ in range(len(year.world.staff)):
        acts.add(year.scenario.begins + chance.random() * span, Act("absent"))


class _Agenda:
    """Who means to do what, and when. What falls into an outage is done after it."""

    def __init__(self, year: Year) -> None:
        self._heap: list[tuple[datetime, int, Act]] = []
        self._count, self._downs, self._chance = count(), [d for d in year.scenario.downs if d.whole], year.world.chance

    def add(self, at: datetime, act: Act) -> None:
        for down in self._downs:
            if down.begins <= at < down.ends:
                at = down.ends + timedelta(minutes=self._chance.uniform(0, 60))
        # What Zalo tells is exact to the millisecond, the oracle to the second.
        heapq.heappush(self._heap, (at.replace(microsecond=0), next(self._count), act))

    def first(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None

    def until(self, now: datetime) -> list[tuple[datetime, Act]]:
        found = []
        while self._heap and self._heap[0][0] <= now:
            at, _, act = heapq.heappop(self._heap)
            found.append((at, act))
        return found


def _next(year: Year, acts: _Agenda, now: datetime) -> datetime:
    """The next tick: every five minutes around work, else every twenty; what somebody does has its own instant."""
    moment = local(now)
    hours = year.walls.at(now).get(moment.date(), ((450, 1020),))
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    after = midnight + ((moment - midnight) // STEP + 1) * STEP
    in_work = hours and (midnight + hours[0][0] * MINUTE - AROUND <= after <= midnight + hours[-1][1] * MINUTE + AROUND)
    if in_work:
        found = after
    else:
        found = moment + IDLE
        for day in (moment.date(), moment.date() + timedelta(days=1)):
            hours = year.walls.at(now).get(day, ((450, 1020),))
            begins = datetime.combine(day, MIDNIGHT) + hours[0][0] * MINUTE - AROUND if hours else found
            if moment < begins < found:
                found = begins
    at = utc(found)
    for down in year.scenario.downs:
        if down.whole and down.begins <= at < down.ends:
            year.machine.befell["outages of the service"] += 1
            return down.ends
    return at


def _step(year: Year, acts: _Agenda) -> None:
    machine, chance = year.machine, year.machine.chance
    batch: list[tuple[datetime, Act]] = []
    for at, act in acts.until(machine.now):
        if act.what == "calendar":
            _do(year, acts, batch)
            batch = []
            _change(year, int(act.more[0]), at)
        else:
            batch.append((at, act))
    _do(year, acts, batch)
    machine.ticks += 1
    part_comes, message_leaves = machine.pending()
    swept = part_comes or machine.slot_comes()
    if swept:
        machine.tick()
    machine.relay_up = not any(not d.whole and d.begins <= machine.now < d.ends for d in year.scenario.downs)
    if message_leaves or swept:
        _some_are_seen(year, acts, machine.send())
    if batch or swept:
        _look(year)
    if chance.random() < 0.003:
        machine.restart("restarts between sweeps")


def _do(year: Year, acts: _Agenda, batch: list[tuple[datetime, Act]]) -> None:
    for start in range(0, len(batch), 100):
        for at, act, follow, error in year.machine.run(_batch, year.world, batch[start : start + 100]):
            if error:
                refused = not error.startswith("!")
                year.refused[act.what, error] += 1
                if not refused:
                    year.failures.append(f"{at}: {act} raised {error[1:]}")
                continue
            year.acted[act.what] += 1
            _after(year, act, at)
            for later, what in follow:
                acts.add(later, what)


def _batch(session: Session, world: World, acts: list[tuple[datetime, Act]]) -> list[Done]:
    done: list[Done] = []
    for at, planned in acts:
        act = _filled(world, planned, at)
        if act is None:
            continue
        savepoint = session.begin_nested()
        try:
            follow = DOES[act.what](session, world, act, at)
            write_later_rows(session)
            savepoint.commit()
            savepoint_held(session)
            done.append((at, act, follow, ""))
        except (Crash, OperationalError):
            raise
        except Exception as error:
            savepoint.rollback()
            forget_later_rows(session)
            known = isinstance(error, ZalobotError)
            done.append(
                (at, act, [], f"{getattr(error, 'reason', error)}" if known else f"!{type(error).__name__}: {error}")
            )
    return done


def _filled(world: World, act: Act, at: datetime) -> Act | None:
    """Who it is that leaves or is away is drawn when the day has come."""
    if act.what == "leave":
        pool = world.of(Role.OFFICER)
        return replace(act, who=world.chance.choice(pool).id) if pool else None
    if act.what == "absent":
        one = world.chance.choice(world.of(Role.OFFICER) or world.of(Role.HEAD))
        others = [other for other in world.staff.values() if other.agency == one.agency and other.id != one.id]
        first = local(at).date() + timedelta(days=world.chance.randint(0, 3))
        last = first + timedelta(days=world.chance.randint(0, 12))
        if not others:
            return None
        return replace(act, who=one.id, more=(world.chance.choice(others).id, str(first), str(last)))
    return act


def _after(year: Year, act: Act, at: datetime) -> None:
    """What a thing done changes in the world."""
    world = year.world
    if act.what == "leave":
        former = world.staff.pop(act.who)
        world.left[former.person_id] = at
        if world.chance.random() < 0.7:
            made = year.machine.store.run_now(world.hire, former.agency, former.role, at)
            world.welcome(made)
    if act.what == "absent":
        deputy, first, last = act.more
        world.away.append(Away(at, act.who, deputy, date.fromisoformat(first), date.fromisoformat(last)))
    if act.what == "succeed":
        old, new = act.more
        for one in [one for one in world.staff.values() if one.agency == old]:
            world.welcome(replace(one, agency=new))


def _change(year: Year, number: int, at: datetime) -> None:
    change = year.scenario.changes[number]
    try:
        year.machine.run(enter_change, change, at)
    except ZalobotError as error:
        year.failures.append(f"{at}: the calendar refused {change}: {getattr(error, 'reason', error)} {error}")
        return
    year.walls.change(change, at)
    year.acted["calendar"] += 1


def _some_are_seen(year: Year, acts: _Agenda, sent: list[str]) -> None:
    chance = year.world.chance
    keys = [f"z{key}" for key in sent if chance.random() < 0.75]
    if keys:
        hours = min(5, int(chance.expovariate(0.7)))
        acts.add(year.machine.now + timedelta(hours=hours, minutes=3), Act("seen", more=tuple(keys)))


def _seen(session: Session, world: World, act: Act, now: datetime) -> Next:
    outbox.arrived(session, act.more, seen=True, at=now)
    return []


DOES["seen"] = _seen


def _look(year: Year) -> None:
    """The observer notes every receipt as it was when it was made, and whether it promised what nobody knows."""
    last = next(reversed(year.receipts), "")

    def new(session: Session) -> list[Any]:
        query = select(DeadlineReceipt).where(col(DeadlineReceipt.id) > last).order_by(col(DeadlineReceipt.id))
        return list(session.execute(query).scalars())

    for row in year.machine.store.read_now(new):
        year.receipts[row.id] = SeenReceipt(row.part_id, row.clock, row.due_at, row.made_at, repr(row.data))
        known = max(year.walls.at(year.machine.now))
        promised = row.struck_at != row.made_at  # struck at once: it only keeps a pause that cannot be counted yet
        if promised and (local(row.due_at) - timedelta(microseconds=1)).date() > known:
            year.beyond.append(f"{year.machine.now}: part {row.part_id} was promised {row.due_at}, known until {known}")
