"""A form that somebody else's page sends does nothing, whichever form it is."""

from urllib.parse import urlencode

import pytest

from tests.web.security.place import PART, Place, example, sent
from zalobot.store.models import AccountRole

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
)


async def test_no_form_is_taken_without_its_token_or_from_another_site(place: Place) -> None:
    before = place.rows()
    for row in sent():
        who, path = place.somebody_of(row), example(row)
        other = next(one for one in place.people.values() if one is not who)
        for token in ("", other.csrf):
            assert (await who.post(path, csrf=token)).status == 403, (row.path, token)
        answer = await who.ask("POST", path, data={"csrf": who.csrf}, headers=ELSEWHERE[0])
        assert answer.status == 403, row.path
    assert place.rows() == before


async def test_a_token_is_taken_from_a_form_of_this_site_only(place: Place) -> None:
    """One form stands for all: the check is one."""
    who, before = place.people[AccountRole.OFFICER], place.rows()
    path, good = f"/can-bo/{PART}/khong-thuoc", {"owner": "CA", "reason": "Không thuộc thẩm quyền."}
    for token in ("x", who.token, who.csrf[:-1], f"{who.csrf}0", who.csrf.upper(), "é" * 64, "\ud800"):
        answer = await who.ask(
            "POST", path, data=urlencode(good | {"csrf": token}, errors="surrogatepass"), headers=FORM
        )
        assert answer.status == 403, token
    for headers in ELSEWHERE:
        answer = await who.ask("POST", path, data=good | {"csrf": who.csrf}, headers=headers)
        assert answer.status == 403, headers
    for kind in ("text/plain", "application/json", ""):
        body = urlencode(good | {"csrf": who.csrf})
        answer = await who.ask("POST", path, data=body, headers={"Content-Type": kind})
        assert answer.status == 403, (kind, "no form")
    assert (await who.ask("POST", f"{path}?csrf={who.csrf}", data=good)).status == 403, "in the address"
    assert place.rows() == before
    assert (await who.post(path, **good)).status == 303, "with its token it is taken"


UNREADABLE = (
    ("application/x-www-form-urlencoded; charset=nonsense", "csrf=x"),
    ("application/x-www-form-urlencoded", "csrf=x&text=%00"),
    ("multipart/form-data", "csrf=x"),
    ("multipart/form-data; boundary=a", "csrf=x"),
    ("multipart/form-data; boundary=a", "--a\r\n\r\nx\r\n--a--\r\n"),
    (
        "multipart/form-data; boundary=a",
        '--a\r\nContent-Disposition: form-data; name="csrf"\r\nContent-Transfer-Encoding: no\r\n\r\nx\r\n--a--\r\n',
    ),
)


@pytest.mark.parametrize(("kind", "body"), UNREADABLE)
async def test_a_form_that_no_browser_sends_is_refused_and_is_no_fault(place: Place, kind: str, body: str) -> None:
    for who, path in ((place.nobody, "/dang-nhap"), (place.people[AccountRole.OFFICER], "/can-bo/mau")):
        assert (await who.ask("POST", path, data=body, headers={"Content-Type": kind})).status == 400


async def test_an_origin_that_is_none_is_another_site(place: Place) -> None:
    who = place.people[AccountRole.OFFICER]
    for origin in ("http://[x", "x", "://", "http://127.0.0.1:1", "\N{NO-BREAK SPACE}"):
        answer = await who.ask("POST", "/can-bo/mau", data={"csrf": who.csrf}, headers={"Origin": origin})
        assert answer.status == 403, origin


@pytest.mark.parametrize("path", ["/dang-xuat", "/dang-nhap/mat-khau"])
async def test_nobody_is_signed_out_or_given_a_password_by_another_site(place: Place, path: str) -> None:
    who, before = place.people[AccountRole.OFFICER], place.rows()
    for token, headers in (("", {}), ("x", {}), (who.csrf, ELSEWHERE[0])):
        answer = await who.ask("POST", path, data={"csrf": token}, headers=headers)
        assert answer.status == 403
    assert place.rows() == before
    assert (await who.get("/tai-khoan")).status == 200


async def test_an_officer_of_another_agency_changes_nothing_by_any_form(place: Place) -> None:
    """A form with its own good token, on somebody else's part."""
    forms = [row for row in sent() if AccountRole.OFFICER in row.roles and "{code}" in row.path]
    assert len(forms) > 6
    typed = {
        "text": "Nộp tại 1022.",
        "question": "Số hồ sơ nào?",
        "owner": "STC",
        "reason": "Không thuộc.",
        "note": "x",
    }
    typed |= {
        "explanation": "Xin lỗi vì chậm.",
        "new_date": "2026-12-04",
        "colleague": "of-officer.a",
        "note": "x",
        "du_thieu": "1",
    }
    stranger = place.enter("nguoi.la", AccountRole.OFFICER, "STC")
    before = place.rows()
    for row in forms:
        answer = await stranger.post(example(row), **typed)
        assert answer.status in (303, 404, 409, 422), (row.path, answer.status)
    saved = {"saved_answer"}  # a kept answer is one's own agency's, wherever it was typed
    assert {name: rows for name, rows in place.rows().items() if name not in saved} == {
        name: rows for name, rows in before.items() if name not in saved
    }
