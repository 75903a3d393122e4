"""Businesses that hold the same conversation of eight messages with the bot through the simulator.

The one rule: each waits for the reply before saying the next thing, so what the bot forgets is never heard again.
"""

import asyncio
from dataclasses import dataclass, field
from itertools import count

from zalobot.simulator.app import Person, Simulator

LINES = (
    "xin chào",
    "Đồng ý",
    "Hồ sơ xin cấp phép xây dựng nhà xưởng của công ty chúng tôi nộp từ tháng trước đến nay chưa có kết quả",
    "Chị Lan, 0912000345",
    "sửa cơ quan",
    "1",
    "Tuần trước đã gọi hỏi hai lần mà không ai trả lời.",
    "gửi",
)
LIKE = "đã gửi việc gần giống"
PATIENCE = 90.0  # seconds a person waits for one reply, a restart of the service included


@dataclass(slots=True)
class Talk:
    """One person's conversation, as far as it came."""

    person: Person
    said: int = 0
    heard: list[str] = field(default_factory=list)
    lost: str = ""

    @property
    def whole(self) -> bool:
        """Whether every line got its reply."""
        return len(self.heard) == len(LINES)


class Crowd:
    """So many people talking at a time; when one has finished, another comes."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.talks: list[Talk] = []
        self.closing = asyncio.Event()
        self._numbers = count(1)

    async def talk(self) -> Talk:
        """One whole conversation."""
        talk = Talk(self.simulator.add_person(f"Doanh nghiệp {next(self._numbers)}"))
        self.talks.append(talk)
        for line in LINES:
            await self.simulator.says(talk.person, line)
            talk.said += 1
            try:
                (reply,) = await self.simulator.replies(talk.person, 1, PATIENCE)
            except TimeoutError:
                talk.lost = line
                break
            if LIKE in reply.text:  # whoever comes later is asked whether it is the same matter
                await self.simulator.says(talk.person, "Việc của tôi khác")
                (reply,) = await self.simulator.replies(talk.person, 1, PATIENCE)
            talk.heard.append(reply.text)
        return talk

    async def talk_on(self, pause: float = 0.0) -> None:
        """One conversation after another until `closing`."""
        while not self.closing.is_set():
            await self.talk()
            await asyncio.sleep(pause)
