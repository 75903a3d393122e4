"""Templates that Zalo has to approve, on the command line: what is registered, what is approved, what Zalo says."""

import asyncio

import aiohttp

from zalobot import app
from zalobot.channels import approvals
from zalobot.channels.approvals import Registered
from zalobot.config import Settings
from zalobot.errors import ZaloError
from zalobot.services import Services
from zalobot.store import coordination
from zalobot.zalo.calls import Caller
from zalobot.zalo.zbs import ZbsClient


def show(settings: Settings) -> None:
    """Print every template of the pack: its key, what it stands for, and how it is with Zalo."""
    store, _ = app.open_store(settings, app.utc_now())
    try:
        for one in store.read_now(approvals.listed):
            print(_line(one))
    finally:
        store.close_now()


def approve(
    settings: Settings,
    key: str,
    template_id: str,
    *,
    by_uid: bool,
    by_phone: bool,
    price_uid: int | None,
    price_phone: int | None,
) -> None:
    """Note that Zalo has approved a template, under which id and at which prices. Raises Refused."""
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        store.run_now(
            approvals.approve,
            key,
            template_id,
            now,
            by_uid=by_uid,
            by_phone=by_phone,
            price_uid=price_uid,
            price_phone=price_phone,
        )
    finally:
        store.close_now()


def check(settings: Settings) -> int:
    """Ask Zalo about every approved template and print what differs; 1 when something does."""
    return asyncio.run(_check(settings))


async def _check(settings: Settings) -> int:
    store, here = app.open_store(settings, app.utc_now())
    services = Services(settings, store, coordination.connect(""), here, app.utc_now)
    differs = 0
    try:
        async with aiohttp.ClientSession() as http:
            tokens = app.token_keeper(services, http)
            zbs = ZbsClient(Caller(http, settings.zalo_openapi_url, tokens), settings.zalo_zbs_url)
            for one in store.read_now(approvals.listed):
                if one.approval is not None:
                    differs += await _compare(zbs, one)
            await tokens.close()
    finally:
        await store.close()
    return int(differs > 0)


async def _compare(zbs: ZbsClient, one: Registered) -> int:
    assert one.approval is not None
    try:
        info = await zbs.template(one.approval.template_id)
    except ZaloError as error:
        print(f"{one.template.key}: Zalo says {error}")
        return 1
    found = approvals.differences(one.template, info)
    for problem in found:
        print(f"{one.template.key}: {problem}")
    if not found:
        print(f"{one.template.key}: {info.status}, as in the pack")
    return len(found)


def _line(one: Registered) -> str:
    approval = one.approval
    ways = (
        [name for name, allowed in (("user id", approval.by_uid), ("phone", approval.by_phone)) if allowed]
        if (approval)
        else []
    )
    state = f"{approval.state} as {approval.template_id} by {' and '.join(ways)}" if approval else "not approved"
    return f"{one.template.key} ({state}): {', '.join(one.template.stands_for)}"
