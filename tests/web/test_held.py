"""Nothing that was typed is lost when a session runs out, is renewed elsewhere or is ended while somebody types."""

import io
import re
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, select

from tests.web import sample
from tests.web.test_officer import PART, part, store  # noqa: F401
from tests.web.test_sign_in import PASSWORD, Browser, account, browser  # noqa: F401
from zalobot.accounts import held_forms, links, sessions
from zalobot.ledger import erasing
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, HeldForm, Officer, PartState, Ticket, WebSession

TEXT = """Được. Công ty nộp song song hai hồ sơ.

Căn cứ: Điều 16 Luật số 55/2024/QH15.
Bước tiếp theo: nộp tại Trung tâm.
Liên hệ: 1022."""
HERE = {"Sec-Fetch-Site": "same-origin"}


async def typing(store: Store, browser: Browser) -> dict[str, str]:  # noqa: F811
    """An officer has the form of a part open; gives back what the form carries."""
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    await browser.sign_in("ha.nt")
    await browser.get(PART)
    return dict(browser.hidden)


def run_out(store: Store) -> None:  # noqa: F811
    store.run_now(lambda s: s.execute(update(WebSession).values(until=sample.NOW - timedelta(minutes=1))))


async def send(browser: Browser, form: dict[str, str], **more: str) -> str:  # noqa: F811
    stood = {"Referer": browser.address + PART}
    return await browser.post(f"{PART}/tra-loi", form=False, headers=HERE | stood, **(form | {"text": TEXT} | more))


def held(store: Store) -> list[HeldForm]:  # noqa: F811
    return store.read_now(lambda s: list(s.exec(select(HeldForm))))


async def press(browser: Browser) -> str:  # noqa: F811
    """Press the button of the page of a held form, as a browser sends it."""
    target = re.search(r'<form class="card flow" method="post" action="([^"]+)"', browser.page)
    assert target
    words = re.search(r'name="text" rows="\d">\n(.*?)</textarea>', browser.page, re.DOTALL)
    assert words
    return await browser.post(target[1], text=words[1].replace("\n", "\r\n"))


async def test_what_was_sent_with_a_session_that_ran_out_is_sent_with_one_press_after_signing_in(
    store: Store,  # noqa: F811
    browser: Browser,  # noqa: F811
) -> None:
    form = await typing(store, browser)
    run_out(store)
    page = await send(browser, form)
    assert "Nội dung vừa gõ còn nguyên" in page
    await browser.post("/dang-nhap", ten="ha.nt", mat_khau=PASSWORD)
    assert TEXT in browser.page
    assert part(store).state is PartState.ACCEPTED
    assert "Đã gửi trả lời" in await press(browser)
    assert part(store).answer == TEXT
    assert held(store) == []


async def test_a_form_drawn_before_signing_in_anew_in_another_tab_is_sent_with_one_press(
    store: Store,  # noqa: F811
    browser: Browser,  # noqa: F811
) -> None:
    form = await typing(store, browser)
    run_out(store)
    await browser.sign_in("ha.nt")
    await send(browser, form)
    assert browser.where.startswith("/con-giu/")
    assert "Đã gửi trả lời" in await press(browser)
    assert part(store).answer == TEXT


async def test_who_comes_in_again_by_a_link_finds_it_first(store: Store, browser: Browser) -> None:  # noqa: F811
    form = await typing(store, browser)
    run_out(store)
    await send(browser, form)
    token = store.run_now(lambda s: links.issue(s, s.get_one(Officer, "of-ha.nt"), PART, sample.NOW))
    await browser.get(f"/dang-nhap/zalo/{token}")
    await browser.post(f"/dang-nhap/zalo/{token}")
    assert TEXT in browser.page


async def test_where_a_session_was_ended_nothing_is_kept_and_what_was_typed_is_shown(
    store: Store,  # noqa: F811
    browser: Browser,  # noqa: F811
) -> None:
    form = await typing(store, browser)
    store.run_now(lambda s: sessions.end_all(s, "ac-ha.nt", sample.NOW))
    page = await send(browser, form)
    assert (browser.status, TEXT in page) == (401, True)
    assert held(store) == []


async def test_nobody_else_holds_or_sees_a_form(store: Store, browser: Browser) -> None:  # noqa: F811
    form = await typing(store, browser)
    run_out(store)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, HERE | {"X-CSRF": "x"}):
        await browser.post(f"{PART}/tra-loi", form=False, headers=headers, **(form | {"text": TEXT}))
    await send(browser, form, csrf="0" * 64)
    assert held(store) == []
    await send(browser, form)
    mine = held(store)[0].id
    account(store, "minh.tv", AccountRole.OFFICER, "SXD")
    await browser.sign_in("minh.tv")
    assert TEXT not in await browser.get(f"/con-giu/{mine}")
    assert browser.status == 404
    await browser.get("/can-bo")
    await browser.post(f"/con-giu/{mine}/bo")
    assert len(held(store)) == 1


async def test_a_refused_form_keeps_the_page_of_its_part(store: Store, browser: Browser) -> None:  # noqa: F811
    form = await typing(store, browser)
    run_out(store)
    await browser.sign_in("ha.nt")
    await send(browser, form, phien_ban="0")
    await press(browser)
    assert browser.status == 409
    assert TEXT in browser.page


def test_held_forms_are_few_and_short_lived_and_go_with_who_is_erased(store: Store) -> None:  # noqa: F811
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    text = [("text", TEXT)]

    def fill(session: Session) -> tuple[str, str, str]:
        for _ in range(25):
            held_forms.hold(session, "ac-ha.nt", f"{PART}/tra-loi", text, PART, sample.NOW)
        long = held_forms.hold(session, "ac-ha.nt", PART, [("text", "a" * 200_001)], PART, sample.NOW)
        empty = held_forms.hold(session, "ac-ha.nt", PART, [], PART, sample.NOW)
        return long, empty, session.exec(select(Ticket.person_id).where(Ticket.code == PART[8:21])).one()

    long, empty, person = store.run_now(fill)
    assert (long, empty, len(held(store))) == ("", "", held_forms.EACH)
    store.run_now(lambda s: erasing.erase_person(s, person, sample.NOW))
    assert held(store) == []
    store.run_now(lambda s: held_forms.hold(s, "ac-ha.nt", "/dieu-phoi/x", text, "", sample.NOW))
    store.run_now(lambda s: held_forms.sweep(s, sample.NOW + held_forms.KEPT + timedelta(minutes=1)))
    assert held(store) == []


async def test_a_refusal_is_a_page_in_plain_words(store: Store, browser: Browser) -> None:  # noqa: F811
    form = await typing(store, browser)
    for sent, status, said in (
        ({"csrf": "0" * 64}, 403, "Chưa gửi được"),
        (form | {"text": "a\0b"}, 400, "Chưa thực hiện được"),
    ):
        page = await browser.post(f"{PART}/tra-loi", form=False, **sent)
        assert (browser.status, f"<h1>{said}</h1>" in page, 'href="/"' in page) == (status, True, True)
    much, kind = io.BytesIO(b"text=" + b"a" * 1_200_000), {"Content-Type": "application/x-www-form-urlencoded"}
    async with browser.http.post(f"{browser.address}{PART}/tra-loi", data=much, headers=kind) as answer:
        assert (answer.status, "<h1>Nội dung quá lớn</h1>" in await answer.text()) == (413, True)
    page = await browser.get(f"{PART}/tra-loi")
    assert (browser.status, "<h1>Chưa thực hiện được</h1>" in page) == (405, True)
