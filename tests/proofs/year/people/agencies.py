"""What officers and heads do with the parts of their agency."""

from datetime import datetime, timedelta

from sqlmodel import Session

from tests.proofs.year.people.doing import at_work, does, officer_of
from tests.proofs.year.people.plans import ANSWERS
from tests.proofs.year.people.world import Act, Next, World
from tests.proofs.year.walls import local
from zalobot import reference
from zalobot.store.models import Role
from zalobot.tickets import explaining, finding, handing, working


@does("accept")
def _accept(session: Session, world: World, act: Act, now: datetime) -> Next:
    working.accept(session, act.code, officer_of(session, act), now)
    return []


@does("answer")
def _answer(session: Session, world: World, act: Act, now: datetime) -> Next:
    chance = world.chance
    text = chance.choice(ANSWERS) + f" ({chance.randrange(10**6)})"
    ticket, part = working.answer(session, act.code, text, officer_of(session, act), now)
    if chance.random() < 0.4:
        return []
    hours = chance.choice((chance.uniform(0.01, 2), chance.uniform(1, 72), chance.uniform(24, 240)))
    return [(now + timedelta(hours=hours), Act("verdict", part.code, ticket.person_id))]


@does("ask")
def _ask(session: Session, world: World, act: Act, now: datetime) -> Next:
    chance = world.chance
    ticket, part = working.ask_business(
        session, act.code, "Đề nghị cho biết số giấy phép?", officer_of(session, act), now
    )
    follow: Next = []
    if chance.random() < 0.65:
        replied = now + timedelta(hours=chance.choice((chance.uniform(0.01, 5), chance.uniform(1, 100))))
        follow.append((replied, Act("reply", part.code, ticket.person_id)))
    else:
        replied = at_work(session, now, 26)
    while_waiting = chance.choices(("", "accept", "answer", "decline"), (70, 10, 15, 5))[0]
    if while_waiting:
        follow.append((at_work(session, now, chance.uniform(0.1, 12)), Act(while_waiting, part.code, act.who)))
    follow.append((at_work(session, replied, chance.uniform(0.2, 30)), Act("answer", part.code, act.who)))
    return follow


@does("decline")
def _decline(session: Session, world: World, act: Act, now: datetime) -> Next:
    chance, here = world.chance, reference.current(session)
    officer = officer_of(session, act)
    others = [code for code in here.working_agencies if code != officer.agency]
    owner = chance.choice(others)
    reason = f"Không thuộc thẩm quyền của cơ quan, xem xét lúc {local(now):%H:%M:%S ngày %d/%m}."  # the same is twice
    _, part = handing.decline(session, act.code, owner, reason, officer, now)
    if part.decide_by is not None or part.refusals >= handing.REFUSALS:
        return [(at_work(session, now, chance.uniform(0.2, 9)), Act("decide", part.code, "", (owner, part.agency)))]
    other, follow = world.somebody(owner), Next()
    way = chance.choices(("accept", "decline", "silent"), (50, 35, 15))[0] if other else "silent"
    if other and way != "silent":
        follow.append((at_work(session, now, chance.uniform(0.1, 6)), Act(way, part.code, other.id)))
        if way == "accept":
            follow.append((at_work(session, now, chance.uniform(7, 40)), Act("answer", part.code, other.id)))
    else:
        follow.append((at_work(session, now, chance.uniform(10, 50)), Act("answer", part.code, act.who)))
    return follow


@does("explain")
def _explain(session: Session, world: World, act: Act, now: datetime) -> Next:
    part = finding.part_by_code(session, act.code)[1]
    heads = world.of(Role.HEAD, part.agency)
    if not heads or world.chance.random() < 0.4:
        return []
    calendar = reference.current(session).calendar
    day = calendar.nth_working_day(local(now).date(), world.chance.randint(1, 4))
    head = officer_of(session, Act("explain", act.code, heads[0].id))
    explaining.explain(session, act.code, "Chờ ý kiến của bộ chuyên ngành.", day, head, now)
    return []
