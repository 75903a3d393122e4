"""The year itself: the clock jumps to the next instant at which somebody acts or something may be due.

The one rule: what people do goes into the database in batches, a savepoint each, as events do; then the jobs run, then
what may leave leaves.
"""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from tests.proofs.year.agenda import Agenda, next_tick
from tests.proofs.year.employing import employ, plan_the_house
from tests.proofs.year.machine import Crash, Machine
from tests.proofs.year.people import DOES, Act, Away, Next, World, enter_change
from tests.proofs.year.scenario import Scenario, reports
from tests.proofs.year.walls import Walls, local, shortened
from tests.proofs.year.year import Year, look
from zalobot import province
from zalobot.errors import ZalobotError
from zalobot.store.database import forget_later_rows, savepoint_held, write_later_rows
from zalobot.store.models import Role

Done = tuple[datetime, Act, Next, str]
Planned = list[tuple[datetime, Act]]


def play(
    url: str,
    scenario_of: Any,
    *,
    officers: int,
    tickets: int,
    seed: int,
    loud: bool = False,
    service: type[Machine] = Machine,
) -> Year:
    """Play it from the first tick to the last, on this kind of machine."""
    chance = random.Random(seed)
    scenario: Scenario = scenario_of(chance, {})
    calendar = shortened(province.load("quang-ninh").calendar, scenario.known_until)
    machine = service(url, scenario.begins, random.Random(seed + 1), calendar)
    year = Year(machine, World(chance), Walls.of(calendar, scenario.begins), scenario)
    employ(year, officers)
    agenda = _agenda(year, tickets)
    while (now := _next(year)) < scenario.ends:
        if now.month != machine.now.month and loud:
            print(f"{local(now):%Y-%m} begins: {dict(year.acted.most_common(6))}", flush=True)
        machine.now = now
        _step(year, agenda)
    machine.now = scenario.ends
    return year


def _agenda(year: Year, tickets: int) -> Agenda:
    """What is certain from the beginning: reports, changes of the calendar, a merger, who leaves and is away."""
    scenario = year.scenario
    agenda = Agenda(scenario, year.world.chance)
    for at in reports(year.world.chance, scenario.begins, scenario.ends, tickets):
        agenda.add(at, Act("report"))
    for number, change in enumerate(scenario.changes):
        agenda.add(change.at, Act("calendar", more=(str(number),)))
    if scenario.succession:
        at, old, new = scenario.succession
        agenda.add(at, Act("succeed", more=(old, new)))
    plan_the_house(year, agenda)
    return agenda


def _next(year: Year) -> datetime:
    """The next tick at which the service runs."""
    now = year.machine.now
    at = next_tick(year.walls.at(now), now)
    for down in year.scenario.downs:
        if down.whole and down.begins <= at < down.ends:
            year.machine.befell["outages of the service"] += 1
            return down.ends
    return at


def _step(year: Year, agenda: Agenda) -> None:
    machine = year.machine
    acted = _act(year, agenda)
    machine.ticks += 1
    part_comes, message_leaves = machine.pending()
    swept = part_comes or machine.slot_comes()
    if swept:
        message_leaves |= machine.tick()
    machine.relay_up = not any(not d.whole and d.begins <= machine.now < d.ends for d in year.scenario.downs)
    if message_leaves:
        _some_are_seen(year, agenda, machine.send())
    if acted or swept:
        look(year)
    if machine.chance.random() < 0.003:
        machine.restart("restarts between sweeps")


def _act(year: Year, agenda: Agenda) -> bool:
    """Everybody does what they meant to do by now; whether anything was done."""
    batch: Planned = []
    planned = agenda.until(year.machine.now)
    for at, act in planned:
        if act.what == "calendar":
            _do(year, agenda, batch)
            batch = []
            _change(year, int(act.more[0]), at)
        else:
            batch.append((at, act))
    _do(year, agenda, batch)
    return bool(planned)


def _do(year: Year, agenda: Agenda, batch: Planned) -> None:
    for start in range(0, len(batch), 100):
        for at, act, follow, error in year.machine.run(_batch, year.world, batch[start : start + 100]):
            if error:
                year.refused[act.what, error] += 1
                if error.startswith("!"):
                    year.failures.append(f"{at}: {act} raised {error[1:]}")
                continue
            year.acted[act.what] += 1
            _after(year, act, at)
            for later, what in follow:
                agenda.add(later, what)


def _batch(session: Session, world: World, acts: Planned) -> list[Done]:
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
            done.append((at, act, [], _named(error)))
    return done


def _named(error: Exception) -> str:
    """The reason of what was refused; what should not have been raised begins with an exclamation mark."""
    if isinstance(error, ZalobotError):
        return f"{getattr(error, 'reason', error)}"
    return f"!{type(error).__name__}: {error}"


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


def _some_are_seen(year: Year, agenda: Agenda, sent: list[str]) -> None:
    chance = year.world.chance
    keys = [f"z{key}" for key in sent if chance.random() < 0.75]
    if keys:
        hours = min(5, int(chance.expovariate(0.7)))
        agenda.add(year.machine.now + timedelta(hours=hours, minutes=3), Act("seen", more=tuple(keys)))
