"""The officer's pages over HTTP: the queue, and everything that can be done with a part, by the verbs of the chat."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from tests.web import sample
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser, account, browser  # noqa: F401
from zalobot import province as packs
from zalobot import reference, speech, templating
from zalobot.store.database import Store
from zalobot.store.models import Account, AccountRole, LedgerHead, Part, PartNote, PartState, TicketEvent
from zalobot.store.queries.queue import PAGE, Asked
from zalobot.web.officer import pages, part_pages

PART = "/can-bo/QN-2611-00042/1"


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = Store(sqlite_url, info={reference.PUBLIC_URL: "http://127.0.0.1"})
    made.run_now(sample.a_week)
    made.run_now(head)  # the sample writes its history by plain inserts
    made.info[reference.PROVINCE] = sample.province()
    templating.use(speech.wording(packs.load("quang-ninh")))
    yield made
    made.close_now()


def head(session: Session) -> None:
    newest = session.exec(select(TicketEvent).order_by(col(TicketEvent.seq).desc())).first()
    assert newest is not None
    session.add(LedgerHead(id=1, installation="01J", seq=newest.seq, hash=newest.hash))


@pytest.fixture
async def officer(store: Store, browser: Browser) -> Browser:  # noqa: F811
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    await browser.sign_in("ha.nt")
    assert browser.where == "/can-bo"
    return browser


def part(store: Store, code: str = "QN-2611-00042/1") -> Part:
    def find(session: Session) -> Part:
        return session.exec(select(Part).where(Part.code == code)).one()

    return store.read_now(find)


async def test_the_queue_shows_what_the_agency_holds_and_nothing_of_others(officer: Browser) -> None:
    assert "QN-2611-00042/1" in officer.page
    assert "QN-2611-00031/2" not in officer.page
    assert "còn 1 ngày 5 giờ" in officer.page.replace("\N{NO-BREAK SPACE}", " ")


async def test_a_queue_of_thousands_hides_nothing_and_counts_all(store: Store, officer: Browser) -> None:
    def many(session: Session) -> None:
        ticket = session.exec(select(Part.ticket_id).where(Part.code == "QN-2611-00042/1")).one()
        common = {"ticket_id": ticket, "agency": "SXD", "klass": "hard", "received_at": sample.NOW}
        common |= {"clock_started_at": sample.NOW, "state": PartState.ACCEPTED}
        for number in range(50, 3050):
            mine = number == 3049  # the last due of all
            due = sample.NOW + timedelta(minutes=number)
            held = {"officer_id": "of-ha.nt" if mine else "of-minh.tv", "accepted_at": sample.NOW, "due_at": due}
            code = f"QN-2611-00042/{number}"
            session.add(Part(id=f"many{number:06}", code=code, number=number, **common, **held))

    account(store, "minh.tv", AccountRole.OFFICER, "SXD")
    before = int(re.findall(r'Cả cơ quan<span class="count">(\d+)', await officer.get("/can-bo"))[0])
    store.run_now(many)
    page = await officer.get("/can-bo")
    assert "QN-2611-00042/3049" in page
    assert f'<span class="count">{before + 3000}</span>' in page
    page = await officer.get("/can-bo/co-quan")
    assert f"{before + 3000:,}".replace(",", ".") + " phần việc, xếp theo" in page
    assert page.count('class="btn btn-main"') == 1
    last = -(-(before + 3000) // PAGE)
    shown = len(set(re.findall(r"QN-2611-\d+/\d+", page)))
    for number in (2, last, 9999):
        page = await officer.get(f"/can-bo/co-quan?trang={number}")
        shown += len(set(re.findall(r"QN-2611-\d+/\d+", page))) if number != 9999 else 0
        assert f"Trang {min(number, last)} trên {last}" in page
    assert shown == 2 * PAGE + (before + 3000) % PAGE
    assert "QN-2611-00042/3049" in page, "a page past the end is the last"


async def test_what_is_offered_to_an_agency_is_in_the_queue_of_each_of_its_officers(
    store: Store,
    officer: Browser,
) -> None:
    def offered(session: Session) -> None:
        part = session.exec(select(Part).where(Part.code == "QN-2611-00031/1")).one()
        part.state, part.declined_to, part.refusals = PartState.DECLINED, "SXD", 1

    store.run_now(offered)
    page = await officer.get("/can-bo")
    assert "Cơ quan khác đề nghị nhận" in page
    assert 'action="/can-bo/QN-2611-00031/1/nhan"' in page


async def test_an_answer_that_lacks_something_is_told_so_and_nothing_typed_is_lost(
    store: Store, officer: Browser
) -> None:
    await officer.get(PART)
    text = "Nộp hồ sơ thẩm định ngay, không cần chờ."
    page = await officer.post(f"{PART}/tra-loi", text=text, conclusion="Được")
    assert officer.status == 422
    assert "Chưa nêu căn cứ" in page
    assert "Chưa gửi. Câu trả lời chưa nêu căn cứ, nơi liên hệ." in page.partition('class="cols')[0]
    assert 'href="#du-y"' in page
    assert 'id="du-y"' in page
    assert text in page
    assert part(store).state is PartState.ACCEPTED
    await officer.post(f"{PART}/tra-loi", text=text, conclusion="Được", du_thieu="1")
    assert officer.where == "/can-bo"
    assert "Đã gửi trả lời" in officer.page
    answered = part(store)
    assert answered.state is PartState.ANSWERED
    assert text in answered.answer
    assert answered.answer_facts["conclusion"] == "Được"


async def test_a_whole_answer_goes_at_once(store: Store, officer: Browser) -> None:
    await officer.get(PART)
    await officer.post(
        f"{PART}/tra-loi",
        text="Nộp song song hai hồ sơ.",
        conclusion="Được",
        basis="Điều 16 Luật số 55/2024/QH15",
        next_step="Nộp tại Trung tâm Phục vụ hành chính công",
        contact="Tổng đài 1022",
    )
    assert officer.where == "/can-bo"
    facts = part(store).answer_facts
    assert facts["basis"] == "Điều 16 Luật số 55/2024/QH15"
    assert facts["contact"] == "Tổng đài 1022"


async def test_whoever_comes_second_is_told_what_happened_and_keeps_the_text(store: Store, officer: Browser) -> None:
    await officer.get(PART)
    form = dict(officer.hidden)
    await officer.post(f"{PART}/tra-loi", text="Trả lời của người thứ nhất.", du_thieu="1")
    page = await officer.post(f"{PART}/tra-loi", form=False, **form, text="Của người thứ hai.", du_thieu="1")
    assert officer.status == 409
    assert "Nội dung đã gõ còn nguyên" in page
    assert "thứ nhất" in part(store).answer


async def test_a_slow_phone_that_sends_twice_is_told_the_same_twice(store: Store, officer: Browser) -> None:
    sent = (
        ("ghi-chu", {"note": "Đã gọi Ban Quản lý, chờ bản vẽ."}),
        ("hoi", {"question": "Xin gửi bản vẽ mặt bằng kho và giấy phép?"}),
        ("khong-thuoc", {"owner": "BQLKKT", "reason": "Kho nằm trong khu kinh tế cửa khẩu."}),
        ("tra-loi", {"text": "Được. Nộp song song.", "du_thieu": "1"}),
    )
    for way, typed in sent:
        await officer.get(PART)
        form = dict(officer.hidden)
        for _ in range(2):
            await officer.post(f"{PART}/{way}", form=False, **(form | typed))
            assert (officer.status, officer.where.partition("#")[0] in ("/can-bo", PART)) == (200, True), way
    kinds = store.read_now(lambda s: [e.kind for e in s.exec(select(TicketEvent).where(TicketEvent.at == sample.NOW))])
    assert sorted(kinds) == ["answered", "declined", "question_asked"]
    assert len(store.read_now(lambda s: s.exec(select(PartNote)).all())) == 1


async def test_what_is_too_long_is_refused_whole_and_lines_do_not_count_twice(store: Store, officer: Browser) -> None:
    await officer.get(PART)
    lines = "Được. Nộp hồ sơ.\r\n" * 230  # 4140 letters as sent, 3910 as typed
    long = "Hồ sơ nộp tại Trung tâm. " * 800
    page = await officer.post(f"{PART}/tra-loi", text=long, du_thieu="1")
    assert (officer.status, "dài quá 4000 ký tự" in page, long in page) == (422, True, True)
    for way, field in (("hoi", "question"), ("khong-thuoc", "reason"), ("ghi-chu", "note")):
        page = await officer.post(f"{PART}/{way}", owner="CA", **{field: long})
        assert (officer.status, "dài quá 2000 ký tự" in page, long.strip() in page) == (409, True, True), way
    assert "maxlength" not in "".join(re.findall("<textarea[^>]*>", page)), "a browser would cut what is pasted"
    await officer.post(f"{PART}/tra-loi", text=lines, du_thieu="1")
    assert part(store).answer == lines.replace("\r\n", "\n").strip()


async def test_the_head_explains_in_public_why_it_is_late(store: Store, browser: Browser) -> None:  # noqa: F811
    def overdue(session: Session) -> None:
        late = session.exec(select(Part).where(Part.code == "QN-2611-00042/1")).one()
        late.due_at, late.explain_until = sample.NOW - timedelta(hours=1), sample.NOW + timedelta(hours=6)

    store.run_now(overdue)
    account(store, "truong.sxd", AccountRole.HEAD, "SXD")
    await browser.sign_in("truong.sxd")
    await browser.get(PART)
    form = dict(browser.hidden) | {"explanation": "Chờ kết quả đo đạc lại ranh giới.", "new_date": "2026-12-01"}
    for _ in range(2):
        await browser.post(f"{PART}/giai-trinh", form=False, **form)
        assert "Đã công khai giải trình" in browser.page
    explained = part(store)
    assert (explained.explanation, str(explained.new_date)) == (form["explanation"], "2026-12-01")
    page = await browser.post(f"{PART}/giai-trinh", form=False, **(form | {"explanation": "Một lý do khác hẳn."}))
    assert (browser.status, "Một lý do khác hẳn." in page) == (409, True), "an old screen"


async def test_a_question_stops_the_clock(store: Store, officer: Browser) -> None:
    await officer.get(PART)
    page = await officer.post(f"{PART}/hoi", question="gì?")
    assert officer.status == 422
    assert '<a href="#ch">Đến ô cần sửa</a>' in page
    await officer.post(f"{PART}/hoi", question="Xin gửi bản vẽ mặt bằng kho và giấy phép?")
    assert part(store).state is PartState.PAUSED


async def test_not_ours_names_the_owner(store: Store, officer: Browser) -> None:
    await officer.get(PART)
    await officer.post(f"{PART}/khong-thuoc", owner="BQLKKT", reason="Kho nằm trong khu kinh tế cửa khẩu.")
    declined = part(store)
    assert (declined.state, declined.declined_to) == (PartState.DECLINED, "BQLKKT")
    waits = "Đã báo không thuộc thẩm quyền, chờ Ban Quản lý Khu kinh tế nhận; hạn vẫn chạy. Mở"
    assert waits in words(await officer.get("/can-bo/co-quan"))


async def test_the_head_finds_what_they_owe_a_reason_for_and_others_are_told_who_owes_it(
    store: Store,
    officer: Browser,
    browser: Browser,  # noqa: F811
) -> None:
    def held(session: Session, until: datetime | None) -> None:
        one = session.exec(select(Part).where(Part.code == "QN-2611-00042/1")).one()
        one.officer_id, one.explain_until = "of-ha.nt", until

    account(store, "giang", AccountRole.HEAD, "SXD")
    store.run_now(held, sample.NOW + timedelta(hours=3))
    assert "Thủ trưởng cơ quan cần giải trình" in await officer.get("/can-bo")
    assert "Thủ trưởng cơ quan cần giải trình" in await officer.get(PART)
    await officer.post("/dang-xuat")
    await browser.sign_in("giang")
    assert f'<a href="{PART}#giai-trinh">Giải trình và hẹn ngày mới</a>' in await browser.get("/can-bo")
    store.run_now(held, None)
    page = await browser.get("/can-bo")
    assert (PART in page, "của cả cơ quan" in page or "Nhận xử lý" in page) == (False, True)


async def test_nobody_is_offered_as_their_own_deputy(officer: Browser) -> None:
    page = await officer.get("/can-bo/vang-mat")
    assert page.count('value="of-ha.nt"') == 1


async def test_the_other_parts_are_named_with_the_state_they_are_in(store: Store, officer: Browser) -> None:
    assert "Phần khác: Công an tỉnh đã trả lời." in re.sub(r"\s+", " ", await officer.get(PART))

    def not_taken(session: Session) -> None:
        other = session.exec(select(Part).where(Part.code == "QN-2611-00042/2")).one()
        other.state, other.answered_at = PartState.WAITING, None

    store.run_now(not_taken)
    assert "Phần khác: Công an tỉnh chờ nhận việc." in re.sub(r"\s+", " ", await officer.get(PART))


async def test_a_part_of_another_agency_is_not_found(officer: Browser) -> None:
    await officer.get("/can-bo/QN-2611-00031/1")
    others = officer.status
    await officer.get("/can-bo/QN-2611-99999/1")
    assert officer.status == 404
    assert others in (404, 200)


async def test_files_are_for_the_agencies_of_their_ticket_only(officer: Browser) -> None:
    for name in ("01J", "..%2f..%2fetc%2fpasswd", "x" * 3000):
        await officer.get(f"/can-bo/tep/{name}")
        assert officer.status == 404, name


async def test_what_a_business_wrote_is_shown_literally(store: Store, officer: Browser) -> None:
    def hostile(session: Session) -> None:
        found = session.exec(select(Part).where(Part.code == "QN-2611-00042/1")).one()
        ticket = session.get_one(sample.models.Ticket, found.ticket_id)
        ticket.description, ticket.title, ticket.contact = sample.HOSTILE, sample.HOSTILE[:150], sample.HOSTILE
        ticket.business_name = sample.HOSTILE[:150]

    store.run_now(hostile)
    for path in ("/can-bo", PART):
        page = await officer.get(path)
        assert officer.status == 200
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not re.search(r'\sstyle="', page)


def test_the_pages_cost_the_same_however_much_there_is(store: Store) -> None:
    def more(session: Session) -> None:
        for number in range(100, 130):
            words = {"answered_at": sample.NOW, "answer": "Nộp song song."}
            parts = (sample.PartSample("SXD"), sample.PartSample("CA", "answered", words))
            sample.add_ticket(session, number, f"{sample.WAREHOUSE} {number}", "2026-11-25 09:00", *parts)

    who = account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    few = costs(store, who)
    store.run_now(more)
    assert costs(store, who) == few
    assert few == (2, 15)


def costs(store: Store, who: Account) -> tuple[int, int]:
    """How many statements the queue and the page of a part take."""
    said: list[str] = []

    def count(session: Session, read: Callable[[Session], object]) -> int:
        bind = session.get_bind()
        note = lambda *told: said.append(told[2])  # noqa: E731
        event.listen(bind, "before_cursor_execute", note)
        said.clear()
        assert read(session)
        event.remove(bind, "before_cursor_execute", note)
        return len([one for one in said if one.lstrip().startswith("SELECT")])

    queue = store.read_now(count, lambda s: pages._read(s, Asked("SXD", who.officer_id or "", sample.NOW)))
    ticket, code = "QN-2611-00042", "QN-2611-00042/1"
    return queue, store.read_now(count, lambda s: part_pages._seen(s, ticket, code, who, sample.NOW))


async def test_the_page_opens_at_once_for_whoever_is_signed_in_and_else_says_how_to_get_a_link(
    store: Store,
    browser: Browser,  # noqa: F811
) -> None:
    assert "nhắn <strong>Mở web QN-2611-00042/1</strong> cho" in await browser.get(PART)
    assert browser.where == f"/dang-nhap?ve={PART}"
