"""The coordinator's page over HTTP: every act by a form, refused with nothing lost, and a bounded number of queries."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from tests.calendars import at
from tests.web import sample
from tests.web.sample import PartSample
from tests.web.test_officer import head
from tests.web.test_sign_in import Browser, account, browser  # noqa: F401
from zalobot import province as packs
from zalobot import reference, speech, templating
from zalobot.province import Province
from zalobot.rules import Klass
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, Part, PartState, Ticket, TicketState
from zalobot.web.coordinator import pages

DESK = "/dieu-phoi"
ROAD = "Đường vào khu công nghiệp Việt Hưng ngập nước, xe container không qua được từ sáng thứ Hai"
ROUTE = "QN-2611-00060"
AGAIN = "QN-2611-00061"
DISPUTED = "QN-2611-00062"


def to_be_sorted(session: Session) -> None:
    """Two reports of one matter and a part that two agencies refused; the sample's own tickets are confirmed."""
    for ticket in session.exec(select(Ticket)):
        ticket.confirmed_at = sample.NOW
    hour = {"received_at": at("2026-11-26 09:30")}
    for number, agency in ((60, "STC"), (61, "SXD")):
        text = f"{ROAD}. Xin giao đất bổ sung." if number == 61 else ROAD
        part = PartSample(agency, "waiting")
        extra = {"description": text, "person_id": f"{number}"}
        sample.add_ticket(session, number, ROAD, "2026-11-26 09:30", part, state="assigned", **extra)
    columns = {"declined_to": "CA", "refusals": 2, "decide_by": sample.NOW + timedelta(hours=1)}
    columns |= {"decide_remind_at": sample.NOW}
    sample.add_ticket(
        session, 62, "Dầu tràn ở bến: ai xử lý?", "2026-11-25 09:00",
        PartSample("SNNMT", "declined", columns), state="assigned", confirmed_at=hour["received_at"],
        events=(("2026-11-26 08:00", "declined", "SNNMT", 1, {"to": "SXD"}),
                ("2026-11-26 09:00", "declined", "SXD", 1, {"to": "CA"})),
    )  # fmt: skip


def here() -> Province:
    """The sample's province, whose topic of building knows a word for roads."""
    made = sample.province()
    building = replace(made.topics["xay-dung"], keywords=("container", "đường vào"))
    return replace(made, topics={**made.topics, "xay-dung": building})


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = Store(sqlite_url, info={reference.PUBLIC_URL: "http://127.0.0.1"})
    made.run_now(reference.seed, here(), sample.NOW)
    for verb in (sample.a_week, to_be_sorted, head):
        made.run_now(verb)
    made.read_now(reference.open_for, here(), made.info)
    templating.use(speech.wording(packs.load("quang-ninh")))
    yield made
    made.close_now()


@pytest.fixture
async def mai(store: Store, browser: Browser) -> Browser:  # noqa: F811
    account(store, "mai.lt", AccountRole.COORDINATOR, "STC")
    await browser.sign_in("mai.lt")
    assert browser.where == DESK
    return browser


def ticket(store: Store, code: str) -> tuple[Ticket, list[Part]]:
    def find(session: Session) -> tuple[Ticket, list[Part]]:
        found = session.exec(select(Ticket).where(Ticket.code == code)).one()
        return found, list(session.exec(select(Part).where(Part.ticket_id == found.id).order_by(Part.number)))

    return store.read_now(find)


def version(store: Store, code: str) -> str:
    return str(ticket(store, code)[0].version)


async def test_the_oldest_unconfirmed_is_in_hand_with_reasons_and_what_may_be_the_same(mai: Browser) -> None:
    assert mai.status == 200
    assert f'href="{DESK}?ma={ROUTE}" aria-current="true"' in mai.page
    assert "Vì có:" in mai.page, "a proposal says why"
    assert f'value="{AGAIN}" required' in mai.page, "the other report of it"
    assert "Phân loại (2)" in mai.page


async def test_confirming_goes_on_to_the_next(store: Store, mai: Browser) -> None:
    await mai.post(f"{DESK}/{ROUTE}/xac-nhan", phien_ban=version(store, ROUTE), ke=AGAIN)
    assert mai.where == f"{DESK}?ma={AGAIN}"
    assert "Đã xác nhận cơ quan xử lý" in mai.page
    assert ticket(store, ROUTE)[0].confirmed_at == sample.NOW


async def test_confirming_twice_goes_on_to_the_next_twice(store: Store, mai: Browser) -> None:
    form = dict(mai.hidden) | {"phien_ban": version(store, ROUTE), "ke": AGAIN}
    for _ in range(2):
        await mai.post(f"{DESK}/{ROUTE}/xac-nhan", form=False, **form)
        assert mai.where == f"{DESK}?ma={AGAIN}"


async def test_what_a_colleague_sorted_meanwhile_is_passed_over(store: Store, mai: Browser) -> None:
    form = dict(mai.hidden) | {"phien_ban": version(store, ROUTE), "ke": AGAIN}

    def confirmed(session: Session) -> None:
        session.exec(select(Ticket).where(Ticket.code == AGAIN)).one().confirmed_at = sample.NOW

    store.run_now(confirmed)
    await mai.post(f"{DESK}/{ROUTE}/xac-nhan", form=False, **form)
    assert mai.where == DESK
    assert "Hết hồ sơ chờ phân loại" in mai.page


async def test_words_are_never_cut(store: Store, mai: Browser) -> None:
    text = "Xin giao đất bổ sung cho dự án. " * 500
    form = {"topic": "dat-dai", "agencies": "SNNMT", "phien_ban": version(store, AGAIN)}
    page = await mai.post(f"{DESK}/{AGAIN}/tach", text=text, reason="Hai việc khác nhau. " * 60, **form)
    assert (mai.status, "dài quá 1000 ký tự" in page) == (409, True)
    await mai.post(f"{DESK}/{AGAIN}/tach", text=text, reason="Hai việc khác nhau.", **form)
    texts = store.read_now(lambda s: [ticket.description for ticket in s.exec(select(Ticket))])
    assert texts.count(text.strip()) + texts.count(text) == 1


async def test_an_agency_is_added_once(store: Store, mai: Browser) -> None:
    await mai.post(f"{DESK}/{ROUTE}/them", agency="CA", phien_ban=version(store, ROUTE))
    assert [part.agency for part in ticket(store, ROUTE)[1]] == ["STC", "CA"]
    await mai.post(f"{DESK}/{ROUTE}/them", agency="CA", phien_ban=version(store, ROUTE))
    assert mai.status == 409


async def test_a_part_nobody_took_up_goes_elsewhere_with_its_clock(store: Store, mai: Browser) -> None:
    before = ticket(store, ROUTE)[1][0]
    words = {"phan": "1", "owner": "SXD", "phien_ban": str(before.version)}
    await mai.post(f"{DESK}/{ROUTE}/quyet-dinh", reason=" ", **words)
    assert mai.status == 409
    await mai.post(f"{DESK}/{ROUTE}/quyet-dinh", reason="Đường do Sở Xây dựng quản lý.", **words)
    after = ticket(store, ROUTE)[1][0]
    assert (after.agency, after.state, after.due_at) == ("SXD", PartState.WAITING, before.due_at)
    assert after.decided_at == sample.NOW


async def test_a_part_somebody_is_at_work_on_is_not_taken_away(store: Store, mai: Browser) -> None:
    code = "QN-2611-00042"
    held = ticket(store, code)[1][0]
    form = {"phan": "1", "owner": "STC", "reason": "Thuộc Sở Tài chính.", "phien_ban": str(held.version)}
    await mai.post(f"{DESK}/{code}/quyet-dinh", **form)
    assert mai.status == 409
    assert ticket(store, code)[1][0].agency == "SXD"


async def test_a_dispute_shows_who_said_what_and_is_decided(store: Store, mai: Browser) -> None:
    assert "Từ chối lần 2" in mai.page
    assert "Giao Công an tỉnh" in mai.page
    seen = str(ticket(store, DISPUTED)[1][0].version)
    reason = "Tràn dầu trên biển thuộc ngành môi trường."
    await mai.post(f"{DESK}/{DISPUTED}/quyet-dinh", phan="1", owner="SNNMT", reason=reason, phien_ban=seen)
    assert ticket(store, DISPUTED)[1][0].state is PartState.WAITING
    assert "Đã quyết định" in mai.page


async def test_the_class_changes_with_a_public_reason(store: Store, mai: Browser) -> None:
    form = {"klass": "simple", "phien_ban": version(store, ROUTE)}
    page = await mai.post(f"{DESK}/{ROUTE}/loai", reason="", **form)
    assert mai.status == 409
    assert "Nội dung đã gõ còn nguyên" in page
    await mai.post(f"{DESK}/{ROUTE}/loai", reason="Chỉ cần báo lịch sửa.", **form)
    assert ticket(store, ROUTE)[0].klass is Klass.SIMPLE


async def test_a_duplicate_is_merged_only_where_no_agency_loses_its_part(store: Store, mai: Browser) -> None:
    form = {"into": ROUTE, "reason": "Cùng một đoạn đường.", "ke": ROUTE}
    await mai.post(f"{DESK}/{AGAIN}/gop", phien_ban=version(store, AGAIN), **form)
    assert mai.status == 409
    assert "Cùng một đoạn đường." in mai.page
    assert f"Hồ sơ {ROUTE} chưa có phần việc của Sở Xây dựng." in mai.page
    await mai.post(f"{DESK}/{ROUTE}/them", agency="SXD", phien_ban=version(store, ROUTE))
    await mai.post(f"{DESK}/{AGAIN}/gop", phien_ban=version(store, AGAIN), **form)
    assert mai.where == f"{DESK}?ma={ROUTE}"
    assert ticket(store, AGAIN)[0].state is TicketState.MERGED


async def test_two_matters_become_two_tickets_and_nothing_typed_is_lost(store: Store, mai: Browser) -> None:
    form = {"text": "Xin giao đất bổ sung.", "topic": "dat-dai", "agencies": "SNNMT"}
    page = await mai.post(f"{DESK}/{AGAIN}/tach", reason="", phien_ban=version(store, AGAIN), **form)
    assert mai.status == 409
    assert '<input type="checkbox" name="agencies" value="SNNMT" checked>' in page
    await mai.post(f"{DESK}/{AGAIN}/tach", reason="Hai việc khác nhau.", phien_ban=version(store, AGAIN), **form)
    assert "Đã tách thành hai hồ sơ" in mai.page
    texts = store.read_now(lambda s: [ticket.description for ticket in s.exec(select(Ticket))])
    assert texts.count("Xin giao đất bổ sung.") == 1


async def test_a_part_that_is_nobodys_concern_is_dropped_with_a_reason(store: Store, mai: Browser) -> None:
    await mai.post(f"{DESK}/{ROUTE}/them", agency="SXD", phien_ban=version(store, ROUTE))
    form = {"phan": "2", "phien_ban": str(ticket(store, ROUTE)[1][1].version)}
    page = await mai.post(f"{DESK}/{ROUTE}/bo", reason="", **form)
    assert (mai.status, ticket(store, ROUTE)[1][1].state) == (409, PartState.WAITING)
    assert "Bỏ phần 2" in page
    await mai.post(f"{DESK}/{ROUTE}/bo", reason="Không có phần nào của Sở Xây dựng.", **form)
    assert [part.state for part in ticket(store, ROUTE)[1]] == [PartState.WAITING, PartState.DROPPED]
    assert "Đã bỏ phần việc" in mai.page
    assert "Xác nhận 1 phần" in mai.page


async def test_what_belongs_elsewhere_is_turned_away_and_the_next_is_in_hand(store: Store, mai: Browser) -> None:
    form = {"way": "citizen", "ke": AGAIN, "phien_ban": version(store, ROUTE)}
    await mai.post(f"{DESK}/{ROUTE}/khong-mo", reason="", **form)
    assert (mai.status, ticket(store, ROUTE)[0].state) == (409, TicketState.ASSIGNED)
    await mai.post(f"{DESK}/{ROUTE}/khong-mo", reason="Việc của gia đình.", **form)
    assert mai.where == f"{DESK}?ma={AGAIN}"
    assert ticket(store, ROUTE)[0].state is TicketState.OUT_OF_SCOPE
    assert "Không mở hồ sơ; đã hướng dẫn" in mai.page
    public = await mai.get(f"/hoi-dap/{ROUTE}")
    assert "Không thuộc phạm vi" in public
    assert "không thuộc phạm vi kênh dành cho doanh nghiệp. Việc của gia đình." in public.replace(
        "\N{NO-BREAK SPACE}", " "
    )


async def test_a_denunciation_leaves_no_words_in_public(store: Store, mai: Browser) -> None:
    form = {"way": "denunciation", "reason": "Xin nêu rõ người bị tố cáo.", "phien_ban": version(store, ROUTE)}
    await mai.post(f"{DESK}/{ROUTE}/khong-mo", **form)
    public = await mai.get(f"/hoi-dap/{ROUTE}")
    assert "Hướng dẫn sang khiếu nại, tố cáo" in public
    assert ROAD not in public
    assert "người bị tố cáo" not in public


async def test_a_way_that_is_none_is_no_request(mai: Browser) -> None:
    await mai.post(f"{DESK}/{ROUTE}/khong-mo", way="elsewhere", reason="Vì vậy.")
    assert mai.status == 400


async def test_merging_and_splitting_show_the_clock(mai: Browser) -> None:
    text = mai.page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Gộp không làm đổi hạn nào." in text
    assert "Tách không làm đổi hạn." in text
    assert re.search(r"giống \d+%, hạn <time", text)


async def test_an_old_screen_is_told_what_happened(store: Store, mai: Browser) -> None:
    seen = version(store, ROUTE)
    await mai.post(f"{DESK}/{ROUTE}/them", agency="CA", phien_ban=seen)
    await mai.post(f"{DESK}/{ROUTE}/them", agency="SXD", phien_ban=seen)
    assert mai.status == 409
    assert len(ticket(store, ROUTE)[1]) == 2


async def test_an_unknown_ticket_is_not_found(mai: Browser) -> None:
    await mai.get(f"{DESK}?ma=QN-2611-99999")
    assert mai.status == 404


def test_the_page_costs_the_same_however_many_tickets_there_are(store: Store) -> None:
    def more(session: Session) -> None:
        for number in range(100, 140):
            part = PartSample("STC", "waiting")
            sample.add_ticket(session, number, f"{ROAD} {number}", "2026-11-26 09:00", part, state="assigned")

    few = statements(store)
    store.run_now(more)
    assert statements(store) == few
    assert few <= 12


def statements(store: Store) -> int:
    said: list[str] = []

    def build(session: Session) -> None:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *a: said.append(a[2]))
        page = pages._desk(session, "", sample.NOW, store.info[reference.PROVINCE])
        assert page is not None
        assert page.hand is not None

    store.read_now(build)
    return len([one for one in said if one.lstrip().upper().startswith("SELECT")]) if said else 0


async def test_another_agency_is_waited_for_since_the_part_was_offered_to_it(mai: Browser) -> None:
    row = re.search(r"QN-2611-00046/2</a>.*?</tr>", await mai.get(DESK), re.DOTALL)
    assert row
    assert "09:00 ngày 26/11" in row[0]
    assert "25/11" not in row[0].partition('data-l="Hạn"')[0]
