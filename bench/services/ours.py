"""zalobot itself, as an administrator starts it: `migrate`, then `serve` with settings from the environment."""

import sys
from importlib.util import find_spec
from pathlib import Path

from bench.conversation import APP_ID, OA_ID, OA_SECRET
from bench.place import Command, Place

_ROOT = Path(__file__).resolve().parents[2]


def missing() -> str:
    """Why it cannot be started, or nothing."""
    return "" if find_spec("zalobot.__main__") else "zalobot has no command line yet"


def migrate(place: Place) -> Command:
    """Make the tables."""
    return Command((sys.executable, "-m", "zalobot", "migrate"), _settings(place))


def serve(place: Place) -> Command:
    """Web and workers in one process, without Redis."""
    return Command((sys.executable, "-m", "zalobot", "serve"), _settings(place))


def _settings(place: Place) -> dict[str, str]:
    sink = f"http://127.0.0.1:{place.sink_port}"
    settings = {
        "DATABASE_URL": place.database if "://" in place.database else f"sqlite:///{place.database}",
        "HOST": "127.0.0.1",
        "PORT": str(place.port),
        "PUBLIC_URL": f"http://127.0.0.1:{place.port}",
        "SECRET_KEY": "bench-" + "0123456789abcdef" * 4,
        "ZALO_APP_ID": APP_ID,
        "ZALO_APP_SECRET": "bench-app-secret",
        "ZALO_OA_ID": OA_ID,
        "ZALO_OA_SECRET": OA_SECRET,
        "ZALO_OPENAPI_URL": sink,
        "ZALO_CALLS_PER_MINUTE": "10000000",
        "ZALO_OAUTH_URL": sink,
        "ZALO_ZBS_URL": sink,
        "ZALO_ACCESS_TOKEN": "bench-access",
        "ZALO_REFRESH_TOKEN": "bench-refresh",
        "BURST_SECONDS": "0",  # nobody here writes two messages in a row, so waiting for a second one measures sleep
    }
    settings["FILES_FOLDER"] = str(place.folder / "files")
    return {"PYTHONPATH": str(_ROOT), **{f"ZALOBOT_{name}": value for name, value in settings.items()}}
