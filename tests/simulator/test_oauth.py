"""Tokens: a refresh token works once, a new pair kills the old access token, errors come with HTTP 200."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from aiohttp import ClientSession
from yarl import URL

from tests.simulator.conftest import Api
from zalobot.simulator.account import packages
from zalobot.simulator.app import Person, Simulator
from zalobot.simulator.console import Pkce
from zalobot.simulator.grant import challenge_of


async def refresh(api: Api, token: str, **form: str) -> dict[str, Any]:
    return await api.token(grant_type="refresh_token", refresh_token=token, **form)


async def test_a_refresh_gives_a_new_pair_and_kills_the_old_access_token(
    sim: Simulator, api: Api, person: Person
) -> None:
    old = sim.grant.access
    answer = await refresh(api, sim.grant.refresh)
    assert answer == {"access_token": sim.grant.access, "refresh_token": sim.grant.refresh, "expires_in": "90000"}
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    assert (await api.post("/v3.0/oa/message/cs", body, token=old))["error"] == -216
    assert (await api.post("/v3.0/oa/message/cs", body))["error"] == 0


async def test_a_refresh_token_works_once(sim: Simulator, api: Api) -> None:
    first = sim.grant.refresh
    await refresh(api, first)
    assert (await refresh(api, first))["error"] == -14020
    assert sim.grant.refreshes == 1


async def test_an_expired_access_token_is_refused_until_it_is_renewed(sim: Simulator, api: Api, person: Person) -> None:
    await sim.clock.advance(timedelta(hours=25))
    assert (await api.send(person.id, "a"))["error"] == -220
    await refresh(api, sim.grant.refresh)
    assert (await api.send(person.id, "a"))["error"] == 0


async def test_a_missing_token_is_refused(api: Api, person: Person) -> None:
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    assert (await api.post("/v3.0/oa/message/cs", body, token=""))["error"] == -216


async def test_a_refresh_token_dies_after_three_months(sim: Simulator, api: Api) -> None:
    await sim.clock.advance(timedelta(days=90))
    assert (await refresh(api, sim.grant.refresh))["error"] == -14020


@pytest.mark.parametrize(
    ("form", "secret", "code"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "never issued"}, None, -14014),
        ({"grant_type": "authorization_code", "code": "never issued"}, None, -14005),
        ({"grant_type": "password"}, None, -14018),
        ({"grant_type": "refresh_token", "app_id": "1"}, None, -14001),
        ({"grant_type": "refresh_token"}, "wrong", -14004),
    ],
)
async def test_a_wrong_request_for_a_token_is_refused(
    sim: Simulator, api: Api, form: dict[str, str], secret: str | None, code: int
) -> None:
    before = sim.grant.refresh
    answer = await api.token(secret, **form)
    assert answer["error"] == code
    assert "access_token" not in answer
    assert sim.grant.refresh == before


async def allow(http: ClientSession, sim: Simulator, **query: str) -> dict[str, str]:
    """Open the permission page as a browser would and read where it leads."""
    given = {"app_id": sim.settings.app_id, "redirect_uri": "http://bot.test/zalo/oauth/callback"} | query
    async with http.get(f"{sim.base_url}/v4/oa/permission", params=given, allow_redirects=False) as response:
        target = URL(response.headers.get("Location", ""))
        return {"path": str(target.with_query(None)), **target.query} if response.status == 302 else {}


async def test_consent_leads_back_with_a_code_that_is_good_once(sim: Simulator, api: Api) -> None:
    back = await allow(api.http, sim, state="s1", code_challenge=challenge_of("v" * 43))
    assert (back["path"], back["oa_id"], back["state"]) == (
        "http://bot.test/zalo/oauth/callback",
        sim.settings.oa_id,
        "s1",
    )
    form = {"grant_type": "authorization_code", "code": back["code"], "code_verifier": "v" * 43}
    assert (await api.token(**form))["access_token"] == sim.grant.access
    assert (await api.token(**form))["error"] == -14005


async def test_a_code_needs_its_verifier_and_lives_ten_minutes(sim: Simulator, api: Api) -> None:
    bound = await allow(api.http, sim, code_challenge=challenge_of("v" * 43))
    assert (await api.token(grant_type="authorization_code", code=bound["code"], code_verifier="w" * 43))[
        "error"
    ] == -14005
    late = await allow(api.http, sim)
    await sim.clock.advance(timedelta(minutes=10))
    assert (await api.token(grant_type="authorization_code", code=late["code"]))["error"] == -14019


async def test_a_redirect_address_with_a_query_is_refused(sim: Simulator, api: Api) -> None:
    assert await allow(api.http, sim, redirect_uri="http://bot.test/callback?x=1") == {}


async def test_a_missing_state_comes_back_missing(sim: Simulator, api: Api) -> None:
    sim.console.keeps_state = False
    assert "state" not in await allow(api.http, sim, state="s1")


@pytest.mark.parametrize(
    ("mode", "challenge", "sent", "verifier", "code"),
    [
        (Pkce.PER_REQUEST, "", "v", "v", 0),
        (Pkce.PER_REQUEST, "", "v", "w", -14005),
        (Pkce.PER_REQUEST, "", "", "", 0),
        (Pkce.FIXED, "f", "v", "v", -14005),
        (Pkce.FIXED, "f", "f", "f", 0),
        (Pkce.NONE, "", "v", "", 0),
    ],
    ids=str,
)
async def test_the_verifier_that_counts_is_the_consoles_choice(
    sim: Simulator, api: Api, mode: Pkce, challenge: str, sent: str, verifier: str, code: int
) -> None:
    sim.console.pkce, sim.console.challenge = mode, challenge_of(challenge * 43) if challenge else ""
    back = await allow(api.http, sim, **({"code_challenge": challenge_of(sent * 43)} if sent else {}))
    form = {"grant_type": "authorization_code", "code": back["code"], "code_verifier": verifier * 43}
    assert (await api.token(**form)).get("error", 0) == code


async def test_consent_is_refused_while_something_is_not_in_order(sim: Simulator, api: Api) -> None:
    sim.console.redirect_uri = "http://bot.test/other"
    assert await allow(api.http, sim) == {}
    sim.console.redirect_uri = ""
    sim.account.choose(packages()["basic"])
    assert await allow(api.http, sim) == {}
    sim.account.choose(packages()["growth"])
    sim.console.app_active = False
    assert await allow(api.http, sim) == {}
    codes = [entry.facts["code"] for entry in sim.world.log if entry.kind == "token"]
    assert codes == [-14003, -224, -14002]


async def test_an_app_taken_off_the_account_has_no_token_left_until_consent(
    sim: Simulator, api: Api, person: Person
) -> None:
    refresh_token = sim.grant.refresh
    access = sim.grant.access
    sim.grant.withdraw()
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    assert (await api.post("/v3.0/oa/message/cs", body, token=access))["error"] == -216
    assert (await refresh(api, refresh_token))["error"] == -14014
    sim.console.permitted = False
    back = await allow(api.http, sim)
    await api.token(grant_type="authorization_code", code=back["code"])
    assert (await api.send(person.id, "a"))["error"] == 0


async def test_the_consent_page_asks_and_may_be_answered_for_the_wrong_account(sim: Simulator, api: Api) -> None:
    sim.console.asks = True
    query = {"app_id": sim.settings.app_id, "redirect_uri": "http://bot.test/cb", "state": "a&b"}
    async with api.http.get(f"{sim.base_url}/v4/oa/permission", params=query) as response:
        text = await response.text()
        assert (response.status, "default-src 'none'" in response.headers["Content-Security-Policy"]) == (200, True)
    links = [unescape(link) for link in re.findall(r'href="(/v4/[^"]+)"', text)]
    found = []
    for link in links:
        async with api.http.get(sim.base_url + link, allow_redirects=False) as response:
            found.append(URL(response.headers["Location"]).query)
    assert [one["oa_id"] == sim.settings.oa_id for one in found] == [True, False]
    assert {one["state"] for one in found} == {"a&b"}
    assert (await api.token(grant_type="authorization_code", code=found[0]["code"]))["expires_in"] == "90000"
