"""The people of the year: what each of them does next, drawn by chance, and done by the verbs of the service.

The one rule: an act changes nothing but the database; what follows from it (who acts next, and when) comes back as
new acts, and counts only when the transaction went through.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session

from tests.proofs.year.walls import local, utc
from zalobot import reference
from zalobot.calendars import change_days
from zalobot.errors import PastHorizon, Refused
from zalobot.rules import Klass
from zalobot.store.ids import new_id
from zalobot.store.models import Officer, Part, Role, Tier, Verdict
from zalobot.tickets import (
    absences,
    adding,
    explaining,
    handing,
    judging,
    merging,
    opening,
    succeeding,
    triage,
    working,
)
from zalobot.tickets.opening import Draft
from zalobot.tickets.record import Actor

TEXTS = (
    "Công ty chúng tôi nộp hồ sơ đã lâu nhưng chưa nhận được kết quả, đề nghị cơ quan trả lời.",
    "Đề nghị hướng dẫn thủ tục và thời hạn giải quyết để doanh nghiệp triển khai dự án đúng tiến độ.",
    "Hai cơ quan hướng dẫn khác nhau về cùng một hồ sơ, doanh nghiệp không biết làm theo nơi nào.",
    "Doanh nghiệp kiến nghị rút ngắn thời gian xử lý vì đơn hàng sắp đến hạn giao.",
)
ANSWERS = (
    "Có. Căn cứ quy định hiện hành, hồ sơ của công ty được tiếp nhận; nộp bổ sung trước ngày 15. Liên hệ 0203123456.",
    "Không. Theo Luật Đất đai, việc này thuộc cấp khác; đề nghị công ty gửi hồ sơ lên Bộ. Đầu mối: phòng chuyên môn.",
    "Một phần được chấp thuận, phần còn lại chờ ý kiến, cơ quan sẽ thông báo sau.",
)
BUSINESSES = 4000


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
    away: list["Away"] = field(default_factory=list)
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


Does = Callable[[Session, World, Act, datetime], Next]
DOES: dict[str, Does] = {}


def does(what: str) -> Callable[[Does], Does]:
    """Enter what is done under a name."""

    def enter(function: Does) -> Does:
        DOES[what] = function
        return function

    return enter


def at_work(session: Session, now: datetime, hours: float) -> datetime:
    """So many working hours later, a little after; with no calendar, so many hours."""
    calendar = reference.current(session).calendar
    try:
        return calendar.add_working(calendar.next_working_moment(now), timedelta(hours=hours) + timedelta(seconds=31))
    except PastHorizon:
        return now + timedelta(hours=hours)


def officer_of(session: Session, act: Act) -> Officer:
    """The row of who acts."""
    found = session.get(Officer, act.who)
    if found is None or not found.active:
        raise Refused("left_meanwhile")
    return found


# -- businesses -------------------------------------------------------------------------------------------------------


@does("report")
def _report(session: Session, world: World, act: Act, now: datetime) -> Next:
    chance, here = world.chance, reference.current(session)
    topic = here.topics[chance.choice(world.topics)]
    others = [code for code in topic.others if not here.agencies[code].successor]
    more = chance.choices((0, 1, 2, 3), (58, 27, 11, 4))[0]
    agencies = (topic.lead, *chance.sample(others, min(more, len(others))))
    person = f"dn-{chance.randrange(BUSINESSES)}"
    tier = chance.choices((Tier.NO_NAME, Tier.PUBLIC, Tier.SEALED), (80, 15, 5))[0]
    draft = Draft(person, chance.choice(TEXTS), topic.code, agencies, "0912 000 345", tier, "Công ty TNHH Hạ Long")
    made = opening.open_ticket(session, draft, now)
    follow: Next = []
    for fact in made.parts:
        follow += _taken_up(session, world, fact.part.code, fact.part.agency, fact.part.klass, now)
    code = made.ticket.code
    if chance.random() < 0.7:
        follow.append((at_work(session, now, chance.expovariate(1.0)), Act("confirm", code)))
    if chance.random() < 0.03:
        follow.append((at_work(session, now, chance.uniform(0.2, 8)), Act("add_part", code)))
    if chance.random() < 0.03:
        follow.append((at_work(session, now, chance.uniform(0.1, 6)), Act("change_class", code)))
    if chance.random() < 0.02:
        follow.append((now + timedelta(hours=chance.uniform(0.1, 90)), Act("withdraw", code, person)))
    if chance.random() < 0.04:
        follow.append((now + timedelta(hours=chance.uniform(0.1, 200)), Act("add", code, person)))
    if chance.random() < 0.01:
        follow.append((at_work(session, now, chance.uniform(0.2, 10)), Act("merge", code, topic.code)))
    else:
        world.latest[topic.code] = code
    return follow


def _taken_up(session: Session, world: World, code: str, agency: str, klass: str, now: datetime) -> Next:
    """What the agency will make of a part: in time, late, very late, never; with a question, or not theirs at all."""
    chance, who = world.chance, world.somebody(agency)
    if who is None:
        return [_at_last(session, world, code, now)]
    simple = klass == Klass.SIMPLE
    way = chance.choices(("prompt", "straight", "late", "slow", "never", "ask", "decline"), (50, 10, 14, 4, 2, 12, 8))[
        0
    ]
    accepts = chance.expovariate(0.6)
    soon = chance.uniform(0.2, 3.4) if simple else chance.uniform(0.5, 22)
    late = (4 if simple else 24) + chance.choice((chance.uniform(0, 8), chance.uniform(0, 30)))
    answers = {"late": late, "slow": chance.uniform(40, 120)}.get(way, soon)
    found: Next = []

    def then(hours: float, what: str, *more: str) -> None:
        found.append((at_work(session, now, hours), Act(what, code, who.id, more)))

    if way == "never":
        if chance.random() < 0.5:
            then(accepts, "accept")
        return [*found, _at_last(session, world, code, now)]
    if way == "decline":
        then(chance.uniform(0.1, 12), "decline")
        return [*found, _at_last(session, world, code, now)]
    if way != "straight" and chance.random() < 0.9:
        then(min(accepts, answers * 0.9), "accept")
    if way == "ask":
        then(answers * 0.6, "ask")
        return found
    then(answers, "answer")
    if way in ("late", "slow"):
        then((4 if simple else 24) + chance.uniform(0.5, 20), "explain")
    return found


def _at_last(session: Session, world: World, code: str, now: datetime) -> tuple[datetime, Act]:
    """Long overdue, a coordinator ends it."""
    return at_work(session, now, world.chance.uniform(60, 280)), Act("at_last", code)


@does("at_last")
def _ends(session: Session, world: World, act: Act, now: datetime) -> Next:
    working.answer(session, act.code, world.chance.choice(ANSWERS), _coordinator(session, world), now)
    return []


@does("reply")
def _reply(session: Session, world: World, act: Act, now: datetime) -> Next:
    working.reply(session, act.code, act.who, "Chúng tôi gửi bổ sung theo yêu cầu.", now)
    return []


@does("withdraw")
def _withdraw(session: Session, world: World, act: Act, now: datetime) -> Next:
    adding.withdraw(session, act.code, act.who, now)
    return []


@does("add")
def _add(session: Session, world: World, act: Act, now: datetime) -> Next:
    adding.add(session, act.code, act.who, "Bổ sung thêm thông tin cho hồ sơ.", (), now)
    return []


@does("verdict")
def _verdict(session: Session, world: World, act: Act, now: datetime) -> Next:
    chance = world.chance
    verdict = chance.choices(list(Verdict), (72, 14, 9, 5))[0]
    _, part = judging.give_verdict(session, act.code, verdict, act.who, now)
    if verdict is Verdict.SOLVED:
        return []
    follow = _taken_up(session, world, part.code, part.agency, part.klass, now)
    if chance.random() < 0.5:
        follow.append((now + timedelta(minutes=chance.uniform(1, 30)), Act("why", part.code, act.who)))
    return follow


@does("why")
def _why(session: Session, world: World, act: Act, now: datetime) -> Next:
    judging.explain_verdict(session, act.code, act.who, "Chưa nêu căn cứ.", now)
    return []


# -- agencies ---------------------------------------------------------------------------------------------------------


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
    _, part = handing.decline(session, act.code, owner, "Không thuộc thẩm quyền của cơ quan.", officer, now)
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
    part = _part(session, act.code)
    heads = world.of(Role.HEAD, part.agency)
    if not heads or world.chance.random() < 0.4:
        return []
    calendar = reference.current(session).calendar
    day = calendar.nth_working_day(local(now).date(), world.chance.randint(1, 4))
    head = officer_of(session, Act("explain", act.code, heads[0].id))
    explaining.explain(session, act.code, "Chờ ý kiến của bộ chuyên ngành.", day, head, now)
    return []


def _part(session: Session, code: str) -> Part:
    from zalobot.tickets import finding

    return finding.part_by_code(session, code)[1]


# -- coordinators -----------------------------------------------------------------------------------------------------


def _coordinator(session: Session, world: World) -> Officer:
    return officer_of(session, Act("", who=world.chance.choice(world.of(Role.COORDINATOR)).id))


@does("confirm")
def _confirm(session: Session, world: World, act: Act, now: datetime) -> Next:
    triage.confirm(session, act.code, _coordinator(session, world), now)
    return []


@does("add_part")
def _add_part(session: Session, world: World, act: Act, now: datetime) -> Next:
    agency = world.chance.choice(sorted(reference.current(session).working_agencies))
    _, part = triage.add_part(session, act.code, agency, _coordinator(session, world), now)
    return _taken_up(session, world, part.code, part.agency, part.klass, now)


@does("change_class")
def _change_class(session: Session, world: World, act: Act, now: datetime) -> Next:
    klass = world.chance.choice((Klass.SIMPLE, Klass.HARD))
    triage.change_class(session, act.code, klass, "Cần xác minh thực địa.", _coordinator(session, world), now)
    return []


@does("decide")
def _decide(session: Session, world: World, act: Act, now: datetime) -> Next:
    owner = world.chance.choice(act.more)
    reason = "Theo phân công nhiệm vụ."
    _, part = handing.decide(session, act.code, owner, reason, _coordinator(session, world), now)
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
        merging.merge(session, act.code, into, "Trùng nội dung.", _coordinator(session, world), now)
    return []


# -- the house --------------------------------------------------------------------------------------------------------


@does("leave")
def _leave(session: Session, world: World, act: Act, now: datetime) -> Next:
    officer_of(session, act).active = False
    return []


@does("absent")
def _absent(session: Session, world: World, act: Act, now: datetime) -> Next:
    deputy, first, last = act.more
    absences.set_absence(session, act.who, deputy, date.fromisoformat(first), date.fromisoformat(last), now)
    return []


@does("succeed")
def _succeed(session: Session, world: World, act: Act, now: datetime) -> Next:
    old, new = act.more
    succeeding.succeed(session, old, new, "Quyết định 99/QĐ-UBND", local(now).date(), now)
    return []


def enter_change(session: Session, change: object, now: datetime) -> None:
    """A late change of the calendar, by its verb."""
    from tests.proofs.year.walls import Change

    assert isinstance(change, Change)
    change_days(session, change.verb_days(), change.source, Actor("qt", "admin"), now, until=change.until)


def office_hours(now: datetime, weekday_load: Sequence[float]) -> float:
    """How much is reported at an hour: most in the working day, something at night and on Sundays."""
    moment = local(now)
    by_hour = 0.15 if moment.hour < 7 or moment.hour >= 22 else 1.0 if 7 <= moment.hour < 18 else 0.5
    return by_hour * weekday_load[moment.weekday()]


__all__ = ["DOES", "Act", "Next", "Staff", "World", "enter_change", "office_hours", "utc"]
