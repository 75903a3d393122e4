"""One round of one subject: start it fresh, drive it, end it, and give the figures.

The one rule: a new process and an empty database every time, so that rounds can be compared and medians mean something.
"""

import json
import os
import select
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.backing import Backing, free_port, fresh_database, launch, stop, wait_for
from bench.calls import spent
from bench.machine import DiskProbe, cores, percentile
from bench.place import Command, Place, Subject

_ROOT = Path(__file__).resolve().parents[1]


class Failed(Exception):
    """The subject did not do what it was measured for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load a round is; times in seconds."""

    persons: int = 256
    warm: float = 1.0
    seconds: float = 4.0
    rate: float = 200.0
    steady: float = 6.0
    gap: float = 0.5


class Servers:
    """The backing servers of this bench and the folder beside them."""

    def __init__(self, folder: Path, postgres: Backing | None, redis: Backing | None) -> None:
        self.folder = folder
        self.postgres = postgres
        self.redis = redis
        self._number = 0

    def place(self, subject: Subject) -> Place:
        """Fresh ports, folder and database for one round."""
        self._number += 1
        folder = self.folder / f"round-{self._number}"
        folder.mkdir()
        database = str(folder / "bench.db")
        if subject.store == "postgres":
            assert self.postgres
            database = fresh_database(self.postgres, f"round_{self._number}")
        return Place(folder, free_port(), free_port(), database, self.redis.url if self.redis else "")

    def processes(self) -> dict[str, int]:
        """Their ids, to watch what they cost."""
        known = {"postgres": self.postgres, "redis": self.redis}
        return {name: backing.pid for name, backing in known.items() if backing}


class Generator:
    """The load generator's process, spoken to in JSON lines."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log
        self._hear(20)

    def do(self, what: str, limit: float, **how: object) -> dict[str, Any]:
        """Give one order and wait for its figures; raises Failed when a person went astray."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": what, **how}) + "\n")
        self._process.stdin.flush()
        heard = self._hear(limit)
        if "astray" in heard:
            raise Failed(heard["astray"])
        return heard

    def _hear(self, limit: float) -> dict[str, Any]:
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], limit)[0]:
            raise Failed(f"the generator said nothing for {limit} s")
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"the generator ended:\n{self._log.read_text()[-2000:]}")
        heard: dict[str, Any] = json.loads(line)
        return heard


def measure(subject: Subject, servers: Servers, plan: Plan, *, twice: bool) -> dict[str, Any]:
    """Drive the subject flat out, then steadily; all figures of this round.

    `twice`: afterwards deliver one conversation's events twice each, and count what is said.
    """
    said: list[list[str]] = []
    calls: dict[str, float] = {}
    with running(subject, servers) as (generator, place), DiskProbe(place.folder) as disk:
        flat_out = generator.do(
            "converse", plan.warm + plan.seconds + 60, persons=plan.persons, warm=plan.warm, seconds=plan.seconds
        )
        steady = generator.do("steady", plan.steady + 60, rate=plan.rate, seconds=plan.steady, gap=plan.gap)
        if subject.name.startswith("zalobot"):
            calls = spent(place)
        if twice and subject.replies:
            said = generator.do("transcript", 120, pause=0.3, times=2)["said"]
    commits = {f"disk_p{share}": percentile(disk.times, share / 100) * 1000 for share in (50, 99)}
    worst = max(disk.times, default=0) * 1000
    answers = {"events_twice": len(said), "answers_twice": sum(map(len, said))} if said else {}
    counted = {"calls": calls} if calls.get("tickets") else {}
    return {"flat_out": flat_out, "steady": steady, **commits, "disk_max": worst, **answers, **counted}


def transcript(subject: Subject, servers: Servers) -> list[list[str]]:
    """What the subject says to one person, line by line."""
    with running(subject, servers) as (generator, _):
        said: list[list[str]] = generator.do("transcript", 120, pause=0.4)["said"]
    return said


@contextmanager
def running(subject: Subject, servers: Servers) -> Iterator[tuple[Generator, Place]]:
    """The subject on its core and the generator on the other, until the block ends."""
    place = servers.place(subject)
    mine, others = cores()
    log, load_log = place.folder / "service.log", place.folder / "load.log"
    if subject.first:
        _finish(subject.first(place), place.folder)
    command = subject.start(place)
    service = launch(command.argv, mine, log, environment(command), cwd=place.folder)
    try:
        wait_for(subject.name, lambda: up(place.port), service, log)
        watch = json.dumps({"service": service.pid, **servers.processes()})
        argv = [sys.executable, "-m", "bench.load", "--port", str(place.port), "--sink-port", str(place.sink_port)]
        argv += ["--dialect", subject.dialect, "--watch", watch, "--replies" if subject.replies else "--no-replies"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        load = launch(argv, others, load_log, dict(os.environ), cwd=_ROOT, **pipes)
        try:
            yield Generator(load, load_log), place
        except Failed as failed:
            raise Failed(f"{failed}{_complaints(log)}") from failed
        finally:
            stop(load)
    finally:
        stop(service, signal.SIGTERM)


def _complaints(log: Path) -> str:
    """The last lines of a service's log that are more than information."""
    lines = [line for line in log.read_text().splitlines() if line and " INFO " not in line]
    return "\n".join(["", "--- from its log ---", *lines[-20:]]) if lines else ""


def environment(command: Command) -> dict[str, str]:
    """What a service is started with: nothing of ours but where to find programs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONUTF8": "1", **command.env}


def _finish(command: Command, folder: Path) -> None:
    done = subprocess.run(
        command.argv, env=environment(command), cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(command.argv[1:])} exited with {done.returncode}:\n{done.stderr[-1500:]}")


def up(port: int) -> bool:
    """Whether a service answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
