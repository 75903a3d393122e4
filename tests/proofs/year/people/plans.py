"""What an agency will make of a part that it has got."""

from datetime import datetime

from sqlmodel import Session

from tests.proofs.year.people.doing import at_work
from tests.proofs.year.people.world import Act, Next, World
from zalobot.rules import Klass

ANSWERS = (
    "Có. Căn cứ quy định hiện hành, hồ sơ của công ty được tiếp nhận; nộp bổ sung trước ngày 15. Liên hệ 0203123456.",
    "Không. Theo Luật Đất đai, việc này thuộc cấp khác; đề nghị công ty gửi hồ sơ lên Bộ. Đầu mối: phòng chuyên môn.",
    "Một phần được chấp thuận, phần còn lại chờ ý kiến, cơ quan sẽ thông báo sau.",
)


def taken_up(session: Session, world: World, code: str, agency: str, klass: str, now: datetime) -> Next:
    """What the agency will make of a part: in time, late, very late, never; with a question, or not theirs at all."""
    chance, who = world.chance, world.somebody(agency)
    if who is None:
        return [at_last(session, world, code, now)]
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
        return [*found, at_last(session, world, code, now)]
    if way == "decline":
        then(chance.uniform(0.1, 12), "decline")
        return [*found, at_last(session, world, code, now)]
    if way != "straight" and chance.random() < 0.9:
        then(min(accepts, answers * 0.9), "accept")
    if way == "ask":
        then(answers * 0.6, "ask")
        return found
    then(answers, "answer")
    if way in ("late", "slow"):
        then((4 if simple else 24) + chance.uniform(0.5, 20), "explain")
    return found


def at_last(session: Session, world: World, code: str, now: datetime) -> tuple[datetime, Act]:
    """Long overdue, a coordinator ends it."""
    return at_work(session, now, world.chance.uniform(60, 280)), Act("at_last", code)
