"""What an officer does beside answering: drafts, notes, colleagues, kept answers, absences. Over HTTP."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import CookieJar
from sqlmodel import select

from tests.web import sample
from tests.web.test_officer import PART, officer, part, store  # noqa: F401
from tests.web.test_sign_in import Browser, account, browser  # noqa: F401
from zalobot.ledger.erasing import erase_person
from zalobot.store.database import Store
from zalobot.store.models import (
    Absence,
    AccountRole,
    AnswerDraft,
    EventKind,
    OutboxMessage,
    PartNote,
    Person,
    SavedAnswer,
    TicketEvent,
)
from zalobot.store.queries import stories
from zalobot.web.account import browser_of

TYPED = "Nộp song song hai hồ sơ."
WHOLE = {
    "text": TYPED,
    "conclusion": "Được",
    "basis": "Điều 16 Luật số 55/2024/QH15",
    "next_step": "Nộp tại Trung tâm Phục vụ hành chính công",
    "contact": "Tổng đài 1022",
}


@pytest.fixture
async def minh(store: Store, officer: Browser) -> AsyncIterator[Browser]:  # noqa: F811
    """A colleague in a browser of his own."""
    account(store, "minh.tv", AccountRole.OFFICER, "SXD")
    async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        other = Browser(officer.address, http)
        await other.sign_in("minh.tv")
        yield other


@pytest.fixture
async def head(store: Store, officer: Browser) -> AsyncIterator[Browser]:  # noqa: F811
    """The head of the agency."""
    account(store, "thu.truong", AccountRole.HEAD, "SXD")
    async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        other = Browser(officer.address, http)
        await other.sign_in("thu.truong")
        yield other


def kinds(store: Store) -> list[EventKind]:  # noqa: F811
    return store.read_now(lambda s: [EventKind(row.kind) for row in s.exec(select(TicketEvent))])


async def test_what_is_typed_is_kept_and_shown_again_after_a_new_sign_in(store: Store, officer: Browser) -> None:  # noqa: F811
    await officer.get(PART)
    kept = await officer.post(f"{PART}/nhap", text=TYPED, basis="Điều 16")
    assert "10:20 ngày 26/11" in kept
    await officer.get("/tai-khoan")
    await officer.post("/dang-xuat")
    await officer.sign_in("ha.nt", way=PART)
    assert TYPED in officer.page
    assert "Điều 16" in officer.page


async def test_a_refusal_keeps_the_draft_and_a_sent_answer_ends_it(store: Store, officer: Browser) -> None:  # noqa: F811
    await officer.get(PART)
    await officer.post(f"{PART}/tra-loi", text=TYPED)
    assert officer.status == 422
    assert TYPED in await officer.get(PART), "nothing is lost by going away"
    await officer.post(f"{PART}/hoi", question="Bản vẽ nào?")
    assert officer.status == 422
    page = await officer.get(PART)
    assert "Bản vẽ nào?" in page
    assert TYPED in page
    await officer.post(f"{PART}/tra-loi", **WHOLE)
    drafts = store.read_now(lambda s: list(s.exec(select(AnswerDraft))))
    assert [draft.fields for draft in drafts] == [{"question": "Bản vẽ nào?"}]


async def test_two_tabs_of_one_officer_lose_no_words(store: Store, officer: Browser) -> None:  # noqa: F811
    """Both were opened before anything was typed; each keeps what it holds, naming the state it knows."""
    one, two = "Được. Nộp song song hai hồ sơ.", "Không được: thiếu bản vẽ mặt bằng."
    page = await officer.get(PART)
    form, empty = dict(officer.hidden), re.search(r'id="nhap-luc" data-nhap="(\w*)"', page)
    assert empty
    assert empty[1] == ""
    first = await officer.post(f"{PART}/nhap", form=False, **form, text=one, nhap="")
    known = re.search(r'data-nhap="(\w+)"', first)
    assert known
    await officer.post(f"{PART}/nhap", form=False, **form, text=two, basis="Điều 7", nhap="")
    page = await officer.get(PART)
    assert f">{two}</textarea>" in page
    assert one in page.split("Đồng chí đã gõ ở một thẻ khác")[1]
    await officer.post(f"{PART}/nhap", form=False, **form, text=one + " Xin nộp sớm.", nhap=known[1])
    page = await officer.get(PART)
    assert (f">{one} Xin nộp sớm.</textarea>" in page, two in page, "Điều 7</textarea>" in page) == (True, True, True)
    await officer.post(f"{PART}/nhap", form=False, **form)  # a tab that is only open
    assert f">{one} Xin nộp sớm.</textarea>" in await officer.get(PART)
    await officer.post(f"{PART}/tra-loi", text=one, du_thieu="1")
    assert store.read_now(lambda s: s.exec(select(AnswerDraft)).all()) == []


async def test_a_tab_that_goes_on_typing_keeps_one_text(store: Store, officer: Browser) -> None:  # noqa: F811
    await officer.get(PART)
    mark = ""
    for text in ("Được.", "Được. Nộp song", "Được. Nộp hai hồ sơ."):
        said = await officer.post(f"{PART}/nhap", text=text, nhap=mark)
        mark = re.findall(r'data-nhap="(\w+)"', said)[0]
        await officer.get(PART)
    assert store.read_now(lambda s: [one.fields for one in s.exec(select(AnswerDraft))]) == [{"text": text}]


async def test_a_draft_is_its_officers_own(officer: Browser, minh: Browser) -> None:  # noqa: F811
    await officer.get(PART)
    await officer.post(f"{PART}/nhap", text=TYPED)
    assert TYPED not in await minh.get(PART)
    await minh.post(f"{PART}/nhap", form=False, text="x")
    assert minh.status == 403


async def test_two_on_one_part_see_each_other(officer: Browser, minh: Browser) -> None:  # noqa: F811
    assert "cũng đang mở" not in await officer.get(PART)
    assert "ha.nt</strong> cũng đang mở phần việc này, từ 10:20" in await minh.get(PART)
    await officer.get(PART)
    assert "minh.tv</strong> cũng đang mở" in await officer.post(f"{PART}/nhap")


async def test_a_part_goes_to_a_colleague_and_back_only_by_who_holds_it_or_the_head(
    store: Store,  # noqa: F811
    officer: Browser,  # noqa: F811
    minh: Browser,
    head: Browser,
) -> None:
    await officer.get(PART)
    await officer.post(f"{PART}/giao", colleague="of-minh.tv")
    assert "Đã giao cho đồng nghiệp" in officer.page
    assert part(store).officer_id == "of-minh.tv"
    assert part(store).due_at is not None
    await officer.get(PART)
    await officer.post(f"{PART}/giao", colleague="of-ha.nt")
    assert officer.status == 409
    assert "đang do đồng nghiệp giữ" in officer.page
    await head.get(PART)
    await head.post(f"{PART}/giao", colleague="of-ha.nt")
    assert part(store).officer_id == "of-ha.nt"
    assert kinds(store).count(EventKind.REASSIGNED) == 2
    public_page = await officer.get("/hoi-dap/QN-2611-00042")
    assert "giao phần 1 cho cán bộ khác của cơ quan" in public_page.replace("\N{NO-BREAK SPACE}", " ")
    assert "minh.tv" not in public_page


async def test_a_part_is_given_to_nobody_elsewhere(store: Store, officer: Browser) -> None:  # noqa: F811
    account(store, "xa.la", AccountRole.OFFICER, "STC")
    await officer.get(PART)
    await officer.post(f"{PART}/giao", colleague="of-xa.la")
    assert officer.status == 409
    assert part(store).officer_id != "of-xa.la"


async def test_a_note_is_for_the_agency_and_never_public(store: Store, officer: Browser, minh: Browser) -> None:  # noqa: F811
    secret = "Hồ sơ nộp ngày 12/11, chưa vào sổ."
    await officer.get(PART)
    await officer.post(f"{PART}/ghi-chu", note=secret, asked="of-minh.tv")
    assert "Đã ghi chú nội bộ" in officer.page
    shown = await minh.get(PART)
    assert secret in shown
    assert "hỏi ý kiến minh.tv" in shown
    for path in ("/hoi-dap/QN-2611-00042", "/api/v1/tickets/QN-2611-00042"):
        assert secret not in await officer.get(path)
    story = store.read_now(stories.story, "QN-2611-00042")
    assert story is not None
    assert secret not in str(story)


async def test_asking_a_colleague_tells_them_in_zalo(store: Store, officer: Browser, minh: Browser) -> None:  # noqa: F811
    def linked(session: object) -> None:
        session.add(Person(id="minh-zalo", created_at=sample.NOW))  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        session.get(sample.models.Officer, "of-minh.tv").person_id = "minh-zalo"  # type: ignore[attr-defined]

    store.run_now(linked)
    await officer.get(PART)
    await officer.post(f"{PART}/ghi-chu", note="Có cần giấy phép không?", asked="of-minh.tv")
    told = store.read_now(lambda s: [str(row.body) for row in s.exec(select(OutboxMessage))])
    assert any("Có cần giấy phép không?" in body and "/can-bo/QN-2611-00042/1" in body for body in told)


async def test_erasing_the_business_takes_notes_and_drafts_along(store: Store, officer: Browser) -> None:  # noqa: F811
    await officer.get(PART)
    await officer.post(f"{PART}/ghi-chu", note="Gọi anh Bí số 0912 345 678.")
    await officer.get(PART)
    await officer.post(f"{PART}/nhap", text="Gửi anh Bí")
    store.run_now(erase_person, sample.PRIVATE[2], sample.NOW)
    assert store.read_now(lambda s: [*s.exec(select(PartNote)), *s.exec(select(AnswerDraft))]) == []


async def test_a_kept_answer_is_put_into_the_form_after_what_stands_there(store: Store, officer: Browser) -> None:  # noqa: F811
    await officer.get("/can-bo/mau")
    await officer.post("/can-bo/mau", title="", text="x")
    assert officer.status == 422
    await officer.post("/can-bo/mau", title="Nộp song song", text="Hai hồ sơ nộp cùng lúc.", basis="Điều 16")
    kept = store.read_now(lambda s: s.exec(select(SavedAnswer)).one())
    await officer.get(PART)
    page = await officer.post(f"{PART}/chen", chen=kept.id, text="Đã gõ trước.")
    area = re.search(r'<textarea class="in" id="nd"[^>]*>([^<]*)<', page)
    assert area is not None
    assert area[1] == "Đã gõ trước.\n\nHai hồ sơ nộp cùng lúc."
    assert "Điều 16" in page
    await officer.get("/can-bo/mau")
    await officer.post("/can-bo/mau/bo", mau=kept.id)
    assert store.read_now(lambda s: list(s.exec(select(SavedAnswer)))) == []


async def test_an_answer_given_before_to_the_like_is_offered(store: Store, officer: Browser) -> None:  # noqa: F811
    def like(session: object) -> None:
        done = {"answered_at": sample.at("2026-11-20 10:00"), "answer": "Nộp song song, không chờ nhau."}
        answered = sample.PartSample("SXD", "closed", {**done, "verdict": "solved"})
        sample.add_ticket(session, 7, sample.WAREHOUSE, "2026-11-18 09:00", answered, state="closed")  # type: ignore[arg-type]

    store.run_now(like)
    page = await officer.get(PART)
    assert "Đã trả lời việc giống thế này" in page
    assert "Nộp song song, không chờ nhau." in page


async def test_what_is_typed_can_be_kept_for_the_next_time(store: Store, officer: Browser) -> None:  # noqa: F811
    await officer.get(PART)
    await officer.post(f"{PART}/luu-mau", title="Kho hàng", **WHOLE)
    kept = store.read_now(lambda s: s.exec(select(SavedAnswer)).one())
    assert (kept.title, kept.agency, kept.fields["text"]) == ("Kho hàng", "SXD", TYPED)
    assert TYPED in await officer.get(PART)


async def test_who_is_away_says_who_stands_in_and_the_head_for_others(
    store: Store,  # noqa: F811
    officer: Browser,  # noqa: F811
    minh: Browser,
    head: Browser,
) -> None:
    days = {"first": "2026-11-30", "last": "2026-12-02"}
    await officer.get("/can-bo/vang-mat")
    await officer.post("/can-bo/vang-mat", officer="of-minh.tv", deputy="of-ha.nt", **days)
    assert officer.status == 409, "not for a colleague"
    await officer.post("/can-bo/vang-mat", officer="of-ha.nt", deputy="of-minh.tv", first="", last="")
    assert officer.status == 422
    await officer.post("/can-bo/vang-mat", officer="of-ha.nt", deputy="of-minh.tv", **days)
    assert "người thay: minh.tv" in officer.page
    await head.get("/can-bo/vang-mat")
    await head.post("/can-bo/vang-mat", officer="of-minh.tv", deputy="of-ha.nt", **days)
    assert len(store.read_now(lambda s: list(s.exec(select(Absence))))) == 2
    await head.post("/can-bo/vang-mat/het", officer="of-minh.tv")
    assert [row.officer_id for row in store.read_now(lambda s: list(s.exec(select(Absence))))] == ["of-ha.nt"]


def test_a_browser_is_named_in_two_words() -> None:
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
    assert browser_of(chrome) == ("Chrome", "Linux")
    assert browser_of(phone) == ("Safari", "iPhone")
    assert browser_of("") == ("", "")
