"""The copy of one's own data, behind a short-lived link."""

import json
import re
from datetime import timedelta

from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session

from tests.web import sample
from tests.web.conftest import application
from zalobot import consents, exports
from zalobot.store.database import Store
from zalobot.store.models import ConsentAnswer, Conversation, Person, Purpose

LAN = "6200001"


def somebody(session: Session) -> None:
    session.add(Person(id=LAN, created_at=sample.NOW))
    session.flush()
    session.add(Conversation(person_id=LAN, consent_version=consents.VERSIONS[Purpose.HANDLING], updated_at=sample.NOW))


async def test_only_a_good_link_gives_the_copy_and_no_cache_keeps_it(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.run_now(somebody)
    good, old = (exports.token("x", LAN, sample.NOW - ago) for ago in (timedelta(), timedelta(minutes=30)))
    others = exports.token("another key", LAN, sample.NOW)
    async with TestClient(TestServer(application(store, secret_key="x"))) as visitor:
        answer = await visitor.get(f"{exports.PATH}/{good}/tep")
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert json.loads(await answer.text())["person"]["zalo_id"] == LAN
        for end in ("", "/tep"):
            refused = [(await visitor.get(f"{exports.PATH}/{link}{end}")).status for link in (old, others, "made-up")]
            assert refused == [404, 404, 404]
    await store.close()


async def test_the_page_shows_each_consent_with_when_and_to_which_words(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.run_now(somebody)
    store.run_now(answered)
    async with TestClient(TestServer(application(store, secret_key="x"))) as visitor:
        answer = await visitor.get(f"{exports.PATH}/{exports.token('x', LAN, sample.NOW)}")
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        page = " ".join(re.sub(r"<[^>]+>", " ", await answer.text()).split())
    handling, _, rest = page[page.index("Xử lý phản ánh") :].partition("Nêu tên doanh nghiệp công khai")
    naming, _, notices = rest.partition("Nhận thông báo")
    assert "Đang đồng ý" in handling
    assert "&lt;Có&gt; đồng ý không?" in handling
    assert "Đồng ý cho hồ sơ QN-2611-00042 ," in naming
    assert "Đang đồng ý" not in naming
    assert notices.split()[:2] == ["Chưa", "hỏi"]
    await store.close()


def answered(session: Session) -> None:
    rows = (
        ("1", Purpose.HANDLING, True, "<Có> đồng ý không?", ""),
        ("2", Purpose.NAMING, True, "Hình thức nào?", "QN-2611-00042"),
        ("3", Purpose.NAMING, False, "", ""),
    )
    for key, purpose, given, words, about in rows:
        session.add(
            ConsentAnswer(
                id=key,
                person_id=LAN,
                purpose=purpose,
                given=given,
                version="1",
                words=words,
                language="vi",
                about=about,
                at=sample.NOW,
            )
        )
