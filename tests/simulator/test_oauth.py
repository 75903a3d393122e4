"""Tokens: a refresh token works once, a new pair kills the old access token, errors come with HTTP 200."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.simulator.conftest import Api
from zalobot.simulator.app import Person, Simulator
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
        from yarl import URL

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
