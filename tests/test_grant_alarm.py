"""When the account can't go on by itself: told once, by every way that still works, and again until it is mended."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from tests.web import sample
from zalobot import grant_alarm, metrics, reference, speech, templating
from zalobot.errors import Retryable
from zalobot.mail import Letter
from zalobot.store import tokens
from zalobot.store.database import Store
from zalobot.store.models import Agency, OaToken, Officer, OutboxMessage, Priority, Role
from zalobot.store.tokens import SealedPair

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)  # three in the night in Vietnam
OA = "42"


class Post:
    """Takes letters, but for the addresses in `shut`."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.shut: set[str] = set()

    async def send(self, letter: Letter) -> str:
        if letter.to in self.shut:
            raise Retryable(421, "mail server: busy")
        self.letters.append(letter)
        return letter.key


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Store]:
    """One engine is enough for what does not race."""
    store = Store(sqlite_url)
    yield store
    store.close_now()


@pytest.fixture
def post() -> Post:
    templating.use(speech.wording(sample.province()))
    return Post()


def pair(session: Session, *, lost: bool = True, failing: timedelta | None = None, lives: float = 4) -> None:
    """A pair whose grant is lost, or whose renewal fails for so long; the access token lives so many hours."""
    at, until = NOW - timedelta(hours=21), NOW + timedelta(hours=lives)
    status = tokens.CONSENT_NEEDED if lost else tokens.OK
    row = OaToken(oa_id=OA, access="x", refresh="x", expires_at=until, obtained_at=at, status=status)
    row.error = "-14020 refresh token expired or used"
    row.failing_since = NOW if failing is None and lost else (NOW - failing if failing else None)
    session.add(row)


def coordinator(session: Session) -> None:
    session.add(Agency(code="vp", name="Văn phòng", short="VP", aliases=[], former=[]))
    session.flush()
    session.add(
        Officer(
            id="o1", agency="vp", name="Lan", role=Role.COORDINATOR, person_id="p1", email="lan@gov.vn", created_at=NOW
        )
    )


def queued(session: Session) -> list[OutboxMessage]:
    return list(session.exec(select(OutboxMessage)))


async def sound(store: Store, post: Post | None, now: datetime = NOW, *addresses: str) -> bool:
    store.info["public_url"] = "https://kenh.example.vn"
    return await grant_alarm.sound(store, OA, now, post.send if post else None, addresses)


async def test_a_lost_grant_is_told_in_zalo_by_letter_and_in_the_log(
    store: Store, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    await store.run(pair)
    await store.run(coordinator)
    before = metrics.GRANT_ALARMS._value.get()
    assert await sound(store, post, NOW, "it@gov.vn", "lan@gov.vn") is True
    [message] = await store.read(queued)
    assert (message.person_id, message.priority, message.not_before) == ("p1", Priority.REPLY, NOW)
    assert "Từ 07h00 ngày 25/11/2026 sẽ không gửi được tin nào." in message.body["text"]
    assert [letter.to for letter in post.letters] == ["it@gov.vn", "lan@gov.vn"]
    check = f"\n\nKiểm tra tin này tại https://kenh.example.vn/xac-thuc, mã {message.check_code}."
    assert f"{post.letters[0].text}{check}" == message.body["text"]
    assert post.letters[0].subject.startswith("Khẩn")
    assert metrics.GRANT_ALARMS._value.get() == before + 1
    [line] = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert "zalobot oauth link" in line.getMessage()


async def test_once_the_token_is_dead_only_letters_go(lite: Store, post: Post) -> None:
    await lite.run(lambda session: pair(session, lives=-1))
    await lite.run(coordinator)
    assert await sound(lite, post) is False
    assert await lite.read(queued) == []
    assert "Từ 02h00 ngày 25/11/2026 đã không gửi được tin nào." in post.letters[0].text


async def test_it_is_told_again_after_six_hours_and_by_one_process(store: Store, post: Post) -> None:
    await store.run(pair)
    await store.run(coordinator)
    told = [await sound(store, post, NOW + timedelta(minutes=minutes)) for minutes in (0, 0, 1, 359, 360, 361)]
    assert told == [True, False, False, False, False, False]  # after six hours the token is dead: letters only
    assert len(post.letters) == 2


async def test_a_letter_that_did_not_leave_is_tried_again_in_a_minute(lite: Store, post: Post) -> None:
    await lite.run(pair)
    await lite.run(coordinator)
    post.shut = {"lan@gov.vn"}
    await sound(lite, post)
    await sound(lite, post, NOW + timedelta(seconds=59))
    post.shut = set()
    assert post.letters == []
    await sound(lite, post, NOW + timedelta(seconds=60))
    assert [letter.to for letter in post.letters] == ["lan@gov.vn"]


async def test_without_a_mail_server_the_rest_is_told(lite: Store, post: Post) -> None:
    await lite.run(pair)
    await lite.run(coordinator)
    assert await sound(lite, None) is True


@pytest.mark.parametrize(("minutes", "alarm"), [(9, False), (10, True)])
async def test_a_renewal_that_keeps_failing_is_told_after_ten_minutes(
    lite: Store, post: Post, minutes: int, alarm: bool
) -> None:
    await lite.run(lambda session: pair(session, lost=False, failing=timedelta(minutes=minutes)))
    await lite.run(coordinator)
    assert await sound(lite, post) is alarm


async def test_what_gets_worse_is_told_at_once(lite: Store, post: Post) -> None:
    await lite.run(lambda session: pair(session, lost=False, failing=timedelta(minutes=10)))
    await lite.run(coordinator)
    await sound(lite, post)
    later = NOW + timedelta(minutes=1)
    until = later + timedelta(minutes=1)
    await lite.run(tokens.claim, OA, lambda row: True, holder="me", until=until, now=later, refused=False)
    await lite.run(tokens.give_up, OA, 1, holder="me", error="-14020", now=later, refused=False)
    assert await sound(lite, post, later) is True


async def test_a_consent_ends_it(lite: Store, post: Post) -> None:
    await lite.run(pair)
    await lite.run(coordinator)
    await sound(lite, post)
    fresh = SealedPair("y", "y", NOW + timedelta(hours=25), NOW)
    await lite.run(tokens.replace, OA, fresh)
    assert await sound(lite, post, NOW + timedelta(hours=7)) is False
    assert len(post.letters) == 1


async def test_a_good_pair_and_no_pair_are_no_alarm(lite: Store, post: Post) -> None:
    assert await sound(lite, post) is False
    await lite.run(lambda session: pair(session, lost=False))
    assert await sound(lite, post) is False
    assert reference.PROVINCE not in lite.info
