"""Settings: read once from `ZALOBOT_*`, a `.env` file and `…_FILE` secrets; what is wrong stops the start.

The one rule: no other module reads the environment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from zalobot.errors import ConfigError

PREFIX = "ZALOBOT_"
MEDIA_HOSTS = "zdn.vn,zadn.vn,zalo.me"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Times in seconds, sizes in bytes."""

    database_url: str = "sqlite:///var/zalobot.db"
    redis_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://localhost:8080"
    secret_key: str = ""
    zalo_app_id: str = ""
    zalo_app_secret: str = ""
    zalo_oa_id: str = ""
    zalo_oa_secret: str = ""
    zalo_oa_url: str = ""
    zalo_signature_mode: str = "enforce"
    zalo_openapi_url: str = "https://openapi.zalo.me"
    zalo_oauth_url: str = "https://oauth.zaloapp.com"
    zalo_zbs_url: str = "https://business.openapi.zalo.me"
    zalo_access_token: str = ""
    zalo_refresh_token: str = ""
    zalo_pkce: str = "per_request"
    zalo_pkce_verifier: str = ""
    zalo_appsecret_proof: str = "auto"
    zalo_calls_per_minute: int = 0
    zalo_site_verification: str = ""
    attachment_hosts: str = MEDIA_HOSTS
    attachment_limit: int = 20_000_000
    files_folder: str = "var/files"
    province: str = "quang-ninh"
    burst_seconds: float = 2.0
    relearn_hours: float = 24.0
    received_icon: str = "/-strong"
    staff_quiet_minutes: float = 30.0
    catch_up_minutes: float = 30.0
    paid_messages: bool = True
    zbs_hash_phone: bool = False
    smtp_url: str = ""
    mail_from: str = ""
    alarm_mail: str = ""

    @property
    def oa_secrets(self) -> tuple[str, ...]:
        """The OA secret keys that are accepted now; several while rotating."""
        return _listed(self.zalo_oa_secret)

    @property
    def chat_url(self) -> str:
        """Where a person opens the chat; "" while no Official Account is configured."""
        return self.zalo_oa_url or (f"https://zalo.me/{self.zalo_oa_id}" if self.zalo_oa_id else "")

    @property
    def alarm_addresses(self) -> tuple[str, ...]:
        """Who gets a letter when the account can't go on by itself."""
        return _listed(self.alarm_mail)

    @property
    def media_hosts(self) -> tuple[str, ...]:
        """The hosts from which attachments may be fetched."""
        return _listed(self.attachment_hosts)

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str], *, required: tuple[str, ...] = (), dotenv: Path | None = None
    ) -> "Settings":
        """Read the settings; raises ConfigError naming every misspelt, missing or malformed one at once."""
        given = _given(environ, dotenv)
        problems = _misspelt(given)
        values = _values(given, problems)
        problems += _malformed(values)
        missing = [name for name in required if not values.get(name) and f"{PREFIX}{name.upper()}" not in given]
        problems += [f"{PREFIX}{name.upper()} is missing: {_REMEDIES[name]}" for name in missing]
        if problems:
            raise ConfigError(problems)
        return cls(**values)  # type: ignore[arg-type]


SERVING = ("secret_key", "zalo_app_id", "zalo_app_secret", "zalo_oa_id")
_REMEDIES = {
    "secret_key": "make one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`",
    "zalo_app_id": "the app id on developers.zalo.me",
    "zalo_app_secret": "the app's secret key on developers.zalo.me (not the OA Secret Key)",
    "zalo_oa_id": "the Official Account's id",
}
_NAMES = {f"{PREFIX}{field.name.upper()}": field for field in fields(Settings)}
_SECRETS = ("SECRET", "TOKEN", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "VERIFIER")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _given(environ: Mapping[str, str], dotenv: Path | None) -> dict[str, str]:
    written = dotenv_values(dotenv) if dotenv and dotenv.is_file() else {}
    both = {**{name: value or "" for name, value in written.items()}, **environ}
    return {name: value.strip() for name, value in both.items() if name.startswith(PREFIX)}


def _known(name: str) -> bool:
    return name in _NAMES or (name.removesuffix("_FILE") in _NAMES and any(word in name for word in _SECRETS))


def _misspelt(given: Mapping[str, str]) -> list[str]:
    problems = []
    for name in sorted(given):
        # ZALOBOT_TEST_… and ZALOBOT_BENCH_… steer the test suite and the bench, not the service.
        if _known(name) or name.startswith((f"{PREFIX}TEST_", f"{PREFIX}BENCH_")):
            continue
        near = get_close_matches(name, _NAMES, n=1)
        problems.append(f"{name} is not a setting" + (f": did you mean {near[0]}?" if near else ": remove it"))
    return problems


def _values(given: Mapping[str, str], problems: list[str]) -> dict[str, str | int | float]:
    values: dict[str, str | int | float] = {}
    for name, value in given.items():
        text, plain = value, name
        if name not in _NAMES and name.endswith("_FILE") and _known(name):
            plain = name.removesuffix("_FILE")
            try:
                text = Path(value).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{name} cannot be read: {error}")
                continue
        field = _NAMES.get(plain)
        if field is None:
            continue
        try:
            values[field.name] = _READERS.get(str(field.type), str)(text)
        except (ValueError, KeyError):
            kind = "yes or no" if field.type is bool else "a number"
            problems.append(f"{name} must be {kind}, not {text!r}")
    return values


def _yes_or_no(text: str) -> bool:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[text.lower()]


_READERS: dict[str, Callable[[str], str | int | float]] = {str(int): int, str(float): float, str(bool): _yes_or_no}


def _malformed(values: Mapping[str, str | int | float]) -> list[str]:
    problems = []
    for name, schemes in _SCHEMES.items():
        value = str(values.get(name, ""))
        if value and urlsplit(value).scheme not in schemes:
            problems.append(f"{PREFIX}{name.upper()} must begin with {' or '.join(s + '://' for s in schemes)}")
    port = values.get("port", 1)
    if isinstance(port, int) and not 0 < port < 65536:
        problems.append(f"{PREFIX}PORT must be between 1 and 65535")
    for name, words in _WORDS.items():
        if values.get(name) and values[name] not in words:
            problems.append(f"{PREFIX}{name.upper()} must be {', '.join(words[:-1])} or {words[-1]}")
    if values.get("smtp_url") and "@" not in str(values.get("mail_from", "")):
        problems.append(f"{PREFIX}MAIL_FROM must be the address that letters come from, where {PREFIX}SMTP_URL is set")
    if values.get("zalo_pkce") == "fixed" and not 43 <= len(str(values.get("zalo_pkce_verifier", ""))) <= 128:
        problems.append(f"{PREFIX}ZALO_PKCE_VERIFIER must have 43 to 128 characters where {PREFIX}ZALO_PKCE is fixed")
    return problems


_WORDS = {
    "zalo_signature_mode": ("enforce", "log_only", "off"),
    "zalo_pkce": ("per_request", "fixed", "none"),
    "zalo_appsecret_proof": ("auto", "always", "never"),
}
_SCHEMES = {
    "database_url": ("sqlite", "postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "public_url": ("http", "https"),
    "zalo_openapi_url": ("http", "https"),
    "zalo_oauth_url": ("http", "https"),
    "zalo_zbs_url": ("http", "https"),
    "smtp_url": ("smtp", "smtps"),
}
