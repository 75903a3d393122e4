"""The machine under the bench: cores, CPU time of processes, and how long the disk takes to commit.

The one rule: the subject has a core of its own; everything that merely serves or measures it shares the other.
"""

import os
import statistics
import threading
import time
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[set[int], set[int]]:
    """(core of the subject, cores of everything else); on one core they are the same."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[0]}, set(usable[1:]) or {usable[0]}


def family(pid: int) -> list[int]:
    """The process and all its living descendants (PostgreSQL works in children)."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time so far of the given processes, all threads; one that is gone counts nothing."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


class CpuWatch:
    """CPU time of the named processes, their children, and the generator itself over one stretch of load."""

    def __init__(self, processes: dict[str, int]) -> None:
        self._processes = processes
        self._began = 0.0
        self._before: dict[str, float] = {}

    def begin(self) -> None:
        """Start counting."""
        self._before = self._now()
        self._began = time.perf_counter()

    def spent(self) -> tuple[float, dict[str, float]]:
        """Seconds since `begin`, and CPU seconds of each process."""
        seconds = time.perf_counter() - self._began
        return seconds, {name: total - self._before[name] for name, total in self._now().items()}

    def _now(self) -> dict[str, float]:
        spent = {name: cpu_seconds(family(pid)) for name, pid in self._processes.items()}
        return {**spent, "generator": time.process_time()}


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of all values lie; 0.0 when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def median(values: Iterable[float]) -> float:
    """The median, 0.0 when there are no values."""
    known = list(values)
    return statistics.median(known) if known else 0.0


class DiskProbe:
    """Commits 4 KiB twenty times a second beside the databases, so that disk stalls can be told from ours.

    `times` holds the seconds each write and fdatasync took.
    """

    def __init__(self, folder: Path) -> None:
        self.times: list[float] = []
        self._file = folder / "disk-probe"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "DiskProbe":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._file.unlink(missing_ok=True)

    def _run(self) -> None:
        page = os.urandom(4096)
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            while not self._stop.wait(0.05):
                began = time.perf_counter()
                os.pwrite(handle, page, 0)
                os.fdatasync(handle)
                self.times.append(time.perf_counter() - began)
        finally:
            os.close(handle)
