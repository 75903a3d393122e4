"""`zalobot doctor`: what is missing, in red and green, each with its remedy.

The one rule: it only looks. It sends nothing, and repairs nothing.
"""

import asyncio
from dataclasses import dataclass

import aiohttp
import typer

from zalobot import account, app, province
from zalobot.account import Account
from zalobot.config import SERVING, Settings
from zalobot.errors import ConfigError, ZaloError
from zalobot.services import Services
from zalobot.standing import Check
from zalobot.store import coordination, migrations
from zalobot.web import health
from zalobot.zalo.client import ZaloClient
from zalobot.zalo.proof import Proof

GREEN, AMBER, RED = "green", "yellow", "red"
_MARKS = {GREEN: "ok  ", AMBER: "look", RED: "RED "}
_STATES = {"ok": GREEN, "warn": AMBER, "red": RED}
_LINK = "let an administrator of the OA consent at the address that `zalobot oauth link` prints"
_FILTER = '"Lọc cú pháp"'
_CONSOLE = "on developers.zalo.me"
REMEDIES = {
    "database.unreachable": "start the database, check ZALOBOT_DATABASE_URL",
    "backlog.stale": "see that `zalobot serve` runs with workers",
    "backlog.failed": "`zalobot outbox list` names what reached nobody; replay events with `zalobot inbox replay`",
    "token.none": _LINK,
    "token.consent_needed": _LINK,
    "token.failing": "check the network to oauth.zaloapp.com and ZALOBOT_ZALO_APP_SECRET; it is tried again by itself",
    "token.old": "see that `zalobot serve` runs with workers: after three months without renewal the grant is lost",
    "calendar.ends": "enter the coming days off (`zalobot calendar import`); past the last day no date is promised",
    "account.refused": "check the network, and the app's permissions " + _CONSOLE,
    "account.unverified": "have the OA verified in its manager on oa.zalo.me; unverified it is locked after 14 days",
    "account.no_openapi": "this package sends nothing by API: take one with OpenAPI in the OA's manager",
    "account.app_off": "switch the app on and register the product Official Account API " + _CONSOLE,
    "account.permissions": f"tick the permission groups {_CONSOLE}, then {_LINK}",
    "account.package_ended": "renew the package in the OA's manager: nothing is sent without it",
    "account.package_ends": "renew the package in the OA's manager in time",
    "webhook.never": f"save the webhook's address {_CONSOLE}, switch its events on, write a message to the account",
    "webhook.deaf": f"Zalo takes messages and tells nothing of them: switch the webhook on again {_CONSOLE}",
    "webhook.quiet": f"write a message to the account; if nothing answers, switch the webhook on again {_CONSOLE}",
    "webhook.dropped": f"compare ZALOBOT_ZALO_OA_SECRET with the OA Secret Key of the Webhook page {_CONSOLE}",
    "syntax_filter.only_hash": f"switch {_FILTER} off on the Webhook page {_CONSOLE}: other texts never arrive",
    "clock.skewed": "let the machine keep its clock by NTP",
    "wording.not_said": "open these texts in the wording studio, mend what is not there any more, have them released",
    "templates.refused": "read Zalo's reason (`zalobot zbs check`), mend the template, have it approved again",
    "templates.missing": "hand the templates in with Zalo, then note their ids (`zalobot zbs approve`)",
    "sending.closed": "ask Zalo about the account's kind and package; meanwhile letters go where an address is known",
    "sending.refused": f"look the codes up {_CONSOLE}; what was kept leaves by itself once the setting is mended",
    "quota.low": "buy more, or wait for the month's end: what is said within 48 hours of a word stays free",
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
        what = f"the database does not answer ({type(error).__name__})"
        return [Finding(RED, what, REMEDIES["database.unreachable"])]
    services = Services(settings, store, coordination.connect(settings.redis_url), here, app.utc_now)
    try:
        known = await _asked(services)
        return [_of(check) for check in await health.checked(services, known)]
    finally:
        await services.coordination.close()
        await store.close()


def _of(check: Check) -> Finding:
    facts = ", ".join(f"{name} {value}" for name, value in check.facts.items() if value is not None)
    what = f"{check.name}: {check.problem.replace('_', ' ')}" if check.problem else check.name
    remedy = REMEDIES[f"{check.name}.{check.problem}"] if check.problem else ""
    return Finding(_STATES[check.state], f"{what} ({facts})" if facts else what, remedy)


async def _asked(services: Services) -> Account | None:
    """The account as Zalo tells it now; None where there is no token to ask with."""
    settings = services.settings
    async with aiohttp.ClientSession() as http:
        keeper = app.token_keeper(services, http)
        try:
            await keeper.access()
            proof = Proof(settings.zalo_app_secret, settings.zalo_appsecret_proof)
            client = ZaloClient(http, settings.zalo_openapi_url, keeper, proof=proof)
            return await account.look(client, services.now())
        except ZaloError:  # the check of the token says so
            return None
        finally:
            await keeper.close()
