"""What businesses do: report, reply, add, judge, take back."""

from datetime import datetime, timedelta

from sqlmodel import Session

from tests.proofs.year.people.doing import at_work, does
from tests.proofs.year.people.plans import taken_up
from tests.proofs.year.people.world import Act, Next, World
from zalobot import reference
from zalobot.store.models import Tier, Verdict
from zalobot.tickets import adding, judging, opening, working
from zalobot.tickets.opening import Draft

TEXTS = (
    "Công ty chúng tôi nộp hồ sơ đã lâu nhưng chưa nhận được kết quả, đề nghị cơ quan trả lời.",
    "Đề nghị hướng dẫn thủ tục và thời hạn giải quyết để doanh nghiệp triển khai dự án đúng tiến độ.",
    "Hai cơ quan hướng dẫn khác nhau về cùng một hồ sơ, doanh nghiệp không biết làm theo nơi nào.",
    "Doanh nghiệp kiến nghị rút ngắn thời gian xử lý vì đơn hàng sắp đến hạn giao.",
)
BUSINESSES = 4000


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
        follow += taken_up(session, world, fact.part.code, fact.part.agency, fact.part.klass, now)
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
    follow = taken_up(session, world, part.code, part.agency, part.klass, now)
    if chance.random() < 0.5:
        follow.append((now + timedelta(minutes=chance.uniform(1, 30)), Act("why", part.code, act.who)))
    return follow


@does("why")
def _why(session: Session, world: World, act: Act, now: datetime) -> Next:
    judging.explain_verdict(session, act.code, act.who, "Chưa nêu căn cứ.", now)
    return []
