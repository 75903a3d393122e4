"""The vectors are fixed samples of the platform's rules, made apart from this code."""

import pytest

from zalobot.zalo import signature

APP, TIME, SECRET = "360846524940903967", "1732345678901", "OA_SECRET_EXAMPLE"
BODY = (
    '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"user_id_by_app":"552177279717587730",'
    '"recipient":{"id":"388613280878808645"},"event_name":"user_send_text",'
    '"message":{"text":"Xin chào ạ","msg_id":"96d3cdf3af150460909"},"timestamp":"1732345678901"}'
).encode()
MAC = "d1d06b090c25b5e1ad4c37555e5d1c14415344d2c45b5323be3577f37920016a"


def test_the_mac_is_over_the_bytes_as_received():
    assert len(BODY) == 270
    assert signature.mac(APP, BODY, TIME, SECRET) == MAC


def test_the_same_json_written_otherwise_has_another_mac():
    escaped = BODY.replace("à".encode(), rb"\u00e0").replace("ạ".encode(), rb"\u1ea1")
    expected = "d5f036e01af3b925ff89b04d9187191ce82411eb51ea543abcf75e4459dc6d20"
    assert signature.mac(APP, escaped, TIME, SECRET) == expected


@pytest.mark.parametrize("header", [f"mac={MAC}", f"mac = {MAC}", f" MAC={MAC.upper()} ", MAC])
def test_a_header_fits_however_it_is_written(header):
    assert signature.matches(header, APP, BODY, TIME, [SECRET]) is True


def test_every_secret_of_a_rotation_fits():
    assert signature.matches(f"mac={MAC}", APP, BODY, TIME, ["new", SECRET]) is True
    assert signature.matches(f"mac={MAC}", APP, BODY, TIME, ["new", "newer"]) is False


@pytest.mark.parametrize("header", [None, "", "mac=", "mac=0", "sha256=" + MAC, "mac=ạ", "mac=" + MAC[:-1] + "b"])
def test_no_other_header_fits(header):
    assert signature.matches(header, APP, BODY, TIME, [SECRET]) is False


def test_without_a_secret_nothing_fits():
    unsigned = signature.mac(APP, BODY, TIME, "")
    assert signature.matches(f"mac={unsigned}", APP, BODY, TIME, []) is False
    assert signature.matches(f"mac={unsigned}", APP, BODY, TIME, [""]) is False


def test_a_phone_number_is_hashed_as_zalo_does():
    expected = "116ce31ae9170769b075a11dedca1198f41d30318334919fb90917e9c617b438"
    assert signature.hash_phone("84987654321") == expected
