"""Several people at one thing in the same instant: one is first, nothing of the others is lost, nothing is half."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from html import unescape

import pytest
import pytest_asyncio
from sqlmodel import Session, col, select

from tests import services
from tests.conftest import lacks
from tests.web.security.place import HOLDER, PART, Answer, Place, Who, opened, part
from zalobot.store.database import Store
from zalobot.store.models import (
    AccountRole,
    AnswerDraft,
    EventKind,
    PartState,
    TicketEvent,
    WordingState,
    WordingVersion,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

MENU = "welcome/menu"
SAVE, ASK, RELEASE = (f"/van-hanh/viec-loi-nhan/{act}" for act in ("luu", "de-nghi", "phat-hanh"))


@pytest_asyncio.fixture(
    loop_scope="module", scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
async def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """On each engine in turn: on SQLite one writes at a time, on PostgreSQL they really meet."""
    folder = tmp_path_factory.mktemp("at-once")
    with ExitStack() as things:
        if request.param == "sqlite":
            url = services.sqlite_database(folder)
        else:
            try:
                services.postgres()
            except services.Missing as missing:
                lacks(missing)
            url = things.enter_context(services.postgres_database())
        async with opened(url, folder) as made:
            yield made


def words(number: int) -> str:
    return f"Lời của người thứ {number}: nộp song song hai hồ sơ."


def versions(store: Store, state: WordingState) -> dict[str, str]:
    """The versions of a text in a state: their words by their keys."""

    def find(session: Session) -> dict[str, str]:
        query = select(WordingVersion).where(WordingVersion.name == MENU, WordingVersion.state == state)
        return {row.id: row.text for row in session.exec(query.order_by(col(WordingVersion.id)))}

    return store.read_now(find)


async def test_six_officers_answer_one_part_in_the_same_instant(place: Place) -> None:
    officers = [place.enter(f"cb.{number}", AccountRole.OFFICER, HOLDER) for number in range(6)]
    page = f"/can-bo/{PART}"
    forms = [(await who.get(page)).hidden for who in officers]
    assert len({form["phien_ban"] for form in forms}) == 1, "all of them see the same"

    async def send(number: int) -> Answer:
        typed = {"phien_ban": forms[number]["phien_ban"], "text": words(number), "du_thieu": "1"}
        return await officers[number].post(f"{page}/tra-loi", **typed)

    answers = await asyncio.gather(*(send(number) for number in range(6)))
    assert sorted(answer.status for answer in answers) == [303, 409, 409, 409, 409, 409]
    first = next(number for number, answer in enumerate(answers) if answer.status == 303)
    kept = part(place.store)
    assert (kept.state, words(first) in kept.answer) == (PartState.ANSWERED, True)
    for number, answer in enumerate(answers):
        if number != first:
            said = unescape(answer.text)
            assert words(number) in said, "what was typed stands in the form again"
            assert "10h21: Sở Xây dựng trả lời phần 1." in said, "and what happened, and when"

    def told(session: Session) -> tuple[int, list[str]]:
        events = session.exec(select(TicketEvent).where(TicketEvent.ticket_code == PART.partition("/")[0])).all()
        drafts = [str(row.fields.get("text", "")) for row in session.exec(select(AnswerDraft))]
        return sum(event.kind == EventKind.ANSWERED and event.part_number == 1 for event in events), drafts

    number, drafts = place.store.read_now(told)
    assert number == 1
    assert sorted(drafts) == sorted(words(number) for number in range(6) if number != first)


async def test_two_operators_at_one_text_lose_nothing_and_one_release_wins(place: Place) -> None:
    huy, lan, *others = [place.enter(f"vh.{number}", AccountRole.OPERATOR) for number in range(4)]
    texts = [f"{line}. Xin chọn một việc:\n---\nGửi phản ánh -> gửi phản ánh\n" for line in ("Kính chào", "Xin chào")]

    async def post(who: Who, way: str, **fields: str) -> Answer:
        return await who.post(way, ten=MENU, ngon_ngu="vi", mau="usual", **fields)

    await asyncio.gather(*(post(who, SAVE, noi_dung=text) for who, text in zip((huy, lan), texts, strict=True)))
    assert sorted(versions(place.store, WordingState.DRAFT).values()) == sorted(texts)
    asked = [post(who, ASK, noi_dung=text, ly_do="rõ hơn") for who, text in zip((huy, lan), texts, strict=True)]
    assert [answer.status for answer in await asyncio.gather(*asked)] == [303, 303]
    waiting = versions(place.store, WordingState.WAITING)
    assert sorted(waiting.values()) == sorted(texts)
    presses = [post(who, RELEASE, ban=key) for key in waiting for who in others]
    statuses = [answer.status for answer in await asyncio.gather(*presses)]
    assert sorted(statuses) == [303, 409, 409, 409]
    said, left = versions(place.store, WordingState.RELEASED), versions(place.store, WordingState.WAITING)
    assert len(said) == len(left) == 1
    assert sorted([*said.values(), *left.values()]) == sorted(texts), "the other one's words still wait"
    (version,) = said
    assert version == list(waiting)[statuses.index(303) // 2]
