"""A simulator with one follower, a bot that only notes and echoes, and a client that calls as the bot would."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web

from tests.simulator.moments import THURSDAY
from zalobot.simulator.app import Person, Role, SimClock, SimSettings, Simulator


@dataclass
class Bot:
    """What stands behind the webhook: keeps each post, answers `status`, and may repeat what it hears."""

    url: str = ""
    status: int = 200
    repeats: bool = False
    posts: list[tuple[dict[str, str], bytes, dict[str, Any]]] = field(default_factory=list)
    api: "Api | None" = None

    async def heard(self, request: web.Request) -> web.Response:
        raw = await request.read()
        event = await request.json()
        self.posts.append((dict(request.headers), raw, event))
        if self.repeats and self.api and event.get("event_name") == "user_send_text":
            await self.api.send(event["sender"]["id"], event["message"]["text"].upper())
        return web.Response(status=self.status)

    @property
    def names(self) -> list[str]:
        return [event.get("event_name", "") for _, _, event in self.posts]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for _, _, event in self.posts if event.get("event_name") == name]


class Api:
    """Calls the simulator's endpoints with the access token in force (or another)."""

    def __init__(self, http: ClientSession, sim: Simulator) -> None:
        self.http, self.sim = http, sim

    async def post(self, path: str, body: Any, token: str | None = None) -> dict[str, Any]:
        headers = {"access_token": self.sim.grant.access if token is None else token}
        async with self.http.post(self.sim.base_url + path, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            return answer | {"status": response.status}

    async def get(self, path: str, data: str = "{}") -> dict[str, Any]:
        headers = {"access_token": self.sim.grant.access}
        async with self.http.get(self.sim.base_url + path, params={"data": data}, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def message(self, person_id: str, message: Any) -> dict[str, Any]:
        return await self.post("/v3.0/oa/message/cs", {"recipient": {"user_id": person_id}, "message": message})

    async def send(self, person_id: str, text: str, *buttons: dict[str, Any]) -> dict[str, Any]:
        attachment = {"attachment": {"type": "template", "payload": {"buttons": list(buttons)}}} if buttons else {}
        return await self.message(person_id, {"text": text, **attachment})

    async def wait(self, delta: timedelta) -> None:
        """Let time pass, with a token that is still good afterwards."""
        await self.sim.clock.advance(delta)
        await self.token(grant_type="refresh_token", refresh_token=self.sim.grant.refresh)

    async def token(self, secret: str | None = None, **form: str) -> dict[str, Any]:
        settings = self.sim.settings
        headers = {"secret_key": settings.app_secret if secret is None else secret}
        given = {"app_id": settings.app_id} | form
        async with self.http.post(self.sim.base_url + "/v4/oa/access_token", data=given, headers=headers) as response:
            assert response.status == 200
            answer: dict[str, Any] = await response.json()
            return answer


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    bot = Bot()
    app = web.Application()
    app.router.add_post("/zalo/webhook", bot.heard)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/zalo/webhook"
    yield bot
    await runner.cleanup()


@pytest.fixture
async def sim(bot: Bot) -> AsyncIterator[Simulator]:
    settings = SimSettings(webhook_url=bot.url, ladder=(0.02, 0.02, 0.02), timeout=1.0, oa_name="OA")
    async with Simulator(settings, SimClock(THURSDAY)) as sim:
        yield sim


@pytest.fixture
async def api(sim: Simulator, bot: Bot) -> AsyncIterator[Api]:
    async with ClientSession() as http:
        bot.api = Api(http, sim)
        yield bot.api


@pytest.fixture
async def person(sim: Simulator) -> Person:
    """A business that follows the account."""
    person = sim.add_person("Phạm Thu Trang", Role.BUSINESS, "Du thuyền Bạch Long")
    await sim.follow(person)
    return person
