"""No address of ours leads to another site, whatever stands in it."""

import re
from urllib.parse import quote, urlsplit

import pytest
from sqlmodel import Session

from tests.web import sample
from tests.web.security.place import PASSWORD, Answer, Place
from zalobot.accounts import links
from zalobot.store.models import AccountRole, Officer

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAYS = (
    "//evil.example", "///evil.example", "////evil.example/", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example",
    " //evil.example", "https://evil.example", "https:evil.example", "HTTPS:/evil.example", "http:\\\\evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "\x01javascript:alert(1)", "data:text/html,x", "vbscript:x",
    "/\r\nSet-Cookie: phien=x", "/\u2028/evil.example", "/\u00a0/evil.example", "\u200b//evil.example",
    "／／evil.example", "/／evil.example", "//evil。example", "//evil.example%2f..", "//127.0.0.1@evil.example",
    "//127.0.0.1:80@evil.example/", "/;/evil.example", "/?//evil.example", "/%2f%2fevil.example", "/%5cevil.example",
    "/%0d%0aSet-Cookie:x=y", "/..//evil.example", "/.//evil.example", "?//evil.example",
    "#//evil.example", "evil.example",
    "/" + "a" * 5000,
)  # fmt: skip


def goes_to(way: str, page: str = "http://127.0.0.1/dang-nhap") -> str:
    """Scheme and host a browser would go to (WHATWG URL: tabs and line ends fall out, a backslash is a slash)."""
    plain = re.sub(r"[\t\n\r]", "", way.strip("".join(map(chr, range(33))))).replace("\\", "/")
    if scheme := re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", plain):
        return f"{scheme[1]}://{urlsplit(plain).netloc}"
    return f"http:{plain[:2]}{plain[2:].split('/')[0]}" if plain.startswith("//") else page[:16]


def stays(answer: Answer) -> bool:
    """Whether the answer leads on within this site, and brings no header that somebody put into the address."""
    planted = answer.cookie("x") or answer.cookie("phien").startswith("phien=x;")
    return goes_to(answer.way) == "http://127.0.0.1" and not planted


async def test_the_reading_of_an_address_is_that_of_browsers() -> None:
    """Else a way out could pass unseen."""
    ways = [
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:1",
        " //evil.example",
    ]
    assert [goes_to(way) for way in ways] == [
        *("http://evil.example",) * 4, "javascript://", "http://evil.example",
    ]  # fmt: skip
    assert {goes_to(way) for way in ("/", "", "/can-bo?a=//evil.example", "?x", "#y")} == {"http://127.0.0.1"}


@pytest.mark.parametrize("way", WAYS)
async def test_a_page_that_goes_back_to_where_one_came_from_stays_here(place: Place, way: str) -> None:
    typed = quote(way, safe="")
    inside, nobody = place.people[AccountRole.COORDINATOR], place.nobody
    for who, path in ((nobody, "/giao-dien?nen=dark"), (nobody, "/dang-nhap?"), (inside, "/dang-nhap?")):
        answer = await who.get(f"{path}&ve={typed}")
        assert stays(answer), path
        for href in re.findall(r'(?:href|value|action)="([^"]*evil[^"]*)"', answer.text):
            assert goes_to(href) == "http://127.0.0.1", (path, href)
    changed = await inside.post(
        "/dang-nhap/mat-khau", ve=way, mat_khau_cu=PASSWORD, mat_khau=PASSWORD, mat_khau_lai=PASSWORD
    )
    assert changed.status == 303
    assert stays(changed)


@pytest.mark.parametrize("way", [*WAYS[:6], *WAYS[12:20], WAYS[25]])
async def test_coming_in_leads_on_within_this_site(place: Place, way: str) -> None:
    who = place.nobody
    form = who.keep(await who.get("/dang-nhap"))
    headers = {"X-Forwarded-For": f"203.0.113.{WAYS.index(way)}"}
    typed = form.hidden | {"ten": "officer.a", "mat_khau": PASSWORD, "ve": way}
    answer = await who.ask("POST", "/dang-nhap", data=typed, headers=headers)
    assert answer.status == 303
    assert stays(answer)


async def test_a_link_from_zalo_leads_on_within_this_site(place: Place) -> None:
    def issue(session: Session, way: str) -> str:
        return links.issue(session, session.get_one(Officer, "of-officer.a"), way[:200], sample.NOW)

    for way in WAYS:
        token, who = place.store.run_now(issue, way), place.nobody
        form = who.keep(await who.get(f"/dang-nhap/zalo/{token}"))
        answer = await who.ask("POST", f"/dang-nhap/zalo/{token}", data=form.hidden)
        assert answer.status == 303
        assert stays(answer), way
