"""Whose a session is: nobody plants one, nobody guesses a way in, and the real person still comes in."""

import asyncio
import re
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import Session, select

from tests.web import sample
from tests.web.security.place import KEY, PASSWORD, Answer, Place, Who, opened, streams
from zalobot import exports
from zalobot.accounts import links
from zalobot.outbox import check_codes
from zalobot.sealing import Seal
from zalobot.store.models import AccountRole, AdminEvent, Officer, WebSession
from zalobot.web.access import COOKIE
from zalobot.web.routes import CONSOLES
from zalobot.web.sign_in.forms import BEFORE

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG = "sai mat khau"


async def first_step(who: Who, name: str, password: str = PASSWORD, *, via: str = "") -> Answer:
    """Name and password, as a browser sends them; the browser keeps what it is given."""
    form = who.keep(await who.get("/dang-nhap"))
    typed = form.hidden | {"ten": name, "mat_khau": password}
    headers = {"X-Forwarded-For": via} if via else {}
    return who.keep(await who.ask("POST", "/dang-nhap", data=typed, headers=headers))


def open_sessions(place: Place) -> set[str]:
    def find(session: Session) -> set[str]:
        return {row.id for row in session.exec(select(WebSession)) if row.ended_at is None}

    return place.store.read_now(find)


async def test_each_step_gives_a_new_token_and_the_one_before_opens_nothing(place: Place) -> None:
    secret = pyotp.random_base32()
    sealed = Seal(KEY, "second factor").close(secret)
    place.enter("hai.buoc", AccountRole.OPERATOR, secret=sealed, confirmed_at=sample.NOW)
    who = place.nobody
    who.cookies[COOKIE] = planted = "planted-by-somebody-else"
    assert (await first_step(who, "hai.buoc")).way == "/dang-nhap/ma"
    half = who.cookies[COOKIE]
    assert (await who.get("/van-hanh")).way.startswith("/dang-nhap"), "half a sign-in opens nothing"
    form = await who.get("/dang-nhap/ma")
    digits = pyotp.TOTP(secret).at(sample.NOW + timedelta(minutes=1))
    answer = who.keep(await who.ask("POST", "/dang-nhap/ma", data=form.hidden | {"ma": digits}))
    assert answer.way == "/van-hanh"
    full = who.cookies[COOKIE]
    assert len({planted, half, full}) == 3
    assert (await who.get("/van-hanh")).status == 200
    for old in (planted, half):
        who.cookies[COOKIE] = old
        assert (await who.get("/van-hanh")).way.startswith("/dang-nhap")


async def test_signing_out_and_a_new_password_end_sessions_in_the_database(place: Place) -> None:
    here, there = place.enter("ra.vao", AccountRole.COORDINATOR), place.nobody
    await first_step(there, "ra.vao")
    assert (await there.get("/tai-khoan")).status == 200
    fresh = "mot cau khac de nho"
    typed = {"mat_khau_cu": PASSWORD, "mat_khau": fresh, "mat_khau_lai": fresh}
    assert (await here.post("/dang-nhap/mat-khau", **typed)).status == 303
    assert (await there.get("/tai-khoan")).status == 303, "the other browser is out"
    assert (await here.get("/tai-khoan")).status == 200
    assert (await here.post("/dang-xuat")).status == 303
    assert (await here.get("/tai-khoan")).status == 303, "a copy of the cookie is worth nothing"


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "'; DROP TABLE web_session; --", "\udcff", "%00", "../../etc"])
async def test_a_cookie_that_is_none_of_ours_is_nobody(place: Place, token: str) -> None:
    who = Who(place.address, place.http, token=token)
    answer = await who.get("/tai-khoan")
    assert answer.way == "/dang-nhap?ve=/tai-khoan"


async def test_of_many_guesses_at_once_few_are_told_anything(place: Place) -> None:
    """Forty at once, the right one among them: it is no way round the wait, and no answer gives it away."""
    place.enter("nhieu.lan", AccountRole.OFFICER, "SXD")
    before, who = open_sessions(place), place.nobody
    form = who.keep(await who.get("/dang-nhap"))
    tried = [WRONG] * 20 + [PASSWORD] + [WRONG] * 19
    posts = [who.ask("POST", "/dang-nhap", data=form.hidden | {"ten": "nhieu.lan", "mat_khau": one}) for one in tried]
    answers = await asyncio.gather(*posts)
    assert sorted({answer.status for answer in answers}) == [401, 429]
    assert [answer.status for answer in answers].count(401) <= 8
    assert answers[20].status == 429
    assert open_sessions(place) == before
    who = place.nobody
    elsewhere = await first_step(who, "nhieu.lan", via="203.0.113.77")
    assert elsewhere.way == "/can-bo", "the real person is not kept out"


async def test_one_network_that_tries_many_names_waits_whatever_it_says_of_itself(place: Place) -> None:
    """Only the address that the proxy on this machine added last is believed."""
    who = place.nobody
    form = who.keep(await who.get("/dang-nhap"))
    statuses = []
    for number in range(53):
        typed = form.hidden | {"ten": f"ai.{number}", "mat_khau": ""}
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 2001:db8:9:9::{number:x}"}
        statuses.append((await who.ask("POST", "/dang-nhap", data=typed, headers=headers)).status)
    assert statuses[:50] == [401] * 50
    assert statuses[-1] == 429


async def test_a_name_that_is_not_there_takes_as_long_and_answers_the_same(place: Place) -> None:
    place.enter("co.that", AccountRole.LEADER)
    answers = []
    for name in ("co.that", "khong.co"):
        answer = await first_step(place.nobody, name, WRONG, via="203.0.113.5")
        answers.append((answer.status, re.sub(r'value="[^"]*"', "", answer.text), dict(answer.headers).keys()))
    assert answers[0] == answers[1]


async def test_six_digits_cannot_be_guessed_in_a_crowd(place: Place) -> None:
    secret = pyotp.random_base32()
    sealed = Seal(KEY, "second factor").close(secret)
    place.enter("sau.so", AccountRole.LEADER, secret=sealed, confirmed_at=sample.NOW)
    who = place.nobody
    await first_step(who, "sau.so", via="203.0.113.6")
    form = await who.get("/dang-nhap/ma")
    headers = {"X-Forwarded-For": "203.0.113.6"}
    posts = [
        who.ask("POST", "/dang-nhap/ma", data=form.hidden | {"ma": f"{digits:06d}"}, headers=headers)
        for digits in range(30)
    ]
    statuses = [answer.status for answer in await asyncio.gather(*posts)]
    assert (statuses.count(401), statuses.count(429)) == (5, 25)


async def test_a_link_is_used_once_however_many_press_it(place: Place) -> None:
    def issue(session: Session) -> str:
        officer = session.get_one(Officer, "of-officer.a")
        return links.issue(session, officer, "//evil.example/", sample.NOW)

    token, before = place.store.run_now(issue), open_sessions(place)
    who = place.nobody
    form = who.keep(await who.get(f"/dang-nhap/zalo/{token}"))
    posts = [who.ask("POST", f"/dang-nhap/zalo/{token}", data=form.hidden) for _ in range(5)]
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status for answer in answers) == [303, 410, 410, 410, 410]
    assert {answer.way for answer in answers} == {"/can-bo", ""}
    assert len(open_sessions(place) - before) == 1


async def test_what_opens_something_without_a_password_cannot_be_guessed(place: Place) -> None:
    """Links 256 bits, own data sealed, check codes 30 to the tenth; a neighbour of a good one opens nothing."""
    assert len({links.new_token() for _ in range(100)}) == 100
    assert min(len(links.new_token()) for _ in range(100)) >= 43
    assert len({check_codes.new_code() for _ in range(1000)}) == 1000
    good = exports.token(KEY, sample.PRIVATE[2], sample.NOW)
    forged = exports.token("another key", sample.PRIVATE[2], sample.NOW)
    other_use = Seal(KEY, "flash").close(f'["{sample.PRIVATE[2]}", "2030-01-01T00:00:00+00:00"]')
    late = exports.token(KEY, sample.PRIVATE[2], sample.NOW - timedelta(hours=1))
    for token in (good[:-1], good[1:], f"{good}A", good.swapcase(), forged, other_use, late, "a", "%F0%9F%98%80"):
        for path in ("", exports.PATH and "/tep"):
            assert (await place.nobody.get(f"{exports.PATH}/{token}{path}")).status == 404
    assert (await place.nobody.get("/xac-thuc?ma=7KQ2M-XW4TB")).status == 404


async def test_failed_tries_are_on_record_without_what_was_typed(place: Place) -> None:
    def kept(session: Session) -> list[AdminEvent]:
        return list(session.exec(select(AdminEvent)))

    await first_step(place.nobody, "khong.co.ai", "Mat-Khau-That-Cua-Toi", via="203.0.113.9")
    events = place.store.read_now(kept)
    assert events[-1].kind == "sign_in_failed"
    assert "Mat-Khau" not in str([event.data for event in events])


async def test_cookies_are_for_this_site_alone_and_for_no_script(
    place: Place, sqlite_url: str, tmp_path: object
) -> None:
    async with opened(sqlite_url, tmp_path, public_url="https://kenh.example.vn") as safe:
        for site, wanted in ((place, False), (safe, True)):
            site.enter("banh.quy", AccountRole.COORDINATOR)
            who = site.nobody
            form = await who.get("/dang-nhap")
            inside = await first_step(who, "banh.quy")
            for line, same in ((form.cookie(BEFORE), "Strict"), (inside.cookie(COOKIE), "Lax")):
                parts = [part.strip() for part in line.split(";")[1:]]
                assert {"HttpOnly", f"SameSite={same}"} <= set(parts), line
                assert ("Secure" in parts) == wanted
                assert not any(part.startswith("Domain") for part in parts)
            strict = (await who.get("/tai-khoan")).headers.get("Strict-Transport-Security", "")
            assert strict == ("max-age=31536000" if wanted else "")


async def test_nothing_of_a_console_opens_for_half_a_sign_in_or_a_password_to_be_changed(place: Place) -> None:
    half = place.nobody
    place.enter("nua.chung", AccountRole.ADMIN)
    await first_step(half, "nua.chung", via="203.0.113.10")
    first = place.enter("mot.lan", AccountRole.ADMIN, must_change=True)
    for row in CONSOLES:
        path = re.sub(r"\{[^}]+\}", "1", row.path)
        if row.path.count("{") and (await half.ask(row.method, path)).status == 404:
            continue  # no such address: the guard was not asked
        for who in (half, first):
            answer = await who.ask(row.method, path)
            assert answer.way.startswith("/dang-nhap"), (row.path, streams(row))
