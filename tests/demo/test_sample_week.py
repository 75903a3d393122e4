"""The sample week as a newcomer finds it. One demo serves all tests of this file; the last one moves its clock."""

import re
from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.demo.conftest import Town, running
from tests.drawn import without_drawn
from zalobot import inbox, outbox
from zalobot.demo import week
from zalobot.services import SERVICES
from zalobot.store.models import Attachment, Officer, Part, Ticket
from zalobot.store.queries import operating
from zalobot.studio import history
from zalobot.web import routes
from zalobot.workdays import LOCAL

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRIVATE = (
    "0912 000 345", "0912000345", "ducgach", "Nguyễn Văn Bình", "Hoàng Minh Tâm",
    "0913", "0936", "0904", "0978", "0987", "0915",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The whole week."""
    async with running(tmp_path_factory.mktemp("demo"), week.load()) as town:
        yield town


async def test_it_ends_at_the_moment_of_all_mockups(town: Town) -> None:
    now = town.simulator.clock.now().astimezone(LOCAL)
    assert f"{now:%a %d/%m/%Y %H:%M}" == "Thu 26/11/2026 10:20"


async def test_nothing_failed_on_the_way(town: Town) -> None:
    assert await town.store.read(inbox.backlog) == (0, None, 0)
    assert set((await town.store.read(outbox.counts)).values()) == {0}
    assert {message.person_id for message in town.simulator.world.refused} == {town.person("Lê Văn Tiến")}


async def test_what_reaches_nobody_and_who_waits_for_a_human_is_there_for_the_operators(town: Town) -> None:
    wants = await town.store.read(operating.wanting, town.simulator.clock.now().date(), town.simulator.clock.now())
    assert (wants.waiting, wants.messages, wants.events, wants.asked) == (1, 0, 0, 1)


async def test_tickets_are_in_every_state_worth_showing(town: Town) -> None:
    def states(session: Session) -> tuple[Counter[str], Counter[str]]:
        tickets = Counter(str(state) for state in session.execute(select(Ticket.state)).scalars())
        return tickets, Counter(str(state) for state in session.execute(select(Part.state)).scalars())

    tickets, parts = await town.store.read(states)
    assert tickets == {
        "closed": 3, "in_progress": 2, "reopened": 1, "answered": 2, "partly_answered": 1, "assigned": 1,
    }  # fmt: skip
    assert parts == {"closed": 3, "accepted": 3, "reopened": 1, "answered": 3, "waiting": 1}


async def test_one_text_was_released_and_used_and_another_waits_for_the_second_operator(town: Town) -> None:
    waits = await town.store.read(history.waiting)
    [released] = await town.store.read(history.of, "welcome/consent_given", "vi")
    assert [(entry.name, entry.stale) for entry in waits] == [("welcome/hello_again", False)]
    assert (released.number, released.messages > 0) == (1, True)


async def test_a_labelled_answer_stands_on_its_page_once_piece_by_piece(town: Town) -> None:
    page = await town.get("/hoi-dap/QN-2611-00008")
    assert [page.count(f"<dt>{label}</dt>") for label in ("Kết luận", "Nội dung", "Căn cứ", "Liên hệ")] == [1] * 4
    pieces = "Hai việc nộp song song", "thuộc Phụ lục III, cơ quan Công an", "Điều 16 Luật số", "Phòng Cảnh sát PCCC và"
    answer = page.partition("<dt>Kết luận</dt>")[2].partition("</dl>")[0].replace("\u00a0", " ")
    assert [answer.count(piece) for piece in pieces] == [1] * 4


async def test_one_part_is_overdue_and_one_was_answered_late(town: Town) -> None:
    now = town.simulator.clock.now()

    def late(session: Session) -> list[list[str]]:
        due = select(Part.code).where(col(Part.due_at) < now)
        still = due.where(col(Part.answered_at).is_(None))
        after = due.where(col(Part.answered_at) > col(Part.due_at))
        return [list(session.execute(query).scalars()) for query in (still, after)]

    assert await town.store.read(late) == [["QN-2611-00002/1"], ["QN-2611-00005/1"]]
    assert "QN-2611-00005" in town.heard("Đặng Quốc Bình")[-2]
    head = town.simulator.received(town.person("Vũ Trường Giang"))
    assert any("Quá hạn (1):\nQN-2611-00002/1" in message.text for message in head)


async def test_one_click_leads_into_each_console(town: Town) -> None:
    doors = week.load().doors
    homes = {}
    for door in doors:
        address = f"{town.application[SERVICES].settings.public_url}{door.path}"
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as http, http.get(address) as answer:
            assert answer.status == 200, door
            homes[door.path] = answer.url.path
            assert door.title.partition(": ")[2] in await answer.text()
    assert homes == {
        "/demo/can-bo": "/can-bo", "/demo/lanh-dao-so": "/can-bo", "/demo/dieu-phoi": "/dieu-phoi",
        "/demo/dieu-hanh": "/dieu-hanh", "/demo/van-hanh": "/van-hanh", "/demo/van-hanh-2": "/van-hanh",
        "/demo/quan-tri": "/van-hanh",
    }  # fmt: skip


async def test_only_the_demo_has_such_doors() -> None:
    paths = {route.path for route in routes.routes() if isinstance(route, web.RouteDef)}
    assert not [path for path in paths if path.startswith("/demo")]


async def test_every_official_is_linked_by_their_own_code(town: Town) -> None:
    def linked(session: Session) -> tuple[int, int]:
        query = select(func.count(), func.count(col(Officer.person_id))).where(col(Officer.active).is_(True))
        return tuple(session.execute(query).one())

    assert await town.store.read(linked) == (8, 8)


async def test_the_two_phones_show_an_answer_to_judge_and_a_fresh_push(town: Town) -> None:
    business, officer = town.heard("Hoàng Minh Tâm"), town.heard("Nguyễn Thu Hà")
    assert business[-1] == "Kính gửi Quý doanh nghiệp,"
    assert officer[-1] == "Phần việc mới QN-2611-00010/1 của Sở Xây dựng, lĩnh vực Quy hoạch."
    assert next(iter(town.simulator.world.people)) == town.person("Hoàng Minh Tâm")
    assert [title for title, _ in town.simulator.settings.links][:2] == ["Trang công khai", "Hỏi đáp"]


async def test_personal_details_are_on_no_public_page(town: Town) -> None:
    pages = {path: await town.get(path) for path in ("/", "/hoi-dap")}
    for code in sorted(set(re.findall(r"/hoi-dap/(QN-2611-\d{5})", pages["/hoi-dap"]))):
        pages[code] = await town.get(f"/hoi-dap/{code}")
    assert len(pages) == 12
    found = [(path, word) for path, page in pages.items() for word in PRIVATE if word in without_drawn(page)]
    assert found == []
    assert "số điện thoại" in pages["QN-2611-00003"]
    assert "cưỡng chế" not in pages["QN-2611-00007"]


async def test_the_pages_lead_to_the_simulator_and_not_to_somebody_on_zalo(town: Town) -> None:
    page = await town.get("/")
    assert f'href="{town.simulator.base_url}/"' in page
    assert "zalo.me" not in page


async def test_an_unfinished_report_was_asked_about_once(town: Town) -> None:
    nudges = [line for line in town.heard("Nguyễn Thị Hòa") if "viết dở" in line]
    assert len(nudges) == 1


async def test_files_were_fetched_and_kept(town: Town) -> None:
    def states(session: Session) -> set[str]:
        return {str(state) for state in session.execute(select(Attachment.state)).scalars()}

    assert await town.store.read(states) == {"kept"}


async def test_the_next_working_days_take_the_forgotten_part_up_to_the_leader(town: Town) -> None:
    before = len(town.heard("Đặng Quốc Bình"))
    await town.do("clock", to="morning")
    await town.do("clock", hours=1)
    assert f"{town.simulator.clock.now().astimezone(LOCAL):%a %H}" == "Fri 09"
    (told,) = [message.text for message in town.simulator.received(town.person("Đặng Quốc Bình"))[before:]]
    assert told.startswith("Tình hình sáng 27/11/2026 của tỉnh Quảng Ninh.")
    assert "Cần chú ý (1):\nQN-2611-00002/1" in told
