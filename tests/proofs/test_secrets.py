"""Nothing secret is logged: every record of a whole run, at DEBUG, while tokens are renewed, refused and lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.proofs.bot_process import free_port
from tests.proofs.oauth_gate import Gate
from tests.web.test_consent import Visitor
from zalobot import app as wiring
from zalobot import credentials
from zalobot.app import TOKENS
from zalobot.config import Settings
from zalobot.consenting import start_url
from zalobot.services import SERVICES, Services
from zalobot.simulator.app import SimSettings, Simulator
from zalobot.store import consents

KEY = "the key that seals"


@pytest.fixture
async def zalo() -> AsyncIterator[Simulator]:
    async with Simulator(SimSettings(timeout=10.0)) as simulator:
        yield simulator


@pytest.fixture
async def gate(zalo: Simulator) -> AsyncIterator[Gate]:
    async with Gate(zalo) as gate:
        yield gate


@pytest.fixture
async def service(
    zalo: Simulator, gate: Gate, sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[web.Application]:
    """The whole service, begun after logging was opened wide: libraries decide at their start what they tell."""
    for name in (None, "sqlalchemy"):
        caplog.set_level(logging.DEBUG, logger=name)
    port, given = free_port(), zalo.settings
    settings = Settings(
        database_url=sqlite_url,
        secret_key=KEY,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        files_folder=str(tmp_path),
        burst_seconds=0.0,
        zalo_app_id=given.app_id,
        zalo_app_secret=given.app_secret,
        zalo_oa_id=given.oa_id,
        zalo_oa_secret=given.oa_secret,
        zalo_openapi_url=zalo.base_url,
        zalo_oauth_url=gate.url("a"),
        zalo_access_token=zalo.grant.access,
        zalo_refresh_token=zalo.grant.refresh,
        zalo_appsecret_proof="always",
        zalo_calls_per_minute=100_000,
    )
    zalo.webhook_url = f"{settings.public_url}/zalo/webhook"
    application = wiring.build(settings)
    runner = web.AppRunner(application, access_log=None)  # as `serve` runs it
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield application
    await runner.cleanup()


async def test_no_record_of_a_whole_run_holds_a_secret(
    zalo: Simulator,
    gate: Gate,
    service: web.Application,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(credentials, "_REST", 0.2)
    services, person, grant = service[SERVICES], zalo.add_person("Lan"), zalo.grant
    hidden = {KEY, zalo.settings.app_secret, zalo.settings.oa_secret, grant.access, grant.refresh}

    async def hears(text: str) -> None:
        await zalo.says(person, text)
        await zalo.replies(person, 1, 30.0)
        hidden.update((grant.access, grant.refresh))

    await hears("xin chào")
    grant.expired = True
    await hears("menu")
    grant.revoke()
    gate.instead += [{"error": -32, "error_name": "limit"}, {"error": -14004, "error_name": "invalid secret key"}]
    with pytest.raises(credentials.Retryable):
        await service[TOKENS].renewed(await service[TOKENS].access())
    await asyncio.sleep(0.3)
    await hears("menu")
    gate.instead.append({"error": -14014, "error_name": "Invalid refresh token"})
    grant.expired = True
    await zalo.says(person, "menu")
    for _ in range(400):
        if await service[TOKENS].status() == "consent_needed":
            break
        await asyncio.sleep(0.05)
    hidden.update(await _consents(services, gate, zalo))
    await zalo.replies(person, 1, 30.0)
    hidden.update((grant.access, grant.refresh))
    said = "\n".join(logging.Formatter().format(record) for record in _ours(caplog))
    assert "token generation 2" in said
    assert "CONSENT NEEDED" in said
    assert "UPDATE" in said  # statements with their values are among the records
    assert [secret for secret in hidden if secret in said] == []


async def _consents(services: Services, gate: Gate, zalo: Simulator) -> list[str]:
    """A consent, and everything secret about it."""
    visitor = Visitor()
    secret = services.store.run_now(consents.make_link, services.settings.zalo_oa_id, services.now())
    address = await visitor.begin(start_url(services.settings, secret))
    cookie = next(iter(visitor.http.cookie_jar)).value
    callback = await visitor.consent(address.replace(gate.url("a"), zalo.base_url))
    status, _ = await visitor.open(callback)
    await visitor.http.close()
    assert status == 200
    query = aiohttp.client.URL(callback).query
    return [secret, cookie, query["code"], query["state"]]


def _ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Every record but those of the pretended Zalo and of the test's own servers."""
    return [record for record in caplog.records if not record.name.startswith(("zalobot.simulator", "aiohttp.access"))]
