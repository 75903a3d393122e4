import pytest

from zalobot.zalo.codes import OA, ZBS, Reaction, reaction


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-216, Reaction.RENEW),
        (-220, Reaction.RENEW),
        (-32, Reaction.LATER),
        (-200, Reaction.ASK),
        (-230, Reaction.OTHER_CHANNEL),
        (-224, Reaction.CONFIGURATION),
        (-201, Reaction.PERMANENT),
        (-100, Reaction.UPLOAD_AGAIN),
    ],
)
def test_what_a_code_asks_for(code, expected):
    assert reaction(code) is expected


def test_an_unknown_code_is_permanent():
    assert -9999 not in OA
    assert reaction(-9999) is Reaction.PERMANENT


def test_the_same_code_means_another_thing_for_templates():
    assert (reaction(-100), reaction(-100, ZBS)) == (Reaction.UPLOAD_AGAIN, Reaction.LATER)
