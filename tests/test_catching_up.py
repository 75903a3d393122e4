"""After an outage: what the webhook missed is read from the conversations, once, and with few calls."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlmodel import Session, col, select

from tests.journeys.stage import MONDAY, OA
from tests.rooms import incoming, text_event
from zalobot import app, catching_up, inbox, jobs, withdrawals
from zalobot.config import Settings
from zalobot.demo import demo, week
from zalobot.errors import Retryable
from zalobot.handlers.dispatch import dispatcher
from zalobot.services import SERVICES, Services
from zalobot.simulator.app import Effect, Simulator
from zalobot.simulator.app import Role as Side
from zalobot.store.coordination import InProcess
from zalobot.store.models import Attachment, InboxEvent, InboxState, OutboxMessage, OutboxState
from zalobot.zalo.events import Event
from zalobot.zalo.missed import MESSAGE_NAMES, shown

PERSON = "9007199254740993"


def item(at: datetime, message_id: str = "m1", kind: str = "text", person: str = PERSON, **more: Any) -> dict[str, Any]:
    """A message from a person, as Zalo shows it in a conversation."""
    base = {"src": 1, "time": int(at.timestamp() * 1000), "type": kind, "message": "", "message_id": message_id}
    return {**base, "from_id": person, "to_id": OA, **more}


def answered(at: datetime, message_id: str, person: str = PERSON) -> dict[str, Any]:
    """A message to a person."""
    return item(at, message_id, from_id=OA, to_id=person, src=0, message="Đã nhận")


@dataclass
class Chats:
    """Zalo's record of the conversations, pages of at most ten, and how often it was read."""

    items: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    broken: bool = False

    async def recent_chats(self, offset: int = 0, count: int = 10) -> list[dict[str, Any]]:
        self.calls.append("chats")
        newest: dict[str, dict[str, Any]] = {}
        for one in self._newest_first():
            newest.setdefault(self._whose(one), one)
        return list(newest.values())[offset : offset + count]

    async def conversation(self, person_id: str, count: int = 10, offset: int = 0) -> list[dict[str, Any]]:
        self.calls.append(person_id)
        return [one for one in self._newest_first() if self._whose(one) == person_id][offset : offset + count]

    def _newest_first(self) -> list[dict[str, Any]]:
        if self.broken:
            raise Retryable(0, "no connection")
        return sorted(self.items, key=lambda one: -one["time"])

    def _whose(self, one: dict[str, Any]) -> str:
        return str(one["from_id"] if one["src"] == 1 else one["to_id"])


class Bot:
    """The bot's database, the conversations, and a clock."""

    def __init__(self, url: str, now: datetime = MONDAY) -> None:
        self.now, self.chats, self.step = now, Chats(), timedelta(minutes=1)
        self.settings = replace(Settings(), database_url=url, zalo_oa_id=OA, zalo_app_id="1", secret_key="x")
        store, here = app.open_store(self.settings, self.now)
        self.services = Services(self.settings, store, InProcess(), here, lambda: self.now)

    async def later(self, *, seconds: float = 0, **delta: float) -> int:
        """Move the clock step by step, the service running; gives back how many messages were found."""
        end, found = self.now + timedelta(seconds=seconds, **delta), 0
        while self.now < end:
            self.now = min(end, self.now + self.step)
            found += await self.tick()
        return found

    async def tick(self) -> int:
        return await catching_up.catch_up(self.services, self.chats)

    def brings(self, person: str = PERSON, words: str = "xin chào", message_id: str = "", name: str = "") -> None:
        """The webhook brings an event."""
        body = text_event(person, words, at=self.now, message_id=message_id)
        body["event_name"] = name or body["event_name"]
        self.services.store.run_now(inbox.keep, [incoming(body, self.now)])

    def kept(self) -> list[tuple[str, str]]:
        """Who said what, as far as the inbox knows."""

        def said(session: Session) -> list[tuple[str, str]]:
            rows = session.exec(select(InboxEvent).where(col(InboxEvent.body) != "").order_by(col(InboxEvent.at)))
            return [(row.person_id, json.loads(row.body)["message"].get("text", "")) for row in rows]

        return self.services.store.read_now(said)

    def work(self) -> None:
        while self.services.store.run_now(inbox.work, dispatcher(OA), self.now, careful=True).handled:
            pass


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[Bot]:
    made = Bot(database_url)
    await made.tick()
    yield made
    made.services.store.close_now()


async def test_what_was_said_before_the_bot_was_there_is_none_of_its_business(database_url: str) -> None:
    made = Bot(database_url)
    made.chats.items = [item(MONDAY - timedelta(days=1), message="từ hôm qua")]
    assert await made.tick() == 0
    assert await made.later(hours=2) == 0
    assert made.kept() == []
    made.services.store.close_now()


async def test_after_half_an_hour_of_work_without_an_event_the_conversations_are_read(bot: Bot) -> None:
    bot.chats.items = [item(MONDAY + timedelta(minutes=10), message="có ai không")]
    assert await bot.later(minutes=29) == 0
    assert bot.chats.calls == []
    assert await bot.later(minutes=1) == 1
    assert bot.kept() == [(PERSON, "có ai không")]
    assert bot.chats.calls == ["chats", PERSON]


async def test_at_night_nobody_is_asked_in_vain(database_url: str) -> None:
    bot = Bot(database_url, MONDAY - timedelta(hours=4))  # 05:00; work begins at 07:30
    bot.step = timedelta(minutes=3)
    bot.brings()
    await bot.tick()
    assert await bot.later(hours=2, minutes=59) == 0
    assert bot.chats.calls == []
    assert await bot.later(minutes=3) == 0
    assert bot.chats.calls == ["chats"]
    bot.services.store.close_now()


async def test_while_events_come_nothing_is_asked(bot: Bot) -> None:
    bot.step = timedelta(minutes=2)
    for _ in range(8):
        await bot.later(minutes=20)
        bot.brings()
    assert bot.chats.calls == []


async def test_a_webhook_that_stays_dead_is_stood_in_for_every_two_minutes_until_it_speaks_again(bot: Bot) -> None:
    bot.chats.items = [item(MONDAY + timedelta(minutes=10), "m1", message="1")]
    await bot.later(minutes=31)
    bot.chats.items.append(item(bot.now, "m2", message="2"))
    assert await bot.later(minutes=2) == 1
    await bot.later(minutes=20)  # nothing new, and still no event
    bot.chats.items.append(item(bot.now, "m3", message="3"))
    assert await bot.later(minutes=3) == 1
    bot.chats.calls.clear()
    bot.brings(message_id="m4", words="4")
    await bot.later(minutes=20)
    assert bot.chats.calls == []
    assert [words for _, words in bot.kept()] == ["1", "2", "3", "4"]


async def test_when_the_service_was_not_running_it_looks_at_once(bot: Bot) -> None:
    bot.chats.items = [item(MONDAY + timedelta(minutes=2), message="lúc máy chủ tắt")]
    bot.now += timedelta(minutes=10)
    assert await bot.tick() == 1
    assert bot.kept() == [(PERSON, "lúc máy chủ tắt")]


async def test_what_could_not_be_read_is_read_later(bot: Bot) -> None:
    bot.chats.items = [item(MONDAY + timedelta(minutes=2), message="lúc máy chủ tắt")]
    bot.chats.broken = True
    bot.now += timedelta(minutes=10)
    assert await bot.later(minutes=3) == 0
    bot.chats.broken = False
    assert await bot.later(minutes=1) == 1


async def test_a_webhook_that_was_silent_over_the_night_is_looked_after_when_it_speaks_again(bot: Bot) -> None:
    """What came in between was tried for two hours and then given up."""
    bot.brings(message_id="m0", words="tối")
    await bot.tick()
    bot.now, bot.step = MONDAY.replace(hour=14), timedelta(minutes=3)  # 21:00
    await bot.later(minutes=3)
    bot.chats.items = [
        item(bot.now + timedelta(hours=1), "m1", message="đêm"),
        item(bot.now + timedelta(hours=3), "m2", message="sáng"),
    ]
    await bot.later(hours=3)
    bot.brings(message_id="m2", words="sáng")
    assert await bot.later(minutes=3) == 1
    assert [words for _, words in bot.kept()] == ["tối", "đêm", "sáng"]


async def test_many_messages_of_many_people_are_read_page_by_page_and_no_further(bot: Bot) -> None:
    people = [str(int(PERSON) + number) for number in range(25)]
    old = [item(MONDAY - timedelta(days=1), f"old-{person}", person=person, message="cũ") for person in people[:5]]
    bot.chats.items = old + [
        item(MONDAY + timedelta(minutes=1, seconds=number), f"{person}-{number}", person=person, message=str(number))
        for number in range(14)
        for person in people[:15]
    ]
    bot.chats.items += [item(MONDAY - timedelta(days=1), f"old-{person}", person=person) for person in people[15:]]
    bot.now += timedelta(minutes=10)
    assert await bot.tick() == 15 * 14
    assert sorted(bot.kept()) == sorted((person, str(number)) for number in range(14) for person in people[:15])
    assert bot.chats.calls.count("chats") == 2  # the third page would be of yesterday
    assert len(bot.chats.calls) == 2 + 15 * 2


@pytest.mark.parametrize("first", ["webhook", "conversation"])
async def test_what_comes_both_ways_is_one_event(bot: Bot, first: str) -> None:
    """Whatever Zalo calls it, here and there."""
    said = MONDAY + timedelta(minutes=1)
    bot.chats.items = [
        item(said, f"m-{name}", "text" if name == "user_send_text" else "nosupport") for name in MESSAGE_NAMES
    ]

    def delivered() -> None:
        for name in MESSAGE_NAMES:
            bot.brings(message_id=f"m-{name}", name=name)

    bot.now = said
    if first == "webhook":
        delivered()
    bot.now += timedelta(minutes=10)
    found = await bot.tick()
    if first == "conversation":
        delivered()
    assert found == (len(MESSAGE_NAMES) if first == "conversation" else 0)
    assert len(bot.kept()) == len(MESSAGE_NAMES)


async def test_what_the_account_said_itself_is_not_taken_for_a_person_s_words(bot: Bot) -> None:
    bot.chats.items = [answered(MONDAY + timedelta(minutes=1), "a1"), answered(MONDAY + timedelta(minutes=2), "a2")]
    bot.now += timedelta(minutes=10)
    assert await bot.tick() == 0
    assert bot.kept() == []


async def test_what_is_behind_an_answer_of_staff_is_found(bot: Bot) -> None:
    bot.chats.items = [item(MONDAY + timedelta(minutes=1), message="hỏi"), answered(MONDAY + timedelta(minutes=2), "a")]
    bot.now += timedelta(minutes=10)
    assert await bot.tick() == 1


async def test_an_erased_person_s_words_do_not_come_back(bot: Bot) -> None:
    bot.chats.items = [item(MONDAY + timedelta(minutes=1), message="trước khi rút")]
    bot.now += timedelta(minutes=5)
    bot.services.store.run_now(withdrawals.withdraw, PERSON, bot.now, bot.now)
    bot.chats.items.append(item(bot.now + timedelta(minutes=1), "m2", message="sau khi rút"))
    bot.now += timedelta(minutes=5)
    assert await bot.tick() == 1
    assert bot.kept() == [(PERSON, "sau khi rút")]


SHAPES = [
    ("text", {"message": "xin chào"}, "user_send_text", "xin chào", ""),
    ("photo", {"message": "ảnh", "url": "http://a.zdn.vn/a.jpg"}, "user_send_image", "ảnh", "image"),
    ("GIF", {"url": "http://a.zdn.vn/a.gif"}, "user_send_gif", "", "gif"),
    ("sticker", {"url": "http://a.zdn.vn/s"}, "user_send_sticker", "", "sticker"),
    ("voice", {"url": "http://a.zdn.vn/a.amr"}, "user_send_audio", "", "audio"),
    ("video", {"url": "http://a.zdn.vn/a.mp4"}, "user_send_video", "", "video"),
    ("file", {"message": "don.pdf", "url": "http://a.zdn.vn/1"}, "user_send_file", "don.pdf", "file"),
    ("link", {"message": "https://a.vn", "url": "https://a.vn"}, "user_send_link", "https://a.vn", "link"),
    ("links", {"links": [{"url": "https://a.vn"}]}, "user_send_link", "", "link"),
    ("location", {"location": '{"latitude": "20.9", "longitude": "107.1"}'}, "user_send_location", "", "location"),
    ("location", {"location": {"latitude": 20.9, "longitude": 107.1}}, "user_send_location", "", "location"),
    ("nosupport", {}, "user_send_text", "", ""),
]


@pytest.mark.parametrize(("kind", "content", "name", "words", "attached"), SHAPES)
def test_every_kind_of_message_becomes_its_event(
    kind: str, content: dict[str, Any], name: str, words: str, attached: str
) -> None:
    found = shown(item(MONDAY, "m1", kind, **content), OA)
    assert found is not None
    event = Event.parse(found.body("1", OA).encode(), OA, MONDAY)
    assert (event.name, event.person_id, event.text, event.at) == (name, PERSON, words, MONDAY)
    assert (event.key, event.message_id) == (f"m1:{name}", "m1")
    assert [sent.kind for sent in event.attachments] == ([attached] if attached else [])
    if attached == "location":
        assert (event.attachments[0].latitude, event.attachments[0].longitude) == (20.9, 107.1)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"src": 1, "time": "yesterday", "message_id": "m", "from_id": PERSON, "to_id": OA},
        {"src": 1, "time": 1, "message_id": "", "from_id": PERSON, "to_id": OA},
        {"src": 1, "time": 1, "message_id": "m" * 200, "from_id": PERSON, "to_id": OA},
        {"src": 1, "time": 1, "message_id": ["m"], "from_id": {}, "to_id": None},
        {"src": 1, "time": 1, "message_id": "m", "from_id": OA, "to_id": OA},
    ],
)
def test_what_is_no_message_is_passed_over(odd: dict[str, Any]) -> None:
    assert shown(odd, OA) is None


# Over HTTP, against the pretended Zalo.


@dataclass
class Town:
    """The bot and the pretended Zalo."""

    application: web.Application
    sim: Simulator

    @property
    def services(self) -> Services:
        return self.application[SERVICES]

    def rows(self, model: Any, *where: Any) -> list[Any]:
        return self.services.store.read_now(lambda s: list(s.exec(select(model).where(*where))))

    async def tick(self) -> None:
        """The job's minute."""
        await jobs.catch_up(self.application[app.DUTIES])


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    nobody = week.without_stories(week.load())
    async with demo.started(tmp_path, nobody, burst_seconds=0.1) as (application, sim):
        yield Town(application, sim)


async def test_a_webhook_that_is_switched_off_costs_no_word(town: Town) -> None:
    """Two people write while no event comes; when it is over everything has happened, and once."""
    sim = town.sim
    lan, huy = (sim.add_person(name, Side.BUSINESS) for name in ("Lan", "Huy"))
    for person in (lan, huy):
        await sim.follow(person)
        await sim.replies(person)
        await sim.presses(person, "Đồng ý")
        await sim.replies(person)
    await town.tick()
    outage = sim.faults.start(Effect.LOSE)
    await sim.says(lan, "Công ty tôi vướng thẩm duyệt PCCC kho hàng ở Móng Cái từ tháng trước")
    await sim.sends_location(huy, 20.9511, 107.0748)
    await sim.sends_sticker(huy, "77")
    await sim.nothing_more(lan)
    before = len(town.rows(InboxEvent, col(InboxEvent.num_retry) >= 0))
    await sim.clock.advance(timedelta(hours=1))
    await town.tick()
    await sim.replies(lan)  # the next question of the report
    assert len(await sim.replies(huy, 2)) == 2
    sim.faults.stop(outage.id)
    assert len(town.rows(InboxEvent, col(InboxEvent.num_retry) >= 0)) == before
    read = town.rows(InboxEvent, col(InboxEvent.num_retry) == catching_up.READ, col(InboxEvent.body) != "")
    assert sorted(row.name for row in read) == ["user_send_location", "user_send_sticker", "user_send_text"]
    assert {row.state for row in read} == {InboxState.DONE}
    assert [row.kind for row in town.rows(Attachment)] == ["location"]
    for message in sim.world.chat(lan.id) + sim.world.chat(huy.id):  # Zalo delivers them after all
        if message.by == "person":
            await sim.sends_event(message.person_id, sim.stage.payloads.said(message))
    await sim.clock.advance(timedelta(minutes=2))
    await town.tick()
    await sim.nothing_more(lan)
    await sim.nothing_more(huy)
    assert {row.state for row in town.rows(OutboxMessage)} == {OutboxState.SENT}
