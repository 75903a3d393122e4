import pytest

from zalobot.errors import ConfigError
from zalobot.sealing import Seal


def test_what_is_sealed_can_be_opened_and_not_read():
    seal = Seal("khoá", "tokens")
    assert seal.open(seal.close("bí mật")) == "bí mật"
    assert "mật" not in seal.close("bí mật")
    assert seal.close("a") != seal.close("a")


def test_keys_rotate():
    old = Seal("old", "tokens").close("a")
    assert Seal("new, old", "tokens").open(old) == "a"
    assert Seal("new", "tokens").open(Seal("new,old", "tokens").close("a")) == "a"


@pytest.mark.parametrize(("key", "purpose"), [("new", "tokens"), ("old", "cookies")])
def test_another_key_or_purpose_does_not_open_it(key, purpose):
    with pytest.raises(ConfigError) as refused:
        Seal(key, purpose).open(Seal("old", "tokens").close("a"))
    assert "ZALOBOT_SECRET_KEY" in str(refused.value)


@pytest.mark.parametrize("key", ["", " , "])
def test_without_a_key_nothing_is_sealed(key):
    with pytest.raises(ConfigError):
        Seal(key, "tokens")
