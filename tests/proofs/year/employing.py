"""Who works where at the beginning of the year, and who will leave or be away in it."""

from collections import Counter

from sqlmodel import Session

from tests.proofs.year.agenda import Agenda
from tests.proofs.year.people import Act, Staff
from tests.proofs.year.year import Year
from zalobot.store.models import Role

Post = tuple[str, Role]


def employ(year: Year, officers: int) -> None:
    """Fill the posts: so many people in all."""
    posts = _posts(year, officers)

    def hire(session: Session) -> list[Staff]:
        return [year.world.hire(session, agency, role, year.machine.now) for agency, role in posts]

    for one in year.machine.store.run_now(hire):
        year.world.welcome(one)


def _posts(year: Year, officers: int) -> list[Post]:
    """Most agencies have a head and officers; some a head only, some nobody who is linked."""
    chance, here = year.world.chance, year.machine.here
    led = Counter(topic.lead for topic in here.topics.values())
    agencies = sorted(here.agencies, key=lambda code: (-led[code], code))[: max(6, officers // 5)]
    chance.shuffle(agencies)
    year.world.topics = [topic.code for topic in here.topics.values() if topic.lead in agencies]
    nobody, head_only = agencies[: max(1, len(agencies) // 10)], agencies[-max(1, len(agencies) // 15) :]
    posts = [("VPUBND", Role.COORDINATOR)] * max(2, officers // 75) + [("VPUBND", Role.LEADER)] * 2
    staffed = [agency for agency in agencies if agency not in nobody]
    posts += [(agency, Role.HEAD) for agency in staffed]
    pool = [agency for agency in staffed if agency not in head_only]
    return posts + [(pool[n % len(pool)], Role.OFFICER) for n in range(max(0, officers - len(posts)))]


def plan_the_house(year: Year, agenda: Agenda) -> None:
    """People leave and are away."""
    chance, span = year.world.chance, year.scenario.ends - year.scenario.begins
    for _ in range(max(2, len(year.world.staff) // 12)):
        agenda.add(year.scenario.begins + chance.random() * span, Act("leave"))
    for _ in range(len(year.world.staff)):
        agenda.add(year.scenario.begins + chance.random() * span, Act("absent"))
