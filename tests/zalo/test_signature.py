"""The vectors are fixed samples of the platform's rules, made apart from this code."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zalobot.zalo import signature
from zalobot.zalo.signature import Fit, Formula, Keys

APP, TIME, SECRET = "360846524940903967", "1732345678901", "OA_SECRET_EXAMPLE"
OA, APP_SECRET = "388613280878808645", "APP_SECRET_EXAMPLE"
BODY = (
    '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"user_id_by_app":"552177279717587730",'
    '"recipient":{"id":"388613280878808645"},"event_name":"user_send_text",'
    '"message":{"text":"Xin chào ạ","msg_id":"96d3cdf3af150460909"},"timestamp":"1732345678901"}'
).encode()
MAC = "d1d06b090c25b5e1ad4c37555e5d1c14415344d2c45b5323be3577f37920016a"


def fit(header: str | None, *secrets: str, app_secret: str = APP_SECRET) -> Fit | None:
    return signature.fitting(header, BODY, TIME, Keys(APP, OA, secrets, app_secret))


def test_the_mac_is_over_the_bytes_as_received():
    assert len(BODY) == 270
    assert signature.mac(APP, BODY, TIME, SECRET) == MAC


def test_the_same_json_written_otherwise_has_another_mac():
    escaped = BODY.replace("à".encode(), rb"\u00e0").replace("ạ".encode(), rb"\u1ea1")
    expected = "d5f036e01af3b925ff89b04d9187191ce82411eb51ea543abcf75e4459dc6d20"
    assert signature.mac(APP, escaped, TIME, SECRET) == expected


@pytest.mark.parametrize("header", [f"mac={MAC}", f"mac = {MAC}", f" MAC={MAC.upper()} ", MAC])
def test_a_header_fits_however_it_is_written(header):
    assert fit(header, SECRET) == Fit(Formula.DOCUMENTED, SECRET)


@pytest.mark.parametrize("secrets", [("new", SECRET), (SECRET, "new"), ("", SECRET)])
def test_every_secret_of_a_rotation_fits(secrets):
    assert fit(f"mac={MAC}", *secrets) == Fit(Formula.DOCUMENTED, SECRET)


def test_another_secret_does_not_fit():
    assert fit(f"mac={MAC}", "new", "newer") is None


@pytest.mark.parametrize("header", [None, "", "mac=", "mac=0", "sha256=" + MAC, "mac=ạ", "mac=" + MAC[:-1] + "b"])
def test_no_other_header_fits(header):
    assert fit(header, SECRET) is None


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nothing_fits(secrets):
    unsigned = signature.mac(APP, BODY, TIME, "")
    assert fit(f"mac={unsigned}", *secrets, app_secret="") is None


HMACS = {
    "of the body": BODY,
    "of the whole": APP.encode() + BODY + TIME.encode(),
}
CLAIMED = {
    "the OA's id first": (signature.mac(OA, BODY, TIME, SECRET), Fit(Formula.OA_ID, SECRET)),
    "the app's secret last": (signature.mac(APP, BODY, TIME, APP_SECRET), Fit(Formula.APP_SECRET, APP_SECRET)),
    **{
        f"an HMAC {what}": (
            hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest(),
            Fit(Formula.HMAC, SECRET),
        )
        for what, message in HMACS.items()
    },
}


@pytest.mark.parametrize(("made", "expected"), CLAIMED.values(), ids=CLAIMED)
def test_what_is_claimed_elsewhere_is_named_and_is_not_the_documented_formula(made, expected):
    assert fit(f"mac={made}", "new", SECRET) == expected
    assert expected.formula is not Formula.DOCUMENTED


@given(st.text(), st.binary(max_size=50), st.text(max_size=20), st.text(max_size=20))
def test_any_header_over_any_body_fits_or_does_not(header, body, timestamp, secret):
    assert signature.fitting(header, body, timestamp, Keys(APP, OA, (secret,), secret)) is None
    right = signature.mac(APP, body, timestamp, secret)
    found = signature.fitting(f"mac={right}", body, timestamp, Keys(APP, OA, (secret,)))
    assert (found is None) is (secret == "")


def test_a_fingerprint_tells_secrets_apart_and_gives_none_away():
    assert signature.fingerprint("one") != signature.fingerprint("two")
    assert len(signature.fingerprint(SECRET)) == 64
    assert SECRET not in repr(Keys(APP, OA, (SECRET,), APP_SECRET)) + repr(Fit(Formula.DOCUMENTED, SECRET))


def test_a_phone_number_is_hashed_as_zalo_does():
    expected = "116ce31ae9170769b075a11dedca1198f41d30318334919fb90917e9c617b438"
    assert signature.hash_phone("84987654321") == expected
