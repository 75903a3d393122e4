"""What the province's coordinators do."""

from datetime import datetime

from sqlmodel import Session

from tests.proofs.year.people.doing import a_coordinator, at_work, does
from tests.proofs.year.people.plans import ANSWERS, taken_up
from tests.proofs.year.people.world import Act, Next, World
from zalobot import reference
from zalobot.rules import Klass
from zalobot.tickets import handing, merging, triage, working


@does("confirm")
def _confirm(session: Session, world: World, act: Act, now: datetime) -> Next:
    triage.confirm(session, act.code, a_coordinator(session, world), now)
    return []


@does("add_part")
def _add_part(session: Session, world: World, act: Act, now: datetime) -> Next:
    agency = world.chance.choice(sorted(reference.current(session).working_agencies))
    _, part = triage.add_part(session, act.code, agency, a_coordinator(session, world), now)
    return taken_up(session, world, part.code, part.agency, part.klass, now)


@does("change_class")
def _change_class(session: Session, world: World, act: Act, now: datetime) -> Next:
    klass = world.chance.choice((Klass.SIMPLE, Klass.HARD))
    triage.change_class(session, act.code, klass, "Cần xác minh thực địa.", a_coordinator(session, world), now)
    return []


@does("decide")
def _decide(session: Session, world: World, act: Act, now: datetime) -> Next:
    owner = world.chance.choice(act.more)
    reason = "Theo phân công nhiệm vụ."
    _, part = handing.decide(session, act.code, owner, reason, a_coordinator(session, world), now)
    who = world.somebody(part.agency)
    if who is None:
        return []
    hours = world.chance.uniform(0.5, 30)
    return [
        (at_work(session, now, hours * 0.5), Act("accept", part.code, who.id)),
        (at_work(session, now, hours), Act("answer", part.code, who.id)),
    ]


@does("merge")
def _merge(session: Session, world: World, act: Act, now: datetime) -> Next:
    into = world.latest.get(act.who, "")
    if into and into != act.code:
        merging.merge(session, act.code, into, "Trùng nội dung.", a_coordinator(session, world), now)
    return []


@does("at_last")
def _ends(session: Session, world: World, act: Act, now: datetime) -> Next:
    working.answer(session, act.code, world.chance.choice(ANSWERS), a_coordinator(session, world), now)
    return []
