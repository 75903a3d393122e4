"""The ledger on the command line: written to a file, checked from a file or in the database."""

import sys
from datetime import datetime
from pathlib import Path

from zalobot.config import Settings
from zalobot.errors import ConfigError
from zalobot.ledger import files, reading
from zalobot.ledger.checking import Fault
from zalobot.store import migrations
from zalobot.store.database import Store


def export(settings: Settings, path: Path, now: datetime) -> int:
    """Write the ledger of the database to a file; gives back the exit code."""
    if not path.parent.is_dir():
        raise ConfigError([f"{path.parent} is not a folder"])
    store = _opened(settings)
    try:
        count = store.read_now(files.export, path, now)
    except files.NotALedger as error:
        print(f"refused: {error}; `zalobot ledger verify` says more", file=sys.stderr)
        return 1
    finally:
        store.close_now()
    print(f"{count} entries are in {path}.")
    return 0


def verify(settings: Settings | None, path: Path | None, heads: Path | None) -> int:
    """Check a file, or the database of the settings where none is given; gives back the exit code."""
    if path is not None:
        fault = _of_file(path, heads)
    elif heads is not None:
        raise ConfigError(["--heads goes with a file"])
    else:
        assert settings is not None
        fault = _of_database(settings)
    if fault is not None:
        print(f"{path or 'the database'}: {fault}", file=sys.stderr)
        return 1
    print(f"{path or 'The ledger of the database'}: every entry follows the one before it; nothing is missing.")
    return 0


def _of_file(path: Path, heads: Path | None) -> Fault | None:
    try:
        return files.verify(path, heads)
    except (files.NotALedger, OSError) as error:
        raise ConfigError([str(error)]) from error


def _of_database(settings: Settings) -> Fault | None:
    store = _opened(settings)
    try:
        return store.read_now(reading.verify)
    finally:
        store.close_now()


def _opened(settings: Settings) -> Store:
    if migrations.pending(settings.database_url):
        raise ConfigError(["the database is not at the newest version: run `zalobot migrate`"])
    return Store(settings.database_url)
