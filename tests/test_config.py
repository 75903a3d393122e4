"""Settings: what is wrong is named, all of it, with the remedy."""

from pathlib import Path

import pytest

from zalobot.config import SERVING, Settings
from zalobot.errors import ConfigError

REQUIRED = {
    "ZALOBOT_SECRET_KEY": "s",
    "ZALOBOT_ZALO_APP_ID": "1",
    "ZALOBOT_ZALO_APP_SECRET": "a",
    "ZALOBOT_ZALO_OA_ID": "2",
}


def problems(environ: dict[str, str], **options: object) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        Settings.from_env(environ, **options)  # type: ignore[arg-type]
    return list(refused.value.problems)


def test_without_any_setting_the_defaults_of_the_contract_hold() -> None:
    settings = Settings.from_env({})
    assert (settings.database_url, settings.redis_url) == ("sqlite:///var/zalobot.db", "")
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8080, "http://localhost:8080")
    assert settings.media_hosts == ("zdn.vn", "zadn.vn", "zalo.me")
    assert settings.province == "quang-ninh"


def test_everything_that_is_wrong_is_named_at_once() -> None:
    found = problems(
        {"ZALOBOT_PROT": "1", "ZALOBOT_PORT": "abc", "ZALOBOT_DATABASE_URL": "mysql://x"}, required=SERVING
    )
    assert found[:3] == [
        "ZALOBOT_PROT is not a setting: did you mean ZALOBOT_PORT?",
        "ZALOBOT_PORT must be a number, not 'abc'",
        "ZALOBOT_DATABASE_URL must begin with sqlite:// or postgresql:// or postgres://",
    ]
    assert [line.split(" ")[0] for line in found[3:]] == list(REQUIRED)


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_one_is_named_with_its_remedy(missing: str) -> None:
    environ = {name: value for name, value in REQUIRED.items() if name != missing}
    (line,) = problems(environ, required=SERVING)
    assert line.startswith(f"{missing} is missing: ")


def test_a_secret_may_be_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    environ = {**REQUIRED, "ZALOBOT_SECRET_KEY": "", "ZALOBOT_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert Settings.from_env(environ, required=SERVING).secret_key == "from a file"
    assert "cannot be read" in problems({"ZALOBOT_SECRET_KEY_FILE": str(tmp_path / "nothing")})[0]


def test_only_secrets_may_be_read_from_files() -> None:
    assert problems({"ZALOBOT_HOST_FILE": "/etc/hostname"})[0].startswith("ZALOBOT_HOST_FILE is not a setting")


def test_a_dotenv_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ZALOBOT_PORT=1234\nZALOBOT_HOST=0.0.0.0\n# a remark\n")
    settings = Settings.from_env({"ZALOBOT_PORT": "4321"}, dotenv=tmp_path / ".env")
    assert (settings.host, settings.port) == ("0.0.0.0", 4321)


def test_several_secrets_are_accepted_while_rotating() -> None:
    assert Settings.from_env({"ZALOBOT_ZALO_OA_SECRET": "new, old"}).oa_secrets == ("new", "old")


def test_settings_of_other_programs_are_nobody_s_business() -> None:
    assert Settings.from_env({"PORT": "x", "DATABASE_URL": "mysql://"}).port == 8080


def test_letters_need_an_address_that_they_come_from() -> None:
    assert problems({"ZALOBOT_SMTP_URL": "smtps://mail.example.vn"}) == [
        "ZALOBOT_MAIL_FROM must be the address that letters come from, where ZALOBOT_SMTP_URL is set"
    ]
    assert problems({"ZALOBOT_SMTP_URL": "http://x", "ZALOBOT_MAIL_FROM": "a@b.vn"}) == [
        "ZALOBOT_SMTP_URL must begin with smtp:// or smtps://"
    ]


@pytest.mark.parametrize(("text", "allowed"), [("yes", True), ("TRUE", True), ("no", False), ("0", False)])
def test_yes_and_no_are_read_as_people_write_them(text: str, allowed: bool) -> None:
    assert Settings.from_env({"ZALOBOT_PAID_MESSAGES": text}).paid_messages is allowed


def test_what_is_neither_yes_nor_no_is_named() -> None:
    assert problems({"ZALOBOT_PAID_MESSAGES": "maybe"}) == ["ZALOBOT_PAID_MESSAGES must be yes or no, not 'maybe'"]


def test_words_that_a_setting_does_not_know_are_named() -> None:
    assert problems({"ZALOBOT_ZALO_PKCE": "plain", "ZALOBOT_ZALO_APPSECRET_PROOF": "yes"}) == [
        "ZALOBOT_ZALO_PKCE must be per_request, fixed or none",
        "ZALOBOT_ZALO_APPSECRET_PROOF must be auto, always or never",
    ]


def test_a_fixed_challenge_needs_its_verifier(tmp_path: Path) -> None:
    assert problems({"ZALOBOT_ZALO_PKCE": "fixed"}) == [
        "ZALOBOT_ZALO_PKCE_VERIFIER must have 43 to 128 characters where ZALOBOT_ZALO_PKCE is fixed"
    ]
    (tmp_path / "verifier").write_text("v" * 43)
    environ = {"ZALOBOT_ZALO_PKCE": "fixed", "ZALOBOT_ZALO_PKCE_VERIFIER_FILE": str(tmp_path / "verifier")}
    assert Settings.from_env(environ).zalo_pkce_verifier == "v" * 43


def test_alarms_go_to_several_addresses() -> None:
    assert Settings.from_env({"ZALOBOT_ALARM_MAIL": "a@b.vn, c@d.vn"}).alarm_addresses == ("a@b.vn", "c@d.vn")
