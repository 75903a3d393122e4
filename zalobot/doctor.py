"""`zalobot doctor`: what is missing, in red and green, each with its remedy.

The one rule: it only looks. It sends nothing, and repairs nothing.
"""

import asyncio
from dataclasses import dataclass

import aiohttp
import typer

from zalobot import app, province
from zalobot.config import SERVING, Settings
from zalobot.credentials import TokenKeeper
from zalobot.errors import ConfigError, ZaloError
from zalobot.sealing import Seal
from zalobot.services import Services
from zalobot.store import coordination, migrations
from zalobot.web import health
from zalobot.zalo.client import ZaloClient

GREEN, AMBER, RED = "green", "yellow", "red"
_MARKS = {GREEN: "ok  ", AMBER: "look", RED: "RED "}
_STATES = {"ok": GREEN, "warn": AMBER, "red": RED}
_REMEDIES = {
    "database": "start the database, check ZALOBOT_DATABASE_URL",
    "backlog": "see that `zalobot serve` runs with workers; replay failed events with `zalobot inbox replay`",
    "token": "let an administrator of the OA consent again, or set ZALOBOT_ZALO_ACCESS_TOKEN and _REFRESH_TOKEN",
    "calendar": "enter the coming year's days off (`zalobot calendar import`); past the last day no date is promised",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    colour: str
    what: str
    remedy: str = ""


def report(settings: Settings) -> int:
    """Print the findings; 1 when one is red, else 0."""
    findings = [*_settings(settings), *_pack(settings)]
    if not any(finding.colour == RED for finding in findings):
        findings += asyncio.run(_living(settings))
    for finding in findings:
        line = f"{_MARKS[finding.colour]}  {finding.what}"
        typer.secho(line + (f": {finding.remedy}" if finding.remedy else ""), fg=finding.colour)
    return int(any(finding.colour == RED for finding in findings))


def _settings(settings: Settings) -> list[Finding]:
    names = {name: f"ZALOBOT_{name.upper()}" for name in (*SERVING, "zalo_oa_secret")}
    findings = [
        Finding(RED, f"{variable} is missing", "set it")
        for name, variable in names.items()
        if not getattr(settings, name)
    ]
    if not settings.public_url.startswith("https://"):
        findings.append(Finding(AMBER, f"links in messages begin with {settings.public_url}", "set ZALOBOT_PUBLIC_URL"))
    return findings or [Finding(GREEN, "all settings are there")]


def _pack(settings: Settings) -> list[Finding]:
    try:
        here = province.load(settings.province)
    except ConfigError as error:
        return [Finding(RED, problem) for problem in error.problems]
    return [Finding(GREEN, f"province pack {here.key}: {len(here.agencies)} agencies, {len(here.topics)} topics")]


async def _living(settings: Settings) -> list[Finding]:
    try:
        if await asyncio.to_thread(migrations.pending, settings.database_url):
            return [Finding(RED, "the database is not at the newest version", "run `zalobot migrate`")]
        now = app.utc_now()
        store, here = await asyncio.to_thread(app.open_store, settings, now)
    except ConfigError as error:
        return [Finding(RED, problem) for problem in error.problems]
    except Exception as error:
        return [Finding(RED, f"the database does not answer ({type(error).__name__})", _REMEDIES["database"])]
    services = Services(settings, store, coordination.connect(settings.redis_url), here, app.utc_now)
    try:
        checks = await health.checked(services)
        return [_of(check) for check in checks] + [await _zalo(services)]
    finally:
        await services.coordination.close()
        await store.close()


def _of(check: health.Check) -> Finding:
    facts = ", ".join(f"{name} {value}" for name, value in check.facts.items())
    what = f"{check.name}: {facts}" if facts else check.name
    colour = _STATES[check.state]
    return Finding(colour, what, "" if colour == GREEN else _REMEDIES.get(check.name, ""))


async def _zalo(services: Services) -> Finding:
    settings = services.settings
    async with aiohttp.ClientSession() as http:
        keeper = TokenKeeper(
            services.store, http, app.grant(settings), Seal(settings.secret_key, "tokens"), clock=services.now
        )
        try:
            account = await ZaloClient(http, settings.zalo_openapi_url, keeper).account()
        except ZaloError as error:
            return Finding(RED, f"Zalo does not answer as it should: {error}", "check the tokens and the network")
        finally:
            await keeper.close()
    return Finding(GREEN, f"Zalo knows the account {account.get('name', settings.zalo_oa_id)}")
