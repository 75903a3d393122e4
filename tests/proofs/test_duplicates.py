"""Every event delivered one to six times, shuffled, to two workers: one ticket, one reply each (M2)."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from tests.proofs import record
from tests.proofs.lives import APP, OA, Phones, life
from tests.proofs.talkers import LINES
from zalobot import inbox
from zalobot.inbox import Incoming
from zalobot.ledger import reading
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.zalo.events import Event

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MATTERS = (  # no two alike: whoever comes later must not be asked whether it is another's matter
    "Hồ sơ xin cấp phép xây dựng nhà xưởng nộp từ tháng trước đến nay chưa có kết quả",
    "Chi cục thuế chưa hoàn thuế giá trị gia tăng quý hai cho chúng tôi dù đã đủ chứng từ",
    "Bảo hiểm xã hội chậm chốt sổ cho mười lao động đã nghỉ việc",
    "Đề nghị cấp điện ba pha ra cụm công nghiệp bị điện lực để quá hẹn",
    "Đường vào cảng hư hỏng nặng, xe container không chạy được mà chưa ai sửa",
    "Hải quan giữ lô hàng tôm đông lạnh ở cửa khẩu bốn ngày không nêu lý do",
    "Giấy phép môi trường của trại lợn nằm ở sở hai tháng chưa ai trả",
    "Sổ đỏ lô đất thuê trong khu kinh tế làm mãi không xong",
    "Đăng ký thay đổi người đại diện pháp luật bị trả lại ba lần với ba yêu cầu khác nhau",
    "Nước sạch ở khu phố bị cắt, khách sạn phải mua từng xe",
    "Giấy phép lao động cho chuyên gia Hàn Quốc nộp rồi mà hệ thống báo không có",
    "Đoàn kiểm tra phòng cháy yêu cầu làm lại toàn bộ lối thoát nạn không theo quy chuẩn nào",
    "Quảng cáo ngoài trời của nhà hàng bị tháo dỡ, phường không trả lại biển",
    "Phù hiệu cho đội xe hợp đồng của hợp tác xã chờ từ đầu mùa, sở chưa cấp",
    "Vốn vay ưu đãi cho hộ nuôi hàu bị ngân hàng từ chối không giải thích",
    "Phòng khám tư nhân xin chứng chỉ hành nghề cho bác sĩ mới bị treo hồ sơ",
)
PEOPLE = {f"62{number:017}": matter for number, matter in enumerate(MATTERS)}
TOLD = (
    "welcome/consent",
    "welcome/consent_given",
    "report_issue/who",
    "report_issue/confirm",
    "report_issue/agencies",
    "report_issue/confirm",
    "report_issue/confirm",
    "report_issue/sent",
)


class Town:
    """The processes of one test, and the phones they write to."""

    def __init__(self, stores: Sequence[Store], phones: Phones) -> None:
        self.stores, self.phones = stores, phones

    async def deliver(self, deliveries: Sequence[Incoming]) -> None:
        """Hand deliveries in, in this order, in commits of one to nine, by all processes at a time.

        Whoever hands in something new is waited for: two of a person's messages that race have no order to keep.
        """
        rest, hands, known = iter(deliveries), [], set[str]()
        while batch := list(islice(rest, random.randint(1, 9))):
            hands.append(asyncio.create_task(random.choice(self.stores).run(inbox.keep, batch)))
            new = {one.key for one in batch} - known
            if new or len(hands) >= 4:
                known |= new
                await asyncio.gather(*hands)
                hands.clear()
        await asyncio.gather(*hands)

    async def at_rest(self) -> None:
        """Wait until everything is handled and sent; AssertionError after a minute."""
        store = self.stores[0]
        for _ in range(600):
            if not await store.read(record.unhandled) and not await store.read(record.unsent, list(PEOPLE)):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(store.read_now(record.unhandled) + store.read_now(record.unsent, list(PEOPLE)))

    def tickets(self) -> Counter[str]:
        return self.stores[0].read_now(record.tickets)

    def told(self) -> dict[str, tuple[str, ...]]:
        return self.stores[0].read_now(record.templates)


@pytest.fixture(params=["one process on SQLite", pytest.param("two on PostgreSQL", marks=pytest.mark.postgres)])
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    two = request.param == "two on PostgreSQL"
    url = request.getfixturevalue("postgres_url" if two else "sqlite_url")
    phones, coordination = Phones(), InProcess()
    async with AsyncExitStack() as stack:
        stores = [
            await stack.enter_async_context(life(url, tmp_path, coordination, phones)) for _ in range(2 if two else 1)
        ]
        yield Town(stores, phones)


def events(person: str) -> list[Incoming]:
    """The eight messages of one conversation, half a minute apart."""
    now = datetime.now(UTC)
    made = []
    for number, line in enumerate((*LINES[:2], PEOPLE[person], *LINES[3:])):
        at = now - timedelta(seconds=600 - 30 * number)
        body = {
            "app_id": APP,
            "event_name": "user_send_text",
            "sender": {"id": person},
            "recipient": {"id": OA},
            "message": {"text": line, "msg_id": f"{person}-{number}"},
            "timestamp": str(int(at.timestamp() * 1000)),
        }
        raw = json.dumps(body, ensure_ascii=False)
        event = Event.parse(raw.encode(), OA, now)
        made.append(Incoming(event.key, person, event.name, event.at, now, raw))
    return made


def in_turn(chance: random.Random) -> list[Incoming]:
    """Each event one to six times: the first time in its turn, the copies anywhere after it, people intermingled."""
    placed: list[tuple[float, Incoming]] = []
    for person in PEOPLE:
        firsts = sorted(chance.random() for _ in LINES)
        for first, event in zip(firsts, events(person), strict=True):
            copies = chance.randint(0, 5)
            placed += [(first, event), *((chance.uniform(first, 1.2), event) for _ in range(copies))]
    return [event for _, event in sorted(placed, key=lambda one: one[0])]


def anyhow(chance: random.Random) -> list[Incoming]:
    """Each event one to six times, in no order at all."""
    deliveries = [event for person in PEOPLE for event in events(person) for _ in range(chance.randint(1, 6))]
    chance.shuffle(deliveries)
    return deliveries


@pytest.mark.parametrize("seed", [1, 2])
async def test_each_conversation_opens_one_ticket_and_each_event_gets_one_reply(town: Town, seed: int) -> None:
    deliveries = in_turn(random.Random(seed))
    assert len(deliveries) > 2 * len(PEOPLE) * len(LINES)  # there were copies to be fooled by
    await town.deliver(deliveries)
    await town.at_rest()
    assert town.tickets() == dict.fromkeys(PEOPLE, 1)
    assert town.told() == dict.fromkeys(PEOPLE, TOLD)
    assert {person: len(got) for person, got in town.phones.got.items()} == dict.fromkeys(PEOPLE, len(LINES))
    assert all(len(set(got)) == len(got) for got in town.phones.got.values())
    assert town.stores[0].read_now(reading.verify) is None


async def test_in_no_order_at_all_there_is_at_most_one_ticket_and_one_reply_to_an_event(town: Town) -> None:
    await town.deliver(anyhow(random.Random(3)))
    await town.at_rest()
    assert set(town.tickets().values()) <= {1}
    assert {person: len(told) for person, told in town.told().items()} == dict.fromkeys(PEOPLE, len(LINES))
    assert {person: len(got) for person, got in town.phones.got.items()} == dict.fromkeys(PEOPLE, len(LINES))


async def test_what_is_delivered_again_after_everything_is_done_changes_nothing(town: Town) -> None:
    await town.deliver([event for person in PEOPLE for event in events(person)])
    await town.at_rest()
    before = town.tickets(), town.told(), dict(town.phones.got)
    await town.deliver(anyhow(random.Random(4)))
    await asyncio.sleep(1.5)  # longer than the wait of worker and relay
    await town.at_rest()
    assert (town.tickets(), town.told(), dict(town.phones.got)) == before
