"""The simulator's own MAC, held against the fixed vectors of the platform notes (§1.3)."""

import pytest

from zalobot.simulator.console import Signature
from zalobot.simulator.grant import challenge_of
from zalobot.simulator.signing import header, mac

BODY = (
    '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"user_id_by_app":"552177279717587730",'
    '"recipient":{"id":"388613280878808645"},"event_name":"user_send_text","message":{"text":"Xin chào ạ",'
    '"msg_id":"96d3cdf3af150460909"},"timestamp":"1732345678901"}'
)
PLAIN = "d1d06b090c25b5e1ad4c37555e5d1c14415344d2c45b5323be3577f37920016a"
ESCAPED = "d5f036e01af3b925ff89b04d9187191ce82411eb51ea543abcf75e4459dc6d20"


@pytest.mark.parametrize(
    ("body", "expected"), [(BODY, PLAIN), (BODY.replace("Xin chào ạ", r"Xin ch\u00e0o \u1ea1"), ESCAPED)]
)
def test_the_mac_equals_the_fixed_vector(body: str, expected: str) -> None:
    assert mac("360846524940903967", body.encode(), "1732345678901", "OA_SECRET_EXAMPLE") == expected


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Signature.APP, f"mac={PLAIN}"),
        (Signature.SPACES, f"mac = {PLAIN}"),
        (Signature.BARE, PLAIN),
        (Signature.UPPER, f"mac={PLAIN.upper()}"),
        (Signature.MISSING, ""),
    ],
)
def test_the_header_is_written_as_the_console_has_it(how: Signature, expected: str) -> None:
    assert header(PLAIN, how) == expected


def test_the_pkce_challenge_equals_the_pair_of_the_standard() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
