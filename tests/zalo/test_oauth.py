import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from zalobot.errors import ConsentNeeded, OutcomeUnknown, Undeliverable
from zalobot.zalo import oauth

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PAIR = {"access_token": "A2", "refresh_token": "R2", "expires_in": "90000"}


async def refresh(http, server, timeout=5.0):
    return await oauth.refresh(http, server.url, "app", "secret", "R1", NOW, timeout)


async def test_a_refresh_token_is_traded_for_a_pair(http, server):
    server.answers.append((200, PAIR))
    pair = await refresh(http, server)
    assert (pair.access, pair.refresh, pair.expires_at, pair.obtained_at) == (
        "A2",
        "R2",
        NOW + timedelta(hours=25),
        NOW,
    )
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.headers["secret_key"]) == ("POST", "/v4/oa/access_token", "secret")
    assert dict(parse_qsl(asked.body.decode())) == {
        "refresh_token": "R1",
        "app_id": "app",
        "grant_type": "refresh_token",
    }


@pytest.mark.parametrize("expires_in", [None, "", "soon", "-5", "0", 10**30, [], True])
async def test_an_absurd_life_is_the_documented_one(http, server, expires_in):
    server.answers.append((200, {**PAIR, "expires_in": expires_in}))
    pair = await refresh(http, server)
    assert pair.expires_at == NOW + (timedelta(seconds=1) if expires_in is True else oauth.ACCESS_LIFE)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, {"error": -14014, "error_name": "Invalid refresh token"}), ConsentNeeded),
        ((200, {"error": "-14020", "error_name": "expired"}), ConsentNeeded),
        ((400, {"error": -14019}), ConsentNeeded),
        ((200, {"error": -118}), ConsentNeeded),
        ((200, {"error": -14005}), ConsentNeeded),
        ((200, {"error": -14004, "error_name": "invalid secret key"}), Undeliverable),
        ((200, {"error": -14777}), Undeliverable),
        ((200, {"error": -32}), OutcomeUnknown),
        ((200, {"access_token": "A2"}), OutcomeUnknown),
        ((200, {"access_token": "A2", "refresh_token": ""}), OutcomeUnknown),
        ((200, {"data": PAIR}), OutcomeUnknown),
        ((500, PAIR), OutcomeUnknown),
        ((502, b"<html>"), OutcomeUnknown),
        ((200, b""), OutcomeUnknown),
        ("reset", OutcomeUnknown),
    ],
)
async def test_what_is_no_pair_is_an_error(http, server, answer, error):
    server.answers.append(answer)
    with pytest.raises(error) as raised:
        await refresh(http, server)
    assert type(raised.value) is error


async def test_silence_leaves_open_whether_the_token_was_used(http, server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server.url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(OutcomeUnknown):
            await refresh(http, server, timeout=0.2)


async def test_a_code_is_traded_for_a_pair(http, server):
    server.answers += [(200, PAIR), (200, PAIR)]
    pair = await oauth.exchange(http, server.url, "app", "secret", "C1", "V1", NOW)
    assert pair.access == "A2"
    await oauth.exchange(http, server.url, "app", "secret", "C1", "", NOW)
    form = {"code": "C1", "app_id": "app", "grant_type": "authorization_code"}
    assert [dict(parse_qsl(asked.body.decode())) for asked in server.asked] == [{**form, "code_verifier": "V1"}, form]


def test_the_challenge_of_a_verifier():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert oauth.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert len(oauth.new_verifier()) == 43
    assert oauth.new_verifier() != oauth.new_verifier()


def test_the_page_of_consent():
    url = urlsplit(oauth.permission_url("https://oauth.zaloapp.com/", "app", "https://a.vn/cb", "s", "v" * 43))
    assert (url.netloc, url.path) == ("oauth.zaloapp.com", "/v4/oa/permission")
    assert parse_qs(url.query) == {
        "app_id": ["app"],
        "redirect_uri": ["https://a.vn/cb"],
        "state": ["s"],
        "code_challenge": [oauth.challenge("v" * 43)],
    }
    assert "code_challenge" not in oauth.permission_url("https://oauth.zaloapp.com", "app", "https://a.vn/cb", "s")


def test_a_pair_is_never_shown():
    pair = oauth.Pair("A-secret", "R-secret", NOW, NOW)
    assert "secret" not in f"{pair!r} {pair}"
